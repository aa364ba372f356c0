//! When to draw: at once after a key, a few times a second for data, never when nothing changed.

use std::time::{Duration, Instant};

/// No two frames are closer than this.
const GAP: Duration = Duration::from_millis(16);

/// Frames that only data asks for are no closer than this.
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
    wanted: Option<Cause>,
}

impl Pacer {
    /// A frame is wanted.
    pub(super) fn want(&mut self, cause: Cause) {
        self.wanted = self.wanted.max(Some(cause));
    }

    /// When the next frame is due; none when none is wanted.
    pub(super) fn due(&self) -> Option<Instant> {
        let gap = match self.wanted? {
            Cause::Key => GAP,
            Cause::Data => DATA_GAP,
        };
        Some(self.last.map_or_else(Instant::now, |last| last + gap))
    }

    /// A frame was drawn.
    pub(super) fn drawn(&mut self, at: Instant) {
        self.last = Some(at);
        self.wanted = None;
    }
}

#[cfg(test)]
mod tests;
