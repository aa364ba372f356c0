//! Similar lines folded: patterns with their counts, the rare ones first; and how the newest two revisions compare.

use std::collections::HashSet;

use ratatui::layout::Rect;

use super::{Logs, row};
use crate::domain::logs::Shape;
use crate::state::logs::{LogStore, Pattern, Patterns, Side};
use crate::tui::command::Command;
use crate::tui::effect::{Effect, Outcome};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::widgets::words;

/// How many lines are looked at for one frame, so that a key never waits for long.
const AT_ONCE: usize = 20_000;

/// What is shown instead of the lines.
#[derive(Debug)]
pub(super) struct Folded {
    patterns: Patterns,
    /// Whether it is the comparison of two revisions.
    pub(super) is_comparison: bool,
    /// The patterns, in the order in which they are shown.
    order: Vec<usize>,
    /// The position of the one that is selected.
    at: usize,
    top: usize,
    /// Whether somebody has moved: from then on the order holds, what is new stands at its end, and what turns out to be
    /// in both revisions leaves.
    is_placed: bool,
    /// Whether there are lines that have not been looked at.
    pub(super) is_behind: bool,
    height: usize,
}

impl Folded {
    pub(super) fn new(is_comparison: bool) -> Self {
        let (patterns, order) = (Patterns::default(), Vec::new());
        Self { patterns, is_comparison, order, at: 0, top: 0, is_placed: false, is_behind: true, height: 1 }
    }

    /// Looks at some more lines, and puts the patterns in order.
    pub(super) fn settle(&mut self, store: &LogStore, area: Rect) {
        self.is_behind = self.patterns.update(store, AT_ONCE);
        let order = match self.patterns.newest_two(store) {
            Some((newer, older)) if self.is_comparison => self.patterns.only_in(&newer.revision, &older.revision),
            _ if self.is_comparison => Vec::new(),
            _ => self.patterns.rare_first(),
        };
        if self.is_placed {
            self.keep_order(&order);
        } else {
            self.order = order;
        }
        self.height = usize::from(area.height.saturating_sub(self.lines_above() + 1)).max(1);
        self.at = self.at.min(self.order.len().saturating_sub(1));
        self.top = self.top.clamp((self.at + 1).saturating_sub(self.height), self.at);
    }

    /// Brings the order up to what is true now, and moves nothing that stays. The selection stays on its pattern, or goes
    /// to the next one where that has left.
    fn keep_order(&mut self, now: &[usize]) {
        let (there, shown): (HashSet<_>, HashSet<_>) = (now.iter().collect(), self.order.iter().copied().collect());
        self.at = self.order.iter().take(self.at).filter(|at| there.contains(at)).count();
        self.order.retain(|at| there.contains(at));
        self.order.extend(now.iter().filter(|at| !shown.contains(at)));
    }

    /// Moves the selection; whether the command was one that moves.
    pub(super) fn moves(&mut self, command: Command) -> bool {
        let last = self.order.len().saturating_sub(1);
        self.at = match command {
            Command::SelectNext => self.at.saturating_add(1),
            Command::SelectPrevious => self.at.saturating_sub(1),
            Command::SelectFirst => 0,
            Command::SelectLast => last,
            Command::PageDown | Command::HalfPageDown => self.at.saturating_add(self.height),
            Command::PageUp | Command::HalfPageUp => self.at.saturating_sub(self.height),
            _ => return false,
        }
        .min(last);
        self.is_placed = true;
        true
    }

    /// The shape that is selected.
    pub(super) fn selected(&self) -> Option<&Shape> {
        self.order.get(self.at).map(|at| &self.patterns.all()[*at].shape)
    }

    fn lines_above(&self) -> u16 {
        if self.is_comparison { 6 } else { 2 }
    }

