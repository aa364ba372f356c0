//! Lines of logs in bounded memory, and what is known of whoever says them. It keeps what arrived last, in a ring of
//! chunks that go as a whole; their order by time is an [`Index`], because a filter and a search have one of their own.

use std::collections::VecDeque;
use std::num::NonZero;
use std::ops::Range;
use std::panic::resume_unwind;
use std::thread::{self, available_parallelism};

use jiff::{SignedDuration, Timestamp};

use crate::domain::logs::{Level, Limits, Line, LogFact, Needle, Standing, StreamId};
use crate::domain::text::Text;

mod chunk;
mod index;
mod patterns;
mod rate;
mod speakers;
mod streams;
mod volume;

pub use index::Index;
pub use patterns::{Pattern, Patterns, Side, is_like};
pub use speakers::{Speaker, speakers};
pub use streams::{RevisionAge, Silent, Stream, StreamFacts, Streams};
pub use volume::{Bars, Bucket, Volume};

use chunk::{Chunk, nanoseconds};
use rate::Rate;

/// A line that is further behind the newest one is counted as late. It stands at its time all the same.
pub const IN_TIME: SignedDuration = SignedDuration::from_secs(3);

/// How many bytes of words a chunk holds at most, unless a single line is longer.
const CHUNK: usize = 1024 * 1024;

/// How many chunks the ring is made of at least: so coarse is the bound.
const CHUNKS: usize = 64;

/// So few lines are looked through by one thread alone.
const FEW: usize = 50_000;

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
    /// How many parts of it are withheld.
    pub withheld: u8,
}

/// Which lines somebody wants.
pub trait Choice {
    /// Whether a line is wanted. `holds` tells that the needle is known to be in it.
    fn takes(&self, record: &Record<'_>, holds: bool) -> bool;

    /// What is in every line that is wanted, marks aside: many lines are looked through for it at once.
    fn needle(&self) -> Option<&Needle> {
        None
    }
}

impl<F: Fn(&Record<'_>) -> bool> Choice for F {
    fn takes(&self, record: &Record<'_>, _holds: bool) -> bool {
        self(record)
    }
}

/// Some lines of a chunk.
struct Part<'a> {
    number: u32,
    chunk: &'a Chunk,
    lines: Range<u32>,
}

