//! Which lines are shown, in the order of their time: kept up with a store line by line, never made anew.

use jiff::Timestamp;

use super::{Choice, LineId, LogStore, nanoseconds};

/// Lines of a store that somebody chose, by time.
#[derive(Clone, Debug, Default)]
pub struct Index {
    ids: Vec<LineId>,
    /// How many of them, at the beginning, have gone.
    gone: usize,
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
        &self.ids[self.gone..]
    }

    /// The first line that has not been looked at.
    pub fn next(&self) -> LineId {
        self.next
    }

    /// Looks at the lines that have arrived before `until` since the last time, and lets go of those that the store no
    /// longer has. Returns how many were taken.
    pub fn update(&mut self, store: &LogStore, until: LineId, choice: &(impl Choice + Sync)) -> usize {
        self.let_go(store);
        let until = until.min(store.end());
        let new = store.choose(self.next, until, choice);
        self.next = self.next.max(until);
        let taken = new.iter().map(Vec::len).sum();
        self.merge(store, new);
        taken
    }

    /// Where a line stands, or would stand.
    pub fn position(&self, store: &LogStore, id: LineId) -> Result<usize, usize> {
        if store.line(id).is_none() {
            return Err(0);
        }
        self.ids().binary_search_by_key(&(store.at(id), id), |other| (store.at(*other), *other))
    }

    /// The first line at a time or later.
    pub fn position_of_time(&self, store: &LogStore, at: Timestamp) -> usize {
        let at = nanoseconds(at);
        self.ids().partition_point(|id| store.at(*id) < at)
    }

    /// Lets go of lines that the store no longer has. They are among the oldest, and only those are looked at.
    fn let_go(&mut self, store: &LogStore) {
        if self.first == store.first() {
            return;
        }
        self.first = store.first();
        let old = self.ids().partition_point(|id| store.at(*id) <= store.gone_until);
        let (mut from, mut to) = (self.gone + old, self.gone + old);
        while from > self.gone {
            from -= 1;
            if self.ids[from] >= self.first {
                to -= 1;
                self.ids[to] = self.ids[from];
            }
        }
        self.gone = to;
        // The room of what has gone is used again before it is the larger part.
        if self.gone > self.ids.len() / 2 {
            self.ids.drain(..self.gone);
            self.gone = 0;
        }
    }

    /// Puts lines in their places; they are usually younger than all that are there.
    fn merge(&mut self, store: &LogStore, mut new: Vec<Vec<(i64, LineId)>>) {
        new.retain(|part| !part.is_empty());
        if !new.iter().flatten().is_sorted() {
            let mut all = new.concat();
            all.sort();
            new = vec![all];
        }
        let Some(first) = new.first().and_then(|part| part.first()) else { return };
        let start = self.gone + self.ids().partition_point(|id| (store.at(*id), *id) < *first);
        let count: usize = new.iter().map(Vec::len).sum();
        if start == self.ids.len() {
            self.ids.reserve(count);
            return new.iter().for_each(|part| self.ids.extend(part.iter().map(|(_, id)| *id)));
        }
        let old = self.ids.split_off(start);
        self.ids.reserve(old.len() + count);
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().flatten().peekable());
        loop {
            let next = match (old.peek(), new.peek()) {
                (Some(a), Some(b)) if (store.at(*a), *a) < *b => old.next(),
                (_, Some(_)) => new.next().map(|(_, id)| id),
                (Some(_), None) => old.next(),
                (None, None) => return,
            };
            self.ids.extend(next);
        }
    }
}
