//! Controller revisions: the template history of stateful sets and daemon sets.

use serde_json::{Value, json};

use crate::sandbox::object::{self, at, name, number, owner_reference};
use crate::sandbox::random::{hash, letters};
use crate::sandbox::world::World;

pub(super) const HASH_LABEL: &str = "controller-revision-hash";

/// The hash label that pods of an owner's present template carry; a template seen before gets the newest number again.
pub(super) fn current(world: &mut World, owner: &Value) -> String {
    let template = at(owner, "spec.template");
    let known = world.store.owned(owner, "controllerrevisions");
    let newest = known.iter().map(|revision| number(revision, "revision")).max().unwrap_or(0);
    let mut data = json!({"spec": {"template": template}});
    data["spec"]["template"]["$patch"] = json!("replace");
    if let Some(found) = known.iter().find(|revision| revision["data"] == data) {
        if number(found, "revision") < newest {
            world.edit(found, "kube-controller-manager", |revision| revision["revision"] = json!(newest + 1));
        }
        return label(owner, name(found));
    }
    let revision_name = format!("{}-{}", name(owner), letters(hash(&template.to_string()), 10));
    let mut labels = at(template, "metadata.labels").clone();
    labels[HASH_LABEL] = json!(label(owner, &revision_name));
    let body = json!({
        "metadata": {
            "name": revision_name, "namespace": object::namespace(owner), "labels": labels,
            "annotations": at(owner, "metadata.annotations"), "ownerReferences": [owner_reference(owner)],
        },
        "data": data, "revision": newest + 1,
    });
    world.create("controllerrevisions", "kube-controller-manager", body);
    label(owner, &revision_name)
}

/// Returns the template of the revision with a hash label.
pub(super) fn template(world: &World, owner: &Value, hash_label: &str) -> Option<Value> {
    let known = world.store.owned(owner, "controllerrevisions");
    let found = known.iter().find(|revision| label(owner, name(revision)) == hash_label)?;
    let mut template = at(found, "data.spec.template").clone();
    template.as_object_mut()?.shift_remove("$patch");
    Some(template)
}

/// Stateful sets label pods with the revision's whole name, daemon sets with its hash alone.
fn label(owner: &Value, revision: &str) -> String {
    if owner["kind"] == "StatefulSet" {
        return revision.to_owned();
    }
    revision.trim_start_matches(name(owner)).trim_start_matches('-').to_owned()
}

/// Returns the hash label of a pod.
pub(super) fn of_pod(pod: &Value) -> &str {
    at(pod, "metadata.labels").get(HASH_LABEL).and_then(Value::as_str).unwrap_or_default()
}
