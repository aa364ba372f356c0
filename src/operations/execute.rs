//! The sixth stage: the calls, each once, each recorded before and after.

use futures::future::BoxFuture;

use crate::domain::audit::{ActionId, Event, Footprint, Intent, StepResult};
use crate::domain::operation::{Failure, OperationEvent};
use crate::domain::plan::{Goal, Plan, Step};
use crate::domain::problem::Problem;
use crate::domain::target::Target;
use crate::domain::text::Text;

use super::NotDone;
use super::audit::{AuditError, Urgency};
use super::confirm::Confirmed;
use super::guard::lease;
use super::ports::ControlPlane;
use super::reconcile::footprint;
use super::withdraw::Yes;

use send::send;

mod failpoint;
mod send;

/// Where actions are recorded. A record is on disk when the answer is there, and not before.
pub trait Record: Send + Sync {
    /// Writes one record, durably.
    fn record<'a>(
        &'a self,
        action: &'a ActionId,
        event: Event,
        urgency: Urgency,
    ) -> BoxFuture<'a, Result<(), AuditError>>;
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

/// Sends the calls, as long as the yes stands. A call is sent once; when its answer is lost, the world is read to see what
/// came of it.
pub async fn execute(
    confirmed: Confirmed,
    yes: &Yes,
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
        if let Some(why) = yes.withdrawn() {
            return Err(taken_back(&step.what, why).after(number, steps));
        }
        let written = write_intent(&confirmed, step, (number, steps), record, &action).await;
        written.map_err(|error| error.after(number, steps))?;
        failpoint::reached("intent", number);
        report(OperationEvent::StepStarted { step: number, what: step.what.clone() });
        let stamped = lease::stamped(step, &action, confirmed.at());
        // The disk may have taken its time.
        let done = match yes.withdrawn() {
            Some(why) => Err(taken_back(&step.what, why)),
            None => send(&stamped, plane, &action).await,
        };
        failpoint::reached("answered", number);
        let (kind, detail) = match &done {
            Ok(done) => (done.result, done.detail.clone()),
            Err(not_done) => (outcome_of(not_done.failure), Text::from(not_done.problem.to_string())),
        };
        let outcome = Event::Outcome { step: u32_of(number), result: kind, detail };
        let written = record.record(&action, outcome, urgency(confirmed.plan())).await;
        failpoint::reached("outcome", number);
        let done = done.map_err(|not_done| {
            let not_done = not_done.after(number, steps);
            match &written {
                Ok(()) => not_done,
                Err(error) => not_done.unrecorded(error),
            }
        })?;
        written.map_err(|error| {
            let what = format!("step {number} of {steps} {}, but its outcome", done.words());
            NotDone { steps_done: number, ..not_recorded(&what, &error) }
        })?;
        // What the server made of our wish is what has to hold: admission may pin a tag or fill in a default.
        if let (Goal::Silenced { silence, .. }, Some(id)) =
            (&mut goal, done.object.as_ref().and_then(|answer| answer["silenceID"].as_str()))
        {
            silence.id = Text::from_untrusted(id);
        }
        if let (Goal::Template(wanted), Some(object)) = (&mut goal, &done.object)
            && !object["spec"]["template"].is_null()
        {
            *wanted = object["spec"]["template"].clone();
        }
        report(done.into_event(number));
    }
    Ok(Executed { plan: Plan { goal, ..confirmed.plan().clone() }, action })
}

/// Puts the intent on disk; what cannot be recorded is not done.
async fn write_intent(
    confirmed: &Confirmed,
    step: &Step,
    (number, steps): (usize, usize),
    record: &dyn Record,
    action: &ActionId,
) -> Result<(), NotDone> {
    let plan = confirmed.plan();
    let actor = confirmed.actor();
    let event = Event::Intent(Box::new(Intent {
        what: if steps == 1 { plan.title.clone() } else { format!("{}: {}", plan.title, step.what).into() },
        command_line: plan.command.clone(),
        target: in_cluster(&step.call.target()),
        environment: plan.environment.clone(),
        identity: actor.identity.user.clone(),
        groups: actor.identity.groups.clone(),
        role: actor.role.clone(),
        reason: confirmed.reason().clone(),
        plan: stored(plan),
        step: u32_of(number),
        steps: u32_of(steps),
    }));
    let written = record.record(action, event, urgency(plan)).await;
    written.map_err(|error| not_recorded("nothing was sent: it", &error))
}

/// What is changed, with its cluster.
pub fn in_cluster(target: &Target) -> Text {
    format!("{target} ({})", target.cluster()).into()
}

/// The plan as it is stored: what it rests on and what it sends, without values that could be secrets.
pub fn stored(plan: &Plan) -> serde_json::Value {
    let calls: Vec<_> = plan.steps.iter().map(|step| step.call.request()).collect();
    serde_json::json!({
        "hash": plan.hash(),
        "intent": plan.intent,
        "uid": plan.uid,
        "title": plan.title,
        "service": plan.service,
        "calls": calls,
        "before": plan.steps.iter().map(|step| &step.before).collect::<Vec<_>>(),
        "after": plan.steps.iter().map(|step| &step.after).collect::<Vec<_>>(),
        "wayBack": plan.way_back,
        Footprint::MEMBER: plan.steps.iter().map(footprint).collect::<Vec<_>>(),
    })
}

/// Going back may use the space that is kept for it on a full disk.
pub fn urgency(plan: &Plan) -> Urgency {
    if plan.goes_back() { Urgency::Rollback } else { Urgency::Ordinary }
}

/// The yes was taken back before a step of it was sent.
fn taken_back(what: &str, why: Text) -> NotDone {
    NotDone::new(Failure::Withdrawn, Problem::new(format!("not sent: {what}"), why, "nothing was changed by this step"))
}

fn not_recorded(what: &str, error: &AuditError) -> NotDone {
    let Problem { what: how, why, hint, .. } = error.problem();
    let why = if why.is_empty() { how.to_string() } else { format!("{how}: {why}") };
    NotDone::new(Failure::NotRecorded, Problem::new(format!("{what} could not be recorded"), why, hint))
}

fn u32_of(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How a failure is recorded.
fn outcome_of(failure: Failure) -> StepResult {
    match failure {
        Failure::Unreachable | Failure::Withdrawn => StepResult::NotSent,
        Failure::Unknown => StepResult::Unknown,
        _ => StepResult::Rejected,
    }
}

#[cfg(test)]
mod tests;
