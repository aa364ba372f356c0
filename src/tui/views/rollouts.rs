//! Rollouts: what is moving, what is held up, and what came to its end within the last hour.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;

use super::ground::Ground;
use super::{Hint, Seen, View, closer, propose};
use crate::domain::change::{ChangeClass, Edge};
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::rollout::{Phase, Rollout};
use crate::state::Family;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Destination, Effect, LogTarget, Outcome};
use crate::tui::paint::{Painter, Span, span, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::filter::Filter;
use crate::tui::widgets::table::{self, Cell, Column, Widths, cell};
use crate::tui::widgets::{rollout, sources, words};

/// A rollout that came to its end is shown for so long.
const FINISHED: SignedDuration = SignedDuration::from_hours(1);

const COLUMNS: [Column; 11] = [
    Column::words("", 1, 1),
    Column::words("WORKLOAD", 14, 40).named(),
    Column::words("SERVICE", 8, 24).named().rank(6),
    Column::words("ENV", 4, 16).rank(2),
    Column::words("STATUS", 34, 80),
    Column::number("UPDATED", 7, 9),
    Column::number("READY", 5, 9).rank(3),
    Column::words("VERSION", 15, 28).rank(4),
    Column::number("DEADLINE", 8, 8).rank(1),
    Column::number("SINCE", 5, 6).rank(5),
    Column::words("CHANGE CAUSE", 12, 40).rank(7),
];

/// A line of the table.
struct Entry {
    workload: ObjectRef,
    health: Health,
    deadline: Option<Timestamp>,
    cells: Vec<Cell<'static>>,
}

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
    /// What a line of text was asked for.
    asked: Option<ObjectRef>,
}

/// What moves or needs somebody, then what came to its end lately, the newest first.
fn listed<'a>(ground: &Ground<'a>) -> Vec<(&'a Rollout, Option<Timestamp>)> {
    let mut finished: HashMap<&ObjectRef, Timestamp> = HashMap::new();
    for change in ground.timeline.changes() {
        let is_end = change.class == ChangeClass::Rollout && change.edge == Some(Edge::Ended);
        if is_end && ground.now.duration_since(change.at) < FINISHED {
            finished.entry(&change.object).or_insert(change.at);
        }
    }
    let (moving, still): (Vec<&Rollout>, Vec<&Rollout>) =
        ground.board.rollouts().iter().partition(|rollout| rollout.status.phase != Phase::Stable);
    let mut done: Vec<_> = still.into_iter().filter_map(|it| Some((it, Some(*finished.get(&it.workload)?)))).collect();
    done.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    moving.into_iter().map(|rollout| (rollout, None)).chain(done).collect()
}

