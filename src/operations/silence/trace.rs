//! What the world shows of a call about a silence: looked at just before it, after an answer was lost, and by a later
//! session.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::audit::{Left, StepResult};
use crate::domain::operation::Failure;
use crate::domain::plan::{Call, Expected};
use crate::domain::problem::Problem;
use crate::domain::silence::{LabelSet, Matcher, Matchers, Silence, SilenceRef, SilenceState};
use crate::domain::text::Text;

use super::super::NotDone;
use super::super::ports::{AlertmanagerReply, ControlPlane, ReadError};
use super::super::reconcile::Trace;
use super::listed::{alerts, silences};
use super::plan::core;

/// Looks whether what a plan rests on is still so. Why the call is not needed any more, where it is not.
pub(in crate::operations) async fn look_again(
    call: &Call,
    silence: &SilenceRef,
    expects: &Expected,
    plane: &dyn ControlPlane,
) -> Result<Option<&'static str>, NotDone> {
    let replies = plane.alertmanagers().await;
    let Some(reply) = replies.iter().find(|reply| reply.server == silence.server) else {
        let problem = Problem::new(format!("{} is not asked any more", silence.server), "", "plan again");
        return Err(NotDone::new(Failure::Conflict, problem));
    };
    if let Err(error) = &reply.told {
        return Err(match error {
            ReadError::Forbidden(problem) => NotDone::new(Failure::Denied, problem.clone()),
            ReadError::Failed(problem) => NotDone::new(Failure::Unreachable, problem.clone()),
            ReadError::NotFound => NotDone::new(Failure::Unreachable, Problem::new("Alertmanager is gone", "", "")),
        });
    }
    let changed = |what: String| {
        let hint = "it changed since the plan was made: plan again";
        NotDone::new(Failure::Conflict, Problem::new("the world is not as planned", what, hint))
    };
    let held = silences(std::slice::from_ref(reply), &silence.cluster).find(|held| held.silence.id == silence.id);
    if let Some(before) = &expects.silence {
        let is_over = held.as_ref().is_none_or(|held| held.silence.told == SilenceState::Expired);
        if is_over && matches!(call, Call::DeleteSilence { .. }) {
            return Ok(Some("the silence is over already"));
        }
        if is_over || held.is_none_or(|held| core(held.raw) != *before) {
            return Err(changed(format!("{silence} was changed or ended")));
        }
    }
    if let Call::PostSilence { body, .. } = call {
        let more = newly_taken(body, expects, &replies);
        if let Some(first) = more.first() {
            let what = format!("it would hide {} that the plan did not show, such as {first}", more.len());
            return Err(changed(what));
        }
    }
    Ok(None)
}

/// The names of the alerts that a silence takes and that were not shown.
fn newly_taken(body: &Value, expects: &Expected, replies: &[AlertmanagerReply]) -> Vec<String> {
    let Some(matchers) = matchers_of(body).and_then(|all| Matchers::new(&all).ok()) else { return Vec::new() };
    let all = alerts(replies).into_iter();
    let is_new = |labels: &LabelSet| !expects.alerts.contains(labels);
    all.filter(|alert| alert.is_taken_by(&matchers) && is_new(&alert.labels))
        .map(|alert| alert.name().to_owned())
        .collect()
}

fn matchers_of(body: &Value) -> Option<Vec<Matcher>> {
    body["matchers"].as_array()?.iter().map(Matcher::read).collect()
}

/// Whether a silence is the one that a call asked for: an Alertmanager gives it a name, and nothing else of its own.
pub(super) fn is_like(silence: &Silence, body: &Value) -> bool {
    let Left::Silence { by, comment, ends } = left_by(body) else { return false };
    let same = |mut one: Vec<Matcher>, mut other: Vec<Matcher>| {
        one.sort();
        other.sort();
        one == other
    };
    silence.by == by
        && silence.comment == comment
        && silence.ends == ends
        && matchers_of(body).is_some_and(|matchers| same(matchers, silence.matchers.clone()))
}

