//! One call of a step: sent once, after a last look at what it must not hit, and what its answer means.

use serde_json::Value;

use crate::domain::audit::{ActionId, StepResult};
use crate::domain::object::ObjectRef;
use crate::domain::operation::{Failure, OperationEvent};
use crate::domain::plan::{Call, Step};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::operations::NotDone;
use crate::operations::ports::{Answer, ControlPlane, Earnest, ReadError};
use crate::operations::reconcile::{Suspect, Trace, look, suspect};
use crate::operations::silence;

/// How often a broken pod is looked at anew because it changed between the look and the call.
const LOOKS: usize = 3;

/// A call that was accepted, or found not to be needed any more.
pub(super) struct Done {
    pub(super) result: StepResult,
    pub(super) detail: Text,
    /// The object as the server answered with it.
    pub(super) object: Option<Value>,
}

impl Done {
    /// The call was taken.
    fn applied(detail: impl Into<Text>, object: Option<Value>) -> Self {
        Self { result: StepResult::Applied, detail: detail.into(), object }
    }

    /// Nothing was sent.
    fn not_needed(why: &str) -> Self {
        Self { result: StepResult::NotNeeded, detail: why.into(), object: None }
    }

    /// What became of the step, in a sentence about it.
    pub(super) fn words(&self) -> &'static str {
        if self.result == StepResult::NotNeeded { "was not needed any more" } else { "was done" }
    }

    /// What is told of it.
    pub(super) fn into_event(self, step: usize) -> OperationEvent {
        match self.result {
            StepResult::NotNeeded => OperationEvent::StepNotNeeded { step, why: self.detail },
            _ => OperationEvent::StepDone { step, detail: self.detail },
        }
    }
}

/// Sends one call, after a last look at what it must not hit.
pub(super) async fn send(step: &Step, plane: &dyn ControlPlane, action: &ActionId) -> Result<Done, NotDone> {
    match &step.call {
        Call::DeleteBroken { object, uid, revision, .. } => {
            delete_broken(step, (object, uid, revision), plane, action).await
        }
        Call::PostSilence { silence, expects, .. } | Call::DeleteSilence { silence, expects, .. } => {
            if let Some(seen) = silence::look_again(&step.call, silence, expects, plane).await? {
                return Ok(Done::not_needed(seen));
            }
            let answer = plane.send(&step.call, Earnest::ForReal, action.as_str()).await;
            conclude(step, plane, answer).await
        }
        Call::Patch { .. } | Call::Evict { .. } | Call::TakeLease { .. } => {
            let answer = plane.send(&step.call, Earnest::ForReal, action.as_str()).await;
            conclude(step, plane, answer).await
        }
    }
}

/// Deletes a pod in the very version in which it was seen to be broken, so that one that became ready meanwhile is
/// spared. Where it changed in between the server does nothing, and it is judged by another look.
async fn delete_broken(
    step: &Step,
    (object, uid, revision): (&ObjectRef, &Text, &Text),
    plane: &dyn ControlPlane,
    action: &ActionId,
) -> Result<Done, NotDone> {
    let mut looks = 1;
    loop {
        let version = match suspect(object, plane, uid, revision).await.map_err(not_looked_at)? {
            Suspect::Broken(version) => version,
            Suspect::Spared(why) => return Ok(Done::not_needed(why)),
        };
        let version = (!version.is_empty()).then_some(version);
        let call = Call::DeleteBroken { object: object.clone(), uid: uid.clone(), revision: revision.clone(), version };
        match plane.send(&call, Earnest::ForReal, action.as_str()).await {
            Answer::Conflict(_) if looks < LOOKS => looks += 1,
            answer => return conclude(step, plane, answer).await,
        }
    }
}

/// Says that what a call must not hit could not be looked at, so that it was not sent.
fn not_looked_at(error: ReadError) -> NotDone {
    match error {
        ReadError::Forbidden(problem) => NotDone::new(Failure::Denied, problem),
        ReadError::Failed(problem) => NotDone::new(Failure::Unreachable, problem),
        ReadError::NotFound => NotDone::new(Failure::Conflict, Problem::new("it is gone", "", "")),
    }
}

/// What the answer to a call means.
async fn conclude(step: &Step, plane: &dyn ControlPlane, answer: Answer) -> Result<Done, NotDone> {
    let what = format!("the server did not accept this: {}", step.what);
    let (failure, why, hint) = match answer {
        Answer::Accepted(object) => return Ok(Done::applied("accepted", Some(object))),
        Answer::Conflict(why) => (Failure::Conflict, why, "it changed since the plan was made: plan again"),
        Answer::Denied(why) => (Failure::Denied, why, "ask a cluster administrator for this right"),
        Answer::Rejected(why) => (Failure::Rejected, why, "nothing was changed by this step"),
        Answer::NotSent(why) => (Failure::Unreachable, why, "nothing was sent; try again"),
        Answer::Unknown(why) => return after_lost_answer(step, plane, &why).await,
    };
    Err(NotDone::new(failure, Problem::new(what, why, hint)))
}

/// The answer to a call was lost: reads what is there now. The call is never sent again.
async fn after_lost_answer(step: &Step, plane: &dyn ControlPlane, why: &Text) -> Result<Done, NotDone> {
    // The request may still be on its way through a slow server: not yet is not no.
    let seen = match look(step, plane).await {
        Trace::Applied => {
            return Ok(Done::applied(format!("the answer was lost ({why}); read back: it is done"), None));
        }
        Trace::NotApplied => "read back: it is not done so far".to_owned(),
        Trace::Unknown(problem) => format!("reading back failed too: {problem}"),
    };
    let what = format!("the answer was lost: {}", step.what);
    Err(NotDone::new(Failure::Unknown, Problem::new(what, format!("{why}; {seen}"), "look before you repeat it")))
}
