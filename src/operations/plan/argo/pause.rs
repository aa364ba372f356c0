//! Pausing and resuming by hand: pods and Services stay as they are. It is another hold than that of a gate.

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::plan::{Goal, Plan};

use super::super::super::converge::is_finished;
use super::super::NoPlan;
use super::super::pause::{hold as held, require_free};
use super::{Case, Parts, ahead};

/// Plans the pause.
pub(super) fn hold(case: &Case<'_>) -> Result<Plan, NoPlan> {
    let target = case.wish.target;
    require_free(target, case.snapshot)?;
    let updated = case.updated();
    let mut plan = case.plan(Parts {
        title: format!("Pause {}", target.name),
        steps: vec![held(target, case.snapshot)],
        goal: Goal::Paused(true),
        needs: vec![Permission::Deploy, Permission::Rollback],
        then: "no pod and no Service moves until it is resumed".to_owned(),
        touches: format!("1 service; {updated} of {} pods have the newest revision and keep it", case.pods()),
        way_back: Some(Intent::Resume { target: target.clone() }),
    });
    if is_finished(target.kind, &case.snapshot.target) {
        plan.warnings.push("no rollout is under way: the next one will wait until it is resumed".into());
    } else {
        plan.warnings.push("both revisions go on serving for as long as it is paused; abort goes back instead".into());
        plan.warnings.push("a step that waits for a while goes on counting".into());
    }
    Ok(plan)
}

/// Plans the end of the pause.
pub(super) fn resume(case: &Case<'_>) -> Result<Plan, NoPlan> {
    let (target, seen) = (case.wish.target, &case.seen);
    let Some(step) = case.resume_step() else {
        let gate = seen.gate().filter(|_| !seen.is_aborted);
        return Err(match gate {
            None => NoPlan::nothing_to_do(format!("{} is not paused", target.name), "there is nothing to resume"),
            Some(gate) => {
                let release = Intent::Release { target: target.clone(), gate: Some(gate) };
                case.impossible("nobody paused it by hand: it waits at a gate", case.command(&release))
            }
        });
    };
    let then = match seen.gate() {
        Some(gate) => format!("then it still waits at gate {}, which has a release of its own", gate.name()),
        None if case.is_canary() && !seen.is_fully_promoted() && !seen.is_aborted => {
            format!("then {}", ahead::from(seen, case.at()))
        }
        None => "then it goes on where it was held".to_owned(),
    };
    Ok(case.plan(Parts {
        title: format!("Resume {}", target.name),
        steps: vec![step],
        goal: Goal::Paused(false),
        needs: vec![Permission::Deploy],
        then,
        touches: "1 service".to_owned(),
        way_back: Some(Intent::Pause { target: target.clone() }),
    }))
}
