//! What a watch has seen and not told yet: many changes of one object are one fact, the latest.

use std::collections::HashMap;

use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::update::{SourceId, Update};

use super::outbox::Outbox;

/// Objects by namespace and name, each as it was last seen; none where it is gone.
#[derive(Debug, Default)]
pub(super) struct Pending {
    seen: HashMap<(Text, Text), Option<Row>>,
}

impl Pending {
    /// The object is so now.
    pub(super) fn applied(&mut self, row: Row) {
        let meta = row.meta();
        self.seen.insert((meta.namespace.clone(), meta.name.clone()), Some(row));
    }

    /// The object is gone.
    pub(super) fn gone(&mut self, row: &Row) {
        let meta = row.meta();
        self.seen.insert((meta.namespace.clone(), meta.name.clone()), None);
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
        for (name, row) in self.seen.drain() {
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
