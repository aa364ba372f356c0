//! What every change of a template has in common: what it is compared with, how it is labelled, what follows from it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::difference;
use crate::domain::plan::Plan;
use crate::domain::text::Text;

use super::super::read::Snapshot;
use super::{RESTARTED_AT, segment, set, test, warnings};

/// Where a revision says why it was made.
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// The template of the workload as it is wished for now.
pub(super) fn current(snapshot: &Snapshot) -> &Value {
    &snapshot.target["spec"]["template"]
}

/// Whether two templates ask for the same pods. What a server fills in differs between objects of different age, so
/// absent members and null ones count as equal.
pub(in crate::operations) fn is_same(one: &Value, other: &Value) -> bool {
    normalized(one) == normalized(other)
}

/// Whether two templates are of one release: they differ by a restart at most.
pub(super) fn is_same_release(one: &Value, other: &Value) -> bool {
    let without_restart = |template: &Value| {
        let mut template = template.clone();
        if let Some(annotations) = template.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
            annotations.shift_remove(RESTARTED_AT);
        }
        normalized(&template)
    };
    without_restart(one) == without_restart(other)
}

/// A template without nulls and without empty maps, which servers keep or drop as they like.
pub(in crate::operations) fn normalized(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), normalized(value)))
            .filter(|(_, value)| !value.is_null() && *value != json!({}))
            .collect::<serde_json::Map<_, _>>()
            .into_iter()
            .collect(),
        Value::Array(items) => items.iter().map(normalized).collect(),
        other => other.clone(),
    }
}

/// Adds what follows from a new template.
pub(super) fn fill(plan: &mut Plan, snapshot: &Snapshot, after: &Value) {
    plan.difference = difference::lines(current(snapshot), after);
    plan.then = then(snapshot);
    let warnings = plan.target.object().map(|target| warnings::of_template(target, snapshot));
    plan.warnings.extend(warnings.unwrap_or_default());
}

/// How many pods are wished for.
pub(super) fn pods(snapshot: &Snapshot) -> i64 {
    let wished = snapshot.target["spec"]["replicas"].as_i64();
    wished.or_else(|| snapshot.target["status"]["desiredNumberScheduled"].as_i64()).unwrap_or(1)
}

/// How many pods are of the newest revision.
pub(super) fn updated(snapshot: &Snapshot) -> i64 {
    let status = &snapshot.target["status"];
    status["updatedReplicas"].as_i64().or_else(|| status["updatedNumberScheduled"].as_i64()).unwrap_or_default()
}

/// When the template was last written, by the object's own account; nothing where that is silent about it.
pub(super) fn written(snapshot: &Snapshot) -> Option<Timestamp> {
    let entries = snapshot.target["metadata"]["managedFields"].as_array().into_iter().flatten();
    let writes = entries.filter(|entry| !entry["fieldsV1"]["f:spec"]["f:template"].is_null());
    writes.filter_map(|entry| entry["time"].as_str()?.parse().ok()).max()
}

/// Whether pods are only replaced when somebody deletes them.
pub(super) fn is_on_delete(snapshot: &Snapshot) -> bool {
    snapshot.target["spec"]["updateStrategy"]["type"] == "OnDelete"
}

/// What is waited for.
fn then(snapshot: &Snapshot) -> Text {
    if is_on_delete(snapshot) {
        return "nothing moves until pods are deleted: its update strategy is OnDelete".into();
    }
    let pods = pods(snapshot);
    format!("then wait until {pods} of {pods} have it and are ready").into()
}

/// The operations that say why the revision is made: without them it would be labelled with the cause of the one before.
/// A workload without annotations has no such cause, and it is left so: to make the map anew could drop what somebody
/// else is writing into it.
pub(super) fn change_cause(snapshot: &Snapshot, cause: &str) -> Vec<Value> {
    let annotations = &snapshot.target["metadata"]["annotations"];
    if !annotations.is_object() {
        return Vec::new();
    }
    let path = format!("/metadata/annotations/{}", segment(CHANGE_CAUSE));
    let known = annotations.get(CHANGE_CAUSE).map(|before| test(&path, before));
    known.into_iter().chain([set(&path, &json!(cause))]).collect()
}
