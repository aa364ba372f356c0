//! The replica sets of a rollout: one for each revision, and how many pods each is to have.

use std::sync::Arc;

use serde_json::{Value, json};

use super::traffic::MOST;
use super::{CONTROLLER, Case, steps};
use crate::sandbox::controllers::replica_set;
use crate::sandbox::object::{at, name, number, set, stamp, text, time};
use crate::sandbox::world::World;

pub(super) const HASH_LABEL: &str = "rollouts-pod-template-hash";
const REVISION: &str = "rollout.argoproj.io/revision";
const REVISION_HISTORY: &str = "rollout.argoproj.io/revision-history";
const DESIRED: &str = "rollout.argoproj.io/desired-replicas";
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
/// When a set that is no longer wanted loses its pods.
const DEADLINE: &str = "scale-down-deadline";
/// How long such a set keeps them, so that the way back is short.
const DELAY_SECONDS: i64 = 30;

/// The sets of one rollout.
pub(super) struct Sets(Vec<Arc<Value>>);

/// The hash label of a set or a pod.
pub(super) fn hash_label(object: &Value) -> &str {
    label(object, "metadata.labels", HASH_LABEL)
}

/// A label or an annotation, whose name may hold dots.
fn label<'a>(object: &'a Value, place: &str, key: &str) -> &'a str {
    at(object, place).get(key).and_then(Value::as_str).unwrap_or_default()
}

fn revision_of(object: &Value) -> i64 {
    label(object, "metadata.annotations", REVISION).parse().unwrap_or(0)
}

fn annotated(object: &mut Value, key: &str, value: Option<&str>) {
    let mut annotations = at(object, "metadata.annotations").as_object().cloned().unwrap_or_default();
    match value {
        Some(value) => drop(annotations.insert(key.to_owned(), json!(value))),
        None => drop(annotations.shift_remove(key)),
    }
    set(object, "metadata.annotations", Value::Object(annotations));
}

