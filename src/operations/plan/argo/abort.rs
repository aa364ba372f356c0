//! Aborting: everything goes back to the stable revision. The template stays the new one, so it can be begun anew.

use serde_json::json;

use crate::domain::actor::Permission;
use crate::domain::argo;
use crate::domain::intent::Intent;
use crate::domain::plan::{Goal, Plan};
use crate::domain::text::Text;

use super::super::{NoPlan, set};
use super::ahead::counted;
use super::{Case, Parts};

/// Plans it.
pub(super) fn plan(case: &Case<'_>) -> Result<Plan, NoPlan> {
    case.require_under_way()?;
    let (target, seen) = (case.wish.target, &case.seen);
    if seen.is_aborted {
        return Err(NoPlan::nothing_to_do(format!("{} is aborted already", target.name), "the stable revision serves"));
    }
    case.require_seen()?;
    let (new, stable) = (case.version(&seen.current), case.version(&seen.stable));
    let mut operations: Vec<_> = case.test_status("stableRS").into_iter().collect();
    operations.push(set("/status/abort", &json!(true)));
    let step = case.status_step("go back to the stable revision", (new.clone(), stable.clone()), operations);
    let mut plan = case.plan(Parts {
        title: format!("Abort the rollout of {} {new}", target.name),
        // In this order: paused by hand it stays where it is, and is not resumed for a moment.
        steps: [step].into_iter().chain(case.resume_step()).collect(),
        goal: Goal::Rollout(argo::Goal::Aborted(seen.current.clone())),
        needs: vec![Permission::Deploy, Permission::Rollback],
        then: format!("then wait until nothing goes to {new} and the pods of {stable} are ready"),
        touches: touches(case),
        way_back: Some(Intent::Retry { target: target.clone() }),
    });
    plan.does_not_restore =
        vec![format!("the template stays that of {new}: a rollback to {stable} makes this lasting").into()];
    plan.warnings.extend(warnings(case));
    Ok(plan)
}

fn touches(case: &Case<'_>) -> String {
    let seen = &case.seen;
    let new = case.version(&seen.current);
    let pods = counted(usize::try_from(case.updated()).unwrap_or_default(), "pod", "pods");
    match seen.weights {
        Some(weights) if seen.is_routed => {
            let share = seen.percent(weights.canary);
            format!("1 service; {share} % → 0 % of its requests for {new}, {pods}")
        }
        _ if case.is_canary() => format!("1 service; {pods} of {new} to go"),
        _ => format!("1 service; {pods} of {new}, which only the preview reaches so far"),
    }
}

fn warnings(case: &Case<'_>) -> Vec<Text> {
    let seen = &case.seen;
    let mut warnings: Vec<Text> = Vec::new();
    if case.is_held_by_hand() {
        warnings.push("it is paused by hand: the second step ends that, else its pods would stay".into());
    }
    if let Some(analysis) = seen.analysis.as_ref().filter(|analysis| analysis.phase == "Running") {
        warnings.push(format!("analysis {} is ended", analysis.name).into());
    }
    if !case.is_canary() && !seen.services.canary.is_empty() {
        warnings.push(format!("preview Service {} stays with the aborted revision", seen.services.canary).into());
    }
    if seen.is_routed || !case.is_canary() {
        let strategy = &case.snapshot.target["spec"]["strategy"];
        let strategy = if case.is_canary() { &strategy["canary"] } else { &strategy["blueGreen"] };
        let delay = strategy["abortScaleDownDelaySeconds"].as_i64().unwrap_or(30);
        let words = match delay {
            0 => "its pods stay for ever".to_owned(),
            delay => format!("its pods stay for {delay} s more"),
        };
        warnings.push(words.into());
    }
    warnings
}