    pub(super) fn draw(&self, painter: &mut Painter<'_>, area: Rect, store: &LogStore) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        if self.is_comparison {
            self.draw_comparison(painter, inner, store);
        } else {
            painter.spans(inner.x, inner.y, inner.width, &self.heading());
        }
        let y = inner.y + self.lines_above();
        if !self.order.is_empty() {
            self.draw_rows(painter, area, y);
        }
    }

    /// How many patterns, of how many lines.
    fn heading(&self) -> Vec<Span<'static>> {
        let lines = usize::try_from(self.patterns.lines).unwrap_or(usize::MAX);
        let count = words::count(self.patterns.all().len(), "pattern", "patterns");
        let mut spans = vec![
            span(Role::Title, count),
            span(Role::Muted, format!(" of {} lines, rare ones first", words::thousands(lines))),
        ];
        if self.patterns.others > 0 {
            let others = usize::try_from(self.patterns.others).unwrap_or(usize::MAX);
            spans.push(span(Role::Attention, format!("   {} lines fit none", words::thousands(others))));
        }
        if self.is_behind {
            spans.push(span(Role::Attention, "   more are being read"));
        }
        spans
    }

    fn draw_comparison(&self, painter: &mut Painter<'_>, inner: Rect, store: &LogStore) {
        let Some((newer, older)) = self.patterns.newest_two(store) else {
            let words = if self.is_behind { "lines are being read" } else { "only one revision has said anything" };
            painter.text(inner.x, inner.y, inner.width, Role::Muted, words);
            return;
        };
        let heads = ["REVISION", "LINES", "ERRORS", "SHARE", "FROM", "TO"].map(|head| (Role::Muted, head.to_owned()));
        draw_side(painter, inner, inner.y, heads);
        for (y, side, is_worse) in
            [(inner.y + 1, newer, newer.share() > older.share()), (inner.y + 2, older, newer.share() < older.share())]
        {
            draw_side(painter, inner, y, cells_of(side, is_worse));
        }
        let count = words::count(self.order.len(), "pattern", "patterns");
        let only = format!("{count} only in {}", newer.revision);
        let of = if self.is_behind { "   more are being read" } else { "" };
        painter.spans(inner.x, inner.y + 4, inner.width, &[span(Role::Title, only), span(Role::Attention, of)]);
    }

    fn draw_rows(&self, painter: &mut Painter<'_>, area: Rect, y: u16) {
        let (x, end, is_wide) = (area.x + 1, area.right().saturating_sub(1), area.width >= 110);
        let shape_at = x + if is_wide { 49 } else { 27 };
        let head = |painter: &mut Painter<'_>, y: u16, role, cells: [&str; 5], ink: Role| {
            painter.right(x + 8, y, 8, ink, cells[0]);
            painter.text(x + 10, y, 5, role, cells[1]);
            if is_wide {
                painter.text(x + 17, y, 8, Role::Muted, cells[2]);
            }
            painter.text(x + if is_wide { 27 } else { 17 }, y, 8, Role::Muted, cells[3]);
            if is_wide {
                painter.text(x + 37, y, 10, Role::Muted, cells[4]);
            }
        };
        head(painter, y, Role::Muted, ["COUNT", "LEVEL", "FIRST", "LAST", "REVISIONS"], Role::Muted);
        painter.text(shape_at, y, end.saturating_sub(shape_at), Role::Muted, "PATTERN");
        let visible = self.order.iter().enumerate().skip(self.top).take(self.height);
        for ((index, at), y) in visible.zip(y + 1..area.bottom()) {
            let pattern = &self.patterns.all()[*at];
            if index == self.at {
                painter.fill(Rect { y, height: 1, ..area }, Role::Selection);
                painter.set_ground(Some(Role::Selection));
            }
            let (role, level) = row::level(pattern.level);
            let [first, last] = [pattern.first, pattern.last].map(|at| at.strftime("%H:%M:%S").to_string());
            let (count, whose) =
                (words::thousands(usize::try_from(pattern.count).unwrap_or(usize::MAX)), self.whose(pattern));
            head(painter, y, role, [&count, level, &first, &last, &whose], Role::Text);
            let shape = pattern.shape.to_string();
            let room = end.saturating_sub(shape_at);
            painter.text(shape_at, y, room, Role::Text, &shape);
            painter.set_ground(None);
        }
    }

    /// The revisions that said lines of a pattern, by their numbers.
    fn whose(&self, pattern: &Pattern) -> String {
        let numbers =
            self.patterns.revisions(pattern).map(|(revision, _)| revision.split(' ').next().unwrap_or_default());
        numbers.collect::<Vec<_>>().join(" ")
    }
}

impl Logs {
    /// What a key does where similar lines are folded; none where that is not shown.
    pub(super) fn press_folded(&mut self, command: Command) -> Option<Outcome> {
        let folded = self.folded.as_mut()?;
        if folded.moves(command) {
            return Some(Outcome::Redraw);
        }
        Some(match command {
            Command::OpenLine => {
                let Some(shape) = folded.selected().cloned() else { return Some(Outcome::Ignored) };
                self.filters.set_like(&shape);
                self.choose_again();
                self.folded = None;
                Outcome::Redraw
            }
            Command::CopyName => {
                let shape = folded.selected().map(ToString::to_string);
                shape.map_or(Outcome::Ignored, |shape| Outcome::Ask(Effect::Copy(shape)))
            }
            Command::ShowPatterns | Command::CompareRevisions => {
                let is_comparison = command == Command::CompareRevisions;
                let is_same = folded.is_comparison == is_comparison;
                self.folded = (!is_same).then(|| Folded::new(is_comparison));
                Outcome::Redraw
            }
            Command::Back => {
                self.folded = None;
                Outcome::Redraw
            }
            _ => Outcome::Ignored,
        })
    }
}

/// The cells of one revision.
fn cells_of(side: &Side, is_worse: bool) -> [(Role, String); 6] {
    let number = |count: u64| words::thousands(usize::try_from(count).unwrap_or(usize::MAX));
    let [first, last] = [side.first, side.last].map(|at| at.strftime("%H:%M:%S").to_string());
    let loud = if is_worse { Role::Bad } else { Role::Text };
    [
        (Role::Text, side.revision.to_string()),
        (Role::Text, number(side.lines)),
        (loud, number(side.errors)),
        (loud, format!("{:.1} %", side.share() * 100.0)),
        (Role::Muted, first),
        (Role::Muted, last),
    ]
}

/// Draws a row of the comparison: numbers end below each other.
fn draw_side(painter: &mut Painter<'_>, inner: Rect, y: u16, row: [(Role, String); 6]) {
    const WIDTHS: [u16; 6] = [16, 10, 10, 9, 10, 10];
    let mut x = inner.x;
    for (index, ((role, text), width)) in row.into_iter().zip(WIDTHS).enumerate() {
        let is_number = (1..=3).contains(&index);
        if is_number {
            painter.right(x + width, y, width, role, &text);
        } else {
            let gap = if index > 3 { 2 } else { 0 };
            let room = (width - gap).min(inner.right().saturating_sub(x));
            painter.text(x + gap, y, room, role, &text);
        }
        x += width;
    }
}

#[cfg(test)]
mod tests;
