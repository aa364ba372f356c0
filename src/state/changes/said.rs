//! What is said of a change: the words, and what of them is data for whoever goes on with it.

use crate::domain::change::{Aim, Edge};
use crate::domain::text::Text;

/// Words about a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The words.
    pub(super) what: String,
    /// Which end of something that lasts they tell of.
    pub(super) edge: Option<Edge>,
    /// What it leads to.
    pub(super) aim: Option<Aim>,
    /// Whether they say less than others may about the same change.
    pub(super) is_vague: bool,
}

impl Said {
    /// Words that tell of one moment.
    pub(super) fn of(what: impl Into<String>) -> Self {
        Self { what: what.into(), edge: None, aim: None, is_vague: false }
    }

    /// Words that tell of the beginning of something that lasts.
    pub(super) fn began(what: impl Into<String>) -> Self {
        Self { edge: Some(Edge::Began), ..Self::of(what) }
    }

    /// Words that tell of its end.
    pub(super) fn ended(what: impl Into<String>) -> Self {
        Self { edge: Some(Edge::Ended), ..Self::of(what) }
    }

    /// The same of a rollout, with the version that it leads to.
    pub(super) fn leading_to_version(self, version: impl Into<Text>) -> Self {
        let version = version.into();
        Self { aim: (!version.is_empty()).then_some(Aim::Version(version)), ..self }
    }

    /// The same of a scaling, with the number of pods that it ends at.
    pub(super) fn leading_to_pods(self, pods: impl Into<i64>) -> Self {
        Self { aim: Some(Aim::Pods(pods.into())), ..self }
    }

    /// The same, where others may say more.
    pub(super) fn vaguely(self) -> Self {
        Self { is_vague: true, ..self }
    }
}
