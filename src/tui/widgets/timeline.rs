//! What changed lately, as lines: when, what, where, what happened to it, by whom and why. Where there is little room
//! what somebody did comes before what keeps repeating.

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;

use crate::domain::change::{Change, ChangeClass};
use crate::domain::text::Text;
use crate::tui::look::Look;
use crate::tui::paint::{Painter, Span, cells, shorten_middle, span};
use crate::tui::theme::Role;
use crate::tui::views::Seen;
use crate::tui::widgets::words;

/// A change within this time comes before any noise; an older one only takes what noise leaves.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// Noise gets one line in so many, as long as there are changes for the others.
const NOISE_SHARE: usize = 3;

/// Draws what changed in all services.
pub fn render(painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
    if area.height < 2 {
        return;
    }
    let (x, width) = (area.x + 1, area.width.saturating_sub(2));
    let all = seen.timeline.changes();
    let picked = pick(all, usize::from(area.height - 1), seen.now);
    let mut title = vec![span(Role::Title, "What changed")];
    if picked.len() < all.len() {
        // What is left out may stand between two lines.
        title.push(span(Role::Muted, format!("   {} of {}", picked.len(), all.len())));
    }
    painter.spans(x, area.y, width, &title);
    if picked.is_empty() {
        painter.text(x, area.y + 1, width, Role::Muted, "nothing that is known of");
    }
    for (spans, y) in across(&picked, width, seen.look, seen.now).iter().zip(area.y + 1..area.bottom()) {
        painter.spans(x, y, width, spans);
    }
}

/// The changes that so many lines are given to, newest first.
pub fn pick(changes: &[Change], room: usize, now: Timestamp) -> Vec<&Change> {
    let is_recent = |change: &Change| now.duration_since(change.at) < RECENT;
    let (noise, done): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| change.class.is_noise() && change.class != ChangeClass::Alert);
    let recent = done.iter().filter(|change| is_recent(change)).count();
    // One line for each service that makes noise comes before its second.
    let mut whose: Vec<(&Option<Text>, &Text)> = Vec::new();
    let (mut first, again): (Vec<&Change>, Vec<&Change>) = noise.into_iter().partition(|change| {
        let of = (&change.service, &change.environment);
        let is_first = !whose.contains(&of);
        if is_first {
            whose.push(of);
        }
        is_first
    });
    let for_noise = (room / NOISE_SHARE).max(room.saturating_sub(recent));
    first.extend(again);
    first.truncate(for_noise);
    let mut picked = first;
    picked.extend(done.into_iter().take(room - picked.len()));
    picked.sort_by_key(|change| std::cmp::Reverse(change.at));
    picked
}

/// Lines about several services: each says which one, and where.
fn across(changes: &[&Change], width: u16, look: &Look, now: Timestamp) -> Vec<Vec<Span<'static>>> {
    let width = usize::from(width);
    let widest = |of: fn(&Change) -> &Text| changes.iter().map(|change| cells(of(change))).max().unwrap_or_default();
    let name_width = widest(name).min(if width < 100 { 20 } else { 32 });
    let is_narrow = width < 100;
    let environment = |change: &Change| {
        if is_narrow { words::short_environment(&change.environment) } else { &change.environment }.to_owned()
    };
    let environment_width = changes.iter().map(|change| cells(&environment(change))).max().unwrap_or_default().min(16);
    changes
        .iter()
        .map(|change| {
            let shown = shorten_middle(name(change), name_width, look.glyphs.ellipsis).into_owned();
            let place = environment(change);
            let place = shorten_middle(&place, environment_width, look.glyphs.ellipsis).into_owned();
            let mut spans = vec![
                when(change, now),
                span(Role::Text, padded(shown, name_width)),
                span(Role::Muted, padded(place, environment_width)),
            ];
            spans.extend(what(change));
            spans
        })
        .collect()
}

/// Lines about one service.
pub fn of_service<'a>(changes: impl Iterator<Item = &'a Change>, now: Timestamp) -> Vec<Vec<Span<'static>>> {
    changes
        .map(|change| {
            let mut spans = vec![when(change, now)];
            spans.extend(what(change));
            spans
        })
        .collect()
}

fn name(change: &Change) -> &Text {
    change.service.as_ref().unwrap_or(&change.object.name)
}

fn when(change: &Change, now: Timestamp) -> Span<'static> {
    span(Role::Muted, format!("{:<5}  ", words::moment(change.at, now)))
}

/// What happened, how often, by whom and why.
fn what(change: &Change) -> Vec<Span<'static>> {
    let role = if matches!(change.class, ChangeClass::Restart | ChangeClass::Event) { Role::Muted } else { Role::Text };
    let mut spans = Vec::new();
    if change.times > 1 {
        // In front, because the end is what is cut.
        spans.push(span(role, format!("{} times  ", change.times)));
    }
    spans.push(span(role, change.what.to_string()));
    if let Some(by) = &change.by {
        spans.push(span(Role::Muted, format!("  by {by}")));
    }
    if let Some(why) = &change.why {
        spans.push(span(Role::Muted, format!("  {why}")));
    }
    spans
}

/// Text with spaces behind it to a width, and the gap to the next column.
fn padded(mut text: String, width: usize) -> String {
    let missing = width.saturating_sub(cells(&text)) + 2;
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

#[cfg(test)]
mod tests;
