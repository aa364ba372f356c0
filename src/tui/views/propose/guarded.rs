//! Guarded shifts on the screen: whose stands on a service, and the one key that stops it.

use super::Hint;
use crate::domain::intent::Intent;
use crate::domain::object::ObjectRef;
use crate::domain::service::ServiceId;
use crate::runtime::Guarded;
use crate::state::GuardLease;
use crate::tui::command::Command;
use crate::tui::effect::{Effect, Outcome};
use crate::tui::views::Seen;

/// The guarded shift of this session on a service, the newest where there were several; one that was only planned is
/// none.
fn own<'a>(service: &ServiceId, seen: &'a Seen<'_>) -> Option<&'a Guarded> {
    let shown = seen.session.guarded().filter(|guarded| guarded.is_shown());
    shown.filter(|guarded| guarded.service == *service).last()
}

/// The guarded shift of somebody else on a service, also one that was left.
fn of_others<'a>(service: &ServiceId, seen: &'a Seen<'_>) -> Option<GuardLease<'a>> {
    let state = seen.session.state();
    let is_its = |route: &ObjectRef| {
        route.cluster == service.cluster
            && state.service_behind(route).as_ref() == Some(&service.name)
            && state.place(&route.cluster, &route.namespace).environment == service.environment
    };
    state.guards().into_iter().find(|other| is_its(&other.route))
}

/// Stops it, or takes one that is over from the screen. That of somebody else is not ours to stop: what ends it is a
/// weight of 0, which is proposed. Where none stands on the service the key is about what this session guards elsewhere.
pub fn stop(service: &ServiceId, seen: &Seen<'_>) -> Outcome {
    if let Some(guarded) = own(service, seen) {
        return Outcome::Ask(Effect::StopGuard(guarded.id));
    }
    let Some(other) = of_others(service, seen) else { return Outcome::Ignored };
    let arm = other.lease.about.arm.clone();
    Outcome::Ask(Effect::Propose(Intent::Shift { target: other.route, arm, percent: 0 }))
}

/// The key for it, where there is one.
pub fn hint(service: &ServiceId, seen: &Seen<'_>) -> Option<Hint> {
    if let Some(guarded) = own(service, seen) {
        let label = if guarded.is_under_way() { "stop: back to stable" } else { "seen" };
        return Some(Hint::new(Command::StopGuard, label));
    }
    of_others(service, seen).map(|_| super::hint(Command::StopGuard, "back to stable", seen))
}
