//! Releasing: the gate at which it waits is opened, this one and no other. Whoever presses twice opens one gate, because
//! the patch tests the very pause that was seen.

use serde_json::json;

use crate::domain::actor::Permission;
use crate::domain::argo::Gate;
use crate::domain::intent::Intent;
use crate::domain::moment::moment;
use crate::domain::plan::Plan;
use crate::domain::text::Text;

use super::super::super::converge::argo::place;
use super::super::{NoPlan, Wish, remove, replace};
use super::{Case, Parts, ahead};

/// Plans the release.
pub(super) fn plan(case: &Case<'_>, wanted: Option<&Gate>) -> Result<Plan, NoPlan> {
    case.require_seen()?;
    let (target, seen) = (case.wish.target, &case.seen);
    if seen.is_aborted {
        let retry = case.command(&Intent::Retry { target: target.clone() });
        return Err(case.impossible("it was aborted, so it waits at no gate", format!("begin it anew: {retry}")));
    }
    let gate = match (seen.gate(), wanted) {
        (Some(gate), Some(wanted)) if !gate.is(wanted) => {
            return Err(case.moved(format!("it waits at gate {} now, not at {}", gate.name(), wanted.name())));
        }
        (Some(gate), _) => gate,
        (None, Some(wanted)) => {
            return Err(case.moved(format!("it waits at gate {} no more: {}", wanted.name(), place(seen))));
        }
        (None, None) => {
            return Err(NoPlan::nothing_to_do(
                format!("{} waits at no gate", target.name),
                format!("{}; gate skip goes past a step that is under way", place(seen)),
            ));
        }
    };
    let pinned = Intent::Release { target: target.clone(), gate: Some(gate.clone()) };
    let case_of_gate = Case { wish: Wish { intent: &pinned, target }, seen: seen.clone(), ..*case };
    let mut plan = case_of_gate.plan(Parts {
        title: title(case),
        steps: [open(case, &gate)].into_iter().chain(case.resume_step()).collect(),
        goal: case.past(),
        needs: vec![Permission::Deploy],
        then: then(case),
        touches: touches(case),
        way_back: Some(Intent::Abort { target: target.clone() }),
    });
    plan.intent = case.wish.intent.clone();
    plan.warnings.extend(warnings(case, &gate));
    Ok(plan)
}

fn title(case: &Case<'_>) -> String {
    let name = &case.wish.target.name;
    if case.is_canary() {
        format!("Release {name} past step {} of {}", case.at() + 1, case.seen.steps.len())
    } else {
        format!("Release {name}: switch to {}", case.version(&case.seen.current))
    }
}

/// The patch that opens it. An analysis that did not decide would hold the same step again, so its step is left as well.
fn open(case: &Case<'_>, gate: &Gate) -> super::Step {
    let paused = "/status/pauseConditions";
    let mut operations: Vec<_> = ["currentStepIndex", "controllerPause", "pauseConditions"]
        .into_iter()
        .filter_map(|member| case.test_status(member))
        .collect();
    operations.push(remove(paused));
    if is_undecided(case) {
        operations.push(replace("/status/controllerPause", &json!(false)));
        operations.push(replace("/status/currentStepIndex", &json!(case.at() + 1)));
    }
    // A moment, not a span: the plan stays the same one while it is looked at.
    let since = gate.since.map(|since| format!(" since {}", moment(since, case.snapshot.taken))).unwrap_or_default();
    let since = Text::from(format!("waits{since}"));
    case.status_step("open this gate and no other", (since, "goes on".into()), operations)
}

/// Whether the analysis of the present step came to no answer.
fn is_undecided(case: &Case<'_>) -> bool {
    case.is_canary()
        && case.seen.step.is_some()
        && case.seen.is_held
        && case.seen.analysis.as_ref().is_some_and(|analysis| analysis.phase == "Inconclusive")
}

fn then(case: &Case<'_>) -> String {
    if case.is_canary() {
        return format!("then {}", ahead::from(&case.seen, case.at() + 1));
    }
    let services = &case.seen.services;
    format!("then Service {} sends everything to {}", services.stable, case.version(&case.seen.current))
}

fn touches(case: &Case<'_>) -> String {
    if !case.is_canary() {
        return format!("1 service; all its requests go to {} at once", case.version(&case.seen.current));
    }
    let weight = ahead::weight(&case.seen, case.at() + 1);
    let what = if case.seen.is_routed { "of its requests" } else { "of its pods" };
    let now = case.seen.percent(case.seen.desired_weight());
    let share = if now == weight { format!("{now} %, as before,") } else { format!("{now} % → {weight} %") };
    format!("1 service; {share} {what} for {}", case.version(&case.seen.current))
}

fn warnings(case: &Case<'_>, gate: &Gate) -> Vec<Text> {
    let seen = &case.seen;
    let mut warnings = Vec::new();
    if let Some(analysis) = seen.analysis.as_ref().filter(|_| gate.reason.starts_with("Inconclusive")) {
        let said = if analysis.message.is_empty() { String::new() } else { format!(": {}", analysis.message) };
        warnings.push(format!("analysis {} came to no answer{said}; this goes on without one", analysis.name).into());
    }
    if let Some(ends) = gate.ends {
        warnings.push(format!("it goes on by itself at {}", ends.strftime("%H:%M:%S")).into());
    }
    if seen.pauses.len() > 1 {
        let reasons: Vec<&str> = seen.pauses.iter().map(|pause| pause.reason.as_str()).collect();
        warnings.push(format!("it waits for several reasons, and all of them end: {}", reasons.join(", ")).into());
    }
    if case.is_held_by_hand() {
        warnings.push("it is paused by hand too: the second step ends that, else nothing would move".into());
    }
    if seen.weights.is_some_and(|weights| weights.is_verified == Some(false)) {
        warnings.push("the data plane has not taken the weights of the present step".into());
    }
    warnings
}
