//! The second stage: from what was read to what would be done. Pure; one verb per file.

use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::actor::Permission;
use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::operation::Failure;
use crate::domain::plan::{Access, Call, Goal, Plan, Step};
use crate::domain::problem::Problem;
use crate::domain::target::Target;
use crate::domain::text::Text;
use crate::domain::traffic::Bounds;

use super::read::Snapshot;

mod argo;
mod command_line;
mod difference;
mod evict;
mod gateway;
mod pause;
mod restart;
mod resume;
mod revisions;
mod rollback;
mod scale;
mod selector;

mod set_image;
mod switch;
mod template;
mod warnings;

pub(in crate::operations) use gateway::is_as_left;
pub use gateway::left_by;
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
    /// How far traffic may be shifted there.
    pub traffic: Bounds,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPlan {
    /// Of what kind the reason is.
    pub failure: Failure,
    /// The reason.
    pub problem: Problem,
    /// For how long something has to be watched before it can be told whether there is one.
    pub watch: Option<Duration>,
}

impl NoPlan {
    /// There is none.
    pub(super) fn new(failure: Failure, problem: Problem) -> Self {
        Self { failure, problem, watch: None }
    }

    /// The wish makes no sense here.
    pub(super) fn impossible(what: impl AsRef<str>, why: impl AsRef<str>, hint: impl AsRef<str>) -> Self {
        Self::new(Failure::Impossible, Problem::new(what, why, hint))
    }

    /// The wish itself makes no sense, or does not say which one it means.
    pub(super) fn invalid(what: impl AsRef<str>, why: impl AsRef<str>, hint: impl AsRef<str>) -> Self {
        Self::new(Failure::Invalid, Problem::new(what, why, hint))
    }

    /// It is so already.
    pub(super) fn nothing_to_do(what: impl AsRef<str>, why: impl AsRef<str>) -> Self {
        Self::new(Failure::NothingToDo, Problem::new(what, why, ""))
    }
}

/// A wish about an object, with the object.
#[derive(Clone, Copy)]
struct Wish<'a> {
    intent: &'a Intent,
    target: &'a ObjectRef,
}

/// Makes the plan for an intent about an object; one about alerts is planned by what Alertmanager tells.
pub fn plan(intent: &Intent, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    let wish = |target| Wish { intent, target };
    match intent.object() {
        Some(target) if target.kind == Kind::Rollout => return argo::plan(wish(target), snapshot, place),
        Some(target) if target.kind == Kind::HttpRoute => return gateway::plan(wish(target), snapshot, place),
        Some(target) if target.kind == Kind::Service => return switch::plan(wish(target), snapshot, place),
        _ => {}
    }
    match intent {
        Intent::Rollback { target, to } => rollback::plan(wish(target), to.as_ref(), snapshot, place),
        Intent::Restart { target } => restart::plan(wish(target), snapshot, place),
        Intent::Pause { target } => pause::plan(wish(target), snapshot, place),
        Intent::Resume { target } => resume::plan(wish(target), snapshot, place),
        Intent::Scale { target, to: Size::Replicas(count) } => scale::replicas(wish(target), *count, snapshot, place),
        Intent::Scale { target, to: Size::Bounds { min, max } } => {
            scale::bounds(wish(target), (*min, *max), snapshot, place)
        }
        Intent::SetImage { target, container, image } => {
            set_image::plan(wish(target), container.as_ref(), image, snapshot, place)
        }
        Intent::Evict { target } => evict::plan(wish(target), snapshot, place),
        Intent::Shift { .. }
        | Intent::GuardedShift { .. }
        | Intent::Release { .. }
        | Intent::Skip { .. }
        | Intent::PromoteFull { .. }
        | Intent::Abort { .. }
        | Intent::Retry { .. }
        | Intent::Switch { .. } => Err(NoPlan::impossible(
            format!("cannot {}", intent.verb()),
            "a workload of this kind has neither steps nor weights",
            "",
        )),
        Intent::Silence { .. }
        | Intent::Acknowledge { .. }
        | Intent::ExtendSilence { .. }
        | Intent::ExpireSilence { .. } => {
            Err(NoPlan::impossible(format!("cannot {}", intent.verb()), "it is about no object of a cluster", ""))
        }
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
    fn into_plan(self, wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Plan {
        Plan {
            intent: wish.intent.clone(),
            title: self.title.into(),
            service: place.service.clone(),
            environment: place.environment.clone(),
            environments: vec![place.environment.clone()],
            is_protected: place.is_protected,
            target: Target::Object(wish.target.clone()),
            uid: text(&snapshot.target["metadata"]["uid"]),
            access: access_of(&self.steps),
            steps: self.steps,
            then: Text::default(),
            course: Vec::new(),
            touches: Text::default(),
            restores: Vec::new(),
            does_not_restore: Vec::new(),
            alerts: Vec::new(),
            warnings: warnings::of(snapshot),
            needs: self.needs,
            goal: self.goal,
            difference: Vec::new(),
            way_back: None,
            command: command_line::of(wish.intent, place).into(),
            made: snapshot.taken,
        }
    }
}

/// What the steps need to be allowed, each once. Pods are asked for by kind, because the question is put before it is
/// known which of them are broken.
fn access_of(steps: &[Step]) -> Vec<Access> {
    let mut needed = Vec::new();
    for step in steps {
        let access = match step.call.clone() {
            Call::Patch { object, subresource, .. } => Access { verb: "patch", object, subresource },
            Call::Evict { object, .. } => Access { verb: "create", object, subresource: Some("eviction") },
            // It is renewed and released by patches, however it was taken.
            Call::TakeLease { object, .. } => {
                needed.extend(lease_access(&object));
                continue;
            }
            Call::DeleteBroken { object, .. } => {
                Access { verb: "delete", object: ObjectRef { name: Text::default(), ..object }, subresource: None }
            }
            // What leads to an Alertmanager is known to whoever read it.
            Call::PostSilence { .. } | Call::DeleteSilence { .. } => continue,
        };
        if !needed.contains(&access) {
            needed.push(access);
        }
    }
    needed
}

/// What a guard needs to be allowed to hold a lease: one that there is not yet is asked for by kind.
pub(in crate::operations) fn lease_access(lease: &ObjectRef) -> [Access; 2] {
    let unnamed = ObjectRef { name: Text::default(), ..lease.clone() };
    [
        Access { verb: "create", object: unnamed, subresource: None },
        Access { verb: "patch", object: lease.clone(), subresource: None },
    ]
}

/// What cannot be done to any but a workload.
fn require_workload(wish: Wish<'_>) -> Result<(), NoPlan> {
    if Kind::WORKLOADS.contains(&wish.target.kind) {
        return Ok(());
    }
    let verb = wish.intent.verb();
    Err(NoPlan::impossible(cannot(wish), format!("{verb} is for deployments, stateful sets and daemon sets"), ""))
}

/// What cannot be done while a rollout is paused, because nothing would follow from it.
fn require_not_paused(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<(), NoPlan> {
    if snapshot.target["spec"]["paused"] != true {
        return Ok(());
    }
    let resume = command_line::of(&Intent::Resume { target: wish.target.clone() }, place);
    Err(NoPlan::impossible(
        cannot(wish),
        "its rollout is paused, so a new template would not be rolled out",
        format!("resume it first: {resume}"),
    ))
}

/// What failed, where there is no plan: "cannot restart deployment/chat-service in production".
fn cannot(wish: Wish<'_>) -> String {
    format!("cannot {} {}", wish.intent.verb().label().to_lowercase(), wish.target)
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
