//! Rolling back: the template of an earlier revision. Whether that is at once, or runs every step again, is for the plan
//! to say.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::actor::Permission;
use crate::domain::intent::Intent;
use crate::domain::plan::{Goal, Plan};
use crate::domain::text::Text;

use super::super::revisions::{self, Revision};
use super::super::{NoPlan, Snapshot, Wish, difference, require_not_paused, rollback, template};
use super::{Case, Parts, ahead};

/// How a Rollout goes back.
enum Way {
    /// To what is stable: nothing has to be tried.
    Immediate,
    /// Steps and gates are left out, for this reason.
    FastTracked(String),
    /// As any other release.
    StepByStep,
}

/// Plans the way back.
pub(super) fn plan(case: &Case<'_>, to: Option<&Text>) -> Result<Plan, NoPlan> {
    case.require_own_template()?;
    require_not_paused(case.wish, case.snapshot, case.place)?;
    case.require_seen()?;
    let (target, seen) = (case.wish.target, &case.seen);
    let compared = with_defaults(case);
    let all = revisions::all(target, &compared);
    // In the middle of a rollout, or after it was aborted, going back means what is stable.
    let stable = Some(&seen.stable).filter(|stable| !stable.is_empty() && **stable != seen.current);
    let later: Vec<Text> = all
        .iter()
        .filter(|revision| revisions::is_later(revision, &all, &compared))
        .map(|revision| revision.pin.clone())
        .collect();
    let wanted = revisions::wanted(case.wish, to.or(stable), all, &compared)?;
    let way = way(case, &wanted);
    let pinned = Intent::Rollback { target: target.clone(), to: Some(wanted.pin.clone()) };
    let case_of_pin = Case { wish: Wish { intent: &pinned, target }, seen: seen.clone(), ..*case };
    let mut plan = case_of_pin.plan(Parts {
        title: format!("Roll back {} to {}", target.name, wanted.version()),
        steps: vec![rollback::template_step(target, case.snapshot, &wanted)],
        goal: Goal::Template(wanted.template.clone()),
        needs: match way {
            Way::Immediate => vec![Permission::Deploy, Permission::Rollback],
            Way::FastTracked(_) | Way::StepByStep => vec![Permission::Rollback],
        },
        then: String::new(),
        touches: rollback::touches(case.snapshot).to_string(),
        way_back: Some(Intent::Rollback { target: target.clone(), to: Some(seen.current.clone()) }),
    });
    plan.intent = case.wish.intent.clone();
    template::fill(&mut plan, &compared, &wanted.template);
    plan.then = match &way {
        Way::Immediate => format!("at once: {} is the stable revision, so no step is run", wanted.version()),
        Way::FastTracked(why) => format!("fast, without steps and gates: {why}"),
        Way::StepByStep => steps_again(case),
    }
    .into();
    plan.restores = vec![difference::summary(template::current(&compared), &wanted.template)];
    plan.does_not_restore = rollback::left_alone(&wanted.template);
    plan.warnings.splice(0..0, warnings(&way, &wanted, &later));
    Ok(plan)
}

/// The snapshot with the template of the present revision as its ReplicaSet holds it: a server fills in there what a
/// Rollout leaves out, so that templates can be compared.
fn with_defaults(case: &Case<'_>) -> Snapshot {
    let mut snapshot = case.snapshot.clone();
    let all = revisions::all(case.wish.target, case.snapshot);
    if let Some(present) = all.into_iter().find(|revision| revision.pin == case.seen.current) {
        snapshot.target["spec"]["template"] = present.template;
    }
    snapshot
}

fn warnings(way: &Way, wanted: &Revision<'_>, later: &[Text]) -> Vec<Text> {
    let mut warnings: Vec<Text> = Vec::new();
    if matches!(way, Way::StepByStep) {
        warnings.push("NOT AT ONCE: this rollback runs every step and every pause again".into());
    }
    if later.contains(&wanted.pin) {
        let version = wanted.version();
        warnings
            .push(format!("{version} came after what runs now, and was left by going back: this runs it again").into());
    }
    warnings
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
    if let Some(deadline) = kept_until(wanted.object).filter(|at| !case.is_canary() && *at > case.snapshot.taken) {
        return Way::FastTracked(format!("its pods are kept until {}", deadline.strftime("%H:%M:%S")));
    }
    let (Some(stable), this) = (of_pin(&case.seen.stable), made(wanted.object)) else { return Way::StepByStep };
    let window = case.snapshot.target["spec"]["rollbackWindow"]["revisions"].as_u64().unwrap_or_default();
    let between = case.snapshot.revisions.iter().map(made).filter(|at| this < *at && *at < stable).count();
    let is_within = this < stable && u64::try_from(between).is_ok_and(|between| between < window);
    if is_within { Way::FastTracked("it is within the rollback window".to_owned()) } else { Way::StepByStep }
}

/// Until when the pods of a revision that was replaced are kept.
fn kept_until(set: &Value) -> Option<Timestamp> {
    set["metadata"]["annotations"]["scale-down-deadline"].as_str()?.parse().ok()
}
