//! Alerts: who is paging? One list by priority, with the service that each is about and the change that came before.

use std::collections::BTreeSet;

use ratatui::layout::Rect;

use super::{Hint, Seen, View, closer, propose};
use crate::domain::alert::{Alert, Priority, Standing};
use crate::domain::health::Health;
use crate::domain::object::{ClusterName, Labels};
use crate::domain::service::Service;
use crate::state::{Changed, RelatedAlert, told_before};
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Destination, Effect, Outcome};
use crate::tui::paint::{Painter, Span, span, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::filter::Filter;
use crate::tui::widgets::table::{self, Cell, Column, Widths, cell};
use crate::tui::widgets::words;

use groups::{Grouping, Line};

mod groups;
mod quieting;
mod told;

const COLUMNS: [Column; 8] = [
    Column::words("", 1, 1),
    Column::words("PRIORITY", 8, 8),
    Column::words("ALERT", 16, 36).named(),
    Column::words("SERVICE", 10, 28).named(),
    Column::words("ENV", 4, 14).rank(2),
    Column::words("STATE", 8, 9).rank(1),
    Column::number("SINCE", 5, 7),
    Column::words("SUMMARY", 20, 120).rank(3),
];

/// The lines below the table that tell about the selected alert.
const DETAIL: u16 = 8;

/// What an alert is told from others by.
type Key = (ClusterName, Labels);

/// What is selected.
#[derive(Clone, Debug, PartialEq)]
enum Chosen {
    Alert(Key),
    Group(String),
}

/// A row as it is drawn.
enum Drawn {
    Alert(Vec<Cell<'static>>),
    Group(Vec<Span<'static>>),
}

/// The alerts of all servers.
#[derive(Default)]
pub struct Alerts {
    cursor: Cursor<Chosen>,
    /// The alerts that are shown, as positions on the board, below the heads of their groups.
    shown: Vec<Line>,
    grouping: Grouping,
    /// The groups of which only the head is shown.
    folded: BTreeSet<String>,
    /// The alert about which it was asked what one is doing.
    asked_about: Option<Key>,
    /// What is said above the table.
    notes: Vec<(Role, String)>,
    /// The visible rows.
    visible: Vec<Drawn>,
    widths: Widths,
    filter: Filter,
    is_placed: bool,
}

fn key(alert: &Alert) -> Key {
    (alert.cluster.clone(), alert.labels.clone())
}

/// Whether an alert is the one of a key: asked of thousands for one frame, so nothing is copied for it.
fn is_of(alert: &Alert, (cluster, labels): &Key) -> bool {
    alert.cluster == *cluster && alert.labels == *labels
}

/// The same of a line.
fn is_chosen(line: &Line, wanted: &Chosen, alerts: &[RelatedAlert]) -> bool {
    match (line, wanted) {
        (Line::Alert(at), Chosen::Alert(key)) => is_of(&alerts[*at].alert, key),
        (Line::Group(group), Chosen::Group(name)) => group.name == *name,
        _ => false,
    }
}

fn chosen(line: &Line, alerts: &[RelatedAlert]) -> Chosen {
    match line {
        Line::Alert(at) => Chosen::Alert(key(&alerts[*at].alert)),
        Line::Group(group) => Chosen::Group(group.name.clone()),
    }
}

/// How loud a priority is.
pub(in crate::tui) fn role_of(priority: Priority) -> Role {
    match priority {
        Priority::High => Role::Bad,
        Priority::Medium => Role::Attention,
        Priority::Low => Role::Muted,
    }
}

impl Alerts {
    fn selected<'a>(&self, seen: &Seen<'a>) -> Option<&'a RelatedAlert> {
        let Some(Chosen::Alert(selected)) = self.cursor.selected() else { return None };
        let alerts = seen.board.alerts();
        let here = match self.shown.get(self.cursor.index()) {
            Some(Line::Alert(at)) => alerts.get(*at),
            _ => None,
        };
        here.filter(|one| is_of(&one.alert, selected)).or_else(|| alerts.iter().find(|one| is_of(&one.alert, selected)))
    }

    /// Folds or unfolds the selected group.
    fn fold(&mut self) -> bool {
        let Some(Chosen::Group(name)) = self.cursor.selected().cloned() else { return false };
        if !self.folded.remove(&name) {
            self.folded.insert(name);
        }
        true
    }

    fn service<'a>(&self, seen: &Seen<'a>) -> Option<&'a Service> {
        seen.board.find(self.selected(seen)?.service.as_ref()?)
    }

    fn lines_above(&self) -> u16 {
        2 + u16::try_from(self.notes.len()).unwrap_or_default()
    }

    /// How the lines are shared between the table and what is told of the selected alert.
    fn areas(area: Rect) -> (Rect, Rect) {
        let detail = if area.height >= 18 { DETAIL } else { 0 };
        let table = Rect { height: area.height - detail, ..area };
        (table, Rect { y: table.bottom(), height: detail, ..area })
    }
}

