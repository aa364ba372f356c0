//! Rolling back: the template of an earlier revision. Whether that is at once, or runs every step again, is for the plan
//! to say.

use serde_json::Value;

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::plan::{Goal, Plan};
use crate::domain::text::Text;

use super::super::revisions::{self, Revision};
use super::super::{NoPlan, Wish, command_line, difference, require_not_paused, rollback, template};
use super::{Case, Parts, ahead};

/// How a Rollout goes back.
enum Way {
    /// To what is stable: nothing has to be tried.
    Immediate,
    /// Within the window in which steps are left out.
    FastTracked,
    /// As any other release.
    StepByStep,
}

/// Plans the way back.
pub(super) fn plan(case: &Case<'_>, to: Option<&Text>) -> Result<Plan, NoPlan> {
    case.require_own_template()?;
    require_not_paused(case.wish, case.snapshot, case.place)?;
    let (target, seen) = (case.wish.target, &case.seen);
    let all = revisions::all(target, case.snapshot);
    let current = template::current(case.snapshot);
    let leaving = all.iter().find(|revision| template::is_same(&revision.template, current)).map(|it| it.pin.clone());
    // In the middle of a rollout, or after it was aborted, going back means what is stable.
    let stable = Some(&seen.stable).filter(|stable| !stable.is_empty() && leaving.as_ref() != Some(*stable));
    let wanted = revisions::wanted(case.wish, to.or(stable), all, case.snapshot)?;
    let way = way(case, &wanted);
    let pinned = Intent::Rollback { target: target.clone(), to: Some(wanted.pin.clone()) };
    let case_of_pin = Case { wish: Wish { intent: &pinned, target }, seen: seen.clone(), ..*case };
    let mut plan = case_of_pin.plan(Parts {
        title: format!("Roll back {} to {}", target.name, wanted.version()),
        steps: vec![rollback::template_step(target, case.snapshot, &wanted)],
        goal: Goal::Template(wanted.template.clone()),
        needs: match way {
            Way::Immediate => vec![Permission::Deploy, Permission::Rollback],
            Way::FastTracked | Way::StepByStep => vec![Permission::Rollback],
        },
        then: String::new(),
        touches: rollback::touches(case.snapshot).to_string(),
        way_back: None,
    });
    plan.intent = case.wish.intent.clone();
    template::fill(&mut plan, case.snapshot, &wanted.template);
    plan.then = match way {
        Way::Immediate => format!("at once: {} is the stable revision, so no step is run", wanted.version()),
        Way::FastTracked => "fast: it is within the rollback window, so no step is run".to_owned(),
        Way::StepByStep => steps_again(case),
    }
    .into();
    plan.restores = vec![difference::summary(current, &wanted.template)];
    plan.does_not_restore = rollback::left_alone(&wanted.template);
    plan.way_back = leaving
        .map(|pin| command_line::of(&Intent::Rollback { target: target.clone(), to: Some(pin) }, case.place).into());
    if matches!(way, Way::StepByStep) {
        plan.warnings.insert(0, "NOT AT ONCE: this rollback runs every step and every pause again".into());
    }
    Ok(plan)
}

/// That a template is rolled out like any other.
pub(super) fn steps_again(case: &Case<'_>) -> String {
    if case.is_canary() && !case.seen.steps.is_empty() {
        return format!("then from step 1: {}", ahead::from(&case.seen, 0));
    }
    let pods = case.pods();
    if case.is_canary() {
        return format!("then wait until {pods} of {pods} have it and are ready");
    }
    if case.snapshot.target["spec"]["strategy"]["blueGreen"]["autoPromotionEnabled"] == false {
        return format!("then {pods} pods come up behind the preview, and it waits for a release");
    }
    format!("then {pods} pods come up behind the preview, and all requests go to them")
}

/// How it goes to a revision, by its controller's own rules.
fn way(case: &Case<'_>, wanted: &Revision<'_>) -> Way {
    if wanted.pin == case.seen.stable {
        return Way::Immediate;
    }
    let made = |object: &Value| object["metadata"]["creationTimestamp"].as_str().unwrap_or_default().to_owned();
    let of_pin = |pin: &Text| {
        let is_meant = |object: &&Value| revisions::hash_of(object) == *pin;
        case.snapshot.revisions.iter().find(is_meant).map(made)
    };
    let (Some(stable), this) = (of_pin(&case.seen.stable), made(wanted.object)) else { return Way::StepByStep };
    let window = case.snapshot.target["spec"]["rollbackWindow"]["revisions"].as_u64().unwrap_or_default();
    let between = case.snapshot.revisions.iter().map(made).filter(|at| this < *at && *at < stable).count();
    let is_within = this < stable && u64::try_from(between).is_ok_and(|between| between < window);
    if is_within { Way::FastTracked } else { Way::StepByStep }
}
