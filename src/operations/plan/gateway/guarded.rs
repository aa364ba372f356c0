//! A shift beside a guard: the plan that begins a guarded shift, and what a plain shift does about the lease of one.

use serde_json::Value;

use super::super::super::guard::lease;
use super::super::super::read::Snapshot;
use super::super::{NoPlan, cannot, command_line, lease_access};
use super::{Gain, Shift, refusals, words};
use crate::domain::guard::{Course, OnExit};
use crate::domain::intent::Intent;
use crate::domain::lease::{About, Lease, Standing};
use crate::domain::moment::{moment, span};
use crate::domain::object::ObjectRef;
use crate::domain::operation::Failure;
use crate::domain::plan::{Call, Goal, Plan, Step, WeightSet};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::traffic::ArmRole;
use crate::operations::ports::Review;

/// The lease on a route that somebody else holds, or has left.
fn other(snapshot: &Snapshot) -> Option<Lease> {
    let Some(Ok(value)) = &snapshot.lease else { return None };
    let lease = lease::read(value);
    (!lease.holder.is_empty()).then_some(lease)
}

/// Who holds a lease, and what for: "maria guards 5,20,50,100 %, at 20 % since 03:12Z".
pub(super) fn holder(lease: &Lease, snapshot: &Snapshot) -> String {
    let about = &lease.about;
    let who = lease.who();
    let at = about.percent.map(|percent| format!(", at {percent} %")).unwrap_or_default();
    let since = about.since.or(lease.taken).map(|since| format!(" since {}", moment(since, snapshot.taken)));
    format!("{who}, with the course {} %{at}{}", about.course, since.unwrap_or_default())
}

/// Nobody shifts up beside a guard that is at it. One that looks left by the clock is watched for as long as its lease
/// holds: the clock of its machine may be another one.
pub(super) fn no_other_at_it(shift: &Shift<'_>) -> Result<(), NoPlan> {
    let Some(other) = other(shift.snapshot) else { return Ok(()) };
    let Some(watch) = other.still_to_watch(shift.snapshot.lease_unchanged) else { return Ok(()) };
    if other.standing(shift.snapshot.taken) != Standing::Live {
        let (who, seconds) = (holder(&other, shift.snapshot), watch.as_secs());
        let why = format!(
            "a guarded shift looks left by this machine's clock: {who}; its lease is watched for {seconds} s before \
             it is taken to be so"
        );
        let problem = Problem::new(cannot(shift.wish), why, "going back to stable does not wait for that");
        return Err(NoPlan { watch: Some(watch), ..NoPlan::new(Failure::Conflict, problem) });
    }
    let back =
        Intent::Shift { target: shift.wish.target.clone(), arm: Text::from_untrusted(&shift.pair.arm), percent: 0 };
    Err(NoPlan::impossible(
        cannot(shift.wish),
        format!("a guarded shift is at it: {}", holder(&other, shift.snapshot)),
        format!("wait for it, ask them to stop it, or end it by going back: {}", command_line::of(&back, shift.place)),
    ))
}

/// What a plain shift does about the lease of another one: it releases it, where it may, since a guard that lost its
/// route, or was left, guards nothing any more.
pub(super) fn release(shift: &Shift<'_>, plan: &mut Plan) {
    let Some(other) = other(shift.snapshot) else { return };
    let who = holder(&other, shift.snapshot);
    plan.warnings.push(
        match other.standing(shift.snapshot.taken) {
            Standing::Live => format!("this ends a guarded shift that is under way: {who}"),
            _ => format!("a guarded shift was left here: {who}"),
        }
        .into(),
    );
    let of = Lease::of(shift.wish.target);
    let [_, access] = lease_access(&of);
    let may = shift.snapshot.reviews.iter().any(|(asked, review)| *asked == access && *review == Review::Allowed);
    if !may {
        plan.warnings
            .push(format!("you may not release its lease ({}), which goes on saying so", access.words()).into());
        return;
    }
    plan.access.push(access);
    plan.steps.push(Step {
        what: "release the lease of that guard".into(),
        before: format!("held by {}", other.who()).into(),
        after: "free".into(),
        call: lease::ending(&of, &other),
    });
}

/// Makes the plan that begins a guarded shift: the lease, and the first of its weights.
pub(super) fn plan(shift: &Shift<'_>, course: &Course, operations: Vec<Value>) -> Result<Plan, NoPlan> {
    no_other_at_it(shift)?;
    let arm = shift.pair.arm.clone();
    if shift.role(&arm) == Some(ArmRole::Stable) {
        let why = format!("{arm} has the revision that is trusted, and a guard is for the one that is tried");
        return Err(NoPlan::impossible(cannot(shift.wish), why, format!("--arm {}", shift.pair.other)));
    }
    may_be_read(shift)?;
    rises(shift, course)?;
    // Where rules differ, the one that gives it least gains most.
    let mut before = shift.rules.shares(&shift.pair).iter().map(|share| share.0).fold(shift.before, f64::min);
    for weight in course.weights() {
        let gain = Gain { service: arm.clone(), before, after: f64::from(*weight) };
        refusals::within_bounds(shift, &gain)?;
        before = gain.after;
    }
    refusals::can_serve(shift, &Gain { service: arm.clone(), before: shift.before, after: before })?;
    let (target, snapshot, place) = (shift.wish.target.clone(), shift.snapshot, shift.place);
    let left = other(snapshot);
    let about = About {
        who: snapshot.identity.as_ref().map(|identity| identity.user.clone()).unwrap_or_default(),
        route: target.name.clone(),
        service: place.service.clone(),
        arm: Text::from_untrusted(&arm),
        course: course.list().into(),
        guard: course.guard.name.clone(),
        percent: None,
        since: None,
        next: None,
    };
    let lease = lease_step(&target, &about, snapshot);
    let title = format!("Guarded shift of {arm} to {} %", course.list().replace(',', ", "));
    let mut plan = shift.plan(operations);
    if matches!(&plan.steps[0].call, Call::Patch { operations, .. } if operations.len() < 2) {
        // It has the first weight already, which is only to be held.
        plan.steps.clear();
    }
    plan.steps.insert(0, lease);
    plan.access = super::super::access_of(&plan.steps);
    plan.title = title.into();
    plan.course = course_words(course);
    if let Some(left) = left {
        plan.warnings
            .push(format!("it takes over from a guarded shift that was left: {}", holder(&left, snapshot)).into());
    }
    Ok(plan)
}

