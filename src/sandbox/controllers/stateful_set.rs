//! Stateful sets: pods by ordinal, made and rolled one at a time, each waiting for the one before.

use std::sync::Arc;

use serde_json::{Value, json};

use super::pods::{count, from_template, is_available};
use super::revisions;
use crate::sandbox::object::{self, at, counts, name, number, text};
use crate::sandbox::world::World;

/// Moves every stateful set one step.
pub(super) fn tick(world: &mut World) {
    for set in world.store.list("statefulsets") {
        let update = revisions::current(world, &set);
        step(world, &set, &update);
        update_status(world, &set, &update);
    }
}

/// Takes one step; a pod that is not ready stops everything behind it, so a broken pod is never replaced by a rollout.
fn step(world: &mut World, set: &Arc<Value>, update: &str) {
    let pods = world.store.owned(set, "pods");
    let desired = number(set, "spec.replicas");
    for ordinal in 0..desired {
        let pod_name = format!("{}-{ordinal}", name(set));
        match pods.iter().find(|pod| name(pod) == pod_name) {
            None => return create(world, set, ordinal, update),
            Some(pod) if !is_available(pod) || object::is_terminating(pod) => return,
            Some(_) => {}
        }
    }
    let highest = pods.iter().filter(|pod| !object::is_terminating(pod)).max_by_key(|pod| ordinal_of(pod));
    if let Some(highest) = highest.filter(|pod| ordinal_of(pod) >= desired) {
        return world.terminate_for(set, highest);
    }
    let partition = number(set, "spec.updateStrategy.rollingUpdate.partition");
    let rolls = text(set, "spec.updateStrategy.type") != "OnDelete";
    let outdated = pods.iter().filter(|pod| revisions::of_pod(pod) != update && ordinal_of(pod) >= partition);
    if let Some(next) = outdated.max_by_key(|pod| ordinal_of(pod)).filter(|_| rolls) {
        world.terminate_for(set, next);
    }
}

fn ordinal_of(pod: &Value) -> i64 {
    name(pod).rsplit('-').next().and_then(|tail| tail.parse().ok()).unwrap_or_default()
}

fn create(world: &mut World, set: &Value, ordinal: i64, update: &str) {
    let is_held_back = ordinal < number(set, "spec.updateStrategy.rollingUpdate.partition");
    let old = text(set, "status.currentRevision");
    let revision = if is_held_back && !old.is_empty() { old } else { update };
    let Some(template) = revisions::template(world, set, revision) else { return };
    let pod_name = format!("{}-{ordinal}", name(set));
    let labels = [
        (revisions::HASH_LABEL, revision),
        ("statefulset.kubernetes.io/pod-name", &pod_name),
        ("apps.kubernetes.io/pod-index", &ordinal.to_string()),
    ];
    from_template(world, set, &pod_name, &template, &labels);
}

fn update_status(world: &mut World, set: &Value, update: &str) {
    let pods = world.live_pods(set);
    let total = count(&pods, |_| true);
    let ready = count(&pods, |pod| is_available(pod));
    let updated = count(&pods, |pod| revisions::of_pod(pod) == update);
    let is_complete = updated == number(set, "spec.replicas") && ready == updated;
    let old = text(set, "status.currentRevision");
    let current = if is_complete || old.is_empty() { update } else { old };
    let mut status = counts(&[
        ("observedGeneration", number(set, "metadata.generation")),
        ("readyReplicas", ready),
        ("currentReplicas", count(&pods, |pod| revisions::of_pod(pod) == current)),
        ("updatedReplicas", updated),
    ]);
    status["replicas"] = json!(total);
    status["availableReplicas"] = json!(ready);
    status["currentRevision"] = json!(current);
    status["updateRevision"] = json!(update);
    status["collisionCount"] = json!(at(set, "status.collisionCount").as_i64().unwrap_or(0));
    world.set_status(set, status);
}
