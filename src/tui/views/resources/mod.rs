//! Resources: the objects themselves, one table for every kind that is read.

use ratatui::layout::Rect;

use super::{Hint, Seen, View};
use crate::domain::environment::Place;
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::state::Changed;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Asked, Effect, Outcome};
use crate::tui::paint::{Painter, Span, cells};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::filter::Filter;
use crate::tui::widgets::table::{self, Cell, Widths};

mod columns;
mod drill;
mod layout;
mod order;
mod told;

pub(super) use drill::kubectl;

use columns::Scene;
use layout::{Item, Layout, Slot};
use order::{Order, Wish};

/// The lines above the first row: what is shown, an empty one, the headings.
const ABOVE: u16 = 3;

/// Objects of one kind.
pub struct Resources {
    wish: Wish,
    order: Order,
    layout: Layout,
    cursor: Cursor<ObjectRef>,
    widths: Widths,
    /// The rows that are visible, as they are drawn: only these are built, once for each frame.
    visible: Vec<Vec<Cell<'static>>>,
}

impl Resources {
    /// The objects of a kind, in one namespace or in all, as far as they match a filter.
    pub fn new(kind: Kind, namespace: Option<&str>, filter: &str) -> Self {
        let sort = if kind == Kind::Event { Slot::Field(0) } else { Slot::Namespace };
        Self {
            wish: Wish {
                kind,
                namespace: namespace.map(Text::from),
                filter: Filter::parse(filter),
                faults_only: false,
                sort,
                is_reversed: false,
            },
            order: Order::default(),
            layout: Layout::new(kind, false, true),
            cursor: Cursor::default(),
            widths: Widths::default(),
            visible: Vec::new(),
        }
    }

    fn scene(seen: &Seen<'_>) -> Scene {
        Scene { now: seen.now, glyphs: seen.look.glyphs }
    }

    /// The object at a place; an empty name where there is none, which nothing has.
    fn object_at(&self, seen: &Seen<'_>, index: usize) -> ObjectRef {
        let kind = self.wish.kind;
        let found = self.order.row(seen.session.state(), kind, index);
        let (cluster, namespace, name) = found.map_or_else(Default::default, |(cluster, row)| {
            (cluster.clone(), row.meta().namespace.clone(), row.meta().name.clone())
        });
        ObjectRef { cluster, kind, namespace, name }
    }

    fn selected<'a>(&'a self, seen: &'a Seen<'_>) -> Option<(&'a ObjectRef, &'a Row)> {
        let object = self.cursor.selected()?;
        Some((object, seen.session.state().find(object)?))
    }

    fn sort_by(&mut self, slot: Option<Slot>) -> Outcome {
        let Some(slot) = slot else {
            let title = self.wish.kind.title().to_lowercase();
            return Outcome::Ask(Effect::Notice(Health::Attention, format!("{title} have no such column")));
        };
        self.wish.is_reversed = self.wish.sort == slot && !self.wish.is_reversed;
        self.wish.sort = slot;
        Outcome::Redraw
    }

    fn look_at(&mut self, namespace: Option<Text>) -> Outcome {
        self.wish.namespace = namespace;
        Outcome::Redraw
    }

    /// Commands about the table as a whole.
    fn arrange(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        if let Some(number) = command.favourite() {
            return match seen.settings.favourites.get(number - 1) {
                Some(namespace) => self.look_at(Some(namespace.clone())),
                None => Outcome::Ask(Effect::Notice(
                    Health::Attention,
                    format!("there is no favourite {number}: name it under `favourites` in the configuration"),
                )),
            };
        }
        match self.wish.filter.handle(command) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        match command {
            Command::FaultsOnly => {
                self.wish.faults_only = !self.wish.faults_only;
                Outcome::Redraw
            }
            Command::AllNamespaces => self.look_at(None),
            Command::SortByName => self.sort_by(self.layout.titled("NAME").or(self.layout.titled("OBJECT"))),
            Command::SortByAge => self.sort_by(self.layout.titled("AGE").or(self.layout.titled("LAST-SEEN"))),
            Command::SortByStatus => self.sort_by(self.layout.titled("STATUS")),
            Command::SortNextColumn => {
                let next = self.layout.position(self.wish.sort).map_or(0, |at| at + 1);
                self.wish.is_reversed = false;
                self.wish.sort = self.layout.slots[next % self.layout.slots.len()];
                Outcome::Redraw
            }
            Command::ReverseSort => {
                self.wish.is_reversed = !self.wish.is_reversed;
                Outcome::Redraw
            }
            _ => Outcome::Ignored,
        }
    }
}

impl View for Resources {
    fn context(&self) -> Context {
        Context::Table
    }

