//! The first two lines: where, armed or not, who, how live each source is, what time it is; and which view this is.

use ratatui::layout::Rect;

use crate::domain::alert::Priority;
use crate::domain::environment::Place;
use crate::runtime::Armed;
use crate::state::ClusterLiveness;
use crate::tui::command::Command;
use crate::tui::paint::{Painter, Span, cells, span};
use crate::tui::theme::Role;
use crate::tui::views::{Seen, View, role_of};
use crate::tui::widgets::words;

/// More clusters than this fold into a count.
const NAMED_CLUSTERS: usize = 2;

/// Draws the first line.
pub fn header(painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>, place: Option<&Place>, running: usize) {
    painter.fill(area, Role::Bar);
    painter.set_ground(Some(Role::Bar));
    let clock = format!("{}Z ", words::clock(seen.now));
    let mut right = sources(seen);
    right.extend(alerts(seen));
    if running > 0 {
        let what = if running == 1 { "a change is".to_owned() } else { format!("{running} changes are") };
        right.insert(0, span(Role::Attention, format!("{what} running   ")));
    }
    let mut left = left(seen, place);
    let clock_width = u16_of(cells(&clock));
    let right_width = width_of(&right);
    // Where there is little room, who one is goes before which cluster this is: the role first, then the name.
    let mut who = who(seen);
    while width_of(&left) + width_of(&who) + right_width + usize::from(clock_width) + 6 > usize::from(area.width)
        && who.pop().is_some()
    {}
    left.extend(who);
    let end = area.right();
    painter.right(end, area.y, clock_width, Role::Text, &clock);
    let left_end = painter.spans(area.x, area.y, area.width.saturating_sub(clock_width + 1), &left);
    let start = end.saturating_sub(clock_width + 3).saturating_sub(u16_of(right_width)).max(left_end + 2);
    painter.spans(start, area.y, end.saturating_sub(clock_width + 1).saturating_sub(start), &right);
    painter.set_ground(None);
}

