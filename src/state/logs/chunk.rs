//! Lines that arrived one after the other: one buffer for the words of all, with a line feed behind each, so that all of
//! them can be looked through at once.

use std::cell::Cell;
use std::ops::Range;

use jiff::Timestamp;

use super::{Choice, Record};
use crate::domain::logs::{Level, StreamId};

/// Levels by their number in a [`Head`]; 0 stands for none.
const LEVELS: [Level; 6] = [Level::Trace, Level::Debug, Level::Info, Level::Warn, Level::Error, Level::Fatal];

/// A line without its words, in sixteen bytes.
#[derive(Clone, Copy, Debug)]
struct Head {
    /// When it was said, in nanoseconds.
    at: i64,
    /// Where its words begin.
    start: u32,
    /// From the lowest bit: its level (3), whether it is a mark (1), how much of it is withheld (8), its stream (20).
    facts: u32,
}

impl Head {
    fn new(start: usize, record: &Record<'_>) -> Self {
        let level = record.level.map_or(0, |level| level as u32 + 1);
        let withheld = u32::from(record.withheld);
        let stream = record.stream.0.min(Self::MOST_STREAMS);
        let facts = level | u32::from(record.is_mark) << 3 | withheld << 4 | stream << 12;
        Self { at: nanoseconds(record.at), start: to_u32(start), facts }
    }

    const MOST_STREAMS: u32 = (1 << 20) - 1;

    fn level(self) -> Option<Level> {
        LEVELS.get((self.facts & 7).checked_sub(1)? as usize).copied()
    }

    fn is_mark(self) -> bool {
        self.facts & 8 != 0
    }
}

/// Lines that arrived one after the other.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    text: String,
    heads: Vec<Head>,
    /// The marks among them.
    marks: Vec<u32>,
    /// When the first of the others was said, in nanoseconds.
    earliest: Option<i64>,
}

impl Chunk {
    /// A chunk with room for so many bytes and lines.
    pub(super) fn with_room(bytes: usize, lines: usize) -> Self {
        Self { text: String::with_capacity(bytes), heads: Vec::with_capacity(lines), ..Self::default() }
    }

    /// Forgets the lines and keeps the room.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.heads.clear();
        self.marks.clear();
        self.earliest = None;
    }

    /// How many lines, marks included.
    pub(super) fn len(&self) -> u32 {
        to_u32(self.heads.len())
    }

    /// How many lines that are no marks.
    pub(super) fn said(&self) -> usize {
        self.heads.len() - self.marks.len()
    }

    /// How many bytes the words take.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// How many bytes of memory it takes.
    pub(super) fn weight(&self) -> usize {
        self.text.capacity() + self.heads.capacity() * size_of::<Head>()
    }

    /// Keeps a line.
    pub(super) fn push(&mut self, record: &Record<'_>) {
        if record.is_mark {
            self.marks.push(self.len());
        }
        let head = Head::new(self.text.len(), record);
        if !record.is_mark {
            self.earliest = Some(self.earliest.map_or(head.at, |earliest| earliest.min(head.at)));
        }
        self.heads.push(head);
        self.text.push_str(record.text);
        self.text.push('\n');
    }

    /// A line.
    pub(super) fn get(&self, index: u32) -> Option<Record<'_>> {
        let head = *self.heads.get(index as usize)?;
        Some(Record {
            at: timestamp(head.at),
            stream: StreamId(head.facts >> 12),
            level: head.level(),
            text: &self.text[self.words(index as usize)],
            is_mark: head.is_mark(),
            withheld: (head.facts >> 4 & 0xff) as u8,
        })
    }

    /// When a line was said, in nanoseconds.
    pub(super) fn at(&self, index: u32) -> Option<i64> {
        self.heads.get(index as usize).map(|head| head.at)
    }

    /// When the first line was said that is no mark, in nanoseconds.
    pub(super) fn earliest(&self) -> Option<i64> {
        self.earliest
    }

    /// When each line was said that is no mark, in seconds, and whether it is an error.
    pub(super) fn times(&self) -> impl Iterator<Item = (i64, bool)> {
        let said = self.heads.iter().filter(|head| !head.is_mark());
        said.map(|head| (head.at.div_euclid(1_000_000_000), head.level() >= Some(Level::Error)))
    }

    /// Where the words of a line are.
    fn words(&self, index: usize) -> Range<usize> {
        let end = self.heads.get(index + 1).map_or(self.text.len(), |next| next.start as usize);
        self.heads[index].start as usize..end - 1
    }

    /// Tells which of some lines are chosen, with their times, in no order.
    pub(super) fn choose(&self, range: Range<u32>, choice: &impl Choice, mut taken: impl FnMut(u32, i64)) {
        let range = range.start as usize..(range.end as usize).min(self.heads.len());
        if range.is_empty() {
            return;
        }
        let mut take = |index: usize, holds: bool| {
            let record = self.get(to_u32(index)).filter(|record| choice.takes(record, holds));
            if record.is_some() {
                taken(to_u32(index), self.heads[index].at);
            }
        };
        let index = Cell::new(range.start);
        let begin = self.heads[range.start].start as usize;
        let text = &self.text[begin..=self.words(range.end - 1).end];
        let line_at = |at: usize| {
            // Hits come in the order of the lines, and mostly close to each other.
            let heads = &self.heads[index.get()..range.end];
            let near = heads.iter().take(8).position(|head| head.start as usize > begin + at);
            let behind = near.unwrap_or_else(|| heads.partition_point(|head| head.start as usize <= begin + at));
            index.set(index.get() + behind - 1);
            let words = self.words(index.get());
            words.start - begin..words.end - begin
        };
        let scanned = choice.needle().and_then(|needle| {
            needle.scan(text, line_at, |is_sure| {
                if !self.heads[index.get()].is_mark() {
                    take(index.get(), is_sure);
                }
            })
        });
        match scanned {
            // Whatever is looked for, marks are not looked through.
            Some(()) => {
                let marks = self.marks.iter().map(|mark| *mark as usize);
                marks.filter(|mark| range.contains(mark)).for_each(|mark| take(mark, false));
            }
            None => range.for_each(|index| take(index, false)),
        }
    }
}

/// A moment in nanoseconds; what is centuries away is put at the end of what they can count.
pub(super) fn nanoseconds(at: Timestamp) -> i64 {
    let nanoseconds = at.as_nanosecond();
    i64::try_from(nanoseconds).unwrap_or(if nanoseconds < 0 { i64::MIN } else { i64::MAX })
}

/// The moment that so many nanoseconds stand for. Made of seconds, since dividing what counts them all is dear.
fn timestamp(nanoseconds: i64) -> Timestamp {
    let (seconds, rest) = (nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000));
    Timestamp::new(seconds, i32::try_from(rest).unwrap_or_default()).unwrap_or_default()
}

/// A position within a chunk, which is far below the limit of its type.
fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