/// The line of a rollout.
fn entry(rollout: &Rollout, finished: Option<Timestamp>, ground: &Ground<'_>, is_narrow: bool) -> Entry {
    let (state, glyphs) = (ground.state, ground.look.glyphs);
    let status = &rollout.status;
    let family = state.family(&rollout.workload);
    let workload = family.as_ref().map(|family| family.workload);
    let ready = workload.map_or(0, |workload| workload.ready);
    let is_doubted =
        ground.board.find(&rollout.service).is_some_and(|service| service.verdict.health == Health::Unknown);
    let health = if is_doubted { Health::Unknown } else { rollout::health(status, ready) };
    let (glyph, role) = ground.look.health(health);
    let is_quiet = finished.is_some();
    let quiet = |role: Role| if is_quiet { Role::Muted } else { role };
    let since = finished.or_else(|| family.as_ref().and_then(Family::began));
    let told = if is_quiet { "finished".to_owned() } else { rollout::told(status) };
    let revisions = family.as_ref().map(crate::state::history).unwrap_or_default();
    let version = rollout::step(&revisions, glyphs.arrow).unwrap_or_else(|| rollout.version.to_string());
    let environment = &rollout.service.environment;
    let environment = if is_narrow { words::short_environment(environment) } else { environment };
    let share = |have: i32| {
        cell(quiet(if have < status.desired { role } else { Role::Text }), format!("{have}/{}", status.desired))
    };
    let cells = vec![
        cell(role, glyph),
        cell(quiet(Role::Title), rollout.workload.name.to_string()),
        cell(Role::Muted, rollout.service.name.to_string()),
        cell(Role::Muted, environment.to_owned()),
        cell(quiet(role), told),
        share(status.updated),
        share(ready),
        cell(quiet(Role::Text), version),
        cell(
            if status.deadline.is_some() || status.phase == Phase::Failed { Role::Attention } else { Role::Muted },
            rollout::deadline(status, ground.now, glyphs.dash),
        ),
        cell(Role::Muted, since.map_or_else(|| glyphs.dash.to_owned(), |since| words::moment(since, ground.now))),
        cell(Role::Muted, workload.map_or_else(String::new, |workload| workload.change_cause.to_string())),
    ];
    Entry { workload: rollout.workload.clone(), health, deadline: status.deadline, cells }
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

    /// What stands in each line below the names of the columns: an entry, or nothing.
    fn rows(&self) -> Vec<Option<usize>> {
        let mut rows = Vec::new();
        for index in self.cursor.window(self.entries.len()) {
            if index == self.moving {
                rows.extend(std::iter::repeat_n(None, if rows.is_empty() { 1 } else { 2 }));
            }
            rows.push(Some(index));
        }
        rows
    }
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
        if self.cursor.moves(command, entries.len(), |index| entries[index].workload.clone()) {
            self.is_placed = true;
            return Outcome::Redraw;
        }
        match self.filter.handle(command) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        let Some(object) = self.cursor.selected().cloned() else { return Outcome::Ignored };
        let rollout = seen.board.rollouts().iter().find(|rollout| rollout.workload == object);
        let logs = |previous| LogTarget::of(object.clone()).before_restart(previous);
        let destination = match command {
            Command::Open | Command::ShowChanges => match rollout {
                Some(rollout) if command == Command::ShowChanges => return closer::changes(&rollout.service, seen),
                Some(rollout) => Destination::Service(rollout.service.clone()),
                None => return Outcome::Ignored,
            },
            Command::ShowLogs => Destination::Logs(logs(false)),
            Command::PreviousContainer => Destination::Logs(logs(true)),
            Command::ShowDiff => Destination::Revisions(object),
            Command::Describe => Destination::Describe(object),
            Command::ShowYaml => Destination::Yaml(object),
            Command::CopyName => return Outcome::Ask(Effect::Copy(object.name.to_string())),
            _ => {
                let outcome = propose::on_object(command, &object);
                if matches!(outcome, Outcome::Ask(Effect::Prompt(_))) {
                    self.asked = Some(object);
                }
                return outcome;
            }
        };
        Outcome::Ask(Effect::Go(destination))
    }

    fn answer(&mut self, asked: Asked, text: &str, _seen: &Seen<'_>) -> Outcome {
        if asked == Asked::Filter {
            self.filter = Filter::parse(text);
            return Outcome::Redraw;
        }
        match self.asked.take() {
            Some(object) => propose::answered(asked, text, &object),
            None => Outcome::Ignored,
        }
    }

    fn click(&mut self, _x: u16, y: u16, seen: &Seen<'_>) -> Outcome {
        let row = y.checked_sub(Self::table_at(seen) + 1).map(usize::from);
        let Some(index) = row.and_then(|row| self.rows().get(row).copied().flatten()) else { return Outcome::Ignored };
        let object = self.entries[index].workload.clone();
        if self.cursor.selected() == Some(&object) {
            return self.handle(Command::Open, seen);
        }
        self.cursor.select(object);
        self.is_placed = true;
        Outcome::Redraw
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let ground = Ground::of(seen);
        let filter = &self.filter;
        let listed: Vec<_> = listed(&ground)
            .into_iter()
            .filter(|(rollout, _)| {
                filter.takes_all(&[
                    &rollout.workload.name,
                    &rollout.service.name,
                    &rollout.service.environment,
                    &rollout.workload.namespace,
                    rollout.status.phase.word(),
                ])
            })
            .collect();
        self.moving = listed.iter().filter(|(_, finished)| finished.is_none()).count();
        self.entries =
            listed.into_iter().map(|(rollout, finished)| entry(rollout, finished, &ground, area.width < 100)).collect();
        // Two lines go to what stands before the finished ones, one to how many more there are.
        let height = area.height.saturating_sub(Self::table_at(seen) + 4);
        if !self.is_placed {
            self.cursor.restart();
            self.is_placed = seen.board.is_complete();
        }
        let entries = &self.entries;
        self.cursor.settle(
            entries.len(),
            usize::from(height),
            |key| entries.iter().position(|entry| entry.workload == *key),
            |index| entries[index].workload.clone(),
        );
        let visible = self.entries[self.cursor.window(self.entries.len())].iter().map(|entry| entry.cells.as_slice());
        self.widths.fit(&COLUMNS, area.width.saturating_sub(2), visible);
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
        let rows = self.rows();
        for (at, row) in rows.iter().enumerate() {
            y += 1;
            let line = Rect { y, height: 1, ..inner };
            let Some(index) = *row else {
                if rows.get(at + 1).is_some_and(Option::is_some) {
                    let finished = self.entries.len() - self.moving;
                    painter.text(inner.x, y, inner.width, Role::Muted, &format!("{finished} finished within the hour"));
                }
                continue;
            };
            table::row(painter, line, &COLUMNS, &self.widths, &self.entries[index].cells, index == self.cursor.index());
        }
        let more = self.entries.len() - self.cursor.window(self.entries.len()).len();
        if more > 0 && y + 1 < area.bottom() {
            painter.text(inner.x + 3, y + 1, inner.width, Role::Faint, &format!("{more} more"));
        }
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        vec![
            Hint::new(Command::Open, "why"),
            propose::hint(Command::RollBack, "roll back", seen),
            Hint::new(Command::ShowDiff, "diff"),
            Hint::new(Command::ShowLogs, "logs"),
            propose::hint(Command::Restart, "restart", seen),
            Hint::new(Command::Filter, "filter"),
        ]
    }

    fn wakes_at(&self, seen: &Seen<'_>) -> Option<Timestamp> {
        self.entries.iter().filter_map(|entry| rollout::ticks_at(entry.deadline?, seen.now)).min()
    }
}

#[cfg(test)]
mod tests;
