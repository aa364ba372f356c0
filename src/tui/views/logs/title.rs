//! What is said above the lines: whose they are, how many came, and what became of those that are not shown.

use jiff::{SignedDuration, Timestamp};

use super::Logs;
use crate::domain::kind::Kind;
use crate::domain::logs::Standing;
use crate::domain::problem::Problem;
use crate::state::logs::{Counts, LogStore};
use crate::tui::paint::{Span, cells, span};
use crate::tui::theme::Role;
use crate::tui::views::Seen;
use crate::tui::widgets::words;

/// Whose lines, and how many; what matters least falls away where there is little room.
pub(super) fn trail(view: &Logs, seen: &Seen<'_>) -> Vec<Span<'static>> {
    let object = &view.target.object;
    let service = seen.session.place_of(object).service;
    let mut spans = vec![
        span(Role::Text, service.to_string()),
        span(Role::Muted, format!(" {} ", seen.look.glyphs.trail)),
        span(Role::Title, if view.target.previous { "Logs before the restart" } else { "Logs" }),
    ];
    let Some(store) = view.store(seen) else { return spans };
    let streams = store.streams();
    let (pods, all) = (streams.pods(), streams.all_pods());
    let whose = match (object.kind, pods, streams.left_out.len()) {
        (Kind::Pod, ..) => format!("pod {}", object.name),
        _ if view.target.previous => words::count(all, "pod", "pods"),
        (_, 0, 0) if all > 0 => words::count(all, "pod", "pods"),
        (_, 1, 0) => "1 pod".to_owned(),
        (_, _, 0) => format!("{pods} pods by time"),
        (_, _, out) => format!("{pods} of {} pods, not {}", pods + out, some_of(&streams.left_out)),
    };
    let since = view.target.at.map_or_else(String::new, |at| format!(" around {}", words::clock(at)));
    spans.push(span(Role::Muted, format!("   {whose}{since}")));
    let counts = store.counts();
    let waiting = view.held.map(|held| counts.delivered - held.delivered);
    let state = match waiting {
        Some(waiting) => {
            (Role::Attention, format!("{} held, {} waiting", seen.look.glyphs.separator, grouped(waiting)))
        }
        // Nothing comes any more that could be followed.
        None if all > 0 && pods == 0 => (Role::Muted, "ended".to_owned()),
        None if view.window.follows => (Role::Fine, format!("{} following", seen.look.glyphs.fine)),
        None => (Role::Muted, "not following".to_owned()),
    };
    let loud = |count: u64| if count > 0 { Role::Attention } else { Role::Muted };
    let parts = [
        (state.0, state.1, 0),
        (Role::Muted, format!("{} lines/s", grouped(store.rate(seen.now))), 2),
        (Role::Muted, kept(&counts), 1),
        (loud(counts.dropped), format!("{} dropped", grouped(counts.dropped)), u8::from(counts.dropped == 0) * 3),
        (Role::Muted, format!("{} late", grouped(counts.late)), 4),
        (Role::Muted, format!("{} redacted", grouped(counts.withheld)), if counts.withheld > 0 { 2 } else { 5 }),
    ];
    let room = usize::from(view.width.saturating_sub(2));
    let used: usize = spans.iter().map(|span| cells(&span.text)).sum();
    let least = (0..=4).rev().find(|most| {
        let shown = parts.iter().filter(|(.., rank)| rank <= most);
        used + shown.map(|(_, words, _)| cells(words) + 3).sum::<usize>() <= room
    });
    let shown = parts.into_iter().filter(|(.., rank)| *rank <= least.unwrap_or(0));
    spans.extend(shown.map(|(role, words, _)| span(role, format!("   {words}"))));
    spans
}

/// The first names of a list that may be long.
fn some_of(names: &[crate::domain::text::Text]) -> String {
    match names {
        [] => String::new(),
        [one] => one.to_string(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

/// What narrows the lines, what is looked for, and what cannot be read; empty where nothing is to be said.
pub(super) fn narrowing(view: &Logs, seen: &Seen<'_>) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut say = |label: &str, words: String| {
        let gap = if spans.is_empty() { "" } else { "   " };
        spans.push(span(Role::Muted, format!("{gap}{label} ")));
        spans.push(span(Role::Accent, words));
    };
    if let Some(level) = view.filters.least {
        say("level", format!("{}+", level.word().to_lowercase()));
    }
    if let Some(needle) = &view.filters.include {
        say("only", needle.typed().to_owned());
    }
    if let Some(needle) = &view.filters.exclude {
        say("hide", needle.typed().to_owned());
    }
    if let Some((shape, _)) = &view.filters.like {
        say("like", shape.to_string());
    }
    let store = view.store(seen);
    if let Some(search) = &view.search {
        say("find", search.needle.typed().to_owned());
        let at = store.and_then(|store| search.hits.position(store, view.window.selected?).ok());
        let all = grouped(search.hits.ids().len() as u64);
        let told = at.map_or_else(|| format!(" {all}"), |at| format!(" {} of {all}", grouped(at as u64 + 1)));
        spans.push(span(Role::Text, told));
    }
    if !view.filters.is_empty() {
        let shown = view.shown.ids().len() as u64;
        spans.push(span(Role::Muted, format!("   {} lines", grouped(shown))));
    }
    if let Some((count, problem)) = store.and_then(trouble) {
        let gap = if spans.is_empty() { "" } else { "   " };
        let whose = if count == 1 { "1 stream".to_owned() } else { format!("{count} streams") };
        spans.push(span(Role::Attention, format!("{gap}{whose}: {problem}")));
    }
    if let Some(words) = store.zip(view.target.at).and_then(|(store, at)| missing(store, at)) {
        let gap = if spans.is_empty() { "" } else { "   " };
        spans.push(span(Role::Attention, format!("{gap}{words}")));
    }
    spans
}

/// From which revision there is nothing of the minute that is looked at, so that its silence is not taken for calm: a
/// container that was restarted since has kept none of it.
fn missing(store: &LogStore, at: Timestamp) -> Option<String> {
    let minute = at.checked_add(SignedDuration::from_mins(1)).unwrap_or(at);
    let silent = store.streams().silent_at(minute);
    let (first, others) = silent.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
    let begins =
        first.begins.map_or_else(|| ", nor since".to_owned(), |at| format!(": its lines begin {}", words::clock(at)));
    Some(format!("nothing of {} from {}{more}{begins}", words::clock(at), first.revision))
}

/// How many streams cannot be read, and why the first of them cannot.
fn trouble(store: &LogStore) -> Option<(usize, &Problem)> {
    let problems = || {
        store.streams().iter().filter_map(|stream| match &stream.standing {
            Standing::Lost(problem) | Standing::Refused(problem) => Some(problem),
            _ => None,
        })
    };
    Some((problems().count(), problems().next()?))
}

/// Why there is no line.
pub(super) fn silence(view: &Logs, store: &LogStore) -> Vec<String> {
    if !view.filters.is_empty() {
        return vec!["no line is like that".to_owned()];
    }
    if store.streams().iter().next().is_none() {
        let why = if view.target.previous { "no container was restarted" } else { "no pod is there yet" };
        return vec![why.to_owned()];
    }
    let told = store.streams().iter().take(20).map(|stream| {
        let words = match &stream.standing {
            Standing::Opening => "is being opened".to_owned(),
            Standing::Following => "has said nothing yet".to_owned(),
            Standing::Waiting(why) => why.to_string(),
            Standing::Ended => "has ended and left nothing".to_owned(),
            Standing::Lost(problem) | Standing::Refused(problem) => problem.to_string(),
        };
        format!("{}: {words}", stream.label)
    });
    told.collect()
}

/// How many lines are kept, and of how many where not all are.
fn kept(counts: &Counts) -> String {
    let kept = counts.kept as u64;
    let of = if kept < counts.delivered { format!(" of {}", grouped(counts.delivered)) } else { String::new() };
    format!("{}{of} kept", grouped(kept))
}

/// A number with its thousands apart: "41,204".
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests;
