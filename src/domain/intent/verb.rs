//! The verb of an intent, in the words of every face.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The verb of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "see the variants of Intent")]
pub enum Verb {
    Rollback,
    Restart,
    Pause,
    Resume,
    Scale,
    SetImage,
    Evict,
    Shift,
    Release,
    Skip,
    PromoteFull,
    Abort,
    Retry,
    Switch,
    Silence,
    Acknowledge,
    ExtendSilence,
    ExpireSilence,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 18] = [
        Self::Rollback,
        Self::Restart,
        Self::Pause,
        Self::Resume,
        Self::Scale,
        Self::SetImage,
        Self::Evict,
        Self::Shift,
        Self::Release,
        Self::Skip,
        Self::PromoteFull,
        Self::Abort,
        Self::Retry,
        Self::Switch,
        Self::Silence,
        Self::Acknowledge,
        Self::ExtendSilence,
        Self::ExpireSilence,
    ];

    /// Those that change an object of a cluster: all but those about silences, which come last.
    pub const OF_OBJECTS: [Self; 14] = *Self::ALL.first_chunk().expect("there are as many");

    /// Whether it goes back to what served before: it is attempted even where nobody can tell whether it is allowed.
    pub fn goes_back(self) -> bool {
        matches!(self, Self::Rollback | Self::Abort)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rollback => "rollback",
            Self::Restart => "restart",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Scale => "scale",
            Self::SetImage => "set-image",
            Self::Evict => "evict",
            Self::Shift => "shift",
            Self::Release => "release",
            Self::Skip => "skip",
            Self::PromoteFull => "promote-full",
            Self::Abort => "abort",
            Self::Retry => "retry",
            Self::Switch => "switch",
            Self::Silence => "silence",
            Self::Acknowledge => "acknowledge",
            Self::ExtendSilence => "extend-silence",
            Self::ExpireSilence => "expire-silence",
        }
    }

    /// The command of a change of an object, in the words of the command line.
    pub fn command(self) -> &'static str {
        match self {
            Self::Release => "gate release",
            Self::Skip => "gate skip",
            other => other.word(),
        }
    }

    /// The word on a button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Rollback => "Roll back",
            Self::Restart => "Restart",
            Self::Pause => "Pause",
            Self::Resume => "Resume",
            Self::Scale => "Scale",
            Self::SetImage => "Set image",
            Self::Evict => "Evict",
            Self::Shift => "Shift",
            Self::Release => "Release",
            Self::Skip => "Skip step",
            Self::PromoteFull => "Promote fully",
            Self::Abort => "Abort",
            Self::Retry => "Retry",
            Self::Switch => "Switch",
            Self::Silence => "Silence",
            Self::Acknowledge => "Acknowledge",
            Self::ExtendSilence => "Extend",
            Self::ExpireSilence => "End silence",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
