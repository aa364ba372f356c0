//! Daemon sets: one pod on every node, rolled one node at a time.

use serde_json::{Value, json};

use super::pods::{count, from_template, is_available};
use super::revisions;
use crate::sandbox::object::{at, counts, name, number, set, text};
use crate::sandbox::world::World;

/// Moves every daemon set one step.
pub(super) fn tick(world: &mut World) {
    for set in world.store.list("daemonsets") {
        let update = revisions::current(world, &set);
        place(world, &set, &update);
        replace_one(world, &set, &update);
        update_status(world, &set, &update);
    }
}

/// Makes a pod for every node without one; its node is fixed before the scheduler sees it.
fn place(world: &mut World, owner: &Value, update: &str) {
    let pods = world.store.owned(owner, "pods");
    for node in world.store.list("nodes") {
        if pods.iter().any(|pod| text(pod, "spec.nodeName") == name(&node)) {
            continue;
        }
        let mut template = at(owner, "spec.template").clone();
        set(&mut template, "spec.nodeName", json!(name(&node)));
        let pod_name = format!("{}-{}", name(owner), world.random.suffix());
        from_template(world, owner, &pod_name, &template, &[(revisions::HASH_LABEL, update)]);
    }
}

fn replace_one(world: &mut World, owner: &Value, update: &str) {
    let pods = world.store.owned(owner, "pods");
    let is_old = |pod: &Value| revisions::of_pod(pod) != update;
    let rolls = text(owner, "spec.updateStrategy.type") != "OnDelete";
    let broken = pods.iter().find(|pod| is_old(pod) && !is_available(pod));
    let next =
        broken.or_else(|| pods.iter().find(|pod| is_old(pod)).filter(|_| pods.iter().all(|pod| is_available(pod))));
    if let Some(next) = next.filter(|_| rolls) {
        world.terminate_for(owner, next);
    }
}

fn update_status(world: &mut World, owner: &Value, update: &str) {
    let pods = world.live_pods(owner);
    let nodes = count(&world.store.list("nodes"), |_| true);
    let available = count(&pods, |pod| is_available(pod));
    let mut status = counts(&[
        ("observedGeneration", number(owner, "metadata.generation")),
        ("updatedNumberScheduled", count(&pods, |pod| revisions::of_pod(pod) == update)),
        ("numberAvailable", available),
        ("numberUnavailable", nodes - available),
    ]);
    status["currentNumberScheduled"] = json!(count(&pods, |_| true));
    status["desiredNumberScheduled"] = json!(nodes);
    status["numberReady"] = json!(available);
    status["numberMisscheduled"] = json!(0);
    world.set_status(owner, status);
}
