//! Which columns a table has, and what one row says in each of them.

use std::borrow::Cow;

use super::columns::{self, Key, Scene, newest};
use crate::domain::kind::{Kind, Scope};
use crate::domain::object::ClusterName;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::tui::theme::Role;
use crate::tui::widgets::filter::Searchable;
use crate::tui::widgets::table::{Cell, Column, cell};
use crate::tui::widgets::words;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Cluster,
    Namespace,
    Name,
    /// One of the kind's own, by its place among them.
    Field(usize),
    Age,
}

/// The columns of a table.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) slots: Vec<Slot>,
    pub(super) columns: Vec<Column>,
}

impl Layout {
    /// The columns for a kind. What would be the same in every row is left out.
    pub(super) fn new(kind: Kind, has_many_clusters: bool, has_many_namespaces: bool) -> Self {
        let mut layout = Self { slots: Vec::new(), columns: Vec::new() };
        if has_many_clusters {
            layout.push(Slot::Cluster, Column::words("CLUSTER", 7, 24).named().rank(1));
        }
        if has_many_namespaces && kind.scope() == Scope::Namespaced {
            layout.push(Slot::Namespace, Column::words("NAMESPACE", 9, 24).named().rank(1));
        }
        // An event's name tells nobody anything.
        if kind != Kind::Event {
            layout.push(Slot::Name, Column::words("NAME", 23, 70).named());
        }
        for (index, column) in columns::columns(kind).into_iter().enumerate() {
            layout.push(Slot::Field(index), column);
        }
        if kind != Kind::Event {
            layout.push(Slot::Age, Column::number("AGE", 6, 7).rank(2));
        }
        layout
    }

    fn push(&mut self, slot: Slot, column: Column) {
        self.slots.push(slot);
        self.columns.push(column);
    }

    /// The column of this title.
    pub(super) fn titled(&self, title: &str) -> Option<Slot> {
        let at = self.columns.iter().position(|column| column.title.eq_ignore_ascii_case(title))?;
        Some(self.slots[at])
    }

    /// Where something stands.
    pub(super) fn position(&self, slot: Slot) -> Option<usize> {
        self.slots.iter().position(|it| *it == slot)
    }

    /// One row, for the screen.
    pub(super) fn cells(&self, item: &Item<'_>) -> Vec<Cell<'static>> {
        let owned = |cell: Cell<'_>| Cell { text: Cow::Owned(cell.text.into_owned()), role: cell.role };
        self.slots.iter().map(|slot| owned(item.cell(*slot))).collect()
    }
}

/// One row with the cluster that it lives in.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) cluster: &'a ClusterName,
    pub(super) row: &'a Row,
    pub(super) scene: Scene,
}

impl<'a> Item<'a> {
    fn cell(&self, slot: Slot) -> Cell<'a> {
        let meta = self.row.meta();
        match slot {
            Slot::Cluster => cell(Role::Muted, self.cluster.0.as_str()),
            Slot::Namespace => cell(Role::Muted, meta.namespace.as_str()),
            Slot::Name => cell(Role::Text, meta.name.as_str()),
            Slot::Field(index) => columns::field_cell(self.row, index, self.scene),
            Slot::Age => match meta.created {
                Some(created) => cell(Role::Muted, words::age(created, self.scene.now)),
                None => cell(Role::Muted, self.scene.glyphs.dash),
            },
        }
    }
}

/// By what a row is sorted in a column.
pub(super) fn key<'a>(cluster: &'a ClusterName, row: &'a Row, slot: Slot) -> Key<'a> {
    let meta = row.meta();
    match slot {
        Slot::Cluster => Key::Words(&cluster.0),
        Slot::Namespace => Key::Words(&meta.namespace),
        Slot::Name => Key::Words(&meta.name),
        Slot::Field(index) => columns::field_key(row, index),
        Slot::Age => newest(meta.created),
    }
}

impl Searchable for Item<'_> {
    fn any_word(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let meta = self.row.meta();
        test(&meta.name) || test(&meta.namespace) || columns::any_field_word(self.row, test)
    }

    fn labels(&self) -> &[(Text, Text)] {
        &self.row.meta().labels
    }

    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        let meta = self.row.meta();
        match name.to_ascii_lowercase().as_str() {
            "name" => return Some(Cow::Borrowed(&meta.name)),
            "namespace" | "ns" => return Some(Cow::Borrowed(&meta.namespace)),
            "cluster" => return Some(Cow::Borrowed(&self.cluster.0)),
            "owner" => return Some(Cow::Borrowed(meta.owner.as_ref().map_or("", |owner| &owner.name))),
            _ => {}
        }
        let own = columns::columns(self.row.kind());
        let index = own.iter().position(|column| column.title.eq_ignore_ascii_case(name))?;
        Some(columns::field_cell(self.row, index, self.scene).text)
    }
}
