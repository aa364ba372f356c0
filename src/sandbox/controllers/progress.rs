//! The status of a deployment: counts, and the conditions that tell whether its rollout moves.

use serde_json::{Value, json};

use crate::sandbox::object::{self, at, condition, counts, name, next_condition, number, seconds_since, text};
use crate::sandbox::world::World;

/// Notes that a rollout to a replica set has begun.
pub(super) fn begin(world: &mut World, deployment: &Value, set: &Value, is_new: bool) {
    let (reason, words) =
        if is_new { ("NewReplicaSetCreated", "Created new") } else { ("FoundNewReplicaSet", "Found new") };
    let message = format!("{words} replica set \"{}\"", name(set));
    let old = at(deployment, "status");
    let moved = progressing(world, old, "True", reason, &message);
    let mut status = if old.is_object() { old.clone() } else { json!({}) };
    let available = condition(old, "Available").clone();
    status["conditions"] = [available, moved].into_iter().filter(|condition| !condition.is_null()).collect();
    world.set_status(deployment, status);
}

/// Counts the replica sets of a deployment and judges its progress.
pub(super) fn update_status(world: &mut World, deployment: &Value, current: Option<&Value>) {
    let Some(deployment) = world.store.get("deployments", object::namespace(deployment), name(deployment)) else {
        return;
    };
    let old = at(&deployment, "status");
    let sets = world.store.owned(&deployment, "replicasets");
    let sum = |field: &str| sets.iter().map(|set| number(set, field)).sum::<i64>();
    let updated = sets.iter().find(|set| current.is_some_and(|current| name(set) == name(current)));
    let (ready, available) = (sum("status.readyReplicas"), sum("status.availableReplicas"));
    let mut status = counts(&[
        ("observedGeneration", number(&deployment, "metadata.generation")),
        ("replicas", sum("status.replicas")),
        ("updatedReplicas", updated.map_or(0, |set| number(set, "status.replicas"))),
        ("readyReplicas", ready),
        ("availableReplicas", available),
        ("unavailableReplicas", (sum("spec.replicas") - available).max(0)),
    ]);
    status["terminatingReplicas"] = json!(sum("status.terminatingReplicas"));
    let conditions = [
        Some(available_condition(world, &deployment, available)),
        progressing_condition(world, &deployment, &status, updated.map_or("", |set| name(set))),
    ];
    status["conditions"] = conditions.into_iter().flatten().filter(|condition| !condition.is_null()).collect();
    if *old != status {
        world.set_status(&deployment, status);
    }
}

fn available_condition(world: &World, deployment: &Value, available: i64) -> Value {
    let desired = number(deployment, "spec.replicas");
    let least = desired - desired / 4;
    let (status, reason, message) = if available >= least {
        ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    } else {
        ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    };
    let old = at(deployment, "status");
    let before = condition(old, "Available");
    let mut made = next_condition(old, world.now, "Available", status, reason, message);
    made["lastUpdateTime"] =
        if text(before, "status") == status { before["lastUpdateTime"].clone() } else { json!(world.now.to_string()) };
    made
}

/// Judges a rollout by the real controller's rules: complete, moving, late, or as it was.
fn progressing_condition(world: &World, deployment: &Value, status: &Value, set: &str) -> Option<Value> {
    let deadline = at(deployment, "spec.progressDeadlineSeconds").as_i64()?;
    let old = at(deployment, "status");
    let before = condition(old, "Progressing");
    let reason = text(before, "reason");
    let is_paused = at(deployment, "spec.paused") == true;
    if is_paused && reason != "ProgressDeadlineExceeded" {
        return Some(keep_or(world, old, "Unknown", "DeploymentPaused", "Deployment is paused"));
    }
    if !is_paused && reason == "DeploymentPaused" {
        return Some(progressing(world, old, "Unknown", "DeploymentResumed", "Deployment is resumed"));
    }
    let desired = number(deployment, "spec.replicas");
    let all = ["replicas", "updatedReplicas", "availableReplicas"];
    if all.iter().all(|field| number(status, field) == desired) {
        let message = format!("ReplicaSet \"{set}\" has successfully progressed.");
        return Some(keep_or(world, old, "True", "NewReplicaSetAvailable", &message));
    }
    let surplus = |counts: &Value| number(counts, "replicas") - number(counts, "updatedReplicas");
    let grew = |field: &str| number(status, field) > number(old, field);
    if grew("updatedReplicas") || grew("readyReplicas") || grew("availableReplicas") || surplus(status) < surplus(old) {
        let message = format!("ReplicaSet \"{set}\" is progressing.");
        return Some(progressing(world, old, "True", "ReplicaSetUpdated", &message));
    }
    let waits = !matches!(reason, "NewReplicaSetAvailable" | "ProgressDeadlineExceeded" | "DeploymentPaused" | "");
    if waits && seconds_since(before, "lastUpdateTime", world.now) > deadline {
        let message = format!("ReplicaSet \"{set}\" has timed out progressing.");
        return Some(progressing(world, old, "False", "ProgressDeadlineExceeded", &message));
    }
    Some(before.clone())
}

fn keep_or(world: &World, old: &Value, status: &str, reason: &str, message: &str) -> Value {
    let before = condition(old, "Progressing");
    let is_same = text(before, "reason") == reason && text(before, "message") == message;
    if is_same { before.clone() } else { progressing(world, old, status, reason, message) }
}

fn progressing(world: &World, old: &Value, status: &str, reason: &str, message: &str) -> Value {
    let mut made = next_condition(old, world.now, "Progressing", status, reason, message);
    made["lastUpdateTime"] = json!(world.now.to_string());
    made
}
