//! Whether a Rollout of Argo has become what it was asked to be. It may rest at a gate: that is no failure.

use serde_json::Value;

use crate::domain::argo::{Argo, CanaryStep, Goal, Phase, Strategy};
use crate::domain::text::Text;

use super::super::argo;
use super::Progress;

/// How far a change of where it stands is.
pub(super) fn progress(object: &Value, goal: &Goal) -> Progress {
    let seen = argo::of(object);
    match goal {
        Goal::Past { revision, step, since } => {
            stopped_or_replaced(&seen, revision).unwrap_or_else(|| past(object, &seen, *step, *since))
        }
        // The wish stands there until it is followed, also over an abort.
        Goal::Promoted(revision) if object["status"]["promoteFull"] == true && seen.current == *revision => {
            Progress::Moving("its controller has not followed yet".into())
        }
        Goal::Promoted(revision) => {
            stopped_or_replaced(&seen, revision).unwrap_or_else(|| promoted(object, &seen, revision))
        }
        Goal::Aborted(revision) => aborted(object, &seen, revision),
        Goal::Retried(revision) => stopped_or_replaced(&seen, revision).unwrap_or_else(|| match seen.phase {
            Phase::Degraded => Progress::Moving("its controller has not begun yet".into()),
            _ => match rest(object, &seen) {
                Progress::Done(words) => Progress::Done(format!("it is rolled out again, {words}").into()),
                other => other,
            },
        }),
        Goal::Restarted(at) if object["spec"]["restartAt"] != at.as_str() => {
            Progress::Replaced("another restart is wished for".into())
        }
        Goal::Restarted(at) if object["status"]["restartedAt"] == at.as_str() => ready(object),
        Goal::Restarted(_) => Progress::Moving("old pods are left".into()),
    }
}

/// How far a new template is: to the end, or to where its steps let it rest.
pub(super) fn rollout(object: &Value) -> Progress {
    let seen = argo::of(object);
    if seen.is_aborted && !seen.is_fully_promoted() {
        return Progress::GivenUp(format!("aborted: {}", seen.why_aborted()).into());
    }
    if seen.phase == Phase::Degraded {
        return Progress::GivenUp(seen.message.clone());
    }
    if object["spec"]["paused"] == true {
        return Progress::Moving("held by hand".into());
    }
    match seen.gate() {
        Some(gate) if gate.ends.is_none() => Progress::Done(format!("{}, waits for a release", place(&seen)).into()),
        Some(_) => Progress::Done(format!("{}, waits and goes on by itself", place(&seen)).into()),
        None if seen.is_fully_promoted() && seen.phase == Phase::Healthy => ready(object),
        None => Progress::Moving(place(&seen)),
    }
}

/// Whether everything is of the stable revision, and well.
pub(super) fn is_finished(object: &Value) -> bool {
    let seen = argo::of(object);
    seen.is_fully_promoted() && !seen.is_aborted && seen.phase == Phase::Healthy
}

/// That somebody or something stopped the revision, or put another one in its place.
fn stopped_or_replaced(seen: &Argo, revision: &Text) -> Option<Progress> {
    if seen.current != *revision && seen.stable != *revision {
        Some(Progress::Replaced("another revision is rolled out".into()))
    } else if seen.is_aborted && !seen.is_fully_promoted() {
        let why = Some(seen.why_aborted()).filter(|why| !why.is_empty()).unwrap_or("its controller is told so");
        Some(Progress::Replaced(format!("it was aborted ({why})").into()))
    } else {
        None
    }
}

/// Whether it has left the place where it was, and traffic is where the steps want it.
fn past(object: &Value, seen: &Argo, step: Option<u32>, since: Option<jiff::Timestamp>) -> Progress {
    let still_waits = since.is_some() && seen.pauses.iter().any(|pause| pause.since == since);
    let has_moved = match step {
        Some(step) => seen.step.is_some_and(|at| at > step),
        None => seen.strategy == Strategy::BlueGreen && seen.active == seen.current,
    };
    if seen.is_fully_promoted() {
        rest(object, seen)
    } else if still_waits {
        Progress::Moving("it still waits".into())
    } else if has_moved {
        rest(object, seen)
    } else if object["spec"]["paused"] == true {
        Progress::Moving("held by hand".into())
    } else {
        Progress::Moving("its controller has not gone on yet".into())
    }
}

