//! The sixth stage: the calls, each once, each recorded before and after.

use crate::domain::audit::{ActionId, Event, Footprint, Intent, StepResult};
use crate::domain::intent::Verb;
use crate::domain::operation::{Failure, OperationEvent};
use crate::domain::plan::{Call, Goal, Plan, Step};
use crate::domain::problem::Problem;
use crate::domain::text::Text;

use super::NotDone;
use super::audit::{AuditError, Urgency};
use super::confirm::Confirmed;
use super::ports::{Answer, ControlPlane, Earnest};
use super::reconcile::{Trace, footprint, look};

mod failpoint;

/// Where actions are recorded. A record is on disk when this returns.
pub trait Record: Send + Sync {
    /// Writes one record, durably.
    fn record(&self, action: &ActionId, event: Event, urgency: Urgency) -> Result<(), AuditError>;
}

/// A change whose calls were all accepted. Only [`execute`] makes one.
#[derive(Debug)]
pub struct Executed {
    plan: Plan,
    action: ActionId,
}

impl Executed {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The name under which it is recorded.
    pub fn action(&self) -> &ActionId {
        &self.action
    }
}

/// Sends the calls. A call is sent once; when its answer is lost, the world is read to see what came of it.
pub async fn execute(
    confirmed: Confirmed,
    plane: &dyn ControlPlane,
    record: &dyn Record,
    action: ActionId,
    report: &mut (dyn FnMut(OperationEvent) + Send),
) -> Result<Executed, NotDone> {
    let steps = confirmed.plan().steps.len();
    let mut goal = confirmed.plan().goal.clone();
    for (index, step) in confirmed.plan().steps.iter().enumerate() {
        let number = index + 1;
        failpoint::reached("begin", number);
        write_intent(&confirmed, step, number, steps, record, &action).map_err(|error| error.after(number, steps))?;
        failpoint::reached("intent", number);
        report(OperationEvent::StepStarted { step: number, what: step.what.clone() });
        let done = send(step, plane, &action).await;
        failpoint::reached("answered", number);
        let (kind, detail) = match &done {
            Ok(done) => (StepResult::Applied, done.detail.clone()),
            Err(not_done) => (outcome_of(not_done.failure), Text::from(not_done.problem.to_string())),
        };
        let outcome = Event::Outcome { step: u32_of(number), result: kind, detail };
        let written = record.record(&action, outcome, urgency(&confirmed));
        failpoint::reached("outcome", number);
        let done = done.map_err(|not_done| {
            let not_done = not_done.after(number, steps);
            match &written {
                Ok(()) => not_done,
                Err(error) => not_done.unrecorded(error),
            }
        })?;
        written
            .map_err(|error| not_recorded(&format!("step {number} of {steps} was done, but its outcome"), &error))?;
        // What the server made of our wish is what has to hold: admission may pin a tag or fill in a default.
        if let (Goal::Template(wanted), Some(object)) = (&mut goal, &done.object)
            && !object["spec"]["template"].is_null()
        {
            *wanted = object["spec"]["template"].clone();
        }
        report(OperationEvent::StepDone { step: number, detail: done.detail });
    }
    Ok(Executed { plan: Plan { goal, ..confirmed.plan().clone() }, action })
}

/// Puts the intent on disk; what cannot be recorded is not done.
fn write_intent(
    confirmed: &Confirmed,
    step: &Step,
    number: usize,
    steps: usize,
    record: &dyn Record,
    action: &ActionId,
) -> Result<(), NotDone> {
    let plan = confirmed.plan();
    let actor = confirmed.actor();
    let event = Event::Intent(Box::new(Intent {
        what: if steps == 1 { plan.title.clone() } else { format!("{}: {}", plan.title, step.what).into() },
        command_line: plan.command.clone(),
        target: format!("{} ({})", step.object, step.object.cluster).into(),
        environment: plan.environment.clone(),
        identity: actor.identity.user.clone(),
        groups: actor.identity.groups.clone(),
        role: actor.role.clone(),
        reason: confirmed.reason().clone(),
        plan: redacted(plan),
        step: u32_of(number),
        steps: u32_of(steps),
    }));
    record.record(action, event, urgency(confirmed)).map_err(|error| not_recorded("nothing was sent: it", &error))
}

