//! Rollouts: what is moving, what waits at a gate, what splits traffic, and what came to its end within the last hour.

use jiff::Timestamp;
use ratatui::layout::Rect;

use super::ground::Ground;
use super::joined::Joined;
use super::{Hint, Seen, View, closer, propose};
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::metric::{Demand, Focus, Measure};
use crate::domain::object::ObjectRef;
use crate::domain::service::Service;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Destination, Effect, LogTarget, Outcome};
use crate::tui::paint::{Painter, Span, span, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::filter::Filter;
use crate::tui::widgets::table::{self, Widths};
use crate::tui::widgets::{rollout, sources, words};

mod entry;
mod guarded;
mod listed;

use entry::{COLUMNS, Entry};

/// What is said below a line begins where its name does.
const INDENT: u16 = 3;

/// What is asked of the pods behind each arm. Requests without their failures would look as if none failed.
const COUNTED: &[Measure] = &[Measure::Requests, Measure::Errors];

/// The rollouts of all services.
#[derive(Default)]
pub struct Rollouts {
    cursor: Cursor<ObjectRef>,
    entries: Vec<Entry>,
    /// How many of them are not finished.
    moving: usize,
    widths: Widths,
    filter: Filter,
    /// Whether the selection is to stay where it is: somebody chose it, or everything is read.
    is_placed: bool,
    /// Whether there is room for what is said below every line; else it is said below the selected one only.
    is_unfolded: bool,
    joined: Joined,
}

impl Rollouts {
    /// How many move, or that nothing does.
    fn heading(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let needing = self.entries.iter().filter(|entry| entry.health.needs_somebody()).count();
        let words = match (self.moving, needing) {
            (0, _) if !seen.board.is_complete() => "Reading rollouts".to_owned(),
            (0, _) if !self.filter.is_empty() => "Nothing that matches is moving".to_owned(),
            (0, _) if !seen.troubles().is_empty() => "Nothing is moving, as far as can be seen".to_owned(),
            (0, _) => "Nothing is moving".to_owned(),
            (moving, 0) => format!("{} on the way", words::count(moving, "rollout", "rollouts")),
            (moving, needing) => {
                let need = if needing == 1 { "needs" } else { "need" };
                format!("{needing} of {} {need} you", words::count(moving, "rollout", "rollouts"))
            }
        };
        let mut spans = vec![span(Role::Title, words)];
        let waiting = self.entries.iter().filter(|entry| entry.health == Health::Waiting).count();
        spans.extend(rollout::waiting(waiting, seen.look));
        if !seen.board.is_complete() && self.moving > 0 {
            spans.push(span(Role::Attention, "   still reading"));
        }
        spans.extend(self.filter.told());
        spans
    }

    /// What is in doubt, in words.
    fn doubts(seen: &Seen<'_>) -> Vec<(Health, String)> {
        let state = seen.session.state();
        let mut doubts: Vec<_> = state
            .clusters()
            .flat_map(|(cluster, _)| sources::doubts(state, cluster, &Kind::BUILT_IN_WORKLOADS, seen.now))
            .collect();
        doubts.truncate(3);
        doubts
    }

    /// The first line of the table below the heading and what is in doubt.
    fn table_at(seen: &Seen<'_>) -> u16 {
        match u16::try_from(Self::doubts(seen).len()).unwrap_or_default() {
            0 => 2,
            doubts => doubts + 2,
        }
    }

    /// What stands in each line below the names of the columns.
    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for index in self.cursor.window(self.entries.len()) {
            if index == self.moving {
                rows.extend((!rows.is_empty()).then_some(Row::Gap));
                rows.push(Row::Finished);
            }
            rows.push(Row::Entry(index));
            if self.is_unfolded || index == self.cursor.index() {
                rows.extend((0..self.entries[index].below.len()).map(|line| Row::Below(index, line)));
            }
        }
        rows
    }

    /// What is selected, as it was drawn.
    fn selected(&self) -> Option<&Entry> {
        let object = self.cursor.selected()?;
        self.entries.iter().find(|entry| entry.object == *object)
    }
}

