//! What the lines of routes say of the guarded shift that goes on there.

use super::entry::Entry;
use crate::domain::health::Health;
use crate::runtime::{Guarded, Phase};
use crate::tui::paint::span;
use crate::tui::theme::Role;
use crate::tui::views::{Seen, guarding};
use crate::tui::widgets::guarded;
use crate::tui::widgets::table::cell;

/// Where the glyph stands in a line, and where its status does.
const GLYPH: usize = 0;
/// See [`GLYPH`].
const STATUS: usize = 4;

/// Tells of the guard of each route: one's own in the line itself, with its weights and what was seen below it; that of
/// somebody else below it.
pub(super) fn tell(entries: &mut [Entry], seen: &Seen<'_>) {
    for entry in entries {
        // Lines of its workloads do not say it again.
        let route = entry.object.clone();
        if !entry.splits.iter().any(|split| split.router == route) {
            continue;
        }
        match guarding::own(&route, seen) {
            Some(own) if own.end().is_none() => tell_own(entry, own, seen),
            _ => {
                let told = guarding::of_others(&route, seen);
                if told.first().and_then(|line| line.first()).is_some_and(|words| words.role == Role::Attention) {
                    be(entry, Health::Attention, seen);
                }
                entry.below.extend(told);
            }
        }
    }
}

fn tell_own(entry: &mut Entry, own: &Guarded, seen: &Seen<'_>) {
    let (role, words) = guarded::told(own, seen.now);
    be(entry, health(own), seen);
    entry.cells[STATUS] = cell(role, words);
    entry.ends = own.left(seen.now).map(|left| seen.now + left);
    let mut told = vec![guarded::course(own, seen.look.glyphs)];
    if let Some(look) = &own.look {
        told.extend(guarded::arms(look, seen.look.glyphs));
        told.push(vec![span(guarded::loudness(&look.verdict), look.verdict.to_string())]);
    }
    entry.below.splice(0..0, told);
}

/// How loud the line of a guarded shift is.
fn health(own: &Guarded) -> Health {
    match own.phase {
        Phase::GoingBack { .. } => Health::Bad,
        Phase::Holding { .. } if own.held_up.is_some() => Health::Attention,
        _ => Health::Moving,
    }
}

fn be(entry: &mut Entry, health: Health, seen: &Seen<'_>) {
    let (glyph, role) = seen.look.health(health);
    entry.health = health;
    entry.cells[GLYPH] = cell(role, glyph);
}
