//! Whether a workload has become what it was asked to be, by kubectl's rules, from a full object. Pure.

use serde_json::Value;

use crate::domain::kind::Kind;
use crate::domain::plan::Goal;
use crate::domain::text::Text;

use super::plan::{RESTARTED_AT, is_same_template};

pub(super) mod argo;
mod route;

/// How far a workload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is what it was asked to be.
    Done(Text),
    /// It is not yet, for this reason.
    Moving(Text),
    /// Its controller has given up.
    GivenUp(Text),
    /// It is not what was asked for any more: somebody put something else in its place.
    Replaced(Text),
}

/// Whether the newest rollout has finished at some time, even where its pods have failed since.
pub(super) fn is_finished(kind: Kind, object: &Value) -> bool {
    let (spec, status) = (&object["spec"], &object["status"]);
    match kind {
        _ if !is_observed(object) => false,
        Kind::Rollout => argo::is_finished(object),
        Kind::Deployment if has_condition(object, "NewReplicaSetAvailable") => true,
        Kind::StatefulSet if spec["updateStrategy"]["type"] == "OnDelete" => {
            number(&status["updatedReplicas"]) >= spec["replicas"].as_i64().unwrap_or(1)
        }
        Kind::StatefulSet => status["updateRevision"] == status["currentRevision"],
        _ => matches!(rollout(kind, object), Progress::Done(_)),
    }
}

/// How far a target is on the way to a goal.
pub fn progress(kind: Kind, object: &Value, goal: &Goal) -> Progress {
    let spec = &object["spec"];
    match goal {
        Goal::Template(wanted) if !is_same_template(&spec["template"], wanted) => {
            Progress::Replaced("the template is another one now".into())
        }
        Goal::Restarted(stamp) if spec["template"]["metadata"]["annotations"][RESTARTED_AT] != stamp.as_str() => {
            Progress::Replaced("the mark of the restart is gone".into())
        }
        Goal::Template(_) | Goal::Restarted(_) => rollout(kind, object),
        Goal::Paused(wanted) => {
            let paused = spec["paused"].as_bool().unwrap_or_default();
            if paused == *wanted && !paused {
                // Going on is not enough: it has to get there.
                rollout(kind, object)
            } else if paused == *wanted && !is_observed(object) {
                Progress::Moving("the controller has not seen it yet".into())
            } else if paused == *wanted {
                Progress::Done("paused".into())
            } else {
                Progress::Replaced(if paused { "it is paused now".into() } else { "it is not paused any more".into() })
            }
        }
        Goal::Replicas(wanted) if spec["replicas"].as_u64() != Some(u64::from(*wanted)) => {
            Progress::Replaced(format!("{} pods are wished for now", spec["replicas"]).into())
        }
        Goal::Replicas(_) if kind == Kind::Rollout && is_observed(object) => argo::ready(object),
        Goal::Replicas(wanted) => ready(object, i64::from(*wanted)),
        Goal::Bounds { min, max } => {
            if spec["minReplicas"].as_u64() == Some(u64::from(*min))
                && spec["maxReplicas"].as_u64() == Some(u64::from(*max))
            {
                Progress::Done(format!("between {min} and {max} pods").into())
            } else {
                Progress::Replaced("the bounds are other ones now".into())
            }
        }
        Goal::Rollout(goal) => argo::progress(object, goal),
        Goal::Weights { set, arm, percent, .. } => route::weights(object, set, &arm.name, *percent),
        Goal::Selector(wanted) if spec["selector"] == *wanted => Progress::Done("its selector is set".into()),
        Goal::Selector(_) => Progress::Replaced("its selector is another one now".into()),
        // No object shows it.
        Goal::Silenced { .. } | Goal::Expired(_) => Progress::Done(Text::default()),
        Goal::Gone(uid) => {
            if object["metadata"]["uid"] == uid.as_str() {
                Progress::Moving("it is still there".into())
            } else {
                Progress::Done("gone".into())
            }
        }
    }
}

/// Whether so many pods are there and ready.
fn ready(object: &Value, wanted: i64) -> Progress {
    let status = &object["status"];
    let ready = number(&status["readyReplicas"]);
    let exist = number(&status["replicas"]);
    if !is_observed(object) {
        Progress::Moving("the controller has not seen it yet".into())
    } else if ready == wanted && exist == wanted {
        Progress::Done(format!("{ready} of {wanted} ready").into())
    } else {
        Progress::Moving(format!("{ready} of {wanted} ready").into())
    }
}