/// The plan as it is stored: what it rests on and what it sends, without values that could be secrets.
fn redacted(plan: &Plan) -> serde_json::Value {
    let calls: Vec<_> = plan.steps.iter().map(|step| step.call.request(&step.object)).collect();
    serde_json::json!({
        "hash": plan.hash(),
        "intent": plan.intent,
        "uid": plan.uid,
        "calls": calls,
        "before": plan.steps.iter().map(|step| &step.before).collect::<Vec<_>>(),
        "after": plan.steps.iter().map(|step| &step.after).collect::<Vec<_>>(),
        "wayBack": plan.way_back,
        Footprint::MEMBER: plan.steps.iter().map(footprint).collect::<Vec<_>>(),
    })
}

/// A rollback may use the space that is kept for it on a full disk.
fn urgency(confirmed: &Confirmed) -> Urgency {
    if confirmed.plan().intent.verb() == Verb::Rollback { Urgency::Rollback } else { Urgency::Ordinary }
}

fn not_recorded(what: &str, error: &AuditError) -> NotDone {
    let Problem { what: how, why, hint } = error.problem();
    let why = if why.is_empty() { how.to_string() } else { format!("{how}: {why}") };
    NotDone { failure: Failure::NotRecorded, problem: Problem::new(format!("{what} could not be recorded"), why, hint) }
}

fn u32_of(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How a failure is recorded.
fn outcome_of(failure: Failure) -> StepResult {
    match failure {
        Failure::Unreachable => StepResult::NotSent,
        Failure::Unknown => StepResult::Unknown,
        _ => StepResult::Rejected,
    }
}

/// A call that was accepted, or found not to be needed any more.
struct Done {
    detail: Text,
    /// The object as the server answered with it.
    object: Option<serde_json::Value>,
}

impl Done {
    fn without_answer(detail: impl Into<Text>) -> Self {
        Self { detail: detail.into(), object: None }
    }
}

/// Sends one call, after a last look at what it must not hit.
async fn send(step: &Step, plane: &dyn ControlPlane, action: &ActionId) -> Result<Done, NotDone> {
    if let Call::DeleteBroken { uid, revision } = &step.call {
        match super::reconcile::broken(step, plane, uid, revision).await {
            Ok(true) => {}
            Ok(false) => {
                return Ok(Done::without_answer("not needed any more: the pod is ready, gone or another one"));
            }
            Err(problem) => return Err(NotDone { failure: Failure::Unreachable, problem }),
        }
    }
    let what = format!("the server did not accept this: {}", step.what);
    let (failure, why, hint) = match plane.send(&step.object, &step.call, Earnest::ForReal, action.as_str()).await {
        Answer::Accepted(object) => return Ok(Done { detail: "accepted".into(), object: Some(object) }),
        Answer::Conflict(why) => (Failure::Conflict, why, "it changed since the plan was made: plan again"),
        Answer::Denied(why) => (Failure::Denied, why, "ask a cluster administrator for this right"),
        Answer::Rejected(why) => (Failure::Rejected, why, "nothing was changed by this step"),
        Answer::NotSent(why) => (Failure::Unreachable, why, "nothing was sent; try again"),
        Answer::Unknown(why) => return after_lost_answer(step, plane, &why).await,
    };
    Err(NotDone { failure, problem: Problem::new(what, why, hint) })
}

/// The answer to a call was lost: reads what is there now. The call is never sent again.
async fn after_lost_answer(step: &Step, plane: &dyn ControlPlane, why: &Text) -> Result<Done, NotDone> {
    let what = format!("the answer was lost: {}", step.what);
    match look(step, plane).await {
        Trace::Applied => Ok(Done::without_answer(format!("the answer was lost ({why}); read back: it is done"))),
        // The request may still be on its way through a slow server: not yet is not no.
        Trace::NotApplied => Err(NotDone {
            failure: Failure::Unknown,
            problem: Problem::new(
                what,
                format!("{why}; read back: it is not done so far"),
                "look before you repeat it",
            ),
        }),
        Trace::Unknown(problem) => Err(NotDone {
            failure: Failure::Unknown,
            problem: Problem::new(
                what,
                format!("{why}; reading back failed too: {problem}"),
                "look before you repeat it",
            ),
        }),
    }
}

#[cfg(test)]
mod tests;
