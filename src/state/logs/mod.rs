//! Lines of logs in bounded memory, and what is known of whoever says them. It keeps what arrived last, in chunks that
//! go as a whole; their order by time is an [`Index`], because a filter and a search have one of their own.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::domain::logs::{Level, Line, LogFact, Standing, StreamId};
use crate::domain::text::Text;

mod index;
mod rate;
mod speakers;
mod streams;

pub use index::Index;
pub use speakers::{Speaker, speakers};
pub use streams::{RevisionAge, Stream, StreamFacts, Streams};

use rate::Rate;

/// A line that is further behind the newest one is counted as late. It stands at its time all the same.
pub const IN_TIME: SignedDuration = SignedDuration::from_secs(3);

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Lines.
    pub lines: usize,
    /// Bytes of their words.
    pub bytes: usize,
    /// Lines of one chunk.
    pub chunk: usize,
}

impl Limits {
    /// What the console keeps.
    pub const USUAL: Self = Self { lines: 200_000, bytes: 64 * 1024 * 1024, chunk: 8 * 1024 };
}

/// A line by the order of its arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId {
    chunk: u32,
    index: u32,
}

impl LineId {
    /// The place right after a line.
    #[must_use]
    pub fn following(self) -> Self {
        Self { index: self.index + 1, ..self }
    }
}

/// A line that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When it was said.
    pub at: Timestamp,
    /// Who said it.
    pub stream: StreamId,
    /// How grave it is, where it says so.
    pub level: Option<Level>,
    /// Its words; those of a mark are ours.
    pub text: &'a str,
    /// Whether it is a mark of ours: that a pod joined or ended.
    pub is_mark: bool,
}

/// A line without its words.
#[derive(Clone, Copy, Debug)]
struct Head {
    at: Timestamp,
    start: u32,
    end: u32,
    stream: StreamId,
    level: Option<Level>,
    is_mark: bool,
}

/// Lines that arrived one after the other.
#[derive(Debug, Default)]
struct Chunk {
    text: String,
    heads: Vec<Head>,
    marks: usize,
}

/// How many lines came, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines that are kept.
    pub kept: usize,
    /// Lines that were taken in.
    pub delivered: u64,
    /// Lines that were read, and thrown away because they came too fast.
    pub dropped: u64,
    /// Lines that came after younger ones had been shown.
    pub late: u64,
}

/// The lines of one query.
#[derive(Debug)]
pub struct LogStore {
    /// Tells this store from the one that was there before it.
    pub generation: u64,
    limits: Limits,
    chunks: VecDeque<Chunk>,
    /// The number of the first chunk.
    first: u32,
    bytes: usize,
    counts: Counts,
    newest: Option<Timestamp>,
    rate: Rate,
    streams: Streams,
}

impl LogStore {
    /// A store without lines.
    pub fn new(generation: u64, limits: Limits) -> Self {
        Self {
            generation,
            limits,
            chunks: VecDeque::from([Chunk::default()]),
            first: 0,
            bytes: 0,
            counts: Counts::default(),
            newest: None,
            rate: Rate::default(),
            streams: Streams::default(),
        }
    }

    /// How many lines came, and what became of them.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How many lines are said in a second now.
    pub fn rate(&self, now: Timestamp) -> u64 {
        self.rate.per_second(now)
    }

    /// Who speaks.
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The first line that is kept.
    pub fn first(&self) -> LineId {
        LineId { chunk: self.first, index: 0 }
    }

    /// The place right after the last line that arrived.
    pub fn end(&self) -> LineId {
        let chunk = self.first + to_u32(self.chunks.len() - 1);
        LineId { chunk, index: self.chunks.back().map_or(0, |chunk| to_u32(chunk.heads.len())) }
    }

