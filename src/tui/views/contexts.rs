//! Contexts: the clusters that the kubeconfig knows, which of them are read, and how those are doing.

use ratatui::layout::Rect;

use super::{Hint, Seen, View};
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::shell::quoted;
use crate::runtime::ContextRow;
use crate::state::{Changed, ClusterLiveness};
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Destination, Effect, Outcome};
use crate::tui::paint::{Painter, Span, span};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::filter::Filter;
use crate::tui::widgets::table::{self, Cell, Column, Widths, cell};
use crate::tui::widgets::words;

/// The lines above the first row: what is shown, an empty one, the headings.
const ABOVE: u16 = 3;

const COLUMNS: [Column; 5] = [
    Column::words("CONTEXT", 16, 60).named(),
    Column::words("STATE", 12, 48),
    Column::words("NAMESPACE", 9, 24).named().rank(2),
    Column::words("USER", 6, 40).named().rank(3),
    Column::words("SERVER", 12, 60).rank(1),
];

/// The contexts of the kubeconfig.
#[derive(Default)]
pub struct Contexts {
    shown: Vec<ContextRow>,
    cursor: Cursor<ClusterName>,
    widths: Widths,
    filter: Filter,
}

/// The cells of a context.
fn cells_of<'a>(context: &'a ContextRow, seen: &Seen<'_>) -> Vec<Cell<'a>> {
    let reads = seen.session.reads(&context.name);
    let (role, state) = match (&context.server, seen.session.state().cluster(&context.name)) {
        (Err(problem), _) => (Role::Bad, problem.what.to_string()),
        (_, Some(cluster)) => match cluster.liveness(seen.now) {
            ClusterLiveness::Live => (Role::Fine, "live".to_owned()),
            ClusterLiveness::Connecting => (Role::Attention, "connecting".to_owned()),
            ClusterLiveness::Late { since, problem } => {
                let since =
                    since.map_or_else(|| "not reached".to_owned(), |at| format!("{} late", words::age(at, seen.now)));
                (Role::Attention, problem.map_or_else(|| since.clone(), |problem| format!("{since}: {}", problem.what)))
            }
        },
        (_, None) if reads => (Role::Attention, "connecting".to_owned()),
        (_, None) => (Role::Muted, "not read".to_owned()),
    };
    let name = if context.is_current { format!("{} (current)", context.name) } else { context.name.to_string() };
    let server = context.server.as_ref().map_or("", |server| server.as_str());
    vec![
        cell(if reads { Role::Title } else { Role::Text }, name),
        cell(role, state),
        cell(Role::Muted, context.namespace.as_str()),
        cell(Role::Muted, context.user.as_str()),
        cell(Role::Muted, server),
    ]
}

impl View for Contexts {
    fn context(&self) -> Context {
        Context::Table
    }

    fn trail(&self, _seen: &Seen<'_>) -> Vec<Span<'static>> {
        Vec::new()
    }

    fn tab(&self) -> Command {
        Command::Resources
    }

    fn depends_on(&self, _changed: Changed) -> bool {
        false
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        let shown = &self.shown;
        if self.cursor.moves(command, shown.len(), |index| shown[index].name.clone()) {
            return Outcome::Redraw;
        }
        match self.filter.handle(command) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        match (command, self.cursor.selected()) {
            (Command::CopyName, Some(name)) => Outcome::Ask(Effect::Copy(name.to_string())),
            (Command::CopyCommand, Some(name)) => {
                Outcome::Ask(Effect::Copy(format!("midwatch --context {}", quoted(&name.0))))
            }
            (Command::Open, Some(name)) if seen.session.reads(name) => {
                let filter = if seen.session.state().clusters().nth(1).is_some() {
                    format!("cluster:={name}")
                } else {
                    String::new()
                };
                Outcome::Ask(Effect::Go(Destination::Resources { kind: Kind::Namespace, namespace: None, filter }))
            }
            (Command::Open, Some(name)) => Outcome::Ask(Effect::Connect(name.clone())),
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
        let row = y.checked_sub(ABOVE).map(|row| self.cursor.top() + usize::from(row));
        let Some(context) = row.and_then(|row| self.shown.get(row)) else { return Outcome::Ignored };
        if self.cursor.selected() == Some(&context.name) {
            return self.handle(Command::Open, seen);
        }
        self.cursor.select(context.name.clone());
        Outcome::Redraw
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let all = seen.session.contexts().iter();
        self.shown = all
            .filter(|context| self.filter.takes_all(&[&context.name.0, &context.namespace, &context.user]))
            .cloned()
            .collect();
        let shown = &self.shown;
        self.cursor.settle(
            shown.len(),
            usize::from(area.height.saturating_sub(ABOVE)),
            |name| shown.iter().position(|context| context.name == *name),
            |index| shown[index].name.clone(),
        );
        let rows: Vec<_> =
            shown[self.cursor.window(shown.len())].iter().map(|context| cells_of(context, seen)).collect();
        self.widths.fit(&COLUMNS, area.width.saturating_sub(2), rows.iter().map(Vec::as_slice));
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let all = seen.session.contexts();
        let read = all.iter().filter(|context| seen.session.reads(&context.name)).count();
        let mut heading = vec![
            span(Role::Title, "Contexts"),
            span(Role::Text, format!("   {}", words::thousands(all.len()))),
            span(Role::Muted, format!("   {read} read")),
        ];
        heading.extend(self.filter.told());
        painter.spans(inner.x, area.y, inner.width, &heading);
        if self.shown.is_empty() {
            let why = if self.filter.is_empty() {
                "the kubeconfig names no context".to_owned()
            } else {
                format!("no context matches {}; esc lets go of the filter", self.filter.text())
            };
            painter.text(inner.x, area.y + 2, inner.width, Role::Muted, &why);
            return;
        }
        table::header(painter, Rect { y: area.y + 2, height: 1, ..inner }, &COLUMNS, &self.widths, None);
        for (y, index) in (area.y + ABOVE..area.bottom()).zip(self.cursor.window(self.shown.len())) {
            let line = Rect { y, height: 1, ..inner };
            let (cells, is_selected) = (cells_of(&self.shown[index], seen), index == self.cursor.index());
            table::row(painter, line, &COLUMNS, &self.widths, &cells, is_selected);
        }
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        let reads = self.cursor.selected().is_some_and(|name| seen.session.reads(name));
        vec![
            Hint::new(Command::Open, if reads { "namespaces" } else { "read it" }),
            Hint::new(Command::Filter, "filter"),
            Hint::new(Command::CopyCommand, "copy command"),
            Hint::new(Command::Back, "back"),
        ]
    }
}

#[cfg(test)]
mod tests;
