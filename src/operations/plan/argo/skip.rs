//! Skipping: the step that is under way is left, whatever it waits for. It is never called a promotion.

use serde_json::json;

use crate::domain::actor::Permission;
use crate::domain::argo::CanaryStep;
use crate::domain::intent::Intent;
use crate::domain::plan::Plan;
use crate::domain::text::Text;

use super::super::{NoPlan, Wish, remove, replace, set};
use super::{Case, Parts, ahead};

/// Plans it.
pub(super) fn plan(case: &Case<'_>, wanted: Option<u32>) -> Result<Plan, NoPlan> {
    case.require_seen()?;
    let (target, seen) = (case.wish.target, &case.seen);
    if !case.is_canary() || seen.steps.is_empty() {
        return Err(case.impossible("it has no steps", "gate release opens its gate, promote-full ends it at once"));
    }
    if seen.is_aborted {
        let retry = case.command(&Intent::Retry { target: target.clone() });
        return Err(case.impossible("it was aborted, so no step is under way", format!("begin it anew: {retry}")));
    }
    case.require_under_way()?;
    let at = case.at();
    if at >= seen.steps.len() {
        return Err(NoPlan::nothing_to_do(
            format!("{} has done all its steps", target.name),
            "the last pods are replaced",
        ));
    }
    if wanted.is_some_and(|wanted| seen.step != Some(wanted)) {
        return Err(case.moved(format!("it is at {} now", ahead::step(seen, at))));
    }
    if seen.is_held && seen.pauses.is_empty() {
        return Err(case.moved("its gate was released a moment ago"));
    }
    let pinned = Intent::Skip { target: target.clone(), step: u32::try_from(at).ok() };
    let case_of_step = Case { wish: Wish { intent: &pinned, target }, seen: seen.clone(), ..*case };
    let mut plan = case_of_step.plan(Parts {
        title: format!("Skip {} of {}", ahead::step(seen, at), target.name),
        steps: [leave(case)].into_iter().chain(case.resume_step()).collect(),
        goal: case.past(),
        needs: vec![Permission::Deploy],
        then: format!("then {}", ahead::from(seen, at + 1)),
        touches: touches(case),
        way_back: Some(Intent::Abort { target: target.clone() }),
    });
    plan.intent = case.wish.intent.clone();
    plan.warnings.extend(warnings(case));
    Ok(plan)
}

/// The patch. The hold is taken away with the pause: it would open the next gate too.
fn leave(case: &Case<'_>) -> super::Step {
    let at = case.at();
    let mut operations: Vec<_> = case.test_status("currentStepIndex").into_iter().collect();
    if !case.seen.pauses.is_empty() {
        operations.extend(["controllerPause", "pauseConditions"].into_iter().filter_map(|it| case.test_status(it)));
        operations.push(remove("/status/pauseConditions"));
        operations.extend(case.seen.is_held.then(|| replace("/status/controllerPause", &json!(false))));
    }
    operations.push(set("/status/currentStepIndex", &json!(at + 1)));
    let next = if at + 1 < case.seen.steps.len() { ahead::step(&case.seen, at + 1) } else { "the end".to_owned() };
    case.status_step("go past this step", (ahead::step(&case.seen, at).into(), next.into()), operations)
}

fn touches(case: &Case<'_>) -> String {
    let weight = ahead::weight(&case.seen, case.at() + 1);
    format!("1 service; {weight} % for {}", case.version(&case.seen.current))
}

fn warnings(case: &Case<'_>) -> Vec<Text> {
    let mut warnings: Vec<Text> = Vec::new();
    match case.seen.steps.get(case.at()) {
        Some(CanaryStep::Analysis) => warnings.push("the analysis ends without an answer, and counts as passed".into()),
        Some(CanaryStep::Weight(_)) => warnings.push("its pods may not be ready yet".into()),
        _ => {}
    }
    if case.is_held_by_hand() {
        warnings.push("it is paused by hand too: the second step ends that, else nothing would move".into());
    }
    warnings
}
