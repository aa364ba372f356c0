//! Alerts: who is paging? One list by priority, with the service that each is about and the change that came before.

use ratatui::layout::Rect;

use super::{Hint, Seen, View, propose};
use crate::domain::alert::{Alert, Priority, Standing};
use crate::domain::health::Health;
use crate::domain::object::{ClusterName, Labels};
use crate::domain::problem::Problem;
use crate::domain::service::Service;
use crate::state::{Changed, RelatedAlert, told_before};
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Destination, Effect, LogTarget, Outcome};
use crate::tui::paint::{Painter, Span, span, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::filter::Filter;
use crate::tui::widgets::table::{self, Cell, Column, Widths, cell};
use crate::tui::widgets::words;

const COLUMNS: [Column; 8] = [
    Column::words("", 1, 1),
    Column::words("PRIORITY", 8, 8),
    Column::words("ALERT", 16, 36).named(),
    Column::words("SERVICE", 10, 28).named(),
    Column::words("ENV", 4, 14).rank(3),
    Column::words("STATE", 8, 9).rank(1),
    Column::number("SINCE", 5, 7),
    Column::words("SUMMARY", 20, 120).rank(2),
];

/// The lines below the table that tell about the selected alert.
const DETAIL: u16 = 8;

/// What an alert is told from others by.
type Key = (ClusterName, Labels);

/// The alerts of all servers.
#[derive(Default)]
pub struct Alerts {
    cursor: Cursor<Key>,
    /// The alerts that are shown, as positions on the board.
    shown: Vec<usize>,
    /// The visible rows, as they are drawn.
    visible: Vec<Vec<Cell<'static>>>,
    widths: Widths,
    filter: Filter,
    is_placed: bool,
}

fn key(alert: &Alert) -> Key {
    (alert.cluster.clone(), alert.labels.clone())
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
        let selected = self.cursor.selected()?;
        let alerts = seen.board.alerts();
        let at = self.shown.get(self.cursor.index()).and_then(|at| alerts.get(*at));
        at.filter(|one| key(&one.alert) == *selected).or_else(|| alerts.iter().find(|one| key(&one.alert) == *selected))
    }

    fn service<'a>(&self, seen: &Seen<'a>) -> Option<&'a Service> {
        seen.board.find(self.selected(seen)?.service.as_ref()?)
    }

    /// How many page, by priority.
    fn heading(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let (alerts, state) = (seen.board.alerts(), seen.session.state());
        let counts: Vec<String> = Priority::ALL
            .into_iter()
            .filter_map(|priority| {
                Some(state.firing(priority)).filter(|count| *count > 0).map(|count| format!("{count} {priority}"))
            })
            .collect();
        let is_asked = state.alert_servers().next().is_some();
        let words = match (counts.is_empty(), is_asked) {
            (false, _) => format!("{} firing", counts.join(", ")),
            (true, true) => "No alert fires".to_owned(),
            (true, false) => "Nobody is asked for alerts".to_owned(),
        };
        let mut spans = vec![span(Role::Title, words)];
        let quiet = alerts.iter().filter(|one| !one.alert.standing.is_loud()).count();
        if quiet > 0 {
            spans.push(span(Role::Muted, format!("   {quiet} pending, silenced or inhibited")));
        }
        spans.extend(self.filter.told());
        spans
    }

    /// Who does not answer, and what was told before.
    fn problems(seen: &Seen<'_>) -> Vec<(Role, String)> {
        let servers = seen.session.state().alert_servers();
        let told = servers.filter_map(|(_, _, server)| {
            let Problem { what, why, hint } = server.problem.as_ref()?;
            let age = server.heard.map_or_else(
                || "nothing was told yet".to_owned(),
                |heard| format!("what it told is {} old", words::age(heard, seen.now)),
            );
            Some((Role::Attention, format!("{} {what}: {why}; {age}. {hint}", seen.look.glyphs.attention)))
        });
        told.collect()
    }

    /// Where nobody is asked: how that is changed.
    fn help(seen: &Seen<'_>) -> Option<&'static str> {
        seen.session.state().alert_servers().next().is_none().then_some(
            "No Service is called alertmanager or prometheus. Name one under [alertmanager.NAME] in the configuration.",
        )
    }

    fn lines_above(seen: &Seen<'_>) -> u16 {
        2 + u16::try_from(Self::problems(seen).len().min(3)).unwrap_or_default()
    }

    /// How the lines are shared between the table and what is told of the selected alert.
    fn areas(area: Rect) -> (Rect, Rect) {
        let detail = if area.height >= 18 { DETAIL } else { 0 };
        let table = Rect { height: area.height - detail, ..area };
        (table, Rect { y: table.bottom(), height: detail, ..area })
    }

    /// What is told of the selected alert.
    fn detail(&self, seen: &Seen<'_>, width: usize) -> Vec<Vec<Span<'static>>> {
        let Some(one) = self.selected(seen) else { return Vec::new() };
        let alert = &one.alert;
        let mut lines = vec![vec![
            span(Role::Title, alert.name.to_string()),
            span(role_of(alert.priority), format!("   {}", alert.priority)),
            span(Role::Muted, format!("   {} since {}Z", alert.standing.word(), words::clock(alert.since))),
        ]];
        let room = width.saturating_sub(12);
        let mut fact = |name: &str, role: Role, text: &str, most: usize| {
            for (at, line) in wrap(text, room).into_iter().take(most).enumerate() {
                let name = if at == 0 { name } else { "" };
                lines.push(vec![span(Role::Muted, format!("{name:<12}")), span(role, line)]);
            }
        };
        if let Some(service) = &one.service {
            let before =
                told_before(seen.timeline, alert, service).map(|told| format!("   {told}")).unwrap_or_default();
            fact("service", Role::Text, &format!("{}, {}{before}", service.name, service.environment), 2);
        }
        if !alert.summary().is_empty() {
            fact("says", Role::Text, alert.summary(), 2);
        }
        if let Some(runbook) = alert.runbook() {
            fact("runbook", Role::Information, runbook, 1);
        }
        let labels: Vec<String> = alert.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        fact("labels", Role::Muted, &labels.join("  "), 2);
        lines
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
        (Standing::Silenced | Standing::Inhibited, _) => glyphs.unknown,
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
        cell(if is_loud { Role::Text } else { Role::Muted }, alert.standing.word()),
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
        if self.cursor.moves(command, shown.len(), |index| key(&alerts[shown[index]].alert)) {
            self.is_placed = true;
            return Outcome::Redraw;
        }
        match self.filter.handle(command) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        let Some(one) = self.selected(seen) else { return Outcome::Ignored };
        if command == Command::CopyName {
            let text = one.alert.runbook().unwrap_or(&one.alert.name);
            return Outcome::Ask(Effect::Copy(text.to_string()));
        }
        if command == Command::ShowChanges {
            return Outcome::Ask(Effect::Go(Destination::Around(one.clone())));
        }
        let Some(service) = self.service(seen) else {
            let words = "no service is found by the labels of this alert".to_owned();
            let is_about_it = matches!(command, Command::Open | Command::ShowLogs) || propose::is_change(command);
            return if is_about_it { Outcome::Ask(Effect::Notice(Health::Attention, words)) } else { Outcome::Ignored };
        };
        match command {
            Command::Open => Outcome::Ask(Effect::Go(Destination::Service(service.id.clone()))),
            Command::ShowLogs => match service.workloads.first() {
                Some(object) => {
                    let target = LogTarget { object: object.clone(), container: None, previous: false };
                    Outcome::Ask(Effect::Go(Destination::Logs(target)))
                }
                None => Outcome::Ignored,
            },
            _ => propose::on_service(command, service),
        }
    }

    fn answer(&mut self, asked: Asked, text: &str, seen: &Seen<'_>) -> Outcome {
        if asked == Asked::Filter {
            self.filter = Filter::parse(text);
            return Outcome::Redraw;
        }
        self.service(seen).map_or(Outcome::Ignored, |service| propose::answered_on_service(asked, text, service))
    }

    fn click(&mut self, _x: u16, y: u16, seen: &Seen<'_>) -> Outcome {
        let row = y.checked_sub(Self::lines_above(seen) + 1).map(usize::from).filter(|row| *row < self.visible.len());
        let at = row.and_then(|row| self.shown.get(self.cursor.top() + row));
        let Some(one) = at.and_then(|at| seen.board.alerts().get(*at)) else { return Outcome::Ignored };
        if self.cursor.selected() == Some(&key(&one.alert)) {
            return self.handle(Command::Open, seen);
        }
        self.cursor.select(key(&one.alert));
        self.is_placed = true;
        Outcome::Redraw
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let alerts = seen.board.alerts();
        let filter = &self.filter;
        let takes = |one: &RelatedAlert| {
            let service = one.service.as_ref();
            filter.takes_all(&[
                &one.alert.name,
                one.alert.priority.word(),
                one.alert.standing.word(),
                service.map_or("", |id| id.name.as_str()),
                service.map_or("", |id| id.environment.as_str()),
                one.alert.summary(),
            ])
        };
        self.shown = (0..alerts.len()).filter(|at| takes(&alerts[*at])).collect();
        if !self.is_placed {
            self.cursor.restart();
        }
        let (table, _) = Self::areas(area);
        let shown = &self.shown;
        self.cursor.settle(
            shown.len(),
            usize::from(table.height.saturating_sub(Self::lines_above(seen) + 2)),
            |wanted| shown.iter().position(|at| key(&alerts[*at].alert) == *wanted),
            |index| key(&alerts[shown[index]].alert),
        );
        let rows = self.shown[self.cursor.window(self.shown.len())].iter();
        self.visible = rows.map(|at| cells_of(&alerts[*at], seen, area.width < 100)).collect();
        self.widths.fit(&COLUMNS, area.width.saturating_sub(2), self.visible.iter().map(Vec::as_slice));
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let (top, bottom) = Self::areas(area);
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..top };
        painter.spans(inner.x, top.y, inner.width, &self.heading(seen));
        let mut y = top.y + 1;
        for (role, words) in Self::problems(seen).into_iter().take(3) {
            painter.text(inner.x, y, inner.width, role, &words);
            y += 1;
        }
        y += 1;
        if let Some(help) = Self::help(seen) {
            for (line, y) in wrap(help, inner.width.into()).into_iter().zip(y..top.bottom()) {
                painter.text(inner.x, y, inner.width, Role::Muted, &line);
            }
        }
        if self.visible.is_empty() {
            return;
        }
        table::header(painter, Rect { y, height: 1, ..inner }, &COLUMNS, &self.widths, None);
        let selected = self.cursor.index().checked_sub(self.cursor.top());
        for (index, cells) in self.visible.iter().enumerate() {
            y += 1;
            let line = Rect { y, height: 1, ..inner };
            if Some(index) == selected {
                painter.fill(Rect { x: area.x, width: area.width, ..line }, Role::Selection);
                painter.set_ground(Some(Role::Selection));
            }
            table::row(painter, line, &COLUMNS, &self.widths, cells);
            painter.set_ground(None);
        }
        let more = self.shown.len() - self.visible.len();
        if more > 0 && y + 1 < top.bottom() {
            painter.text(inner.x + 3, y + 1, inner.width, Role::Faint, &format!("{more} more"));
        }
        // Close to the table while that is short.
        let begins = bottom.y.min(y + 2).max(top.y);
        for (line, y) in self.detail(seen, inner.width.into()).iter().zip(begins + 1..bottom.bottom()) {
            painter.spans(inner.x, y, inner.width, line);
        }
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        vec![
            Hint::new(Command::Open, "service"),
            Hint::new(Command::ShowLogs, "logs"),
            Hint::new(Command::ShowChanges, "changes"),
            propose::hint(Command::RollBack, "roll back", seen),
            Hint::new(Command::Filter, "filter"),
            Hint::new(Command::CopyName, "copy runbook"),
        ]
    }
}

#[cfg(test)]
mod tests;
