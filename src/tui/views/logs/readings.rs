//! Lines as they are read, each once for as long as it is to be seen.

use std::collections::HashMap;

use crate::domain::logs::Entry;
use crate::state::logs::{LineId, Record};

/// What the visible lines say; none for those that are only words.
#[derive(Debug, Default)]
pub(super) struct Readings {
    entries: HashMap<LineId, Option<Entry<'static>>>,
}

impl Readings {
    /// Reads a line, unless it has been read.
    pub(super) fn read(&mut self, id: LineId, record: &Record<'_>) -> Option<&Entry<'static>> {
        let read = || (!record.is_mark).then(|| Entry::read(record.text)).flatten().map(Entry::into_owned);
        self.entries.entry(id).or_insert_with(read).as_ref()
    }

    /// What a line says that has been read.
    pub(super) fn get(&self, id: LineId) -> Option<&Entry<'static>> {
        self.entries.get(&id)?.as_ref()
    }

    /// Forgets all lines but those that are visible.
    pub(super) fn keep(&mut self, visible: &[LineId]) {
        self.entries.retain(|id, _| visible.contains(id));
    }

    /// Forgets all lines.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }
}
