//! Shares equal texts, sets of labels and owners, so that ten thousand pods of a few revisions cost little.

use std::collections::HashSet;
use std::sync::Arc;

use super::values::{Pair, readable};
use crate::domain::object::{Labels, Owner};
use crate::domain::text::Text;

/// Below this many entries it is not worth looking for those that nobody uses.
const SMALLEST_SWEEP: usize = 1024;

/// Texts, sets of labels and owners that are in use. What only the interner still holds is dropped whenever it has
/// doubled in size, so that it stays in proportion to the rows that live.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    texts: HashSet<Text>,
    labels: HashSet<Labels>,
    owners: HashSet<Arc<Owner>>,
    /// The size at which to sweep next.
    limit: usize,
}

impl Interner {
    /// The text of a string, shared with every equal one. A string that was seen before is not sanitised again.
    pub(super) fn text(&mut self, raw: &str) -> Text {
        if raw.is_empty() {
            return Text::default();
        }
        if let Some(known) = self.texts.get(raw) {
            return known.clone();
        }
        let text = Text::from_untrusted(raw);
        if let Some(known) = self.texts.get(&*text) {
            return known.clone();
        }
        self.make_room();
        self.texts.insert(text.clone());
        text
    }

    /// The text of bytes, shared with every equal one.
    pub(super) fn words(&mut self, raw: &[u8]) -> Text {
        self.text(&readable(raw))
    }

    /// The labels of a map, sorted by key, shared with every equal set.
    pub(super) fn labels(&mut self, pairs: &[Pair]) -> Labels {
        if pairs.is_empty() {
            return Labels::default();
        }
        let mut labels: Vec<_> = pairs.iter().map(|pair| (self.words(&pair.key), self.words(&pair.value))).collect();
        labels.sort_unstable();
        if let Some(known) = self.labels.get(labels.as_slice()) {
            return Arc::clone(known);
        }
        self.make_room();
        let labels = Labels::from(labels);
        self.labels.insert(Arc::clone(&labels));
        labels
    }

    /// An owner, shared by everything that it owns.
    pub(super) fn owner(&mut self, kind: &str, name: &str, uid: &str) -> Arc<Owner> {
        let owner = Owner { kind: self.text(kind), name: self.text(name), uid: self.text(uid) };
        if let Some(known) = self.owners.get(&owner) {
            return Arc::clone(known);
        }
        self.make_room();
        let owner = Arc::new(owner);
        self.owners.insert(Arc::clone(&owner));
        owner
    }

    /// How much is held.
    pub(crate) fn len(&self) -> usize {
        self.texts.len() + self.labels.len() + self.owners.len()
    }

    /// Drops what nobody else holds, if enough has come since the last time.
    fn make_room(&mut self) {
        if self.len() < self.limit.max(SMALLEST_SWEEP) {
            return;
        }
        // Owners and sets of labels go first, because they hold texts.
        self.owners.retain(|owner| Arc::strong_count(owner) > 1);
        self.labels.retain(|labels| Arc::strong_count(labels) > 1);
        self.texts.retain(Text::is_shared);
        self.limit = self.len() * 2;
    }
}

#[cfg(test)]
mod tests;