impl Part<'_> {
    fn chosen(&self, choice: &impl Choice) -> Vec<(i64, LineId)> {
        let mut chosen = Vec::new();
        let mut take = |index, at| chosen.push((at, LineId { chunk: self.number, index }));
        self.chunk.choose(self.lines.clone(), choice, &mut take);
        chosen
    }
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
    /// Lines of which a part is withheld.
    pub withheld: u64,
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
    /// A chunk that has gone, whose room is used again.
    spare: Option<Chunk>,
    bytes: usize,
    counts: Counts,
    newest: Option<Timestamp>,
    /// No line that has gone was said later than this.
    gone_until: i64,
    rate: Rate,
    volume: Volume,
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
            spare: None,
            bytes: 0,
            counts: Counts::default(),
            newest: None,
            gone_until: i64::MIN,
            rate: Rate::default(),
            volume: Volume::default(),
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

    /// How much was said when.
    pub fn volume(&self) -> &Volume {
        &self.volume
    }

    /// When the first line that is kept was said.
    pub fn earliest(&self) -> Option<Timestamp> {
        let earliest = self.chunks.iter().filter_map(Chunk::earliest).min()?;
        Timestamp::from_nanosecond(earliest.into()).ok()
    }

    /// How many bytes of memory the lines take.
    pub fn weight(&self) -> usize {
        self.chunks.iter().chain(&self.spare).map(Chunk::weight).sum()
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
        let chunk = self.first + u32::try_from(self.chunks.len() - 1).unwrap_or(u32::MAX);
        LineId { chunk, index: self.chunks.back().map_or(0, Chunk::len) }
    }

    /// A line that is kept.
    pub fn line(&self, id: LineId) -> Option<Record<'_>> {
        self.chunk_of(id)?.get(id.index)
    }

    fn chunk_of(&self, id: LineId) -> Option<&Chunk> {
        self.chunks.get(id.chunk.checked_sub(self.first)? as usize)
    }

    /// When a line was said, in nanoseconds; before all others where it has gone.
    fn at(&self, id: LineId) -> i64 {
        self.chunk_of(id).and_then(|chunk| chunk.at(id.index)).unwrap_or(i64::MIN)
    }

    /// The place so many lines after another one, or the end.
    fn after(&self, from: LineId, most: usize) -> LineId {
        let end = self.end();
        let mut at = from.max(self.first());
        let mut left = u32::try_from(most).unwrap_or(u32::MAX);
        while at < end && left > 0 {
            let length = self.chunk_of(at).map_or(0, Chunk::len);
            if length > at.index {
                let step = left.min(length - at.index);
                left -= step;
                at.index += step;
            }
            if at.index >= length && at.chunk < end.chunk {
                at = LineId { chunk: at.chunk + 1, index: 0 };
            }
        }
        at
    }

    /// The lines from one on and before another that are chosen, with their times, chunk by chunk and in each of them in no
    /// order. What was found is not copied together: it may be as many lines as there are.
    fn choose(&self, from: LineId, until: LineId, choice: &(impl Choice + Sync)) -> Vec<Vec<(i64, LineId)>> {
        let skipped = from.chunk.saturating_sub(self.first);
        let numbered = (self.first + skipped..=until.chunk).zip(self.chunks.iter().skip(skipped as usize));
        let parts: Vec<Part<'_>> = numbered
            .map(|(number, chunk)| {
                let start = if number == from.chunk { from.index } else { 0 };
                let end = if number == until.chunk { until.index } else { chunk.len() };
                Part { number, chunk, lines: start..end }
            })
            .collect();
        let lines: usize = parts.iter().map(|part| part.lines.len()).sum();
        let workers = available_parallelism().map_or(1, NonZero::get).min(lines / FEW);
        if workers <= 1 {
            return parts.iter().map(|part| part.chosen(choice)).collect();
        }
        thread::scope(|scope| {
            let shares = parts.chunks(parts.len().div_ceil(workers));
            let at_work: Vec<_> = shares
                .map(|share| scope.spawn(|| share.iter().map(|part| part.chosen(choice)).collect::<Vec<_>>()))
                .collect();
            let done = at_work.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
            done.flatten().collect()
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

    /// Somebody is gone: since the end of the container, where it is known, else since now.
    pub fn end_stream(&mut self, stream: StreamId, now: Timestamp) {
        if self.streams.stand(stream, Standing::Ended, now) {
            match self.streams.end_of(stream) {
                Some((at, how)) => self.mark(stream, &format!("ended: {how}"), at),
                None => self.mark(stream, "ended", now),
            }
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
                for line in lines.iter().next().into_iter().chain(lines.iter().last()) {
                    self.streams.said(stream, line.at);
                }
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
        let Line { at, level, text, withheld } = line;
        self.counts.withheld += u64::from(withheld > 0);
        self.volume.add(at, level >= Some(Level::Error), now);
        self.push(&Record { at, stream, level, text, is_mark: false, withheld });
        self.make_room();
    }

    /// Keeps a mark of ours.
    fn mark(&mut self, stream: StreamId, words: &str, at: Timestamp) {
        self.push(&Record { at, stream, level: None, text: words, is_mark: true, withheld: 0 });
    }

    fn push(&mut self, record: &Record<'_>) {
        let room = CHUNK.min(self.limits.bytes / CHUNKS);
        let lines = (self.limits.lines / CHUNKS).clamp(1, u16::MAX.into());
        let is_full = |last: &Chunk| last.len() as usize >= lines || last.bytes() + record.text.len() > room;
        if self.chunks.back().is_none_or(|last| last.len() > 0 && is_full(last)) {
            self.chunks.push_back(self.spare.take().unwrap_or_else(|| Chunk::with_room(room + 1, lines / 4)));
        }
        let Some(chunk) = self.chunks.back_mut() else { return };
        self.bytes -= chunk.bytes();
        chunk.push(record);
        self.bytes += chunk.bytes();
    }

    /// Lets the oldest chunks go until the rest is within the limits.
    fn make_room(&mut self) {
        while self.chunks.len() > 1 && (self.counts.kept > self.limits.lines || self.bytes > self.limits.bytes) {
            let Some(mut chunk) = self.chunks.pop_front() else { return };
            self.first += 1;
            self.bytes -= chunk.bytes();
            self.counts.kept -= chunk.said();
            for (second, is_error) in chunk.times() {
                self.volume.take(second, is_error);
            }
            let latest = (0..chunk.len()).filter_map(|index| chunk.at(index)).max();
            self.gone_until = self.gone_until.max(latest.unwrap_or(i64::MIN));
            chunk.clear();
            self.spare = Some(chunk);
        }
    }
}

#[cfg(test)]
mod tests;
