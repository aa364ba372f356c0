//! Audit: who did what, newest first, and whether the journal still says what was written.

use ratatui::layout::Rect;

use super::{Hint, Seen, View};
use crate::domain::audit::{Action, ActionId, Ending, History, Report};
use crate::domain::health::Health;
use crate::state::Changed;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Effect, Outcome};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::filter::Filter;
use crate::tui::widgets::table::{self, Cell, Column, Widths, cell};
use crate::tui::widgets::words;

mod page;

use page::Page;

const COLUMNS: [Column; 7] = [
    Column::words("", 1, 1),
    Column::words("WHEN", 5, 6),
    Column::words("WHO", 6, 28),
    Column::words("WHAT", 16, 60),
    Column::words("ENV", 4, 16).rank(1),
    Column::words("OUTCOME", 8, 13),
    Column::words("REASON", 12, 80).rank(2),
];

/// The heading, an empty line and the titles of the columns.
const ABOVE: u16 = 3;
/// An empty line and what is said of the selected action.
const BELOW: u16 = 3;

/// The actions of the journal.
#[derive(Default)]
pub struct Audit {
    cursor: Cursor<ActionId>,
    order: Vec<ActionId>,
    widths: Widths,
    filter: Filter,
    page: Option<Page>,
}

impl Audit {
    /// The view, which has the journal read.
    pub fn new(seen: &Seen<'_>) -> Self {
        seen.session.read_history();
        Self::default()
    }

    fn shows(&self, action: &Action) -> bool {
        let (who, role) = action.who();
        self.filter.is_empty()
            || self.filter.takes_all(&[
                who,
                role,
                action.what(),
                action.target(),
                action.environment(),
                action.word(),
                action.reason(),
            ])
    }

    fn selected<'a>(&self, seen: &Seen<'a>) -> Option<&'a Action> {
        find(seen, self.cursor.selected()?)
    }

    fn heading(&self, seen: &Seen<'_>) -> Vec<Span<'static>> {
        let history = match seen.session.history() {
            None => return vec![span(Role::Title, "Reading the journal")],
            Some(Err(problem)) => return vec![span(Role::Bad, problem.to_string())],
            Some(Ok(history)) => history,
        };
        if history.report.entries == 0 {
            let words = "   whatever midwatch changes from here will be recorded and shown here";
            return vec![span(Role::Title, "No changes yet"), span(Role::Muted, words)];
        }
        let mut spans = vec![span(Role::Title, words::count(history.actions.len(), "action", "actions"))];
        spans.extend(chain(history));
        spans.extend(self.filter.told());
        spans
    }

    /// What is said of the selected action beside its row.
    fn render_selected(painter: &mut Painter<'_>, area: Rect, action: &Action) {
        let role = role_of(action, painter);
        let words = [span(role, action.word()), span(Role::Text, format!(": {}", action.detail()))];
        painter.spans(area.x, area.y, area.width, &words);
        let words = [
            span(Role::Text, action.target().to_owned()),
            span(Role::Muted, "   reason  "),
            span(Role::Text, action.reason().to_owned()),
        ];
        painter.spans(area.x, area.y + 1, area.width, &words);
    }
}

/// Finds an action in the journal as it was read last.
fn find<'a>(seen: &Seen<'a>, id: &ActionId) -> Option<&'a Action> {
    actions(seen).iter().find(|action| action.id == *id)
}

fn actions<'a>(seen: &Seen<'a>) -> &'a [Action] {
    seen.session.history().and_then(|history| history.as_ref().ok()).map_or(&[], |history| &history.actions)
}

/// Whether the chain holds, in words.
fn chain(history: &History) -> Vec<Span<'static>> {
    let Report { entries, broken, set_aside, .. } = &history.report;
    let records = words::count(*entries, "record", "records");
    let Some(first) = broken.first() else {
        let aside = if set_aside.is_empty() { "" } else { ", what a crash left is set aside" };
        return vec![span(Role::Fine, "   chain verifies"), span(Role::Muted, format!(": {records}{aside}"))];
    };
    let more = if broken.len() > 1 { format!(", and {} more", broken.len() - 1) } else { String::new() };
    vec![span(Role::Bad, format!("   chain broken at {}: {}, {}{more}", first.place, first.kind.word(), first.detail))]
}

/// How well an action ended.
fn health(action: &Action) -> Health {
    match action.ending().0 {
        _ if action.word() == "under way" => Health::Moving,
        Ending::Verified => Health::Healthy,
        Ending::Open(_) | Ending::Unknown | Ending::Partly => Health::Bad,
        Ending::NotConverged | Ending::Reverted | Ending::Denied | Ending::Refused | Ending::Applied => {
            Health::Attention
        }
        Ending::Accepted | Ending::NotApplied | Ending::NotSent => Health::Unknown,
    }
}

fn role_of(action: &Action, painter: &Painter<'_>) -> Role {
    painter.look.health(health(action)).1
}

