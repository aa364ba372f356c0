//! Rows of one kind in one cluster, by namespace and name. A slot keeps its row's place while it lives, and a short
//! journal of changed slots lets a view bring its own order up to date instead of building it anew.

use std::collections::{HashMap, VecDeque};

use crate::domain::row::Row;
use crate::domain::text::Text;

/// How many changes the journal remembers.
pub const JOURNAL: usize = 4096;

/// A row and the last list that was under way when it was heard.
#[derive(Debug)]
struct Slot {
    row: Row,
    heard_in: u64,
}

/// Rows by namespace and name.
#[derive(Debug, Default)]
pub struct Collection {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    /// Nested, so that a lookup borrows both names and a list of one namespace sweeps only that one.
    index: HashMap<Text, HashMap<Text, u32>>,
    len: usize,
    revision: u64,
    /// The slots of the last changes, one for each revision, newest last.
    journal: VecDeque<u32>,
    /// How many lists have begun.
    lists: u64,
    /// Lists under way: the namespace, or none for all, and the number at which each began.
    open: Vec<(Option<Text>, u64)>,
}

impl Collection {
    /// Takes a row in; true when this changed anything.
    pub fn apply(&mut self, row: Row) -> bool {
        let meta = row.meta();
        let heard_in = self.lists;
        if let Some(slot) = self.slot_of(&meta.namespace, &meta.name)
            && let Some(held) = &mut self.slots[slot as usize]
        {
            held.heard_in = heard_in;
            if held.row == row {
                return false;
            }
            held.row = row;
            self.note(slot);
            return true;
        }
        let (namespace, name) = (meta.namespace.clone(), meta.name.clone());
        let slot = self.occupy(Slot { row, heard_in });
        self.index.entry(namespace).or_default().insert(name, slot);
        true
    }

    /// Takes a row out.
    pub fn remove(&mut self, namespace: &str, name: &str) -> Option<Row> {
        let names = self.index.get_mut(namespace)?;
        let slot = names.remove(name)?;
        if names.is_empty() {
            self.index.remove(namespace);
        }
        self.vacate(slot)
    }

    /// Begins a list of one namespace or of all; what it does not name by its end is gone.
    pub fn begin_list(&mut self, namespace: Option<&Text>) {
        self.lists += 1;
        self.open.retain(|(open, _)| open.as_ref() != namespace);
        self.open.push((namespace.cloned(), self.lists));
    }

    /// Ends a list and gives the rows that it did not name. Without a beginning nothing is swept.
    pub fn end_list(&mut self, namespace: Option<&Text>) -> Vec<Row> {
        let Some(position) = self.open.iter().position(|(open, _)| open.as_ref() == namespace) else {
            return Vec::new();
        };
        let (_, began) = self.open.swap_remove(position);
        let slots = &self.slots;
        let mut gone = Vec::new();
        let mut sweep = |names: &mut HashMap<Text, u32>| {
            names.retain(|_, slot| {
                let is_named = slots[*slot as usize].as_ref().is_some_and(|held| held.heard_in >= began);
                if !is_named {
                    gone.push(*slot);
                }
                is_named
            });
        };
        match namespace {
            Some(namespace) => self.index.get_mut(namespace.as_str()).into_iter().for_each(&mut sweep),
            None => self.index.values_mut().for_each(&mut sweep),
        }
        self.index.retain(|_, names| !names.is_empty());
        gone.into_iter().filter_map(|slot| self.vacate(slot)).collect()
    }

    /// Moves by one with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The slots that changed after a revision, oldest first and as often as they changed; none when that is too far
    /// back to be told. A slot may by now be empty or hold another object.
    pub fn changed_since(&self, revision: u64) -> Option<impl Iterator<Item = u32> + '_> {
        let changes = usize::try_from(self.revision.checked_sub(revision)?).ok()?;
        let skipped = self.journal.len().checked_sub(changes)?;
        Some(self.journal.iter().skip(skipped).copied())
    }

    /// The row in a slot.
    pub fn get(&self, slot: u32) -> Option<&Row> {
        self.slots.get(slot as usize)?.as_ref().map(|held| &held.row)
    }

    /// The row of an object.
    pub fn find(&self, namespace: &str, name: &str) -> Option<&Row> {
        self.get(self.slot_of(namespace, name)?)
    }

    /// The slot of an object.
    pub fn slot_of(&self, namespace: &str, name: &str) -> Option<u32> {
        self.index.get(namespace)?.get(name).copied()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All rows with their slots, in no order of meaning.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Row)> {
        (0u32..).zip(&self.slots).filter_map(|(slot, held)| held.as_ref().map(|held| (slot, &held.row)))
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.slots.iter().flatten().map(|held| &held.row)
    }

    /// The rows of one namespace, in no order of meaning.
    pub fn rows_in(&self, namespace: &str) -> impl Iterator<Item = &Row> {
        self.index.get(namespace).into_iter().flatten().filter_map(|(_, slot)| self.get(*slot))
    }

    /// Puts a row into an empty slot.
    fn occupy(&mut self, held: Slot) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("memory ends before four billion rows do")
        });
        self.slots[slot as usize] = Some(held);
        self.len += 1;
        self.note(slot);
        slot
    }

    /// Empties a slot that the index no longer names.
    fn vacate(&mut self, slot: u32) -> Option<Row> {
        let held = self.slots[slot as usize].take()?;
        self.free.push(slot);
        self.len -= 1;
        self.note(slot);
        Some(held.row)
    }

    /// Writes a change down.
    fn note(&mut self, slot: u32) {
        self.revision += 1;
        if self.journal.len() == JOURNAL {
            self.journal.pop_front();
        }
        self.journal.push_back(slot);
    }
}

#[cfg(test)]
mod tests;