/// Whether it has come to where it can stay: at a weight pods are still on their way, and traffic must have followed.
fn rest(object: &Value, seen: &Argo) -> Progress {
    if seen.is_fully_promoted() {
        return match ready(object) {
            Progress::Done(words) => Progress::Done(format!("the new revision is the stable one, {words}").into()),
            other => other,
        };
    }
    match seen.present_step() {
        None | Some(CanaryStep::Weight(_)) if seen.strategy == Strategy::Canary => Progress::Moving(place(seen)),
        _ => weights(seen).unwrap_or_else(|| Progress::Done(place(seen))),
    }
}

/// What is missing before traffic is split as the steps want it; nothing where nobody splits it.
fn weights(seen: &Argo) -> Option<Progress> {
    let weights = seen.weights.filter(|_| seen.is_routed)?;
    let wanted = seen.desired_weight();
    if weights.canary != wanted {
        return Some(Progress::Moving(format!("{} of {wanted} % are sent to it", weights.canary).into()));
    }
    (weights.is_verified == Some(false)).then(|| Progress::Moving("the data plane has not got its weights yet".into()))
}

/// Whether the revision is the only one.
fn promoted(object: &Value, seen: &Argo, revision: &Text) -> Progress {
    if seen.stable != *revision {
        return Progress::Moving("the new revision is not the stable one yet".into());
    }
    match seen.phase {
        Phase::Healthy => ready(object),
        Phase::Degraded => Progress::GivenUp(seen.message.clone()),
        Phase::Paused | Phase::Progressing => Progress::Moving(place(seen)),
    }
}

/// Whether nothing is sent to the revision that was stopped.
fn aborted(object: &Value, seen: &Argo, revision: &Text) -> Progress {
    if seen.current != *revision {
        return Progress::Done("another template is wished for".into());
    }
    if !seen.is_aborted {
        return Progress::Replaced("it goes on all the same".into());
    }
    let updated = object["status"]["updatedReplicas"].as_i64().unwrap_or_default();
    if object["spec"]["paused"] == true {
        Progress::Moving("held by hand, so its pods stay".into())
    } else if seen.phase != Phase::Degraded {
        Progress::Moving("its controller has not stopped it yet".into())
    } else if let Some(weights) = seen.weights.filter(|weights| seen.is_routed && weights.canary > 0) {
        Progress::Moving(format!("{} % are still sent to it", weights.canary).into())
    } else if seen.strategy == Strategy::BlueGreen && seen.active != seen.stable {
        Progress::Moving("the active Service has not gone back yet".into())
    } else if seen.strategy == Strategy::Canary && !seen.is_routed && updated > 0 {
        Progress::Moving(format!("{updated} of its pods are left").into())
    } else {
        match ready(object) {
            Progress::Done(words) => Progress::Done(format!("the stable revision serves, {words}").into()),
            other => other,
        }
    }
}

/// Whether enough pods are ready. A canary with a router of its own may have more of them than are wished for.
pub(super) fn ready(object: &Value) -> Progress {
    let wanted = object["spec"]["replicas"].as_i64().unwrap_or(1);
    let ready = object["status"]["readyReplicas"].as_i64().unwrap_or_default();
    let words = format!("{} of {wanted} ready", ready.min(wanted));
    if ready >= wanted { Progress::Done(words.into()) } else { Progress::Moving(words.into()) }
}

/// Where it is, in words.
pub(in crate::operations) fn place(seen: &Argo) -> Text {
    match seen.place() {
        Some(place) => place.into(),
        None if seen.strategy == Strategy::BlueGreen => "preview".into(),
        None => "rolling out".into(),
    }
}

#[cfg(test)]
mod tests;
