//! When to draw: at once after a key or where a list has been read, a few times a second for data, never when nothing
//! changed.

use std::time::{Duration, Instant};

/// No two frames are closer than this.
const GAP: Duration = Duration::from_millis(16);

/// Frames that only data asks for are no closer than this. One for a key does not put them off: what has just been gone
/// to is waited for.
const DATA_GAP: Duration = Duration::from_millis(100);

/// How many bytes a second frames for data take of the line in the long run: a flood of logs is not to fill the line of
/// somebody far away, who could not read it anyway.
const LINE: u64 = 24_000;

/// How far ahead of that they may be, so that what changes now and then is shown at once.
const AHEAD: Duration = Duration::from_secs(2);

/// Why a frame is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// Something was heard.
    Data,
    /// A list was begun or read, or a source fell silent: whoever looks waits for that, and it comes seldom.
    Source,
    /// Somebody pressed a key, or the window changed.
    Key,
}

/// Decides when the next frame is due.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    last: Option<Instant>,
    last_for_data: Option<Instant>,
    /// Until when the line is taken by what was drawn for data.
    taken: Option<Instant>,
    wanted: Option<Cause>,
}

impl Pacer {
    /// A frame is wanted.
    pub(super) fn want(&mut self, cause: Cause) {
        self.wanted = self.wanted.max(Some(cause));
    }

    /// When the next frame is due; none when none is wanted.
    pub(super) fn due(&self) -> Option<Instant> {
        let wanted = self.wanted?;
        let free = self.last.map(|last| last + GAP);
        let calm =
            self.last_for_data.map(|last| last + DATA_GAP).max(self.taken.and_then(|end| end.checked_sub(AHEAD)));
        let due = if wanted == Cause::Data { free.max(calm) } else { free };
        Some(due.unwrap_or_else(Instant::now))
    }

    /// A frame of so many bytes was drawn.
    pub(super) fn drawn(&mut self, at: Instant, bytes: u64) {
        self.last = Some(at);
        if self.wanted.take() == Some(Cause::Data) {
            self.last_for_data = Some(at);
            let free = self.taken.map_or(at, |end| end.max(at));
            self.taken = Some(free + Duration::from_micros(bytes.saturating_mul(1_000_000) / LINE));
        }
    }
}

#[cfg(test)]
mod tests;
