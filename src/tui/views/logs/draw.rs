//! How one line is drawn: its cells, its words in one row or several, and its fields below where it is opened.

use std::ops::Range;

use ratatui::layout::Rect;

use super::Logs;
use super::readings::Readings;
use super::row::{self, GAP};
use super::said::{self, Detail, NAME, Said};
use crate::domain::logs::Entry;
use crate::state::logs::{LineId, LogStore, Record, Stream};
use crate::tui::paint::{Painter, Span, shorten, shorten_middle};
use crate::tui::theme::Role;

/// A wrapped line has no more rows than this.
const MOST_ROWS: usize = 50;

impl Logs {
    /// Draws a line, and tells how many rows it took.
    pub(super) fn draw_line(
        &self,
        painter: &mut Painter<'_>,
        area: Rect,
        y: u16,
        store: &LogStore,
        index: usize,
    ) -> u16 {
        let ids = self.shown.ids();
        let Some(record) = store.line(ids[index]) else { return 1 };
        let before = index.checked_sub(1).filter(|_| index > self.window.visible.start);
        let before = before.and_then(|before| store.line(ids[before]));
        let stream = store.streams().get(record.stream);
        let entry = self.readings.get(ids[index]);
        let said = self.said(&record, entry);
        let (pieces, details) = (self.pieces(&record, &said), self.details(ids[index], &record, entry));
        let rows = pieces.len() + details.len();
        let height = u16::try_from(rows).unwrap_or(1).min(area.bottom() - y);
        if index == self.window.at && !self.window.follows {
            painter.fill(Rect { y, height, ..area }, Role::Selection);
            painter.set_ground(Some(Role::Selection));
        }
        if record.is_mark {
            self.draw_mark(painter, area, y, &record, stream);
        } else {
            let head = row::head(&record, stream, before.as_ref());
            let x = self.draw_head(painter, area.x + 1, y, &head, stream, entry);
            let search = self.search.as_ref().map(|search| &search.needle);
            let mark = if self.shift_of(&record, &said) > 0 { painter.glyphs().ellipsis } else { "" };
            let start = painter.text(x, y, self.columns.message, Role::Muted, mark);
            let room = (x + self.columns.message).saturating_sub(start);
            let mut y = y;
            for piece in pieces.into_iter().take(height.into()) {
                painter.spans(start, y, room, &row::words(&said, piece, record.level, search));
                y += 1;
            }
            for detail in details {
                if y >= area.bottom() {
                    break;
                }
                draw_detail(painter, self.details_at(), y, area.right().saturating_sub(1), &detail);
                y += 1;
            }
        }
        painter.set_ground(None);
        height
    }

    /// A line of ours between the others: somebody joined, ended or was lost.
    fn draw_mark(&self, painter: &mut Painter<'_>, area: Rect, y: u16, record: &Record<'_>, stream: Option<&Stream>) {
        let x = area.x + 1;
        let [time, ..] = row::head(record, stream, None);
        let name = stream.map(|stream| stream.label.as_str()).unwrap_or_default();
        let rule = painter.glyphs().rule.repeat(2);
        let end = x + self.columns.time + if self.columns.time > 0 { GAP } else { 0 };
        painter.text(x, y, self.columns.time, Role::Faint, &time.text);
        let words = format!("{rule} {name} {} {rule}", record.text);
        painter.text(end, y, area.right().saturating_sub(end + 1), Role::Muted, &words);
    }

    /// The cells before the message; where the message begins.
    fn draw_head(
        &self,
        painter: &mut Painter<'_>,
        mut x: u16,
        y: u16,
        head: &[Span<'_>; 4],
        stream: Option<&Stream>,
        entry: Option<&Entry<'_>>,
    ) -> u16 {
        let mut widths = [self.columns.time, self.columns.revision, self.columns.pod, self.columns.level];
        if let Some(lanes) = &self.lanes {
            // The time stands before both lanes.
            if std::mem::take(&mut widths[0]) > 0 {
                painter.text(x, y, self.columns.time, head[0].role, &head[0].text);
                x += self.columns.time + GAP;
            }
            painter.text(x + lanes.middle(), y, 1, Role::Faint, painter.glyphs().separator);
            x += lanes.place_of(stream);
        }
        for (width, cell) in widths.into_iter().zip(head).filter(|(width, _)| *width > 0) {
            painter.text(x, y, width, cell.role, &cell.text);
            x += width + GAP;
        }
        for (name, width) in self.fields.columns() {
            let value = entry.and_then(|entry| entry.get(name)).unwrap_or_default();
            let shown = shorten_middle(value, width.into(), painter.glyphs().ellipsis);
            // Numbers are compared, and stand with their ends below each other.
            if value.parse::<f64>().is_ok() {
                painter.right(x + width, y, width, Role::Text, &shown);
            } else {
                painter.text(x, y, width, Role::Text, &shown);
            }
            x += width + GAP;
        }
        x
    }

    /// A line as it is shown now: read, or as it was written.
    fn said<'a>(&self, record: &Record<'a>, entry: Option<&Entry<'_>>) -> Said<'a> {
        match entry {
            Some(entry) if !self.manner.is_raw => Said::of(entry, &self.fields.names),
            _ => Said::raw(record),
        }
    }

    /// How many rows a line takes.
    pub(super) fn rows(&self, id: LineId, record: &Record<'_>, readings: &mut Readings) -> usize {
        if !self.manner.wraps && !self.opened.contains(&id) {
            return 1;
        }
        let entry = readings.read(id, record);
        self.pieces(record, &self.said(record, entry)).len() + self.details(id, record, entry).len()
    }

    /// The words of a line as they are drawn, row by row.
    fn pieces(&self, record: &Record<'_>, said: &Said<'_>) -> Vec<Range<usize>> {
        if self.manner.wraps && !record.is_mark {
            said::wrap(&said.text, self.columns.message, MOST_ROWS)
        } else {
            vec![said::cut(&said.text, self.shift_of(record, said), self.columns.message)]
        }
    }

    /// How many characters are left out at the beginning of a line.
    fn shift_of(&self, record: &Record<'_>, said: &Said<'_>) -> usize {
        if self.manner.wraps || record.is_mark {
            return 0;
        }
        let search = self.search.as_ref().map(|search| &search.needle);
        said::shift(&said.text, self.shift, self.columns.message, search)
    }

    /// What is shown below a line that is opened.
    fn details(&self, id: LineId, record: &Record<'_>, entry: Option<&Entry<'_>>) -> Vec<Detail> {
        let Some(entry) = entry.filter(|_| self.opened.contains(&id)) else { return Vec::new() };
        // One that fills the screen alone still shows the line itself, and where the next one begins.
        let most = usize::from(self.height).saturating_sub(2).max(1);
        said::details(entry, record.withheld, self.width.saturating_sub(self.details_at() + 1), most)
    }

    /// Where the fields of a line that is opened begin: below what was said at what time, not below the narrow rest.
    fn details_at(&self) -> u16 {
        1 + if self.columns.time > 0 { self.columns.time + GAP } else { GAP }
    }
}

/// Draws a field of a line that is opened.
fn draw_detail(painter: &mut Painter<'_>, x: u16, y: u16, end: u16, detail: &Detail) {
    let glyphs = painter.glyphs();
    // A long name pushes its value to the side rather than be cut.
    let room = end.saturating_sub(x);
    let name = shorten(&detail.name, usize::from(room / 2), glyphs.ellipsis);
    let next = painter.text(x, y, room, Role::Muted, &name);
    let value = next.max(x + NAME) + 2;
    painter.text(value, y, end.saturating_sub(value), Role::Text, &detail.value);
}
