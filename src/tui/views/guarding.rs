//! Whose guard stands on a route, as views of services and rollouts tell it: one's own before that of anybody else.

use super::Seen;
use crate::domain::object::ObjectRef;
use crate::runtime::Guarded;
use crate::tui::paint::Span;
use crate::tui::widgets::guarded;

/// The guarded shift of this session on a route, the newest where there were several.
pub(super) fn own<'a>(route: &ObjectRef, seen: &Seen<'a>) -> Option<&'a Guarded> {
    seen.session.guarded().filter(|of| of.is_shown() && of.route == *route).last()
}

/// What the lease of somebody else says on a route, and what can be done.
pub(super) fn of_others(route: &ObjectRef, seen: &Seen<'_>) -> Vec<Vec<Span<'static>>> {
    let guards = seen.session.state().guards();
    let other = guards.iter().find(|guard| guard.route == *route);
    other.map(|guard| guarded::of_others(guard, seen.look.glyphs, seen.now)).unwrap_or_default()
}

/// Everything about the guard of a route; nothing where there is none.
pub(super) fn panel(route: &ObjectRef, seen: &Seen<'_>) -> Vec<Vec<Span<'static>>> {
    match own(route, seen) {
        Some(guarded) if guarded.end().is_none() => guarded::panel(guarded, seen.look.glyphs, seen.now),
        Some(guarded) => {
            let mut lines = guarded::panel(guarded, seen.look.glyphs, seen.now);
            lines.extend(of_others(route, seen));
            lines
        }
        None => of_others(route, seen),
    }
}
