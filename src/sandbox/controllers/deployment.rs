//! Deployments: one replica set per template, and a rolling update between them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{progress, replica_set};
use crate::sandbox::object::{self, at, name, number, set, text};
use crate::sandbox::world::World;

pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
const HASH_LABEL: &str = "pod-template-hash";
const CONTROLLER: &str = "kube-controller-manager";

/// Moves every deployment one step towards its template and scale.
pub(super) fn tick(world: &mut World) {
    for deployment in world.store.list("deployments") {
        let paused = at(&deployment, "spec.paused") == true;
        let current = find_current(world, &deployment);
        let current = if paused { current } else { Some(adopt_current(world, &deployment, current)) };
        let Some(deployment) = world.store.get("deployments", object::namespace(&deployment), name(&deployment)) else {
            continue;
        };
        let sets = world.store.owned(&deployment, "replicasets");
        let current = current.and_then(|current| sets.iter().find(|set| name(set) == name(&current)).cloned());
        if paused {
            scale_while_paused(world, &deployment, current.as_ref(), &sets);
        } else if let Some(current) = &current {
            roll(world, &deployment, current, &sets);
            forget_old_sets(world, &deployment, current, &sets);
        }
        progress::update_status(world, &deployment, current.as_deref());
    }
}

fn revision(object: &Value) -> i64 {
    at(object, "metadata.annotations")
        .get(REVISION)
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

/// Finds the replica set that has the deployment's template.
fn find_current(world: &World, deployment: &Value) -> Option<Arc<Value>> {
    let wanted = at(deployment, "spec.template");
    world
        .store
        .owned(deployment, "replicasets")
        .into_iter()
        .find(|set| replica_set::has_template(set, wanted, HASH_LABEL))
}

/// Makes the replica set of the template if there is none, and gives it the newest revision number.
fn adopt_current(world: &mut World, deployment: &Arc<Value>, found: Option<Arc<Value>>) -> Arc<Value> {
    let newest = world.store.owned(deployment, "replicasets").iter().map(|set| revision(set)).max().unwrap_or(0);
    let is_new = found.is_none();
    let current = found.unwrap_or_else(|| {
        let mark = replica_set::mark_of(at(deployment, "spec.template"));
        replica_set::create(world, deployment, CONTROLLER, (HASH_LABEL, &mark))
    });
    let old_number = revision(&current);
    let number = if is_new || old_number < newest { newest + 1 } else { old_number };
    let mut annotations = at(&current, "metadata.annotations").clone();
    for (key, value) in at(deployment, "metadata.annotations").as_object().into_iter().flatten() {
        if !key.starts_with("deployment.kubernetes.io/") && !key.starts_with("kubectl.kubernetes.io/last-applied") {
            annotations[key] = value.clone();
        }
    }
    if old_number != 0 && old_number != number {
        let history = annotations.get(REVISION_HISTORY).and_then(Value::as_str).unwrap_or_default();
        annotations[REVISION_HISTORY] = json!(format!("{history},{old_number}").trim_start_matches(','));
    }
    annotations[REVISION] = json!(number.to_string());
    annotations["deployment.kubernetes.io/desired-replicas"] = json!(at(deployment, "spec.replicas").to_string());
    let current = if *at(&current, "metadata.annotations") == annotations {
        current
    } else {
        world.edit(&current, CONTROLLER, |set| set["metadata"]["annotations"] = annotations)
    };
    if revision(deployment) != number {
        let edited = world.edit(deployment, CONTROLLER, |deployment| {
            set(deployment, "metadata.annotations", annotations_with_revision(deployment, number));
        });
        progress::begin(world, &edited, &current, is_new);
    }
    current
}

fn annotations_with_revision(object: &Value, number: i64) -> Value {
    let mut annotations = at(object, "metadata.annotations").as_object().cloned().unwrap_or_default();
    annotations.insert(REVISION.to_owned(), json!(number.to_string()));
    Value::Object(annotations)
}

/// Resolves a quarter (or any percentage, or a plain number) of the wanted replicas.
fn share(deployment: &Value, field: &str, desired: i64, round_up: bool) -> i64 {
    match &at(deployment, "spec.strategy.rollingUpdate")[field] {
        Value::String(percentage) => {
            let hundredths = percentage.trim_end_matches('%').parse().unwrap_or(25) * desired;
            if round_up { (hundredths + 99) / 100 } else { hundredths / 100 }
        }
        plain => plain.as_i64().unwrap_or(1),
    }
}

/// Takes one step of a rolling (or recreating) update.
fn roll(world: &mut World, deployment: &Value, current: &Value, sets: &[Arc<Value>]) {
    let desired = number(deployment, "spec.replicas");
    let recreates = text(deployment, "spec.strategy.type") == "Recreate";
    let surge = if recreates { 0 } else { share(deployment, "maxSurge", desired, true) };
    let down = if recreates { desired } else { share(deployment, "maxUnavailable", desired, false) };
    let down = if surge == 0 && down == 0 { 1 } else { down };
    let mut old: Vec<_> = sets.iter().filter(|set| name(set) != name(current)).collect();
    old.sort_by_key(|set| revision(set));
    let size = |set: &Value| number(set, "spec.replicas");
    let total = size(current) + old.iter().map(|set| size(set)).sum::<i64>();
    let ready = |set: &Value| number(set, "status.availableReplicas").min(size(set));

    if size(current) > desired {
        scale(world, deployment, current, desired);
    } else {
        scale(world, deployment, current, desired.min(size(current) + (desired + surge - total).max(0)));
    }
    let least = desired - down;
    let mut removable = total - least - (size(current) - ready(current)).max(0);
    let mut spare = ready(current) + old.iter().map(|set| ready(set)).sum::<i64>() - least;
    for set in old {
        let unready = (size(set) - ready(set)).clamp(0, removable.max(0));
        let serving = ready(set).clamp(0, spare.min(removable - unready).max(0));
        scale(world, deployment, set, size(set) - unready - serving);
        removable -= unready + serving;
        spare -= serving;
    }
}

/// A paused deployment still follows its scale, through the set that has most pods.
fn scale_while_paused(world: &mut World, deployment: &Value, current: Option<&Arc<Value>>, sets: &[Arc<Value>]) {
    let total: i64 = sets.iter().map(|set| number(set, "spec.replicas")).sum();
    let largest = sets.iter().max_by_key(|set| number(set, "spec.replicas")).or(current);
    let known = current.map_or(total, |set| {
        let noted = at(set, "metadata.annotations").get("deployment.kubernetes.io/desired-replicas");
        noted.and_then(Value::as_str).and_then(|text| text.parse().ok()).unwrap_or(total)
    });
    let wanted = number(deployment, "spec.replicas");
    if let (Some(largest), true) = (largest, wanted != known) {
        scale(world, deployment, largest, (number(largest, "spec.replicas") + wanted - total).max(0));
    }
}

fn scale(world: &mut World, deployment: &Value, set: &Value, replicas: i64) {
    let before = number(set, "spec.replicas");
    if before == replicas {
        return;
    }
    world.edit(set, CONTROLLER, |set| set["spec"]["replicas"] = json!(replicas));
    let way = if replicas > before { "up" } else { "down" };
    let message = format!("Scaled {way} replica set {} from {before} to {replicas}", name(set));
    world.report(deployment, "deployment-controller", "Normal", "ScalingReplicaSet", &message);
}

fn forget_old_sets(world: &mut World, deployment: &Value, current: &Value, sets: &[Arc<Value>]) {
    let limit = at(deployment, "spec.revisionHistoryLimit")
        .as_u64()
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(10);
    let is_idle = |set: &Value| number(set, "spec.replicas") == 0 && number(set, "status.replicas") == 0;
    let mut idle: Vec<_> = sets.iter().filter(|set| name(set) != name(current) && is_idle(set)).collect();
    idle.sort_by_key(|set| std::cmp::Reverse(revision(set)));
    for set in idle.into_iter().skip(limit) {
        world.store.remove("replicasets", set);
    }
}
