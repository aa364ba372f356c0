//! The rows that are shown, in their order: kept from frame to frame, and brought up to date by what has changed.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::columns::{Key, Scene, status_of};
use super::layout::{Item, Slot, key};
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::state::{Collection, State};
use crate::tui::theme::Role;
use crate::tui::widgets::filter::Filter;

/// A row by the cluster and the slot that it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    cluster: u16,
    slot: u32,
}

/// What is to be shown, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) kind: Kind,
    /// Only this namespace.
    pub(super) namespace: Option<Text>,
    pub(super) filter: Filter,
    /// Only rows that need a person.
    pub(super) faults_only: bool,
    /// The column that decides first; after it the namespace and the name.
    pub(super) sort: Slot,
    pub(super) is_reversed: bool,
}

/// The clusters of a state with their rows of one kind.
struct Rows<'a>(Vec<(&'a ClusterName, &'a Collection)>);

/// What decides the place of a row.
type Place<'a> = (Key<'a>, &'a str, &'a str, u16);

impl<'a> Rows<'a> {
    fn of(state: &'a State, kind: Kind) -> Self {
        Self(state.clusters().map(|(name, inventory)| (name, inventory.rows(kind))).collect())
    }

    fn get(&self, entry: Entry) -> Option<(&'a ClusterName, &'a Row)> {
        let (name, rows) = self.0.get(usize::from(entry.cluster))?;
        Some((name, rows.get(entry.slot)?))
    }

    fn all(&self) -> impl Iterator<Item = (Entry, &'a ClusterName, &'a Row)> {
        (0u16..).zip(&self.0).flat_map(|(cluster, (name, rows))| {
            rows.iter().map(move |(slot, row)| (Entry { cluster, slot }, *name, row))
        })
    }

    /// The place of a row that exists.
    fn place(&self, entry: Entry, sort: Slot) -> Option<Place<'a>> {
        self.get(entry).map(|(name, row)| place(entry, name, row, sort))
    }
}

fn place<'a>(entry: Entry, cluster: &'a ClusterName, row: &'a Row, sort: Slot) -> Place<'a> {
    let meta = row.meta();
    (key(cluster, row, sort), &meta.namespace, &meta.name, entry.cluster)
}

/// The rows that are shown.
#[derive(Debug, Default)]
pub(super) struct Order {
    entries: Vec<Entry>,
    wish: Option<Wish>,
    /// The clusters, with the revision up to which their rows are in order.
    known: Vec<(ClusterName, u64)>,
    /// What was shown before the filter became narrower, for whoever takes a letter back. Any change outdates it.
    wider: Vec<(Filter, Vec<Entry>)>,
}

impl Order {
    /// The rows in their order.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Brings the order up to date. What has not changed is not looked at.
    pub(super) fn refresh(&mut self, state: &State, wish: &Wish, scene: Scene) {
        let rows = Rows::of(state, wish.kind);
        let is_kept = self.wish.as_ref().is_some_and(|old| *old == Wish { filter: old.filter.clone(), ..wish.clone() })
            && rows.0.iter().map(|(name, _)| *name).eq(self.known.iter().map(|(name, _)| name))
            && self.take_changes(&rows, wish, scene);
        let narrowed = self.wish.as_ref().map(|old| (old.filter == wish.filter, wish.filter.narrows(&old.filter)));
        let is_still = rows.0.iter().map(|(_, rows)| rows.revision()).eq(self.known.iter().map(|(_, known)| *known));
        if !(is_kept && is_still) {
            self.wider.clear();
        }
        match narrowed {
            Some((true, _)) if is_kept => {}
            Some((false, true)) if is_kept => {
                let before = self.narrow(&rows, wish, scene);
                // With a change in between, what came was not looked at with the wider filter.
                if let Some(old) = self.wish.as_ref().filter(|_| is_still) {
                    self.wider.push((old.filter.clone(), before));
                }
            }
            _ => self.entries = self.widened(&wish.filter).unwrap_or_else(|| all_in_order(&rows, wish, scene)),
        }
        if narrowed != Some((true, true)) || !is_kept {
            self.wish = Some(wish.clone());
        }
        self.known = rows.0.iter().map(|(name, rows)| ((*name).clone(), rows.revision())).collect();
    }

    /// Keeps of what is shown what a narrower filter takes, and gives back what was shown before.
    fn narrow(&mut self, rows: &Rows<'_>, wish: &Wish, scene: Scene) -> Vec<Entry> {
        let shown = |entry: &Entry| rows.get(*entry).is_some_and(|(name, row)| shows(wish, name, row, scene));
        let kept = self.entries.iter().copied().filter(shown).collect();
        std::mem::replace(&mut self.entries, kept)
    }