    /// A line that is kept.
    pub fn line(&self, id: LineId) -> Option<Record<'_>> {
        let chunk = self.chunks.get(id.chunk.checked_sub(self.first)? as usize)?;
        let head = chunk.heads.get(id.index as usize)?;
        let text = &chunk.text[head.start as usize..head.end as usize];
        Some(Record { at: head.at, stream: head.stream, level: head.level, text, is_mark: head.is_mark })
    }

    /// The lines from one on, in the order of their arrival.
    pub fn since(&self, from: LineId) -> impl Iterator<Item = LineId> {
        let skipped = from.chunk.saturating_sub(self.first);
        (self.first + skipped..).zip(self.chunks.iter().skip(skipped as usize)).flat_map(move |(chunk, held)| {
            let start = if chunk == from.chunk { from.index } else { 0 };
            (start..to_u32(held.heads.len())).map(move |index| LineId { chunk, index })
        })
    }

    /// Somebody is listened to from now on. It is marked where others were listened to before.
    pub fn join(&mut self, facts: StreamFacts, is_marked: bool, now: Timestamp) -> StreamId {
        let words = match &facts.revision {
            revision if revision.is_empty() => "joined".to_owned(),
            revision => format!("joined, revision {revision}"),
        };
        let stream = self.streams.add(facts, now);
        if is_marked {
            self.mark(stream, &words, now);
        }
        stream
    }

    /// Somebody is gone.
    pub fn end_stream(&mut self, stream: StreamId, now: Timestamp) {
        if self.streams.stand(stream, Standing::Ended, now) {
            self.mark(stream, "ended", now);
        }
    }

    /// Says better who somebody is.
    pub fn describe(&mut self, stream: StreamId, facts: StreamFacts) {
        self.streams.describe(stream, facts);
    }

    /// Says which pods are not listened to, because there are too many.
    pub fn set_left_out(&mut self, pods: Vec<Text>) {
        self.streams.left_out = pods;
    }

    /// Takes in what was heard of a stream.
    pub fn hear(&mut self, stream: StreamId, fact: LogFact, now: Timestamp) {
        match fact {
            LogFact::Lines(lines) => {
                let opened = self.streams.opened(stream);
                for line in lines.iter() {
                    self.keep(stream, line, opened, now);
                }
            }
            LogFact::Dropped(lines) => self.counts.dropped += lines,
            LogFact::Standing(Standing::Ended) => self.end_stream(stream, now),
            LogFact::Standing(standing) => drop(self.streams.stand(stream, standing, now)),
            LogFact::Resumed { is_gapless } => {
                let lost = self.streams.take_lost(stream).unwrap_or(now);
                let gap = if is_gapless { "no gap" } else { "lines may be missing" };
                let resumed = now.strftime("%H:%M:%S");
                self.mark(stream, &format!("stream lost, resumed {resumed}, {gap}"), lost);
            }
        }
    }

    /// Keeps a line.
    fn keep(&mut self, stream: StreamId, line: Line<'_>, opened: Timestamp, now: Timestamp) {
        self.counts.delivered += 1;
        self.counts.kept += 1;
        // What was said before one began to listen comes pod by pod, and is not late.
        if line.at > opened {
            self.rate.count(now);
            let is_late = self.newest.is_some_and(|newest| newest.duration_since(line.at) > IN_TIME);
            self.counts.late += u64::from(is_late);
        }
        self.newest = self.newest.max(Some(line.at));
        self.push(line.at, stream, line.level, line.text, false);
        self.make_room();
    }

    /// Keeps a mark of ours.
    fn mark(&mut self, stream: StreamId, words: &str, at: Timestamp) {
        self.push(at, stream, None, words, true);
    }

    fn push(&mut self, at: Timestamp, stream: StreamId, level: Option<Level>, text: &str, is_mark: bool) {
        let room = self.limits.bytes / 64;
        if self.chunks.back().is_none_or(|last| last.heads.len() >= self.limits.chunk || last.text.len() >= room) {
            self.chunks.push_back(Chunk::default());
        }
        let Some(chunk) = self.chunks.back_mut() else { return };
        let start = to_u32(chunk.text.len());
        chunk.text.push_str(text);
        chunk.heads.push(Head { at, start, end: to_u32(chunk.text.len()), stream, level, is_mark });
        chunk.marks += usize::from(is_mark);
        self.bytes += text.len();
    }

    /// Lets the oldest chunks go until the rest is within the limits.
    fn make_room(&mut self) {
        while self.chunks.len() > 1 && (self.counts.kept > self.limits.lines || self.bytes > self.limits.bytes) {
            let Some(chunk) = self.chunks.pop_front() else { return };
            self.first += 1;
            self.bytes -= chunk.text.len();
            self.counts.kept -= chunk.heads.len() - chunk.marks;
        }
    }
}

/// A position within a chunk, which is far below the limit of its type.
fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
