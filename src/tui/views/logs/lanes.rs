//! The newest revision beside the others: each line in the lane of who said it, all of them by time.

use super::Logs;
use super::row::{Columns, GAP};
use crate::domain::text::Text;
use crate::state::logs::{Stream, Streams};
use crate::tui::paint::{Painter, span};
use crate::tui::theme::Role;

/// The narrowest lane.
const NARROWEST: u16 = 40;

/// The least room for what is said beside the fields that somebody chose.
const LEAST_SAID: u16 = 16;

/// The gap between the lanes, with the line in its middle.
const BETWEEN: u16 = 3;

/// Two lanes.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    /// The columns of each; the time stands before both.
    pub(super) columns: Columns,
    /// How wide each is.
    width: u16,
    newest: Text,
    other: Text,
    /// How many revisions there are beside those two; they stand with the older one.
    more: usize,
}

impl Lanes {
    /// Lanes in a width; none where there is no room for two, or nobody to be compared.
    pub(super) fn fit(width: u16, streams: &Streams, with_time: bool, fields: u16) -> Option<Self> {
        let mut revisions = streams.revisions().into_iter();
        let (newest, other) = (revisions.next()?, revisions.next()?);
        let time = if with_time { 12 } else { 0 };
        let before = if with_time { time + GAP } else { 0 };
        let lane = width.saturating_sub(before + BETWEEN) / 2;
        let message =
            lane.checked_sub(5 + GAP + fields).filter(|message| lane >= NARROWEST && *message >= LEAST_SAID)?;
        let columns = Columns { time, revision: 0, pod: 0, level: 5, message };
        Some(Self { columns, width: lane, newest, other, more: revisions.count() })
    }

    /// How far to the right the lane of somebody begins, behind the time.
    pub(super) fn place_of(&self, stream: Option<&Stream>) -> u16 {
        let is_newest = stream.is_some_and(|stream| stream.facts.revision == self.newest);
        if is_newest { self.width + BETWEEN } else { 0 }
    }

    /// Where the line between the lanes stands, behind the time.
    pub(super) fn middle(&self) -> u16 {
        self.width + BETWEEN / 2
    }
}

impl Logs {
    /// The headings of the columns, or those of the lanes.
    pub(super) fn draw_titles(&self, painter: &mut Painter<'_>, mut x: u16, y: u16) {
        if let Some(lanes) = &self.lanes {
            if lanes.columns.time > 0 {
                painter.text(x, y, lanes.columns.time, Role::Muted, "TIME");
                x += lanes.columns.time + GAP;
            }
            let more = if lanes.more > 0 { format!(" and {} older", lanes.more) } else { String::new() };
            let names: Vec<&str> = self.fields.columns().map(|(name, _)| name).collect();
            let fields = if names.is_empty() { String::new() } else { format!("   {}", names.join("  ")) };
            let older = [span(Role::Fine, lanes.other.to_string()), span(Role::Muted, more + &fields)];
            painter.spans(x, y, lanes.width, &older);
            let newest =
                [span(Role::Attention, lanes.newest.to_string()), span(Role::Muted, format!("  newest{fields}"))];
            painter.spans(x + lanes.width + BETWEEN, y, lanes.width, &newest);
            return;
        }
        let [before @ .., message] = self.columns.titles();
        let fields = self.fields.columns().map(|(name, width)| (width, name));
        for (width, title) in before.into_iter().chain(fields).chain([message]).filter(|(width, _)| *width > 0) {
            painter.text(x, y, width, Role::Muted, title);
            x += width + GAP;
        }
    }
}