    /// What was shown when the filter was this, if it was so lately.
    fn widened(&mut self, filter: &Filter) -> Option<Vec<Entry>> {
        let at = self.wider.iter().rposition(|(wider, _)| wider == filter);
        let found = at.and_then(|at| self.wider.drain(at..).next());
        if found.is_none() {
            self.wider.clear();
        }
        found.map(|(_, entries)| entries)
    }

    /// Takes changed rows out and puts them where they belong now; false when too much has changed to tell what.
    fn take_changes(&mut self, rows: &Rows<'_>, wish: &Wish, scene: Scene) -> bool {
        let mut changed = HashSet::new();
        for ((cluster, (_, collection)), (_, revision)) in (0u16..).zip(&rows.0).zip(&self.known) {
            let Some(slots) = collection.changed_since(*revision) else { return false };
            changed.extend(slots.map(|slot| Entry { cluster, slot }));
        }
        if changed.is_empty() {
            return true;
        }
        self.entries.retain(|entry| !changed.contains(entry));
        let mut coming: Vec<(Place<'_>, Entry)> = changed
            .into_iter()
            .filter_map(|entry| Some((entry, rows.get(entry)?)))
            .filter(|(_, (name, row))| shows(wish, name, row, scene))
            .map(|(entry, (name, row))| (place(entry, name, row, wish.sort), entry))
            .collect();
        coming.sort_by(|one, other| compare(&one.0, &other.0, wish.is_reversed));
        let mut merged = Vec::with_capacity(self.entries.len() + coming.len());
        let mut rest = self.entries.as_slice();
        for (at, entry) in coming {
            let before = rest.partition_point(|held| {
                rows.place(*held, wish.sort).is_some_and(|held| compare(&held, &at, wish.is_reversed).is_lt())
            });
            merged.extend_from_slice(&rest[..before]);
            merged.push(entry);
            rest = &rest[before..];
        }
        merged.extend_from_slice(rest);
        self.entries = merged;
        true
    }

    /// Where an object stands, looked for first where it stood last.
    pub(super) fn position(&self, state: &State, object: &ObjectRef, hint: usize) -> Option<usize> {
        let cluster = self.known.iter().position(|(name, _)| *name == object.cluster)?;
        let slot = state.cluster(&object.cluster)?.rows(object.kind).slot_of(&object.namespace, &object.name)?;
        let entry = Entry { cluster: u16::try_from(cluster).ok()?, slot };
        if self.entries.get(hint) == Some(&entry) {
            return Some(hint);
        }
        self.entries.iter().position(|held| *held == entry)
    }

    /// The row at a place.
    pub(super) fn row<'a>(&'a self, state: &'a State, kind: Kind, index: usize) -> Option<(&'a ClusterName, &'a Row)> {
        let entry = self.entries.get(index)?;
        let (name, _) = self.known.get(usize::from(entry.cluster))?;
        Some((name, state.cluster(name)?.rows(kind).get(entry.slot)?))
    }
}

/// Whether a row is shown at all.
fn shows(wish: &Wish, cluster: &ClusterName, row: &Row, scene: Scene) -> bool {
    wish.namespace.as_ref().is_none_or(|namespace| row.meta().namespace == *namespace)
        && (!wish.faults_only || matches!(status_of(row), Role::Bad | Role::Attention))
        && wish.filter.takes(&Item { cluster, row, scene })
}

/// Every row that is shown, sorted. Rows lie in the order in which the server lists them, which is that of their names
/// and which the stable sort makes use of.
fn all_in_order(rows: &Rows<'_>, wish: &Wish, scene: Scene) -> Vec<Entry> {
    let shown = rows.all().filter(|(_, name, row)| shows(wish, name, row, scene));
    let mut placed: Vec<(Place<'_>, Entry)> =
        shown.map(|(entry, name, row)| (place(entry, name, row, wish.sort), entry)).collect();
    placed.sort_by(|one, other| compare(&one.0, &other.0, wish.is_reversed));
    placed.into_iter().map(|(_, entry)| entry).collect()
}

fn compare(one: &Place<'_>, other: &Place<'_>, is_reversed: bool) -> Ordering {
    if is_reversed { one.0.cmp(&other.0).reverse().then_with(|| one.cmp(other)) } else { one.cmp(other) }
}

#[cfg(test)]
mod tests;
