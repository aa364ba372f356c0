//! Pausing: a rollout stays where it is, with pods of both revisions.

use serde_json::json;

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Call, Goal, Plan, Step};

use super::super::converge::is_finished;
use super::super::read::Snapshot;
use super::{Draft, NoPlan, Place, Wish, cannot, command_line, set, template, test_uid};

/// Plans the pause.
pub(super) fn plan(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    require_deployment(wish)?;
    let target = wish.target;
    require_free(target, snapshot)?;
    let draft = Draft {
        title: format!("Pause {}", target.name),
        steps: vec![hold(target, snapshot)],
        goal: Goal::Paused(true),
        needs: vec![Permission::Deploy, Permission::Rollback],
    };
    let mut plan = draft.into_plan(wish, snapshot, place);
    let (updated, pods) = (template::updated(snapshot), template::pods(snapshot));
    plan.then = "nothing moves until it is resumed".into();
    plan.touches = format!("1 service; {updated} of {pods} pods have the newest revision and keep it").into();
    plan.warnings.push(if is_finished(target.kind, &snapshot.target) {
        "no rollout is under way: the next one will wait until it is resumed".into()
    } else {
        "pods of both revisions go on serving for as long as it is paused".into()
    });
    plan.way_back = Some(command_line::of(&Intent::Resume { target: target.clone() }, place).into());
    Ok(plan)
}

/// What is held by hand already is not held twice.
pub(super) fn require_free(target: &ObjectRef, snapshot: &Snapshot) -> Result<(), NoPlan> {
    if snapshot.target["spec"]["paused"] != true {
        return Ok(());
    }
    Err(NoPlan::nothing_to_do(format!("{} is paused already", target.name), "a pause would change nothing"))
}

/// The step that holds it, the same for a Deployment and a Rollout.
pub(super) fn hold(target: &ObjectRef, snapshot: &Snapshot) -> Step {
    Step {
        what: "hold its rollouts".into(),
        before: "not paused".into(),
        after: "paused".into(),
        // Servers leave the field out while it is false, so there is nothing to test; setting it twice does no harm.
        call: Call::Patch {
            object: target.clone(),
            subresource: None,
            operations: vec![test_uid(snapshot), set("/spec/paused", &json!(true))],
        },
    }
}

/// Only Deployments can be held.
pub(super) fn require_deployment(wish: Wish<'_>) -> Result<(), NoPlan> {
    if wish.target.kind == Kind::Deployment {
        return Ok(());
    }
    Err(NoPlan::impossible(cannot(wish), "only the rollout of a deployment can be paused and resumed", ""))
}
