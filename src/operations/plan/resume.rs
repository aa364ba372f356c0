//! Resuming: what was held by a pause goes on.

use serde_json::json;

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::object::ObjectRef;
use crate::domain::plan::{Call, Goal, Plan, Step};

use super::super::read::Snapshot;
use super::pause::require_deployment;
use super::{Draft, NoPlan, Place, Wish, command_line, remove, template, test, test_uid, warnings};

/// Plans the end of a pause.
pub(super) fn plan(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<Plan, NoPlan> {
    require_deployment(wish)?;
    let target = wish.target;
    if snapshot.target["spec"]["paused"] != true {
        return Err(NoPlan::nothing_to_do(format!("{} is not paused", target.name), "there is nothing to resume"));
    }
    let step = Step {
        what: "let its rollouts go on".into(),
        before: "paused".into(),
        after: "not paused".into(),
        call: release(target, snapshot),
    };
    let draft = Draft {
        title: format!("Resume {}", target.name),
        steps: vec![step],
        goal: Goal::Paused(false),
        needs: vec![Permission::Deploy],
    };
    let mut plan = draft.into_plan(wish, snapshot, place);
    let (updated, pods) = (template::updated(snapshot), template::pods(snapshot));
    plan.then = "then its rollout goes on to the newest revision".into();
    plan.touches = format!("1 service; {} of {pods} pods are still to be replaced", (pods - updated).max(0)).into();
    plan.warnings.extend(warnings::of_template(target, snapshot));
    plan.way_back = Some(command_line::of(&Intent::Pause { target: target.clone() }, place).into());
    Ok(plan)
}

/// The patch that ends a pause by hand, of a Deployment or a Rollout. The field is taken away rather than set to false,
/// which servers would leave out: so the outcome can be read back.
pub(super) fn release(target: &ObjectRef, snapshot: &Snapshot) -> Call {
    let paused = "/spec/paused";
    Call::Patch {
        object: target.clone(),
        subresource: None,
        operations: vec![test_uid(snapshot), test(paused, &json!(true)), remove(paused)],
    }
}
