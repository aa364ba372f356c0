//! How many lines were said when, and how many of them are errors: counted as they come and go, never from all lines.
//!
//! It counts at several sizes at once, each as far back as its buckets reach: so a few old lines of a quiet pod take
//! nothing from the picture of the last minutes.

use jiff::Timestamp;

/// How long a bucket is, in seconds; the shortest first.
const SIZES: [i64; 7] = [1, 5, 30, 120, 600, 3_600, 21_600];

/// How many buckets of each size there are.
const BUCKETS: u16 = 1_024;

/// How many there are before the latest one.
const BEFORE: i64 = 1_023;

/// The lengths that people can read, in seconds.
const READABLE: [i64; 21] = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
    604_800,
];

/// A line that is further ahead of our clock tells of another clock, and is not counted here.
const AHEAD: i64 = 60;

/// Of so many lines in a thousand the picture shows when they were said; the others are older.
const SHOWN: u64 = 950;

/// What was said in a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Lines.
    pub lines: u32,
    /// Lines that are errors or worse.
    pub errors: u32,
}

/// The picture of a time: buckets of one length, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// When the first one begins.
    pub from: Timestamp,
    /// When the last one ends.
    pub until: Timestamp,
    /// How long each is, in seconds.
    pub seconds: i64,
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// How many of all lines that are kept are errors, those before the first bucket included.
    pub errors: u64,
}

/// Counts of one size.
#[derive(Clone, Debug)]
struct Ring {
    seconds: i64,
    buckets: Vec<Bucket>,
    /// The number of the latest bucket.
    latest: Option<i64>,
    lines: u64,
}

/// Counts of every size.
#[derive(Clone, Debug)]
pub struct Volume {
    rings: [Ring; SIZES.len()],
}

impl Default for Volume {
    fn default() -> Self {
        Self { rings: SIZES.map(|seconds| Ring { seconds, buckets: Vec::new(), latest: None, lines: 0 }) }
    }
}

impl Volume {
    /// A line was said.
    pub(super) fn add(&mut self, at: Timestamp, is_error: bool, now: Timestamp) {
        let second = at.as_second();
        if second <= now.as_second() + AHEAD {
            self.rings.iter_mut().for_each(|ring| ring.add(second, is_error));
        }
    }

    /// A line is not kept any longer.
    pub(super) fn take(&mut self, second: i64, is_error: bool) {
        self.rings.iter_mut().for_each(|ring| ring.take(second, is_error));
    }

    /// The picture of the time in which nearly all lines were said, in at most so many buckets. It reaches back to a
    /// moment that is looked at, as far as anything is known of it.
    pub fn bars(&self, room: usize, looked_at: Option<Timestamp>) -> Option<Bars> {
        let all = self.rings.last()?.lines;
        if all == 0 || room == 0 {
            return None;
        }
        let wanted = (all * SHOWN).div_ceil(1_000);
        let looked_at = looked_at.map(Timestamp::as_second);
        let ring = self.rings.iter().find(|ring| ring.reaches(wanted, looked_at)).or(self.rings.last())?;
        let bars = ring.bars(wanted, looked_at, room)?;
        Some(Bars { errors: self.rings.last().map_or(0, Ring::errors), ..bars })
    }
}

impl Ring {
    /// How many errors are counted.
    fn errors(&self) -> u64 {
        self.buckets.iter().map(|bucket| u64::from(bucket.errors)).sum()
    }

    /// The number of the first bucket.
    fn first(&self) -> Option<i64> {
        self.latest.map(|latest| latest - BEFORE)
    }

    fn get(&self, number: i64) -> Bucket {
        self.buckets.get(place(number)).copied().unwrap_or_default()
    }

    fn add(&mut self, second: i64, is_error: bool) {
        let number = second.div_euclid(self.seconds);
        if self.buckets.is_empty() {
            self.buckets = vec![Bucket::default(); BUCKETS.into()];
        }
        match self.latest {
            None => self.latest = Some(number),
            Some(latest) if number > latest => {
                for passed in (latest + 1).max(number - BEFORE)..=number {
                    let place = place(passed);
                    self.lines -= u64::from(std::mem::take(&mut self.buckets[place]).lines);
                }
                self.latest = Some(number);
            }
            Some(latest) if latest - number > BEFORE => return,
            Some(_) => {}
        }
        let place = place(number);
        let bucket = &mut self.buckets[place];
        bucket.lines = bucket.lines.saturating_add(1);
        bucket.errors = bucket.errors.saturating_add(u32::from(is_error));
        self.lines += 1;
    }

    fn take(&mut self, second: i64, is_error: bool) {
        let number = second.div_euclid(self.seconds);
        let (Some(first), Some(latest)) = (self.first(), self.latest) else { return };
        if (first..=latest).contains(&number) {
            let place = place(number);
            let bucket = &mut self.buckets[place];
            if bucket.lines > 0 {
                bucket.lines -= 1;
                bucket.errors = bucket.errors.saturating_sub(u32::from(is_error));
                self.lines -= 1;
            }
        }
    }

    /// Whether so many lines and a moment are within these buckets.
    fn reaches(&self, wanted: u64, looked_at: Option<i64>) -> bool {
        let first = self.first().map_or(i64::MAX, |first| first * self.seconds);
        self.lines >= wanted && looked_at.is_none_or(|second| second >= first)
    }

    fn bars(&self, wanted: u64, looked_at: Option<i64>, room: usize) -> Option<Bars> {
        let (first, latest) = (self.first()?, self.latest?);
        let mut lines = 0;
        let begin = (first..=latest).rev().find(|number| {
            lines += u64::from(self.get(*number).lines);
            lines >= wanted.min(self.lines)
        })?;
        let looked_at = looked_at.map_or(i64::MAX, |second| second.div_euclid(self.seconds));
        let begin = begin.min(looked_at).max(first);
        let seconds = self.length(begin, latest, room);
        let each = seconds / self.seconds;
        let (from, until) = (begin.div_euclid(each), latest.div_euclid(each));
        let mut buckets = vec![Bucket::default(); usize::try_from(until - from + 1).unwrap_or_default()];
        for number in begin..=latest {
            let place = usize::try_from(number.div_euclid(each) - from).unwrap_or_default();
            let (sum, more) = (&mut buckets[place], self.get(number));
            sum.lines = sum.lines.saturating_add(more.lines);
            sum.errors = sum.errors.saturating_add(more.errors);
        }
        let moment = |bucket: i64| Timestamp::from_second(bucket * seconds).ok();
        Some(Bars { from: moment(from)?, until: moment(until + 1)?, seconds, buckets, errors: 0 })
    }

    /// The shortest length that people can read of which so many buckets cover what is shown.
    fn length(&self, begin: i64, latest: i64, room: usize) -> i64 {
        let room = i64::try_from(room).unwrap_or(i64::MAX).max(1);
        let fits = |seconds: i64| {
            let each = seconds / self.seconds;
            seconds % self.seconds == 0 && latest.div_euclid(each) - begin.div_euclid(each) < room
        };
        let longest = READABLE[READABLE.len() - 1];
        READABLE.into_iter().find(|seconds| fits(*seconds)).unwrap_or_else(|| {
            let most = (latest - begin + 1) * self.seconds;
            (most / room / longest + 1) * longest
        })
    }
}

/// Where a bucket is kept.
fn place(number: i64) -> usize {
    usize::try_from(number.rem_euclid(BUCKETS.into())).unwrap_or_default()
}

#[cfg(test)]
mod tests;
