//! What a watch has seen and not told yet: many changes of one object are one fact, the latest. The order is that in which
//! the objects were seen first, since a server lists them by name and tables are sorted by it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::update::{SourceId, Update};

use super::outbox::Outbox;

/// Objects, each as it was last seen; none where it is gone.
#[derive(Debug, Default)]
pub(super) struct Pending {
    seen: Vec<(Name, Option<Row>)>,
    /// Where each object stands.
    places: HashMap<Name, usize>,
}

/// Namespace and name.
type Name = (Text, Text);

impl Pending {
    /// The object is so now.
    pub(super) fn applied(&mut self, row: Row) {
        let meta = row.meta();
        self.put((meta.namespace.clone(), meta.name.clone()), Some(row));
    }

    /// The object is gone.
    pub(super) fn gone(&mut self, row: &Row) {
        let meta = row.meta();
        self.put((meta.namespace.clone(), meta.name.clone()), None);
    }

    fn put(&mut self, name: Name, row: Option<Row>) {
        match self.places.entry(name) {
            Entry::Occupied(place) => self.seen[*place.get()].1 = row,
            Entry::Vacant(place) => {
                let name = place.key().clone();
                place.insert(self.seen.len());
                self.seen.push((name, row));
            }
        }
    }

    /// Whether there is nothing to tell.
    pub(super) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// How many objects there are to tell of.
    pub(super) fn len(&self) -> usize {
        self.seen.len()
    }

    /// Tells everything.
    pub(super) async fn flush(&mut self, source: &SourceId, outbox: &Outbox) {
        let mut rows = Vec::with_capacity(self.seen.len());
        let mut gone = Vec::new();
        self.places.clear();
        for (name, row) in self.seen.drain(..) {
            match row {
                Some(row) => rows.push(row),
                None => gone.push(name),
            }
        }
        if !rows.is_empty() {
            outbox.send(Update::Applied(source.clone(), rows)).await;
        }
        if !gone.is_empty() {
            outbox.send(Update::Gone(source.clone(), gone)).await;
        }
    }
}

#[cfg(test)]
mod tests;