/// A line below the names of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    /// The line of an entry.
    Entry(usize),
    /// What is said below it.
    Below(usize, usize),
    /// Nothing.
    Gap,
    /// How many are finished.
    Finished,
}

impl View for Rollouts {
    fn context(&self) -> Context {
        Context::Table
    }

    fn trail(&self, _seen: &Seen<'_>) -> Vec<Span<'static>> {
        Vec::new()
    }

    fn tab(&self) -> Command {
        Command::Rollouts
    }

    fn shows_services(&self) -> bool {
        true
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        let entries = &self.entries;
        if self.cursor.moves(command, entries.len(), |index| entries[index].object.clone()) {
            self.is_placed = true;
            return Outcome::Redraw;
        }
        match self.filter.handle(command) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        let Some(entry) = self.selected() else { return Outcome::Ignored };
        if command == Command::StopGuard {
            return propose::stop_guard(&entry.service, seen);
        }
        let object = entry.object.clone();
        let logs = |previous| match &entry.pods_of {
            Some(workload) => {
                Outcome::Ask(Effect::Go(Destination::Logs(LogTarget::of(workload.clone()).before_restart(previous))))
            }
            None => Outcome::Ask(Effect::Notice(Health::Attention, format!("{} has no logs", object.kind_and_name()))),
        };
        let destination = match command {
            Command::Open => Destination::Service(entry.service.clone()),
            Command::ShowChanges => return closer::changes(&entry.service, seen),
            Command::Evidence => return closer::evidence(&entry.service),
            Command::ShowLogs => return logs(false),
            Command::PreviousContainer => return logs(true),
            Command::ShowDiff if entry.pods_of.is_some() => Destination::Revisions(object),
            Command::Describe => Destination::Describe(object),
            Command::ShowYaml => Destination::Yaml(object),
            Command::CopyName => return Outcome::Ask(Effect::Copy(object.name.to_string())),
            _ => return propose::on_shown(command, &object, entry.delivery.as_ref(), seen),
        };
        Outcome::Ask(Effect::Go(destination))
    }

    fn answer(&mut self, asked: Asked, text: &str, _seen: &Seen<'_>) -> Outcome {
        if asked != Asked::Filter {
            return Outcome::Ignored;
        }
        self.filter = Filter::parse(text);
        Outcome::Redraw
    }

    fn click(&mut self, _x: u16, y: u16, seen: &Seen<'_>) -> Outcome {
        let row = y.checked_sub(Self::table_at(seen) + 1).map(usize::from);
        let hit = row.and_then(|row| self.rows().get(row).copied());
        let Some(Row::Entry(index) | Row::Below(index, _)) = hit else { return Outcome::Ignored };
        let object = self.entries[index].object.clone();
        if self.cursor.selected() == Some(&object) {
            return self.handle(Command::Open, seen);
        }
        self.cursor.select(object);
        self.is_placed = true;
        Outcome::Redraw
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let width = area.width.saturating_sub(2);
        (self.entries, self.moving) = listed::entries(&Ground::of(seen), &mut self.joined, &self.filter, width);
        guarded::tell(&mut self.entries, seen);
        // Two lines go to what stands before the finished ones, one to how many more there are.
        let height = usize::from(area.height.saturating_sub(Self::table_at(seen) + 4));
        let below = self.entries.iter().map(|entry| entry.below.len());
        let (all, most) = (below.clone().sum::<usize>(), below.max().unwrap_or_default());
        self.is_unfolded = self.entries.len() + all <= height;
        let height = if self.is_unfolded { height } else { height.saturating_sub(most) };
        if !self.is_placed {
            self.cursor.restart();
            self.is_placed = seen.board.is_complete();
        }
        let entries = &self.entries;
        self.cursor.settle(
            entries.len(),
            height,
            |key| entries.iter().position(|entry| entry.object == *key),
            |index| entries[index].object.clone(),
        );
        let visible = self.entries[self.cursor.window(self.entries.len())].iter().map(|entry| entry.cells.as_slice());
        self.widths.fit(&COLUMNS, width, visible);
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        painter.spans(inner.x, area.y, inner.width, &self.heading(seen));
        let doubts = Self::doubts(seen).into_iter().map(|(health, words)| {
            let (glyph, role) = seen.look.health(health);
            (role, format!("{glyph} {words}"))
        });
        if self.entries.is_empty() {
            let lines = doubts
                .flat_map(|(role, words)| wrap(&words, inner.width.into()).into_iter().map(move |line| (role, line)));
            for ((role, line), y) in lines.zip(area.y + 2..area.bottom()) {
                painter.text(inner.x, y, inner.width, role, &line);
            }
            return;
        }
        for ((role, words), y) in doubts.zip(area.y + 1..area.bottom()) {
            painter.text(inner.x, y, inner.width, role, &words);
        }
        let mut y = area.y + Self::table_at(seen);
        table::header(painter, Rect { y, height: 1, ..inner }, &COLUMNS, &self.widths, None);
        for row in self.rows() {
            y += 1;
            let line = Rect { y, height: 1, ..inner };
            match row {
                Row::Entry(index) => {
                    let is_selected = index == self.cursor.index();
                    table::row(painter, line, &COLUMNS, &self.widths, &self.entries[index].cells, is_selected);
                }
                Row::Below(index, at) if y < area.bottom() => {
                    let below = &self.entries[index].below[at];
                    painter.spans(inner.x + INDENT, y, inner.width.saturating_sub(INDENT), below);
                }
                Row::Finished => {
                    let finished = self.entries.len() - self.moving;
                    painter.text(inner.x, y, inner.width, Role::Muted, &format!("{finished} finished within the hour"));
                }
                Row::Gap | Row::Below(..) => {}
            }
        }
        let more = self.entries.len() - self.cursor.window(self.entries.len()).len();
        if more > 0 && y + 1 < area.bottom() {
            painter.text(inner.x + 3, y + 1, inner.width, Role::Faint, &format!("{more} more"));
        }
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        let mut hints = Vec::new();
        let entry = self.selected();
        if let Some(entry) = entry {
            hints.push(Hint::new(Command::Open, "why"));
            hints.extend(propose::guard_hint(&entry.service, seen));
            hints.extend(propose::delivery_hints(&entry.object, entry.delivery.as_ref(), &entry.splits, seen));
        }
        if entry.is_some_and(|entry| entry.pods_of.is_some()) {
            hints.push(propose::hint(Command::RollBack, "roll back", seen));
            hints.push(Hint::new(Command::ShowDiff, "diff"));
            hints.push(Hint::new(Command::ShowLogs, "logs"));
            hints.push(propose::hint(Command::Restart, "restart", seen));
        }
        hints.push(Hint::new(Command::Filter, "filter"));
        hints
    }

    /// The requests of what is split are counted by pod, and of nothing else, so that the share of each arm is seen.
    fn demand(&self, seen: &Seen<'_>) -> Demand {
        let split = self.entries.iter().filter(|entry| !entry.splits.is_empty());
        let services: Vec<&Service> = split.filter_map(|entry| seen.board.find(&entry.service)).collect();
        let focus = (!services.is_empty()).then(|| Focus::on(services.iter().copied(), COUNTED));
        Demand { focus, ..Demand::default() }
    }

    fn wakes_at(&self, seen: &Seen<'_>) -> Option<Timestamp> {
        self.entries.iter().filter_map(|entry| rollout::ticks_at(entry.ends?, seen.now)).min()
    }
}

#[cfg(test)]
mod tests;
