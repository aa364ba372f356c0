//! Promoting fully: the new revision goes to everybody, without the steps that are left.

use serde_json::json;

use crate::domain::actor::Permission;
use crate::domain::argo;
use crate::domain::intent::Intent;
use crate::domain::plan::{Goal, Plan};
use crate::domain::text::Text;

use super::super::{NoPlan, set};
use super::{Case, Parts, ahead};

/// Plans it.
pub(super) fn plan(case: &Case<'_>) -> Result<Plan, NoPlan> {
    case.require_seen()?;
    case.require_under_way()?;
    let (target, seen) = (case.wish.target, &case.seen);
    let version = case.version(&seen.current);
    let mut operations: Vec<_> = case.test_status("stableRS").into_iter().collect();
    operations.push(set("/status/promoteFull", &json!(true)));
    let step = case.status_step(
        "bring the new revision to everybody",
        (case.version(&seen.stable), version.clone()),
        operations,
    );
    let mut plan = case.plan(Parts {
        title: format!("Promote {} fully to {version}", target.name),
        steps: [step].into_iter().chain(case.resume_step()).collect(),
        goal: Goal::Rollout(argo::Goal::Promoted(seen.current.clone())),
        needs: vec![Permission::Deploy],
        then: format!("then wait until all {} pods are of {version} and ready", case.pods()),
        touches: format!("1 service; all {} pods and every request", case.pods()),
        way_back: Some(Intent::Rollback { target: target.clone(), to: Some(seen.stable.clone()) }),
    });
    plan.warnings.splice(0..0, warnings(case));
    Ok(plan)
}

fn warnings(case: &Case<'_>) -> Vec<Text> {
    let seen = &case.seen;
    let mut warnings: Vec<Text> = Vec::new();
    if seen.is_aborted {
        warnings.push(format!("RISK: it was aborted ({}), and this brings it to everybody", seen.why_aborted()).into());
    }
    if case.is_canary() {
        let left = ahead::left_out(seen, if seen.is_aborted { 0 } else { case.at() });
        warnings.push(format!("RISK: nothing is measured and nobody is asked any more: it leaves out {left}").into());
    } else {
        warnings.push("RISK: nothing is measured and nobody is asked any more: analyses are left out".into());
    }
    if let Some(analysis) = seen.analysis.as_ref().filter(|analysis| analysis.phase == "Running") {
        warnings.push(format!("analysis {} is cancelled", analysis.name).into());
    }
    if case.is_held_by_hand() {
        warnings.push("it is paused by hand: the second step ends that, else nothing would move".into());
    }
    warnings
}
