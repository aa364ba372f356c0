//! How many lines are said in a second, over the last few seconds.

use jiff::Timestamp;

/// How many whole seconds are looked at.
const SECONDS: i64 = 5;

/// Those, and the one that has begun.
const SLOTS: usize = 6;

/// Counts of the latest seconds.
#[derive(Debug, Default)]
pub(super) struct Rate {
    counts: [u64; SLOTS],
    /// The second of the latest count.
    latest: i64,
}

impl Rate {
    /// One more line.
    pub(super) fn count(&mut self, now: Timestamp) {
        self.advance(now.as_second());
        self.counts[slot(self.latest)] += 1;
    }

    /// Lines a second, over the whole seconds before this one.
    pub(super) fn per_second(&self, now: Timestamp) -> u64 {
        let now = now.as_second();
        let seconds = (now - SECONDS..now).filter(|second| (self.latest - SECONDS..=self.latest).contains(second));
        seconds.map(|second| self.counts[slot(second)]).sum::<u64>() / SECONDS.unsigned_abs()
    }

    /// Forgets the seconds that are too long ago.
    fn advance(&mut self, second: i64) {
        let from = self.latest.max(second - SECONDS - 1);
        for passed in from + 1..=second {
            self.counts[slot(passed)] = 0;
        }
        self.latest = self.latest.max(second);
    }
}

/// Where a second is counted.
fn slot(second: i64) -> usize {
    usize::try_from(second.rem_euclid(SECONDS + 1)).unwrap_or_default()
}
