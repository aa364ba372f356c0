//! The second stage: from what was read to what would be done. Pure; one verb per file.

use serde_json::{Value, json};

use crate::domain::intent::Intent;
use crate::domain::object::ObjectRef;
use crate::domain::operation::Failure;
use crate::domain::plan::{Access, Plan, Step};
use crate::domain::problem::Problem;
use crate::domain::text::Text;

use super::read::Snapshot;

mod command_line;
mod difference;
mod revisions;
mod rollback;
mod warnings;

pub(in crate::operations) use revisions::is_same as is_same_template;

/// Where the target stands: named by the environment rules, which are not this module's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The service.
    pub service: Text,
    /// The environment.
    pub environment: Text,
    /// Whether it asks for the service's name to be typed.
    pub is_protected: bool,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPlan {
    /// Of what kind the reason is.
    pub failure: Failure,
    /// The reason.
    pub problem: Problem,
}

impl NoPlan {
    /// The wish makes no sense here.
    fn impossible(what: impl AsRef<str>, why: impl AsRef<str>, hint: impl AsRef<str>) -> Self {
        Self { failure: Failure::Impossible, problem: Problem::new(what, why, hint) }
    }

    /// It is so already.
    fn nothing_to_do(what: impl AsRef<str>, why: impl AsRef<str>) -> Self {
        Self { failure: Failure::NothingToDo, problem: Problem::new(what, why, "") }
    }
}

/// Makes the plan for an intent.
pub fn plan(intent: &Intent, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    match intent {
        Intent::Rollback { target, to } => rollback::plan(intent, target, to.as_ref(), snapshot, place),
        _ => Err(NoPlan::impossible(format!("cannot {}", intent.verb()), "it cannot be planned", "")),
    }
}

/// The part of a plan that every verb fills in the same way.
fn draft(intent: &Intent, snapshot: &Snapshot, place: &Place, steps: Vec<Step>, title: String) -> Plan {
    let target = intent.target();
    Plan {
        intent: intent.clone(),
        title: title.into(),
        service: place.service.clone(),
        environment: place.environment.clone(),
        is_protected: place.is_protected,
        target: target.clone(),
        uid: text(&snapshot.target["metadata"]["uid"]),
        access: access_of(&steps, snapshot),
        steps,
        then: Text::default(),
        touches: Text::default(),
        restores: Vec::new(),
        does_not_restore: Vec::new(),
        warnings: warnings::of(target, snapshot),
        needs: vec![crate::domain::actor::Permission::Deploy],
        goal: crate::domain::plan::Goal::Paused(false),
        difference: Vec::new(),
        way_back: None,
        command: command_line::of(intent, place).into(),
        made: snapshot.taken,
    }
}

/// Of what was asked of the cluster, that which these steps need.
fn access_of(steps: &[Step], snapshot: &Snapshot) -> Vec<Access> {
    let needs = |access: &Access| {
        steps.iter().any(|step| {
            let request = step.call.request(&step.object);
            access.object.kind == step.object.kind
                && match access.verb {
                    "patch" => request.starts_with("PATCH"),
                    "delete" => request.starts_with("DELETE"),
                    _ => request.starts_with("POST"),
                }
        })
    };
    snapshot.reviews.iter().map(|(access, _)| access.clone()).filter(needs).collect()
}

/// A test that a field still holds what the plan saw.
fn test(path: &str, value: &Value) -> Value {
    json!({ "op": "test", "path": path, "value": value })
}

/// The test that the object is still the same one.
fn test_uid(snapshot: &Snapshot) -> Value {
    test("/metadata/uid", &snapshot.target["metadata"]["uid"])
}

/// Replaces a field that is there.
fn replace(path: &str, value: &Value) -> Value {
    json!({ "op": "replace", "path": path, "value": value })
}

/// Sets a member, whether it is there or not.
fn set(path: &str, value: &Value) -> Value {
    json!({ "op": "add", "path": path, "value": value })
}

/// A key as one segment of a JSON pointer.
fn segment(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Text of a JSON value, sanitised; empty when it is none.
fn text(value: &Value) -> Text {
    Text::from_untrusted(value.as_str().unwrap_or_default())
}

/// A pod of the target's namespace.
fn pod_ref(target: &ObjectRef, pod: &Value) -> ObjectRef {
    ObjectRef { kind: crate::domain::kind::Kind::Pod, name: text(&pod["metadata"]["name"]), ..target.clone() }
}

#[cfg(test)]
mod tests;
