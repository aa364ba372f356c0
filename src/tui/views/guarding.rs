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
    let other = seen.session.state().guard_on(route);
    other.map(|guard| guarded::of_others(&guard, seen.look.glyphs, seen.now)).unwrap_or_default()
}

/// Everything about the guard of a route; nothing where there is none.
pub(super) fn panel(route: &ObjectRef, seen: &Seen<'_>) -> Vec<Vec<Span<'static>>> {
    let own = own(route, seen);
    let mut lines = own.map(|own| guarded::panel(own, seen.look.glyphs, seen.now)).unwrap_or_default();
    if own.is_none_or(|own| own.end().is_some()) {
        lines.extend(of_others(route, seen));
    }
    lines
}
