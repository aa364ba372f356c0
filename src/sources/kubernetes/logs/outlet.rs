//! What a follower has read and not told yet: bounded, and what does not fit is counted.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::domain::logs::{Lines, LogFact, StreamId, Withholder};

/// How long lines are gathered before they are told.
const GATHER: Duration = Duration::from_millis(50);

/// How many bytes wait at most while nobody takes them in.
const ROOM: usize = 512 * 1024;

/// How many lines wait at most.
const ROOM_LINES: usize = 8 * 1024;

/// How many are told at once without waiting for the end of the gathering.
const ENOUGH: usize = 2 * 1024;

/// One fact about one stream of one query.
#[derive(Debug)]
pub struct LogNews {
    /// The number of the query.
    pub query: u64,
    /// The stream.
    pub stream: StreamId,
    /// What is heard of it.
    pub fact: LogFact,
}

/// The way of one stream to whoever asked. It is bounded.
#[derive(Clone, Debug)]
pub struct LogOutbox {
    query: u64,
    stream: StreamId,
    sender: mpsc::Sender<LogNews>,
}

impl LogOutbox {
    /// The way of a stream of a query.
    pub fn new(query: u64, stream: StreamId, sender: mpsc::Sender<LogNews>) -> Self {
        Self { query, stream, sender }
    }

    fn news(&self, fact: LogFact) -> LogNews {
        LogNews { query: self.query, stream: self.stream, fact }
    }
}

/// Gathers lines, and drops and counts them when nobody takes them in.
#[derive(Debug)]
pub(super) struct Outlet {
    outbox: LogOutbox,
    withholder: Withholder,
    lines: Lines,
    dropped: u64,
    due: Option<Instant>,
}

impl Outlet {
    pub(super) fn new(outbox: LogOutbox, withholder: Withholder) -> Self {
        Self { outbox, withholder, lines: Lines::default(), dropped: 0, due: None }
    }

    /// When what was gathered is due; none when there is nothing.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Whether so much was gathered that it should be told before more is read.
    pub(super) fn is_full(&self) -> bool {
        self.lines.len() >= ENOUGH || self.lines.bytes() >= ROOM / 2
    }

    /// Whether nobody listens any more.
    pub(super) fn is_closed(&self) -> bool {
        self.outbox.sender.is_closed()
    }

    /// Takes a line, of whose end so many bytes were left out.
    pub(super) fn put(&mut self, at: Timestamp, words: &[u8], left_out: usize) {
        let ending = if left_out > 0 { format!(" [{left_out} more bytes left out]") } else { String::new() };
        self.add(at, words, &ending);
    }

    /// Takes a line that has no end.
    pub(super) fn put_unfinished(&mut self, at: Timestamp, words: &[u8]) {
        self.add(at, words, " [line not finished]");
    }

    fn add(&mut self, at: Timestamp, words: &[u8], ending: &str) {
        if self.due.is_none() {
            self.due = Some(Instant::now() + GATHER);
        }
        if self.lines.len() >= ENOUGH {
            self.try_flush();
        }
        if self.lines.bytes() + words.len() > ROOM || self.lines.len() >= ROOM_LINES {
            self.dropped += 1;
            return;
        }
        self.lines.push(at, &String::from_utf8_lossy(words), ending, &mut self.withholder);
    }

    /// Tells what was gathered, if there is room for it now.
    pub(super) fn try_flush(&mut self) {
        if !self.lines.is_empty() {
            let Ok(permit) = self.outbox.sender.try_reserve() else { return };
            permit.send(self.outbox.news(LogFact::Lines(std::mem::take(&mut self.lines))));
        }
        if self.dropped > 0 {
            let Ok(permit) = self.outbox.sender.try_reserve() else { return };
            permit.send(self.outbox.news(LogFact::Dropped(std::mem::take(&mut self.dropped))));
        }
        self.due = None;
    }

    /// Tells what was gathered, and waits until there is room for it. The server waits meanwhile, and nothing is lost.
    pub(super) async fn flush(&mut self) {
        if !self.lines.is_empty() {
            let lines = std::mem::take(&mut self.lines);
            drop(self.outbox.sender.send(self.outbox.news(LogFact::Lines(lines))).await);
        }
        if self.dropped > 0 {
            let dropped = std::mem::take(&mut self.dropped);
            drop(self.outbox.sender.send(self.outbox.news(LogFact::Dropped(dropped))).await);
        }
        self.due = None;
    }

    /// Tells a fact, after the lines before it.
    pub(super) async fn tell(&mut self, fact: LogFact) {
        self.flush().await;
        drop(self.outbox.sender.send(self.outbox.news(fact)).await);
    }
}

#[cfg(test)]
mod tests;