/// The step that takes the lease.
fn lease_step(route: &ObjectRef, about: &About, snapshot: &Snapshot) -> Step {
    let value = snapshot.lease.as_ref().and_then(|lease| lease.as_ref().ok());
    let before = match other(snapshot) {
        Some(other) => format!("left by {}", other.who()),
        None => "free".to_owned(),
    };
    Step {
        what: "take its lease".into(),
        before: before.into(),
        after: format!("held by {}", about.who).into(),
        call: lease::take(route, about, value),
    }
}

/// Without a look at the lease nobody knows whether somebody else is at it.
fn may_be_read(shift: &Shift<'_>) -> Result<(), NoPlan> {
    let Some(Err(problem)) = &shift.snapshot.lease else { return Ok(()) };
    let rule = "apiGroups [coordination.k8s.io], resources [leases], verbs [get, list, watch, create, patch]";
    Err(NoPlan::new(
        Failure::Denied,
        Problem::new(
            cannot(shift.wish),
            format!("a guard holds a lease, so that no second one is at it, and {problem}"),
            format!("ask a cluster administrator for a role in {} with: {rule}", shift.wish.target.namespace),
        ),
    ))
}

/// The first weight must not be less than it has: a course goes up.
fn rises(shift: &Shift<'_>, course: &Course) -> Result<(), NoPlan> {
    if f64::from(course.first()) >= shift.before {
        return Ok(());
    }
    let rest: Vec<String> =
        course.weights().iter().filter(|weight| f64::from(**weight) >= shift.before).map(u8::to_string).collect();
    let hint = if rest.is_empty() {
        "a course begins at what it has, or above".to_owned()
    } else {
        format!("begin there: --to {}", rest.join(","))
    };
    let why =
        format!("{} has {} already, and {} % is less", shift.pair.arm, words::percent(shift.before), course.first());
    Err(NoPlan::impossible(cannot(shift.wish), why, hint))
}

/// The course in words, each line short enough to be read at a glance.
fn course_words(course: &Course) -> Vec<Text> {
    let guard = &course.guard;
    let weights: Vec<String> = course.weights().iter().map(u8::to_string).collect();
    let exit = match course.on_exit {
        OnExit::Back => "back to 0 % too when midwatch is ended meanwhile",
        OnExit::Hold => "when midwatch is ended meanwhile the weights stay, and nobody guards them",
    };
    let part = |ratio: f64| words::percent(ratio * 100.0);
    let in_looks = if guard.looks > 1 { format!("in {} looks ", guard.looks) } else { String::new() };
    let longer = if course.hold < course.settled_after() { ": warm-up and window of the guard" } else { "" };
    [
        format!("{} %, each held for {} at least{longer}", weights.join(" → "), span(course.held_for())),
        format!(
            "back to 0 % when {in_looks}over {} fail and over {} × stable's part, p95 is over {} × stable's, or {} restarts \
             are seen; at once when {} fail, or no pod is ready",
            part(guard.error_ratio),
            guard.error_factor,
            guard.latency_factor,
            guard.restarts,
            part(guard.fast_ratio)
        ),
        format!(
            "on only when as good as stable in {} requests; guard {} looks every {}",
            guard.least,
            guard.name,
            span(guard.every)
        ),
        exit.to_owned(),
    ]
    .map(Text::from)
    .into()
}

/// Whether a route still has the weights that the step before left, each set of weights that it may have.
pub(in crate::operations) fn is_as_left(route: &Value, left: &[Vec<WeightSet>]) -> Result<(), Text> {
    let is_so = |set: &Vec<WeightSet>| {
        set.iter().all(|wanted| {
            let backend = &route["spec"]["rules"][wanted.rule]["backendRefs"][wanted.backend];
            backend["name"] == wanted.service.as_str() && backend["weight"].as_u64().unwrap_or(1) == wanted.weight
        })
    };
    if left.is_empty() || left.iter().any(is_so) {
        return Ok(());
    }
    let found: Vec<String> = left[0]
        .iter()
        .map(|wanted| {
            let backend = &route["spec"]["rules"][wanted.rule]["backendRefs"][wanted.backend];
            format!("{} {}", backend["name"].as_str().unwrap_or("nobody"), backend["weight"].as_u64().unwrap_or(1))
        })
        .collect();
    Err(Text::from_untrusted(&format!("somebody else changed the weights to {}", found.join(", "))))
}

/// The weights that a route has before and after a plan was carried out, in this order; none where it sets none.
pub fn left_by(plan: &Plan) -> Vec<Vec<WeightSet>> {
    let Goal::Weights { set, .. } = &plan.goal else { return Vec::new() };
    let so = |weight: fn(&WeightSet) -> u64| {
        let all = set.iter().map(|one| WeightSet { weight: weight(one), before: weight(one), ..one.clone() });
        all.collect()
    };
    vec![so(|one| one.before), so(|one| one.weight)]
}

#[cfg(test)]
mod tests;
