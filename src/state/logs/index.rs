//! Which lines are shown, in the order of their time: kept up with a store line by line, never made anew.

use super::{LineId, LogStore, Record};

/// Lines of a store that somebody chose, by time.
#[derive(Clone, Debug, Default)]
pub struct Index {
    ids: Vec<LineId>,
    /// Everything before this one has been looked at.
    next: LineId,
    /// The first line that the store had.
    first: LineId,
}

impl Index {
    /// An index of the lines from one on.
    pub fn starting_at(next: LineId) -> Self {
        Self { next, ..Self::default() }
    }

    /// The lines, the oldest first.
    pub fn ids(&self) -> &[LineId] {
        &self.ids
    }

    /// The first line that has not been looked at.
    pub fn next(&self) -> LineId {
        self.next
    }

    /// Looks at the lines that have arrived before `until` since the last time, and lets go of those that the store no
    /// longer has. Returns how many were taken.
    pub fn update(&mut self, store: &LogStore, until: LineId, mut takes: impl FnMut(&Record<'_>) -> bool) -> usize {
        if self.first != store.first() {
            self.first = store.first();
            self.ids.retain(|id| *id >= self.first);
        }
        let mut new = Vec::new();
        for id in store.since(self.next).take_while(|id| *id < until) {
            self.next = id.following();
            if store.line(id).is_some_and(|record| takes(&record)) {
                new.push(id);
            }
        }
        let taken = new.len();
        self.merge(store, new);
        taken
    }

    /// Where a line stands, or would stand.
    pub fn position(&self, store: &LogStore, id: LineId) -> Result<usize, usize> {
        let Some(record) = store.line(id) else { return Err(0) };
        self.ids.binary_search_by_key(&(record.at, id), |other| (time(store, *other), *other))
    }

    /// The first line at a time or later.
    pub fn position_of_time(&self, store: &LogStore, at: jiff::Timestamp) -> usize {
        self.ids.partition_point(|id| time(store, *id) < at)
    }

    /// Puts lines in their places; they are usually younger than all that are there.
    fn merge(&mut self, store: &LogStore, mut new: Vec<LineId>) {
        new.sort_by_key(|id| (time(store, *id), *id));
        let Some(first) = new.first() else { return };
        let first = (time(store, *first), *first);
        let start = self.ids.partition_point(|id| (time(store, *id), *id) < first);
        let old = self.ids.split_off(start);
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
        loop {
            let next = match (old.peek(), new.peek()) {
                (Some(a), Some(b)) if (time(store, *a), *a) < (time(store, *b), *b) => old.next(),
                (_, Some(_)) => new.next(),
                (Some(_), None) => old.next(),
                (None, None) => return,
            };
            self.ids.extend(next);
        }
    }
}

/// When a line was said.
fn time(store: &LogStore, id: LineId) -> jiff::Timestamp {
    store.line(id).map_or(jiff::Timestamp::MIN, |record| record.at)
}