fn cells_of<'a>(action: &'a Action, seen: &Seen<'a>) -> Vec<Cell<'a>> {
    let (glyph, role) = seen.look.health(health(action));
    let who = match action.who() {
        (who, "") => who.to_owned(),
        (who, role) => format!("{who} {role}"),
    };
    vec![
        cell(role, glyph),
        cell(Role::Muted, words::moment(action.began(), seen.now)),
        cell(Role::Text, who),
        cell(Role::Title, action.what()),
        cell(Role::Muted, action.environment()),
        cell(role, action.word()),
        cell(Role::Muted, action.reason()),
    ]
}

impl View for Audit {
    fn context(&self) -> Context {
        if self.page.is_some() { Context::Text } else { Context::Table }
    }

    fn trail(&self, _seen: &Seen<'_>) -> Vec<Span<'static>> {
        self.page.iter().map(|page| span(Role::Title, page.action().to_string())).collect()
    }

    fn tab(&self) -> Command {
        Command::Audit
    }

    fn depends_on(&self, _changed: Changed) -> bool {
        false
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        if command == Command::Redraw {
            // Other processes write to the same journal.
            seen.session.read_history();
            return Outcome::Ignored;
        }
        if let Some(page) = &mut self.page {
            if matches!(command, Command::Back | Command::Close) {
                self.page = None;
                return Outcome::Redraw;
            }
            return page.handle(command);
        }
        let order = &self.order;
        if self.cursor.moves(command, order.len(), |index| order[index].clone()) {
            return Outcome::Redraw;
        }
        match self.filter.handle(command) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        let Some(action) = self.selected(seen) else { return Outcome::Ignored };
        match command {
            Command::Open | Command::Describe => {
                self.page = Some(Page::new(action.id.clone()));
                Outcome::Redraw
            }
            Command::CopyName => Outcome::Ask(Effect::Copy(action.id.to_string())),
            Command::CopyCommand => Outcome::Ask(Effect::Copy(page::command_of(&action.id))),
            _ => Outcome::Ignored,
        }
    }

    fn answer(&mut self, asked: Asked, text: &str, _seen: &Seen<'_>) -> Outcome {
        if asked != Asked::Filter {
            return Outcome::Ignored;
        }
        self.filter = Filter::parse(text);
        Outcome::Redraw
    }

    fn click(&mut self, _x: u16, y: u16, seen: &Seen<'_>) -> Outcome {
        if self.page.is_some() {
            return Outcome::Ignored;
        }
        let index = y.checked_sub(ABOVE).map(|row| self.cursor.top() + usize::from(row));
        let Some(id) = index.and_then(|index| self.order.get(index)).cloned() else { return Outcome::Ignored };
        let again = self.cursor.selected() == Some(&id);
        self.cursor.select(id);
        if again { self.handle(Command::Open, seen) } else { Outcome::Redraw }
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        if let Some(page) = &mut self.page {
            page.settle(find(seen, page.action()), area);
            return;
        }
        self.order = actions(seen).iter().filter(|action| self.shows(action)).map(|action| action.id.clone()).collect();
        let order = &self.order;
        let height = area.height.saturating_sub(ABOVE + BELOW);
        let find_row = |id: &ActionId| order.iter().position(|one| one == id);
        self.cursor.settle(order.len(), height.into(), find_row, |index| order[index].clone());
        let visible = &self.order[self.cursor.window(self.order.len())];
        let rows: Vec<Vec<Cell<'_>>> =
            visible.iter().filter_map(|id| find(seen, id)).map(|action| cells_of(action, seen)).collect();
        self.widths.fit(&COLUMNS, area.width.saturating_sub(2), rows.iter().map(Vec::as_slice));
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        if let Some(page) = &self.page {
            return page.render(painter, area);
        }
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        painter.spans(inner.x, area.y, inner.width, &self.heading(seen));
        if self.order.is_empty() {
            return;
        }
        table::header(painter, Rect { y: area.y + 2, ..inner }, &COLUMNS, &self.widths, None);
        let window = self.cursor.window(self.order.len());
        for (y, index) in (area.y + ABOVE..area.bottom()).zip(window) {
            let Some(action) = find(seen, &self.order[index]) else { continue };
            let line = Rect { y, height: 1, ..inner };
            table::row(painter, line, &COLUMNS, &self.widths, &cells_of(action, seen), index == self.cursor.index());
        }
        if let (Some(action), true) = (self.selected(seen), area.height > ABOVE + BELOW) {
            Self::render_selected(painter, Rect { y: area.bottom() - (BELOW - 1), height: 2, ..inner }, action);
        }
    }

    fn hints(&self, _seen: &Seen<'_>) -> Vec<Hint> {
        if self.page.is_some() {
            return vec![
                Hint::new(Command::Back, "back"),
                Hint::new(Command::CopyCommand, "copy command"),
                Hint::new(Command::Save, "save"),
            ];
        }
        vec![
            Hint::new(Command::Open, "records"),
            Hint::new(Command::Filter, "filter"),
            Hint::new(Command::CopyCommand, "copy command"),
            Hint::new(Command::Redraw, "read again"),
        ]
    }
}

#[cfg(test)]
mod tests;