/// Product, environment, armed or not.
fn left(seen: &Seen<'_>, place: Option<&Place>) -> Vec<Span<'static>> {
    let mut spans = vec![span(Role::Title, " midwatch ")];
    if let Some(name) = seen.demo {
        spans.push(span(Role::Change, format!(" {name} ")));
    }
    if let Some(place) = place {
        // Protected is told by capitals as well as by its ground, so that it is told without colour too.
        let (usual, name) = if place.is_protected {
            (Role::Danger, place.environment.to_uppercase())
        } else {
            (Role::Information, place.environment.to_string())
        };
        let role = place.color.as_deref().and_then(Role::named).unwrap_or(usual);
        spans.push(span(role, format!(" {name} ")));
    }
    spans.push(match seen.session.armed() {
        Armed::Until(end) if seen.now < end => {
            let left = end.duration_since(seen.now);
            let left = format!("{} min", (left.as_secs() + 59) / 60);
            span(Role::Armed, format!(" ARMED {left} left "))
        }
        Armed::Always => span(Role::Armed, " ARMED "),
        Armed::Until(_) | Armed::No => span(Role::ReadOnly, " READ-ONLY "),
    });
    spans
}

/// Who the clusters say we are, and which role that is. Where they do not agree, each with its cluster.
fn who(seen: &Seen<'_>) -> Vec<Span<'static>> {
    let identities = seen.session.state().clusters().filter_map(|(name, cluster)| {
        let identity = cluster.identity()?.as_ref().ok()?;
        Some((name, identity))
    });
    let identities: Vec<_> = identities.collect();
    let Some((_, identity)) = identities.first() else { return vec![span(Role::Muted, " nobody yet")] };
    if identities.iter().any(|(_, other)| other != identity) {
        let told: Vec<String> = identities.iter().map(|(name, of)| format!("{} on {name}", of.user)).collect();
        return vec![span(Role::Text, format!(" {} ", told.join(", ")))];
    }
    let roles = seen.session.policy().roles_of(identity);
    let role = match (seen.session.policy().is_configured(), roles.first()) {
        (false, _) => "no roles file".to_owned(),
        (true, None) => "no role".to_owned(),
        (true, Some(role)) => role.to_string(),
    };
    vec![span(Role::Text, format!(" {} ", identity.user)), span(Role::Muted, role)]
}

/// How live each cluster is: one that is well shows no age.
fn sources(seen: &Seen<'_>) -> Vec<Span<'static>> {
    let state = seen.session.state();
    let clusters: Vec<_> = state.clusters().collect();
    let mut spans = Vec::new();
    let late: Vec<_> =
        clusters.iter().filter(|(_, cluster)| cluster.liveness(seen.now) != ClusterLiveness::Live).collect();
    if clusters.len() > NAMED_CLUSTERS {
        spans.push(span(Role::Muted, format!("{} of {} live", clusters.len() - late.len(), clusters.len())));
    }
    let named = if clusters.len() > NAMED_CLUSTERS {
        late.into_iter().take(1).collect()
    } else {
        clusters.iter().collect::<Vec<_>>()
    };
    for (name, cluster) in named {
        let glyphs = seen.look.glyphs;
        if !spans.is_empty() {
            spans.push(span(Role::Muted, "   "));
        }
        let insecure = if cluster.facts().is_some_and(|facts| facts.is_insecure) { " TLS not checked" } else { "" };
        let impersonating = cluster.facts().and_then(|facts| facts.impersonating.as_ref());
        match cluster.liveness(seen.now) {
            ClusterLiveness::Live => {
                spans.extend([span(Role::Fine, glyphs.fine), span(Role::Text, format!(" {name}"))]);
            }
            ClusterLiveness::Connecting => {
                spans.extend([span(Role::Muted, glyphs.moving), span(Role::Muted, format!(" {name} connecting"))]);
            }
            ClusterLiveness::Late { since, .. } => {
                let late = since
                    .map_or_else(|| "not reached".to_owned(), |since| format!("{} late", words::age(since, seen.now)));
                spans.extend([span(Role::Attention, glyphs.moving), span(Role::Attention, format!(" {name} {late}"))]);
            }
        }
        if !insecure.is_empty() {
            spans.push(span(Role::Bad, insecure));
        }
        if let Some(other) = impersonating {
            spans.push(span(Role::Attention, format!(" as {other}")));
        }
    }
    spans
}

/// How many alerts page, of the priorities for which somebody has to look; and who of those that tell them, or numbers,
/// is not heard now.
fn alerts(seen: &Seen<'_>) -> Vec<Span<'static>> {
    let state = seen.session.state();
    let mut spans = Vec::new();
    for (priority, word) in [(Priority::High, "High"), (Priority::Medium, "Med")] {
        let count = state.firing(priority);
        if count > 0 {
            spans.push(span(role_of(priority), format!("   {count} {word}")));
        }
        // It does not page, and is not over either.
        let attended = if priority == Priority::High { state.attended(priority) } else { 0 };
        if attended > 0 {
            spans.push(span(Role::Muted, format!("   {attended} {word} on it")));
        }
    }
    let alerts = state.alert_servers().map(|(_, id, server)| (id, server.heard, server.problem.is_some()));
    let numbers = state.metric_servers().map(|(id, server)| (id, server.heard, server.problem.is_some()));
    let mut late: Vec<_> = alerts.chain(numbers).filter(|(.., is_late)| *is_late).collect();
    late.sort_by_key(|(id, heard, _)| (*id, *heard));
    late.dedup_by_key(|(id, ..)| *id);
    if let [(id, heard, _), others @ ..] = late.as_slice() {
        let age =
            heard.map_or_else(|| "not reached".to_owned(), |heard| format!("{} late", words::age(heard, seen.now)));
        let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        spans.push(span(Role::Attention, format!("   {} {id} {age}{more}", seen.look.glyphs.moving)));
    }
    spans
}

/// The main views, in their order.
pub const TABS: [(Command, &str); 6] = [
    (Command::Overview, "Overview"),
    (Command::Rollouts, "Rollouts"),
    (Command::Resources, "Resources"),
    (Command::Logs, "Logs"),
    (Command::Alerts, "Alerts"),
    (Command::Audit, "Audit"),
];

/// Draws the second line: the main views, or the trail to this one.
pub fn tabs(painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>, view: &dyn View) {
    let trail = view.trail(seen);
    if !trail.is_empty() {
        painter.spans(area.x + 1, area.y, area.width.saturating_sub(2), &trail);
        return;
    }
    let mut spans = Vec::new();
    for (command, title) in TABS {
        let role = if command == view.tab() { Role::Accent } else { Role::Muted };
        spans.extend([span(role, title), span(Role::Muted, "   ")]);
    }
    let end = painter.spans(area.x + 1, area.y, area.width.saturating_sub(1), &spans);
    let help = "? help   : go to ";
    if end + 2 + u16_of(cells(help)) <= area.right() {
        painter.right(area.right(), area.y, u16_of(cells(help)), Role::Muted, help);
    }
}

fn width_of(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| cells(&span.text)).sum()
}

fn u16_of(width: usize) -> u16 {
    u16::try_from(width).unwrap_or(u16::MAX)
}
