//! When to draw: at once after a key, a few times a second for data, never when nothing changed.

use std::time::{Duration, Instant};

/// No two frames are closer than this.
const GAP: Duration = Duration::from_millis(16);

/// Frames that only data asks for are no closer than this. One for a key does not put them off: what has just been gone
/// to is waited for.
const DATA_GAP: Duration = Duration::from_millis(100);

/// Why a frame is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// Something was heard.
    Data,
    /// Somebody pressed a key, or the window changed.
    Key,
}

/// Decides when the next frame is due.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    last: Option<Instant>,
    last_for_data: Option<Instant>,
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
        let calm = self.last_for_data.filter(|_| wanted == Cause::Data).map(|last| last + DATA_GAP);
        Some(free.max(calm).unwrap_or_else(Instant::now))
    }

    /// A frame was drawn.
    pub(super) fn drawn(&mut self, at: Instant) {
        self.last = Some(at);
        if self.wanted.take() == Some(Cause::Data) {
            self.last_for_data = Some(at);
        }
    }
}

#[cfg(test)]
mod tests;
