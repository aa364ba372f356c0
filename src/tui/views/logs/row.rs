//! One line as it is drawn: its columns, its words cut or wrapped, and what was looked for in them.

use std::ops::Range;

use super::said::Said;
use crate::domain::logs::{Level, Needle};
use crate::state::logs::{Record, RevisionAge, Stream, Streams};
use crate::tui::paint::{Span, cells, span};
use crate::tui::theme::Role;

/// The gap between two columns.
pub(super) const GAP: u16 = 2;

/// How wide each column is; 0 for one that has fallen away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// The time of day.
    pub(super) time: u16,
    /// Revision and version.
    pub(super) revision: u16,
    /// Pod and, where there are several, container.
    pub(super) pod: u16,
    /// The level.
    pub(super) level: u16,
    /// What was said.
    pub(super) message: u16,
}

impl Columns {
    /// Fits the columns into a width: first the revision goes, unless it is wanted, then the pod, then the time.
    pub(super) fn fit(width: u16, streams: &Streams, with_time: bool, with_revision: bool, fields: u16) -> Self {
        let widest = |words: &dyn Fn(&Stream) -> usize, most: u16| {
            u16::try_from(streams.iter().map(words).max().unwrap_or_default()).unwrap_or(most).min(most)
        };
        let revision = widest(&|stream| cells(&stream.facts.revision), 14);
        let pod = widest(&|stream| cells(&stream.label), if width < 100 { 14 } else { 28 });
        let is_alone = streams.iter().count() <= 1;
        let mut columns = Self {
            time: if with_time && width >= 50 { 12 } else { 0 },
            revision: if (width >= 100 || with_revision) && revision > 0 { revision.max(8) } else { 0 },
            pod: if is_alone || width < 60 { 0 } else { pod.max(3) },
            level: 5,
            message: 0,
        };
        let before = [columns.time, columns.revision, columns.pod, columns.level];
        let taken: u16 = before.into_iter().filter(|width| *width > 0).map(|width| width + GAP).sum();
        columns.message = width.saturating_sub(taken + fields).max(1);
        columns
    }

    /// The columns before the message, with their widths.
    pub(super) fn titles(self) -> [(u16, &'static str); 5] {
        [
            (self.time, "TIME"),
            (self.revision, "REVISION"),
            (self.pod, "POD"),
            (self.level, "LEVEL"),
            (self.message, "MESSAGE"),
        ]
    }
}

/// The cells before the message: time, revision, pod, level.
pub(super) fn head(record: &Record<'_>, stream: Option<&Stream>, before: Option<&Record<'_>>) -> [Span<'static>; 4] {
    let time = record.at.strftime("%H:%M:%S%.3f").to_string();
    let (revision, age) = stream
        .map_or((String::new(), RevisionAge::Only), |stream| (stream.facts.revision.to_string(), stream.facts.age));
    let revision_role = match age {
        RevisionAge::Only => Role::Muted,
        RevisionAge::Newest => Role::Attention,
        RevisionAge::Older => Role::Fine,
    };
    // A name is loud where another one begins to speak, so that turns can be seen without a colour for each.
    let is_same = before.is_some_and(|before| before.stream == record.stream && !before.is_mark);
    let pod = stream.map(|stream| stream.label.to_string()).unwrap_or_default();
    let (level_role, level) = level(record.level);
    [
        span(Role::Muted, time),
        span(revision_role, revision),
        span(if is_same { Role::Muted } else { Role::Text }, pod),
        span(level_role, level),
    ]
}

/// The word of a level and what it means.
pub(super) fn level(level: Option<Level>) -> (Role, &'static str) {
    let role = match level {
        Some(Level::Fatal | Level::Error) => Role::Bad,
        Some(Level::Warn) => Role::Attention,
        Some(Level::Info) | None => Role::Muted,
        Some(Level::Debug | Level::Trace) => Role::Faint,
    };
    (role, level.map_or("", Level::word))
}

/// A part of what a line says, with what was looked for marked. The fields are quieter than the message.
pub(super) fn words<'a>(
    said: &'a Said<'_>,
    part: Range<usize>,
    level: Option<Level>,
    search: Option<&Needle>,
) -> Vec<Span<'a>> {
    let is_quiet = matches!(level, Some(Level::Debug | Level::Trace));
    let message = if is_quiet { Role::Muted } else { Role::Text };
    let hits = search.map(|needle| needle.places(&said.text)).unwrap_or_default();
    let mut spans = Vec::new();
    let mut done = part.start;
    let end = part.end..part.end;
    for hit in hits.into_iter().chain(std::iter::once(end)) {
        let hit = hit.start.clamp(done, part.end)..hit.end.clamp(done, part.end);
        let edge = said.message.clamp(done, hit.start);
        spans.extend([(message, done..edge), (Role::Muted, edge..hit.start), (Role::Match, hit.clone())]);
        done = hit.end;
    }
    spans
        .into_iter()
        .filter(|(_, range)| !range.is_empty())
        .map(|(role, range)| span(role, &said.text[range]))
        .collect()
}

#[cfg(test)]
mod tests;
