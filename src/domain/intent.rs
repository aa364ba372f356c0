//! What the operator wants to change in the world. A view builds it, or the command line does; both mean the same.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::object::ObjectRef;
use super::text::Text;

/// A wish, named by what it is to change and nothing else; how it is done is for the plan to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub enum Intent {
    /// Go back to an earlier revision.
    Rollback {
        /// The workload.
        target: ObjectRef,
        /// The revision by its hash or name; the one before the newest when none is given.
        to: Option<Text>,
    },
    /// Replace all pods by new ones of the same revision.
    Restart {
        /// The workload.
        target: ObjectRef,
    },
    /// Stop rolling out where it stands.
    Pause {
        /// The Deployment.
        target: ObjectRef,
    },
    /// Go on rolling out.
    Resume {
        /// The Deployment.
        target: ObjectRef,
    },
    /// Change the number of pods.
    Scale {
        /// The workload.
        target: ObjectRef,
        /// To what.
        to: Size,
    },
    /// Roll out another image.
    SetImage {
        /// The workload.
        target: ObjectRef,
        /// The container; may be left out where there is only one.
        container: Option<Text>,
        /// The image with its tag or digest.
        image: Text,
    },
    /// Ask one pod to go, within its disruption budget.
    Evict {
        /// The pod.
        target: ObjectRef,
    },
}

/// A number of pods, or the bounds within which an autoscaler chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// Exactly so many.
    Replicas(u32),
    /// At least and at most so many.
    Bounds {
        /// Fewest.
        min: u32,
        /// Most.
        max: u32,
    },
}

impl Size {
    /// The most pods that an API server can count.
    pub const MOST: u32 = i32::MAX.unsigned_abs();

    /// Reads "4", or "2-10" for bounds.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once('-') {
            None => text.parse().ok().filter(|count| *count <= Self::MOST).map(Self::Replicas),
            Some((min, max)) => {
                let (min, max) = (min.trim().parse().ok()?, max.trim().parse().ok()?);
                (min <= max && max <= Self::MOST).then_some(Self::Bounds { min, max })
            }
        }
    }
}

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
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 7] =
        [Self::Rollback, Self::Restart, Self::Pause, Self::Resume, Self::Scale, Self::SetImage, Self::Evict];

    /// The word for it, which is also the name of the command.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rollback => "rollback",
            Self::Restart => "restart",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Scale => "scale",
            Self::SetImage => "set-image",
            Self::Evict => "evict",
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
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Intent {
    /// The verb.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Rollback { .. } => Verb::Rollback,
            Self::Restart { .. } => Verb::Restart,
            Self::Pause { .. } => Verb::Pause,
            Self::Resume { .. } => Verb::Resume,
            Self::Scale { .. } => Verb::Scale,
            Self::SetImage { .. } => Verb::SetImage,
            Self::Evict { .. } => Verb::Evict,
        }
    }

    /// What it is to change.
    pub fn target(&self) -> &ObjectRef {
        match self {
            Self::Rollback { target, .. }
            | Self::Restart { target }
            | Self::Pause { target }
            | Self::Resume { target }
            | Self::Scale { target, .. }
            | Self::SetImage { target, .. }
            | Self::Evict { target } => target,
        }
    }
}
