//! Health: one word, the reason for it, and since when.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// How well something is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It does not do its work, or will not get there without help.
    Bad,
    /// It does its work, but somebody should look.
    Attention,
    /// It does its work, and goes on only when somebody lets it: a gate is shut.
    Waiting,
    /// It is on its way and nothing holds it up.
    Moving,
    /// It cannot be told, because a source is silent or closed.
    Unknown,
    /// It does its work.
    Healthy,
}

impl Health {
    /// Every health, worst first.
    pub const ALL: [Self; 6] = [Self::Bad, Self::Attention, Self::Waiting, Self::Moving, Self::Unknown, Self::Healthy];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Attention => "attention",
            Self::Waiting => "waiting",
            Self::Moving => "moving",
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
        }
    }

    /// Whether something is wrong that somebody has to look at. What waits at a gate may be let wait.
    pub fn needs_somebody(self) -> bool {
        matches!(self, Self::Bad | Self::Attention)
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What midwatch thinks of something, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How well it is.
    pub health: Health,
    /// Why: "CrashLoopBackOff: OOMKilled, 2 of 4 pods".
    pub reason: Text,
    /// Since when, as far as the cluster tells.
    pub since: Option<Timestamp>,
}

impl Verdict {
    /// Makes a verdict; the reason is sanitised.
    pub fn new(health: Health, reason: impl AsRef<str>, since: Option<Timestamp>) -> Self {
        Self { health, reason: Text::from_untrusted(reason.as_ref()), since }
    }
}