    fn trail(&self, _seen: &Seen<'_>) -> Vec<Span<'static>> {
        Vec::new()
    }

    fn tab(&self) -> Command {
        Command::Resources
    }

    fn depends_on(&self, changed: Changed) -> bool {
        changed.touches(self.wish.kind)
    }

    fn place(&self, seen: &Seen<'_>) -> Option<Place> {
        let namespace = self.wish.namespace.as_ref()?;
        let state = seen.session.state();
        // Where a namespace of this name is protected in one cluster, it is in a table of all.
        state.clusters().map(|(cluster, _)| state.place(cluster, namespace)).max_by_key(|place| place.is_protected)
    }

    fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Outcome {
        let mut cursor = std::mem::take(&mut self.cursor);
        let has_moved = cursor.moves(command, self.order.entries().len(), |index| self.object_at(seen, index));
        self.cursor = cursor;
        if has_moved {
            return Outcome::Redraw;
        }
        match self.arrange(command, seen) {
            Outcome::Ignored => {}
            outcome => return outcome,
        }
        let Some((object, row)) = self.selected(seen) else { return Outcome::Ignored };
        drill::on_row(command, object, row, seen)
    }

    fn answer(&mut self, asked: Asked, text: &str, _seen: &Seen<'_>) -> Outcome {
        if asked != Asked::Filter {
            return Outcome::Ignored;
        }
        self.wish.filter = Filter::parse(text);
        Outcome::Redraw
    }

    fn click(&mut self, _x: u16, y: u16, seen: &Seen<'_>) -> Outcome {
        let Some(row) = y.checked_sub(ABOVE).filter(|row| usize::from(*row) < self.visible.len()) else {
            return Outcome::Ignored;
        };
        let object = self.object_at(seen, self.cursor.top() + usize::from(row));
        if self.cursor.selected() == Some(&object) {
            return self.handle(Command::Open, seen);
        }
        self.cursor.select(object);
        Outcome::Redraw
    }

    fn settle(&mut self, seen: &Seen<'_>, area: Rect) {
        let (state, scene) = (seen.session.state(), Self::scene(seen));
        let has_many_clusters = state.clusters().nth(1).is_some();
        self.layout = Layout::new(self.wish.kind, has_many_clusters, self.wish.namespace.is_none());
        self.order.refresh(state, &self.wish, scene);
        let mut cursor = std::mem::take(&mut self.cursor);
        let (hint, height) = (cursor.index(), usize::from(area.height.saturating_sub(ABOVE)));
        cursor.settle(
            self.order.entries().len(),
            height,
            |object| self.order.position(state, object, hint),
            |index| self.object_at(seen, index),
        );
        self.cursor = cursor;
        self.visible = self
            .cursor
            .window(self.order.entries().len())
            .filter_map(|index| self.order.row(state, self.wish.kind, index))
            .map(|(cluster, row)| self.layout.cells(&Item { cluster, row, scene }))
            .collect();
        let width = area.width.saturating_sub(2);
        self.widths.fit(&self.layout.columns, width, self.visible.iter().map(Vec::as_slice));
    }

    fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let end = painter.spans(inner.x, area.y, inner.width, &self.heading(seen));
        let sorted = self.layout.position(self.wish.sort);
        if let Some(at) = sorted {
            let reversed = if self.wish.is_reversed { ", reversed" } else { "" };
            let order = format!("by {}{reversed}", self.layout.columns[at].title.to_lowercase());
            let width = u16::try_from(cells(&order)).unwrap_or(u16::MAX);
            if end + width + 2 < inner.right() {
                painter.right(inner.right(), area.y, width, Role::Muted, &order);
            }
        }
        if self.visible.is_empty() {
            for (y, line) in (area.y + 2..area.bottom()).zip(self.emptiness(seen)) {
                painter.spans(inner.x, y, inner.width, &line);
            }
            return;
        }
        let glyphs = painter.glyphs();
        let mark = if self.wish.is_reversed { glyphs.descending } else { glyphs.ascending };
        let sorted = sorted.map(|at| (at, mark));
        let headings = Rect { y: area.y + 2, height: 1, ..inner };
        table::header(painter, headings, &self.layout.columns, &self.widths, sorted);
        let selected = self.cursor.index().checked_sub(self.cursor.top());
        for (index, (y, cells)) in (area.y + ABOVE..area.bottom()).zip(&self.visible).enumerate() {
            let line = Rect { y, height: 1, ..inner };
            table::row(painter, line, &self.layout.columns, &self.widths, cells, Some(index) == selected);
        }
    }

    fn hints(&self, seen: &Seen<'_>) -> Vec<Hint> {
        drill::hints(self.wish.kind, self.cursor.selected(), seen)
    }
}

#[cfg(test)]
mod tests;
