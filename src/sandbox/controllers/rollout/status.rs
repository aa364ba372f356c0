//! The status of a rollout: counts, conditions, phase and message as the real controller words them.

use serde_json::{Value, json};

use super::Case;
use super::sets;
use crate::sandbox::object::{at, condition, name, next_condition, number, seconds_since, set, text};
use crate::sandbox::world::World;

const DEFAULT_DEADLINE_SECONDS: i64 = 600;

/// Counts, judges, and writes what is said about a rollout.
pub(super) fn write(world: &mut World, mut case: Case) {
    let old = at(&case.rollout, "status").clone();
    count(&mut case);
    let conditions = conditions(world, &case, &old);
    case.status.insert("conditions".to_owned(), conditions);
    let (phase, message) = phase(&case);
    case.status.insert("phase".to_owned(), json!(phase));
    case.status.insert("message".to_owned(), json!(message));
    if message.is_empty() {
        case.forget(&["message"]);
    }
    // It was read before its sets were: what was written meanwhile stays.
    let Some(rollout) = world.store.get("rollouts", text(&case.rollout, "metadata.namespace"), name(&case.rollout))
    else {
        return;
    };
    world.set_status(&rollout, Value::Object(case.status));
}

fn count(case: &mut Case) {
    let updated = case.sets.find(&case.hash).map_or(0, |set| number(set, "status.replicas"));
    let counts = [
        ("HPAReplicas", sets::sum(&case.sets, "status.replicas")),
        ("availableReplicas", sets::sum(&case.sets, "status.availableReplicas")),
        ("readyReplicas", sets::sum(&case.sets, "status.readyReplicas")),
        ("replicas", sets::sum(&case.sets, "status.replicas")),
        ("updatedReplicas", updated),
    ];
    for (member, count) in counts {
        case.status.insert(member.to_owned(), json!(count));
        if count == 0 {
            case.forget(&[member]);
        }
    }
    let generation = number(&case.rollout, "metadata.generation").to_string();
    case.status.insert("observedGeneration".to_owned(), json!(generation));
    let labels = at(&case.rollout, "spec.selector.matchLabels").as_object().into_iter().flatten();
    let selector: Vec<String> =
        labels.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    case.status.insert("selector".to_owned(), json!(selector.join(",")));
    case.status.entry("blueGreen").or_insert_with(|| json!({}));
    case.status.entry("canary").or_insert_with(|| json!({}));
}

fn is_complete(case: &Case) -> bool {
    let (replicas, said) = (case.replicas(), |member: &str| case.said(member).as_i64().unwrap_or(0));
    case.is_fully_promoted() && said("updatedReplicas") == replicas && said("availableReplicas") >= replicas
}

fn is_paused(case: &Case) -> bool {
    case.is_paused_by_hand() || case.said("pauseConditions").as_array().is_some_and(|pauses| !pauses.is_empty())
}

fn conditions(world: &World, case: &Case, old: &Value) -> Value {
    let make = |kind, holds: bool, reason, message: &str| {
        told(world, old, kind, (if holds { "True" } else { "False" }, reason, message))
    };
    let available = case.said("availableReplicas").as_i64().unwrap_or(0) >= case.replicas();
    let has_minimum =
        if available { "Rollout has minimum availability" } else { "Rollout does not have minimum availability" };
    let is_healthy = is_complete(case) && case.said("replicas").as_i64() == Some(case.replicas());
    let health = if is_healthy { "Rollout is healthy" } else { "Rollout is not healthy" };
    let paused = is_paused(case) && !case.is_set("abort");
    let revision = case.sets.revision(&case.hash);
    let completed = if case.is_fully_promoted() {
        make("Completed", true, "RolloutCompleted", "RolloutCompleted")
    } else {
        let message = format!("Rollout not completed, started update to revision {revision} ({})", case.hash);
        make("Completed", false, "RolloutNotCompleted", &message)
    };
    json!([
        make("Available", available, "AvailableReason", has_minimum),
        make("Healthy", is_healthy, "RolloutHealthy", health),
        completed,
        progressing(world, case, old),
        make("Paused", paused, "RolloutPaused", "Rollout is paused"),
    ])
}