/// The Alertmanager that a call was written to, if it answers. What another one tells is no answer: it may know of it
/// later, or keep something else under the same words.
fn written_to<'a>(silence: &SilenceRef, replies: &'a [AlertmanagerReply]) -> Result<&'a AlertmanagerReply, Problem> {
    let Some(reply) = replies.iter().find(|reply| reply.server == silence.server) else {
        return Err(Problem::new(format!("{} is not asked any more", silence.server), "", "look there yourself"));
    };
    if reply.told.is_err() {
        return Err(untold(std::slice::from_ref(reply)));
    }
    Ok(reply)
}

/// Looks for what came of a call whose answer was lost. Where nothing is seen of it, it may still be on its way.
pub(in crate::operations) async fn trace(call: &Call, silence: &SilenceRef, plane: &dyn ControlPlane) -> Trace {
    let replies = plane.alertmanagers().await;
    let reply = match written_to(silence, &replies) {
        Ok(reply) => reply,
        Err(problem) => return Trace::Unknown(problem),
    };
    let mut held = silences(std::slice::from_ref(reply), &silence.cluster).map(|held| held.silence);
    let is_done = match call {
        Call::PostSilence { body, .. } => held.any(|held| held.told != SilenceState::Expired && is_like(&held, body)),
        _ => !held.any(|held| held.id == silence.id && held.told != SilenceState::Expired),
    };
    if is_done { Trace::Applied } else { Trace::NotApplied }
}

/// Why none of them told anything.
pub(super) fn untold(replies: &[AlertmanagerReply]) -> Problem {
    let told = replies.iter().find_map(|reply| match &reply.told {
        Err(ReadError::Failed(problem) | ReadError::Forbidden(problem)) => Some(problem.clone()),
        _ => None,
    });
    told.unwrap_or_else(|| Problem::new("no Alertmanager is known so far", "", ""))
}

/// What a silence leaves behind, for a later session.
pub(in crate::operations) fn left_by(body: &Value) -> Left {
    let text = |name: &str| Text::from_untrusted(body[name].as_str().unwrap_or_default());
    Left::Silence { by: text("createdBy"), comment: text("comment"), ends: ends_of(body).unwrap_or_default() }
}

/// When a silence is to end that a call asks for.
pub(super) fn ends_of(body: &Value) -> Option<Timestamp> {
    body["endsAt"].as_str()?.parse().ok()
}

/// Finds out whether a step of an earlier session was applied; none as long as its Alertmanager does not answer. That a
/// silence is not found does not say that it was never made: it may have been changed, or ended and forgotten.
pub(in crate::operations) async fn recall(
    silence: &SilenceRef,
    left: &Left,
    plane: &dyn ControlPlane,
) -> (Option<StepResult>, Text) {
    let replies = plane.alertmanagers().await;
    let reply = match written_to(silence, &replies) {
        Ok(reply) => reply,
        Err(problem) => return (None, problem.to_string().into()),
    };
    let mut held = silences(std::slice::from_ref(reply), &silence.cluster).map(|held| held.silence);
    let (result, words) = match left {
        Left::Silence { by, comment, ends } => {
            let alike: Vec<Silence> = held.filter(|held| held.by == *by && held.comment == *comment).collect();
            if alike.iter().any(|held| held.ends == *ends) {
                (StepResult::Applied, "the silence is there")
            } else if alike.is_empty() {
                (StepResult::Unknown, "the silence is not there: it was not made, or it is over and forgotten")
            } else {
                (StepResult::Unknown, "a silence like it ends at another time: it may have been changed or ended since")
            }
        }
        Left::Gone if held.any(|held| held.id == silence.id && held.told != SilenceState::Expired) => {
            (StepResult::Rejected, "the silence is still there")
        }
        Left::Gone => (StepResult::Applied, "the silence is over"),
        Left::Fields(_) | Left::Lease => (StepResult::Unknown, "its record does not speak of a silence"),
    };
    (Some(result), words.into())
}