impl Sets {
    pub(super) fn of(world: &World, rollout: &Value) -> Self {
        Self(world.store.owned(rollout, "replicasets"))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Value>> {
        self.0.iter()
    }

    /// The set with a hash.
    pub(super) fn find(&self, hash: &str) -> Option<&Arc<Value>> {
        self.0.iter().find(|set| hash_label(set) == hash)
    }

    /// The hash of a rollout's template, whether or not there is a set of it.
    pub(super) fn hash_of(&self, rollout: &Value) -> String {
        let wanted = at(rollout, "spec.template");
        let found = self.0.iter().find(|set| replica_set::has_template(set, wanted, HASH_LABEL));
        found.map_or_else(|| replica_set::mark_of(wanted), |set| hash_label(set).to_owned())
    }

    pub(super) fn available(&self, hash: &str) -> i64 {
        self.find(hash).map_or(0, |set| number(set, "status.availableReplicas"))
    }

    pub(super) fn revision(&self, hash: &str) -> i64 {
        self.find(hash).map_or(0, |set| revision_of(set))
    }

    /// Makes the set of the template if there is none, and gives it the newest revision number; true when it changed
    /// anything.
    pub(super) fn adopt(&self, world: &mut World, rollout: &Arc<Value>, hash: &str) -> bool {
        let before = world.store.version();
        let newest = self.0.iter().map(|set| revision_of(set)).max().unwrap_or(0);
        let found = self.find(hash).cloned();
        let old = found.as_ref().map_or(0, |set| revision_of(set));
        let current = found.unwrap_or_else(|| replica_set::create(world, rollout, CONTROLLER, (HASH_LABEL, hash)));
        let number = if old == 0 || old < newest { newest + 1 } else { old };
        let (number, desired) = (number.to_string(), at(rollout, "spec.replicas").to_string());
        let cause = label(rollout, "metadata.annotations", CHANGE_CAUSE);
        let known = label(&current, "metadata.annotations", REVISION_HISTORY);
        let history = format!("{known},{old}").trim_start_matches(',').to_owned();
        world.edit(&current, CONTROLLER, |set| {
            annotated(set, DESIRED, Some(&desired));
            annotated(set, CHANGE_CAUSE, Some(cause).filter(|cause| !cause.is_empty()));
            annotated(set, REVISION, Some(&number));
            if old != 0 && old.to_string() != number {
                annotated(set, REVISION_HISTORY, Some(&history));
            }
        });
        if label(rollout, "metadata.annotations", REVISION) != number {
            world.edit(rollout, CONTROLLER, |rollout| annotated(rollout, REVISION, Some(&number)));
            let message = format!("Rollout updated to revision {number}");
            world.report(rollout, super::COMPONENT, "Normal", "RolloutUpdated", &message);
        }
        before != world.store.version()
    }

    /// Lets a set live on for a while, and no longer.
    pub(super) fn retire(&self, world: &mut World, hash: &str) {
        if let Some(set) = self.find(hash) {
            let deadline = stamp(world.now, DELAY_SECONDS);
            world.edit(set, CONTROLLER, |set| annotated(set, DEADLINE, Some(&deadline)));
        }
    }
}

/// How many pods the canary is to have: its share, rounded up; all where nothing else is trusted yet.
pub(super) fn wanted(case: &Case) -> i64 {
    let replicas = case.replicas();
    if case.is_fully_promoted() || case.stable().is_empty() || case.is_set("promoteFull") {
        return replicas;
    }
    let weight = steps::weight_at(&case.steps, case.index());
    (replicas * weight + MOST - 1) / MOST
}

/// Gives every set the pods that it is to have.
pub(super) fn scale_all(world: &mut World, case: &Case) {
    let aborted = case.is_set("abort") && !case.is_fully_promoted();
    let stable = case.stable();
    for set in case.sets.iter() {
        let hash = hash_label(set);
        if hash == stable {
            keep(world, case, set, case.replicas());
        } else if hash == case.hash && !aborted {
            keep(world, case, set, wanted(case));
        } else if hash == case.hash && label(set, "metadata.annotations", DEADLINE).is_empty() {
            if number(set, "spec.replicas") > 0 {
                case.sets.retire(world, hash);
            }
        } else if is_due(set, world) {
            scale(world, case, set, 0);
        }
    }
    forget_old(world, case);
}

fn is_due(set: &Value, world: &World) -> bool {
    let deadline = &at(set, "metadata.annotations")[DEADLINE];
    time(&json!({ "at": deadline }), "at").is_none_or(|deadline| deadline <= world.now)
}

/// A set that is wanted has no deadline.
fn keep(world: &mut World, case: &Case, set: &Arc<Value>, replicas: i64) {
    let set = if label(set, "metadata.annotations", DEADLINE).is_empty() {
        Arc::clone(set)
    } else {
        world.edit(set, CONTROLLER, |set| annotated(set, DEADLINE, None))
    };
    scale(world, case, &set, replicas);
}

fn scale(world: &mut World, case: &Case, set: &Value, replicas: i64) {
    let before = number(set, "spec.replicas");
    if before == replicas {
        return;
    }
    world.edit(set, CONTROLLER, |set| set["spec"]["replicas"] = json!(replicas));
    let way = if replicas > before { "up" } else { "down" };
    let revision = revision_of(set);
    let message = format!("Scaled {way} ReplicaSet {} (revision {revision}) from {before} to {replicas}", name(set));
    case.report(world, "ScalingReplicaSet", &message);
}

fn forget_old(world: &mut World, case: &Case) {
    let limit = at(&case.rollout, "spec.revisionHistoryLimit").as_u64().and_then(|limit| usize::try_from(limit).ok());
    let is_idle = |set: &Value| {
        let is_wanted = [case.hash.as_str(), case.stable()].contains(&hash_label(set));
        !is_wanted && number(set, "spec.replicas") == 0 && number(set, "status.replicas") == 0
    };
    let mut idle: Vec<_> = case.sets.iter().filter(|set| is_idle(set)).collect();
    idle.sort_by_key(|set| std::cmp::Reverse(revision_of(set)));
    for set in idle.into_iter().skip(limit.unwrap_or(10)) {
        world.store.remove("replicasets", set);
    }
}

/// The sum of a number over all sets.
pub(super) fn sum(sets: &Sets, field: &str) -> i64 {
    sets.iter().map(|set| number(set, field)).sum()
}

/// The pods of all sets that are not ending.
pub(super) fn pods(world: &World, sets: &Sets) -> Vec<Arc<Value>> {
    let mut pods: Vec<_> = sets.iter().flat_map(|set| world.live_pods(set)).collect();
    pods.sort_by_key(|pod| (text(pod, "metadata.creationTimestamp").to_owned(), name(pod).to_owned()));
    pods
}
