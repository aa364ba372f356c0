//! Retrying: a Rollout that was aborted begins anew, from its first step.

use serde_json::json;

use crate::domain::actor::Permission;
use crate::domain::argo;
use crate::domain::intent::Intent;
use crate::domain::plan::{Goal, Plan};

use super::super::{NoPlan, remove, test};
use super::{Case, Parts, ahead};

/// Plans it.
pub(super) fn plan(case: &Case<'_>) -> Result<Plan, NoPlan> {
    case.require_under_way()?;
    let (target, seen) = (case.wish.target, &case.seen);
    if !seen.is_aborted {
        return Err(NoPlan::nothing_to_do(format!("{} is not aborted", target.name), "there is nothing to begin anew"));
    }
    case.require_seen()?;
    let version = case.version(&seen.current);
    let aborted = "/status/abort";
    let step = case.status_step(
        "begin it anew",
        ("aborted".into(), "rolled out".into()),
        // Taken away rather than set to false, which its controller would leave out: so the outcome can be read back.
        vec![test(aborted, &json!(true)), remove(aborted)],
    );
    let (then, touches) = if case.is_canary() {
        let weight = ahead::weight(seen, 0);
        (format!("then from step 1: {}", ahead::from(seen, 0)), format!("1 service; 0 % → {weight} % for {version}"))
    } else {
        let pods = case.pods();
        (
            "then its preview comes up, and it may wait for a release".to_owned(),
            format!("1 service; {pods} pods of {version}"),
        )
    };
    let mut plan = case.plan(Parts {
        title: format!("Retry {} {version}", target.name),
        steps: [step].into_iter().chain(case.resume_step()).collect(),
        goal: Goal::Rollout(argo::Goal::Retried(seen.current.clone())),
        needs: vec![Permission::Deploy],
        then,
        touches,
        way_back: Some(Intent::Abort { target: target.clone() }),
    });
    if !seen.why_aborted().is_empty() {
        plan.warnings.push(format!("it was aborted: {}", seen.why_aborted()).into());
    }
    Ok(plan)
}
