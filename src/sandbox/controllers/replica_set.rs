//! Replica sets: as many pods as asked for.

use std::sync::Arc;

use serde_json::{Value, json};

use super::pods::{count, from_template, is_available};
use crate::sandbox::object::{self, at, counts, name, number};
use crate::sandbox::random::{hash, letters};
use crate::sandbox::world::World;

/// Creates missing pods, ends surplus ones and counts the rest.
pub(super) fn tick(world: &mut World) {
    for set in world.store.list("replicasets") {
        if is_at_rest(world, &set) {
            continue;
        }
        let pods = world.live_pods(&set);
        let missing = number(&set, "spec.replicas") - count(&pods, |_| true);
        if missing < 0 {
            end_surplus(world, &set, pods, missing.unsigned_abs());
        }
        for _ in 0..missing {
            let pod_name = format!("{}-{}", name(&set), world.random.suffix());
            from_template(world, &set, &pod_name, at(&set, "spec.template"), &[]);
        }
        update_status(world, &set);
    }
}

/// Says whether a set of the past has nothing left to do or to count; most sets are such.
fn is_at_rest(world: &World, set: &Value) -> bool {
    let is_counted = ["status.replicas", "status.terminatingReplicas"].iter().all(|field| number(set, field) == 0)
        && number(set, "status.observedGeneration") == number(set, "metadata.generation");
    is_counted && number(set, "spec.replicas") == 0 && world.store.owned(set, "pods").is_empty()
}

/// Ends unready pods first, then the youngest.
fn end_surplus(world: &mut World, set: &Value, mut pods: Vec<Arc<Value>>, surplus: u64) {
    pods.sort_by_cached_key(|pod| {
        (is_available(pod), std::cmp::Reverse(object::time(pod, "metadata.creationTimestamp")), name(pod).to_owned())
    });
    for pod in pods.iter().take(usize::try_from(surplus).unwrap_or(usize::MAX)) {
        world.terminate_for(set, pod);
    }
}

fn update_status(world: &mut World, set: &Value) {
    let all = world.store.owned(set, "pods");
    let pods = world.live_pods(set);
    let (total, ready) = (count(&pods, |_| true), count(&pods, |pod| is_available(pod)));
    let mut status = counts(&[
        ("fullyLabeledReplicas", total),
        ("readyReplicas", ready),
        ("availableReplicas", ready),
        ("observedGeneration", number(set, "metadata.generation")),
    ]);
    status["replicas"] = json!(total);
    status["terminatingReplicas"] = json!(count(&all, |pod| object::is_terminating(pod)));
    world.set_status(set, status);
}

/// Returns the hash by which the set of a pod template is named.
pub(super) fn mark_of(template: &Value) -> String {
    letters(hash(&template.to_string()), 10)
}

/// Says whether a set's template is the one wanted, but for the hash label that only the former has.
pub(super) fn has_template(set: &Value, wanted: &Value, hash_label: &str) -> bool {
    let own = at(set, "spec.template");
    if own["spec"] != wanted["spec"] {
        return false;
    }
    let mut plain = own["metadata"].clone();
    if let Some(labels) = plain["labels"].as_object_mut() {
        labels.shift_remove(hash_label);
    }
    plain == wanted["metadata"]
}

/// Makes the set of an owner's template, without pods as yet; the label holds its hash.
pub(super) fn create(world: &mut World, owner: &Value, manager: &str, (label, mark): (&str, &str)) -> Arc<Value> {
    let mut template = at(owner, "spec.template").clone();
    template["metadata"]["labels"][label] = json!(mark);
    let mut selector = at(owner, "spec.selector").clone();
    selector["matchLabels"][label] = json!(mark);
    let body = json!({
        "metadata": {
            "name": format!("{}-{mark}", name(owner)), "namespace": object::namespace(owner),
            "labels": template["metadata"]["labels"], "annotations": {},
            "ownerReferences": [object::owner_reference(owner)],
        },
        "spec": {"replicas": 0, "selector": selector, "template": template},
        "status": {"replicas": 0},
    });
    world.create("replicasets", manager, body)
}