/// A condition; one that says the same as before is left as it was.
fn told(world: &World, old: &Value, kind: &str, (status, reason, message): (&str, &str, &str)) -> Value {
    let before = condition(old, kind);
    if text(before, "status") == status && text(before, "reason") == reason {
        return before.clone();
    }
    moved(world, old, kind, (status, reason, message))
}

/// A condition that is news, though it may say the same.
fn moved(world: &World, old: &Value, kind: &str, (status, reason, message): (&str, &str, &str)) -> Value {
    let mut made = next_condition(old, world.now, kind, status, reason, message);
    set(&mut made, "lastUpdateTime", json!(world.now.to_string()));
    made
}

fn progressing(world: &World, case: &Case, old: &Value) -> Value {
    let before = condition(old, "Progressing");
    let reason = text(before, "reason");
    let say = |status, reason, message: &str| told(world, old, "Progressing", (status, reason, message));
    let set = case.sets.find(&case.hash).map_or("", |set| name(set));
    if case.is_set("abort") && !case.is_fully_promoted() {
        let revision = case.sets.revision(&case.hash);
        return say("False", "RolloutAborted", &format!("Rollout aborted update to revision {revision}"));
    }
    if is_paused(case) {
        return say("Unknown", "RolloutPaused", "Rollout is paused");
    }
    if is_complete(case) {
        return say("True", "NewReplicaSetAvailable", &format!("ReplicaSet \"{set}\" has successfully progressed."));
    }
    if has_moved(case, old) {
        let message = format!("ReplicaSet \"{set}\" is progressing.");
        return moved(world, old, "Progressing", ("True", "ReplicaSetUpdated", &message));
    }
    let deadline = at(&case.rollout, "spec.progressDeadlineSeconds").as_i64().unwrap_or(DEFAULT_DEADLINE_SECONDS);
    match reason {
        "RolloutPaused" => say("Unknown", "RolloutResumed", "Rollout is resumed"),
        "RolloutAborted" => say("Unknown", "RolloutRetry", "Retrying Rollout after abort"),
        "NewReplicaSetAvailable" => say("True", "ReplicaSetNotAvailable", "Rollout is not healthy"),
        "ProgressDeadlineExceeded" => before.clone(),
        "" => say("True", "NewReplicaSetCreated", &format!("Created new replica set \"{set}\"")),
        _ if seconds_since(before, "lastUpdateTime", world.now) > deadline => {
            say("False", "ProgressDeadlineExceeded", &format!("ReplicaSet \"{set}\" has timed out progressing."))
        }
        _ => before.clone(),
    }
}

/// Whether anything is nearer to its end than before.
fn has_moved(case: &Case, old: &Value) -> bool {
    let now = json!(case.status);
    let surplus = |status: &Value| number(status, "replicas") - number(status, "updatedReplicas");
    let differs = |member: &str| at(&now, member) != at(old, member);
    let grew = |member: &str| number(&now, member) > number(old, member);
    ["currentStepIndex", "currentStepHash", "stableRS", "updatedReplicas"].into_iter().any(differs)
        || ["readyReplicas", "availableReplicas"].into_iter().any(grew)
        || surplus(&now) < surplus(old)
}

/// The phase and the sentence, in the order in which the real controller asks.
fn phase(case: &Case) -> (&'static str, String) {
    for it in case.said("conditions").as_array().into_iter().flatten() {
        if matches!(text(it, "reason"), "RolloutAborted" | "ProgressDeadlineExceeded") {
            return ("Degraded", format!("{}: {}", text(it, "reason"), text(it, "message")));
        }
    }
    if case.is_paused_by_hand() {
        return ("Paused", "manually paused".to_owned());
    }
    if let Some(pause) = case.said("pauseConditions").as_array().and_then(|pauses| pauses.first()) {
        return ("Paused", text(pause, "reason").to_owned());
    }
    let (replicas, said) = (case.replicas(), |member: &str| case.said(member).as_i64().unwrap_or(0));
    let restart = at(&case.rollout, "spec.restartAt");
    let message = if !restart.is_null() && case.said("restartedAt") != restart {
        "rollout is restarting"
    } else if said("updatedReplicas") < replicas {
        "more replicas need to be updated"
    } else if said("availableReplicas") < said("updatedReplicas") {
        "updated replicas are still becoming available"
    } else if !case.is_fully_promoted() {
        "waiting for all steps to complete"
    } else {
        return ("Healthy", String::new());
    };
    ("Progressing", message.to_owned())
}
