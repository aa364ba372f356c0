//! Whether this session may change anything, and for how long.

use jiff::{SignedDuration, Timestamp};

use crate::operations::authorize::Arming;

/// Read-only until somebody arms it on purpose, and read-only again by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Armed {
    /// It only looks.
    #[default]
    No,
    /// It may change things until then.
    Until(Timestamp),
    /// It may change things as long as it lasts: one command of a script.
    Always,
}

impl Armed {
    /// Armed from now on for so long.
    pub fn for_(duration: SignedDuration, now: Timestamp) -> Self {
        Self::Until(now.saturating_add(duration).unwrap_or(Timestamp::MAX))
    }

    /// Whether it is armed now.
    pub fn arming(self, now: Timestamp) -> Arming {
        match self {
            Self::Always => Arming::Armed,
            Self::Until(end) if now < end => Arming::Armed,
            Self::Until(_) | Self::No => Arming::ReadOnly,
        }
    }

    /// How long it stays armed; none when it is not, or has no end.
    pub fn left(self, now: Timestamp) -> Option<SignedDuration> {
        match self {
            Self::Until(end) if now < end => Some(end.duration_since(now)),
            _ => None,
        }
    }
}
