//! Guarded shifts on the screen: whose stands on a service, and the one key that stops one's own.

use super::{Hint, notice};
use crate::domain::service::ServiceId;
use crate::runtime::Guarded;
use crate::tui::command::Command;
use crate::tui::effect::{Effect, Outcome};
use crate::tui::views::Seen;

/// The guarded shift of this session on a service, the newest where there were several; one that was only planned is
/// none.
fn own<'a>(service: &ServiceId, seen: &'a Seen<'_>) -> Option<&'a Guarded> {
    let shown = seen.session.guarded().filter(|guarded| guarded.is_shown());
    shown.filter(|guarded| guarded.service == *service).last()
}

/// Stops it, or takes one that is over from the screen. That of somebody else is not ours to stop.
pub fn stop(service: &ServiceId, seen: &Seen<'_>) -> Outcome {
    if let Some(guarded) = own(service, seen) {
        return Outcome::Ask(Effect::StopGuard(guarded.id));
    }
    let others = seen.session.state().guards();
    let is_its = |route: &crate::domain::object::ObjectRef| {
        let state = seen.session.state();
        route.cluster == service.cluster
            && state.service_behind(route).as_ref() == Some(&service.name)
            && state.place(&route.cluster, &route.namespace).environment == service.environment
    };
    match others.iter().find(|other| is_its(&other.route)) {
        Some(other) => notice(format!("{}: a weight of 0 ends it", other.words(seen.now))),
        None => notice(format!("no shift of {} is guarded", service.name)),
    }
}

/// The key for it, where there is one.
pub fn hint(service: &ServiceId, seen: &Seen<'_>) -> Option<Hint> {
    let guarded = own(service, seen)?;
    let label = if guarded.is_under_way() { "stop: back to stable" } else { "seen" };
    Some(Hint::new(Command::StopGuard, label))
}
