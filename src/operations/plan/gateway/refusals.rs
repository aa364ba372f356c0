//! What a shift is refused for: somebody else sets the weights, it goes too far at once, or nobody is there to serve.

use super::super::super::read::Snapshot;
use super::super::{NoPlan, Place, Wish, cannot, command_line};
use super::{Gain, OF_ARGO, Shift, words};
use crate::domain::intent::Intent;
use crate::domain::operation::Failure;
use crate::domain::problem::Problem;
use crate::domain::shell::quoted;
use crate::domain::text::Text;

/// Argo Rollouts sets the weights while a canary is under way, and takes back what anybody else sets.
pub(super) fn not_argos(wish: Wish<'_>, snapshot: &Snapshot, place: &Place) -> Result<(), NoPlan> {
    if snapshot.target["metadata"]["labels"][OF_ARGO].is_null() {
        return Ok(());
    }
    let (service, namespace, context) =
        (quoted(&place.service), quoted(&wish.target.namespace), quoted(&wish.target.cluster.0));
    let it = format!("{service} -n {namespace} --context {context}");
    Err(NoPlan::impossible(
        cannot(wish),
        "Argo Rollouts sets its weights while a canary is under way, and would take them back",
        format!("go through the rollout: midwatch gate release {it}, or back: midwatch abort {it}"),
    ))
}

/// No more at once than one step, and in all no more than the ceiling.
pub(super) fn within_bounds(shift: &Shift<'_>, gain: &Gain) -> Result<(), NoPlan> {
    let bounds = shift.place.traffic;
    let Gain { service, before, after } = gain;
    let environment = &shift.place.environment;
    if *after > f64::from(bounds.ceiling) {
        return Err(NoPlan::impossible(
            cannot(shift.wish),
            format!("{service} may get {} % at most in {environment}", bounds.ceiling),
            "traffic.ceiling in the configuration",
        ));
    }
    if after - before > f64::from(bounds.step) {
        let (from, to, step) = (words::percent(*before), words::percent(*after), bounds.step);
        let why = format!("from {from} to {to} is more than {step} points, which is the most at once in {environment}");
        let hint = format!("take it in steps: {}", next(shift, service, before + f64::from(step)));
        return Err(NoPlan::new(Failure::TooFar, Problem::new(cannot(shift.wish), why, hint)));
    }
    Ok(())
}

/// The command for the largest step that is allowed, after which a Service has this share.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 100")]
fn next(shift: &Shift<'_>, service: &str, share: f64) -> String {
    let percent = if service == shift.pair.arm { share } else { 100.0 - share };
    let intent = Intent::Shift {
        target: shift.wish.target.clone(),
        arm: Text::from_untrusted(&shift.pair.arm),
        percent: percent.clamp(0.0, 100.0) as u8,
    };
    command_line::of(&intent, shift.place)
}

/// More requests go only where somebody is ready to answer them.
pub(super) fn can_serve(shift: &Shift<'_>, gain: &Gain) -> Result<(), NoPlan> {
    let service = &gain.service;
    let Some(backing) = shift.backing(service) else {
        return Err(NoPlan::impossible(cannot(shift.wish), format!("{service} is no Service"), ""));
    };
    if backing.service.is_none() {
        let why = format!("Service {service} is not there, or may not be read");
        return Err(NoPlan::impossible(cannot(shift.wish), why, "requests that go there would fail"));
    }
    if !words::has_ready(shift, service) {
        return Err(NoPlan::impossible(
            cannot(shift.wish),
            format!("{service} has no ready endpoint, so that requests that go there would fail"),
            "wait until its pods are ready",
        ));
    }
    Ok(())
}