/// The cells of an alert.
fn cells_of(one: &RelatedAlert, seen: &Seen<'_>, is_narrow: bool) -> Vec<Cell<'static>> {
    let alert = &one.alert;
    let is_loud = alert.standing.is_loud();
    let role = if is_loud { role_of(alert.priority) } else { Role::Muted };
    let glyphs = seen.look.glyphs;
    let glyph = match (alert.standing, alert.priority) {
        (Standing::Firing, Priority::High) => glyphs.bad,
        (Standing::Firing, _) => glyphs.attention,
        (Standing::Pending, _) => glyphs.moving,
        (Standing::Silenced | Standing::Inhibited, _) => glyphs.quiet,
    };
    let dash = || glyphs.dash.to_owned();
    let environment = one.service.as_ref().map(|service| &service.environment);
    let environment = environment.map(|name| if is_narrow { words::short_environment(name) } else { name.as_str() });
    vec![
        cell(role, glyph),
        cell(role, alert.priority.word()),
        cell(if is_loud { Role::Title } else { Role::Muted }, alert.name.to_string()),
        cell(
            if is_loud { Role::Text } else { Role::Muted },
            one.service.as_ref().map_or_else(dash, |id| id.name.to_string()),
        ),
        cell(Role::Muted, environment.map_or_else(dash, str::to_owned)),
        cell(if is_loud { Role::Text } else { Role::Muted }, told::standing(alert, seen)),
        cell(Role::Muted, words::moment(alert.since, seen.now)),
        cell(if is_loud { Role::Text } else { Role::Muted }, alert.summary().to_owned()),
    ]
}

impl View for Alerts {
    fn context(&self) -> Context {
        Context::Table
    }

    fn trail(&self, _seen: &Seen<'_>) -> Vec<Span<'static>> {
        Vec::new()
    }

    fn tab(&self) -> Command {
        Command::Alerts
    }

    fn shows_services(&self) -> bool {
        true
    }

    fn depends_on(&self, changed: Changed) -> bool {
        changed.touches_alerts()
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        let (shown, alerts) = (&self.shown, seen.board.alerts());
        if self.cursor.moves(command, shown.len(), |index| chosen(&shown[index], alerts)) {
            self.is_placed = true;
            return Outcome::Redraw;
        }
        match self.filter.handle(command) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        match command {
            Command::Group => {
                self.grouping = self.grouping.next();
                self.folded.clear();
                return Outcome::Redraw;
            }
            Command::Open if self.fold() => return Outcome::Redraw,
            _ => {}
        }
        let Some(one) = self.selected(seen) else { return Outcome::Ignored };
        match command {
            Command::Describe => return Outcome::Ask(Effect::Go(Destination::Alert(one.clone()))),
            Command::Acknowledge => return self.acknowledge(&one.alert, seen),
            Command::Silence => return quieting::compose(&one.alert),
            // Nothing is closer than the alert itself, where no service is found.
            Command::Open if one.service.is_none() => {
                return Outcome::Ask(Effect::Go(Destination::Alert(one.clone())));
            }
            _ => {}
        }
        if command == Command::CopyName {
            let text = one.alert.runbook().unwrap_or(&one.alert.name);
            return Outcome::Ask(Effect::Copy(text.to_string()));
        }
        if command == Command::ShowChanges {
            return Outcome::Ask(Effect::Go(Destination::Around(one.clone())));
        }
        let Some(service) = self.service(seen) else {
            let words = "no service is found by the labels of this alert".to_owned();
            let is_about_it = command == Command::ShowLogs || propose::is_change(command);
            return if is_about_it { Outcome::Ask(Effect::Notice(Health::Attention, words)) } else { Outcome::Ignored };
        };
        match command {
            Command::Open => Outcome::Ask(Effect::Go(Destination::Service(service.id.clone()))),
            Command::ShowLogs => closer::logs_at(service, one.alert.since),
            _ => propose::on_service(command, service, seen),
        }
    }

    fn answer(&mut self, asked: Asked, text: &str, seen: &Seen<'_>) -> Outcome {
        if asked == Asked::Filter {
            self.filter = Filter::parse(text);
            return Outcome::Redraw;
        }
        if asked == Asked::Doing {
            return self.doing(text, seen);
        }
        Outcome::Ignored
    }

    fn click(&mut self, _x: u16, y: u16, seen: &Seen<'_>) -> Outcome {
        let row = y.checked_sub(self.lines_above() + 1).map(usize::from).filter(|row| *row < self.visible.len());
        let at = row.and_then(|row| self.shown.get(self.cursor.top() + row));
        let Some(chosen) = at.map(|line| chosen(line, seen.board.alerts())) else { return Outcome::Ignored };
        if self.cursor.selected() == Some(&chosen) {
            return self.handle(Command::Open, seen);
        }
        self.cursor.select(chosen);
        self.is_placed = true;
        Outcome::Redraw
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let alerts = seen.board.alerts();
        let filter = &self.filter;
        self.notes = told::notes(seen);
        self.notes.truncate(3);
        let takes = |one: &RelatedAlert| {
            if filter.is_empty() {
                return true;
            }
            let service = one.service.as_ref();
            filter.takes_all(&[
                &one.alert.name,
                one.alert.priority.word(),
                told::standing(&one.alert, seen),
                service.map_or("", |id| id.name.as_str()),
                service.map_or("", |id| id.environment.as_str()),
                one.alert.summary(),
            ])
        };
        let taken: Vec<usize> = (0..alerts.len()).filter(|at| takes(&alerts[*at])).collect();
        self.shown = groups::lines(self.grouping, alerts, &taken, &self.folded);
        if !self.is_placed {
            self.cursor.restart();
        }
        let (table, _) = Self::areas(area);
        let room = usize::from(table.height.saturating_sub(self.lines_above() + 2));
        let shown = &self.shown;
        self.cursor.settle(
            shown.len(),
            room,
            |wanted| shown.iter().position(|line| is_chosen(line, wanted, alerts)),
            |index| chosen(&shown[index], alerts),
        );
        let rows = self.shown[self.cursor.window(self.shown.len())].iter();
        let drawn = |line: &Line| match line {
            Line::Alert(at) => Drawn::Alert(cells_of(&alerts[*at], seen, area.width < 100)),
            Line::Group(group) => Drawn::Group(group.spans()),
        };
        self.visible = rows.map(drawn).collect();
        let cells = self.visible.iter().filter_map(|row| match row {
            Drawn::Alert(cells) => Some(cells.as_slice()),
            Drawn::Group(_) => None,
        });
        self.widths.fit(&COLUMNS, area.width.saturating_sub(2), cells);
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let (top, bottom) = Self::areas(area);
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..top };
        let mut heading = told::heading(seen);
        heading.extend(self.grouping.word().map(|word| span(Role::Muted, format!("   {word}"))));
        heading.extend(self.filter.told());
        painter.spans(inner.x, top.y, inner.width, &heading);
        let mut y = top.y + 1;
        for (role, words) in &self.notes {
            painter.text(inner.x, y, inner.width, *role, words);
            y += 1;
        }
        y += 1;
        if let Some(help) = told::help(seen) {
            for (line, y) in wrap(help, inner.width.into()).into_iter().zip(y..top.bottom()) {
                painter.text(inner.x, y, inner.width, Role::Muted, &line);
            }
        }
        if self.visible.is_empty() {
            return;
        }
        table::header(painter, Rect { y, height: 1, ..inner }, &COLUMNS, &self.widths, None);
        let selected = self.cursor.index().checked_sub(self.cursor.top());
        for (index, row) in self.visible.iter().enumerate() {
            y += 1;
            let line = Rect { y, height: 1, ..inner };
            let is_selected = Some(index) == selected;
            match row {
                Drawn::Alert(cells) => table::row(painter, line, &COLUMNS, &self.widths, cells, is_selected),
                Drawn::Group(spans) => table::on_band(painter, line, is_selected, |painter| {
                    painter.spans(line.x, line.y, line.width, spans);
                }),
            }
        }
        let more = self.shown.len() - self.visible.len();
        if more > 0 && y + 1 < top.bottom() {
            painter.text(inner.x + 3, y + 1, inner.width, Role::Faint, &format!("{more} more"));
        }
        // Close to the table while that is short.
        let begins = bottom.y.min(y + 2).max(top.y);
        let detail = self.selected(seen).map(|one| told::detail(one, seen, inner.width.into()));
        for (line, y) in detail.unwrap_or_default().iter().zip(begins + 1..bottom.bottom()) {
            painter.spans(inner.x, y, inner.width, line);
        }
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        if self.cursor.selected().is_none() {
            return vec![Hint::new(Command::Silences, "silences"), Hint::new(Command::Filter, "filter")];
        }
        vec![
            Hint::new(Command::Open, "service"),
            propose::hint(Command::Acknowledge, "on it", seen),
            propose::hint(Command::Silence, "silence", seen),
            Hint::new(Command::Describe, "details"),
            Hint::new(Command::Group, "group"),
            Hint::new(Command::Silences, "silences"),
            Hint::new(Command::ShowLogs, "logs then"),
            Hint::new(Command::ShowChanges, "changes"),
            propose::hint(Command::RollBack, "roll back", seen),
            Hint::new(Command::Filter, "filter"),
            Hint::new(Command::CopyName, "copy runbook"),
        ]
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(in crate::tui) use tests::{evaluated as alerts_evaluated, stage as alerts_stage};