/// Kubectl's rules for a rollout, in their order.
fn rollout(kind: Kind, object: &Value) -> Progress {
    if !is_observed(object) {
        return Progress::Moving("the controller has not seen it yet".into());
    }
    match kind {
        Kind::Deployment => deployment(object),
        Kind::StatefulSet => stateful_set(object),
        Kind::DaemonSet => daemon_set(object),
        Kind::Rollout => argo::rollout(object),
        _ => Progress::Done(Text::default()),
    }
}

/// Whether the status is about the newest wish. Argo Rollouts writes the generation in quotes.
pub(super) fn is_observed(object: &Value) -> bool {
    let seen = &object["status"]["observedGeneration"];
    let seen = seen.as_str().map_or_else(|| number(seen), |seen| seen.parse().unwrap_or_default());
    number(&object["metadata"]["generation"]) <= seen
}

/// Whether the controller reports progress for this reason.
fn has_condition(object: &Value, reason: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    conditions.is_some_and(|all| all.iter().any(|one| one["type"] == "Progressing" && one["reason"] == reason))
}

fn deployment(object: &Value) -> Progress {
    let (spec, status) = (&object["spec"], &object["status"]);
    let wanted = spec["replicas"].as_i64().unwrap_or(1);
    let (all, updated, available) =
        (number(&status["replicas"]), number(&status["updatedReplicas"]), number(&status["availableReplicas"]));
    if has_condition(object, "ProgressDeadlineExceeded") {
        Progress::GivenUp(format!("past its deadline with {available} of {wanted} available").into())
    } else if updated < wanted {
        Progress::Moving(format!("{updated} of {wanted} updated").into())
    } else if all > updated {
        Progress::Moving(format!("{} old pods still go", all - updated).into())
    } else if available < updated {
        Progress::Moving(format!("{available} of {updated} available").into())
    } else {
        Progress::Done(format!("{available} of {wanted} ready").into())
    }
}

fn stateful_set(object: &Value) -> Progress {
    let (spec, status) = (&object["spec"], &object["status"]);
    let wanted = spec["replicas"].as_i64().unwrap_or(1);
    let strategy = &spec["updateStrategy"];
    let ready = number(&status["readyReplicas"]);
    if strategy["type"] == "OnDelete" {
        return Progress::Done("the template is set; pods change when they are deleted".into());
    }
    if ready < wanted {
        return Progress::Moving(format!("{ready} of {wanted} ready").into());
    }
    let partition = number(&strategy["rollingUpdate"]["partition"]);
    let updated = number(&status["updatedReplicas"]);
    let due = (wanted - partition).max(0);
    let above = if partition > 0 { format!(" above partition {partition}") } else { String::new() };
    if updated < due {
        Progress::Moving(format!("{updated} of {due} updated{above}").into())
    } else if partition > 0 {
        Progress::Done(format!("{updated} updated{above}").into())
    } else if status["updateRevision"] != status["currentRevision"] {
        Progress::Moving("its controller has not ended the rollout yet".into())
    } else {
        Progress::Done(format!("{ready} of {wanted} ready").into())
    }
}

fn daemon_set(object: &Value) -> Progress {
    let status = &object["status"];
    let wanted = number(&status["desiredNumberScheduled"]);
    let (updated, available) = (number(&status["updatedNumberScheduled"]), number(&status["numberAvailable"]));
    if object["spec"]["updateStrategy"]["type"] == "OnDelete" {
        Progress::Done("the template is set; pods change when they are deleted".into())
    } else if updated < wanted {
        Progress::Moving(format!("{updated} of {wanted} updated").into())
    } else if available < wanted {
        Progress::Moving(format!("{available} of {wanted} available").into())
    } else {
        Progress::Done(format!("{available} of {wanted} ready").into())
    }
}

/// Whether a pod says of itself that it is ready.
pub(super) fn is_ready(pod: &Value) -> bool {
    pod["status"]["conditions"]
        .as_array()
        .is_some_and(|all| all.iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True"))
}

/// A number that servers leave out when it is 0.
fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

#[cfg(test)]
mod tests;
