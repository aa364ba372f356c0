//! The second stage: from what was read to what would be done. Pure; one verb per file.

use serde_json::{Value, json};

use crate::domain::actor::Permission;
use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::operation::Failure;
use crate::domain::plan::{Access, Call, Goal, Plan, Step};
use crate::domain::problem::Problem;
use crate::domain::text::Text;

use super::read::Snapshot;

mod command_line;
mod difference;
mod evict;
mod pause;
mod restart;
mod resume;
mod revisions;
mod rollback;
mod scale;
mod selector;
mod set_image;
mod template;
mod warnings;

pub(in crate::operations) use restart::RESTARTED_AT;
pub(in crate::operations) use template::{is_same as is_same_template, normalized};

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
        Intent::Rollback { to, .. } => rollback::plan(intent, to.as_ref(), snapshot, place),
        Intent::Restart { .. } => restart::plan(intent, snapshot, place),
        Intent::Pause { .. } => pause::plan(intent, snapshot, place),
        Intent::Resume { .. } => resume::plan(intent, snapshot, place),
        Intent::Scale { to: Size::Replicas(count), .. } => scale::replicas(intent, *count, snapshot, place),
        Intent::Scale { to: Size::Bounds { min, max }, .. } => scale::bounds(intent, (*min, *max), snapshot, place),
        Intent::SetImage { container, image, .. } => {
            set_image::plan(intent, container.as_ref(), image, snapshot, place)
        }
        Intent::Evict { .. } => evict::plan(intent, snapshot, place),
    }
}

/// The part of a plan without which there is none; the verbs add what else is to be said.
struct Draft {
    title: String,
    steps: Vec<Step>,
    goal: Goal,
    needs: Vec<Permission>,
}

impl Draft {
    /// Makes it a plan, with what is said in the same way for every verb.
    fn into_plan(self, intent: &Intent, snapshot: &Snapshot, place: &Place) -> Plan {
        let target = intent.target();
        Plan {
            intent: intent.clone(),
            title: self.title.into(),
            service: place.service.clone(),
            environment: place.environment.clone(),
            is_protected: place.is_protected,
            target: target.clone(),
            uid: text(&snapshot.target["metadata"]["uid"]),
            access: access_of(&self.steps),
            steps: self.steps,
            then: Text::default(),
            touches: Text::default(),
            restores: Vec::new(),
            does_not_restore: Vec::new(),
            warnings: warnings::of(snapshot),
            needs: self.needs,
            goal: self.goal,
            difference: Vec::new(),
            way_back: None,
            command: command_line::of(intent, place).into(),
            made: snapshot.taken,
        }
    }
}

/// What the steps need to be allowed, each once. Pods are asked for by kind, because the question is put before it is
/// known which of them are broken.
fn access_of(steps: &[Step]) -> Vec<Access> {
    let mut needed = Vec::new();
    for step in steps {
        let object = step.object.clone();
        let access = match &step.call {
            Call::Patch { subresource, .. } => Access { verb: "patch", object, subresource: *subresource },
            Call::Evict { .. } => Access { verb: "create", object, subresource: Some("eviction") },
            Call::DeleteBroken { .. } => {
                Access { verb: "delete", object: ObjectRef { name: Text::default(), ..object }, subresource: None }
            }
        };
        if !needed.contains(&access) {
            needed.push(access);
        }
    }
    needed
}

/// What cannot be done to any but a workload.
fn require_workload(intent: &Intent) -> Result<(), NoPlan> {
    let target = intent.target();
    if Kind::WORKLOADS.contains(&target.kind) {
        return Ok(());
    }
    let verb = intent.verb();
    Err(NoPlan::impossible(cannot(intent), format!("{verb} is for deployments, stateful sets and daemon sets"), ""))
}

/// What cannot be done while a rollout is paused, because nothing would follow from it.
fn require_not_paused(intent: &Intent, snapshot: &Snapshot, place: &Place) -> Result<(), NoPlan> {
    if snapshot.target["spec"]["paused"] != true {
        return Ok(());
    }
    let resume = command_line::of(&Intent::Resume { target: intent.target().clone() }, place);
    Err(NoPlan::impossible(
        cannot(intent),
        "its rollout is paused, so a new template would not be rolled out",
        format!("resume it first: {resume}"),
    ))
}

/// What failed, where there is no plan: "cannot restart deployment/chat-service in production".
fn cannot(intent: &Intent) -> String {
    format!("cannot {} {}", intent.verb().label().to_lowercase(), intent.target())
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

/// Takes a member away.
fn remove(path: &str) -> Value {
    json!({ "op": "remove", "path": path })
}

/// A key as one segment of a JSON pointer.
fn segment(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Text of a JSON value, sanitised; empty when it is none.
fn text(value: &Value) -> Text {
    Text::from_untrusted(value.as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests;
