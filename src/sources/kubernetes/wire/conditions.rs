//! Conditions: one meaning in three layouts of protobuf, because each group numbered its fields by itself.

use prost::bytes::Bytes;
use serde::Deserialize;

use super::interner::Interner;
use super::values::{Time, moment, readable, words};
use crate::domain::condition::{Condition, Truth};
use crate::domain::text::Text;

/// A condition in the layout of pods, nodes, jobs and the newer kinds.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CoreCondition {
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    pub(super) about: String,
    #[prost(string, tag = "2")]
    pub(super) status: String,
    #[prost(message, optional, tag = "4")]
    pub(super) last_transition_time: Option<Time>,
    #[prost(bytes = "bytes", tag = "5")]
    #[serde(deserialize_with = "words")]
    reason: Bytes,
    #[prost(bytes = "bytes", tag = "6")]
    #[serde(deserialize_with = "words")]
    message: Bytes,
}

/// A condition in the layout of StatefulSets, DaemonSets, ReplicaSets and autoscalers.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SetCondition {
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    about: String,
    #[prost(string, tag = "2")]
    status: String,
    #[prost(message, optional, tag = "3")]
    last_transition_time: Option<Time>,
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "words")]
    reason: Bytes,
    #[prost(bytes = "bytes", tag = "5")]
    #[serde(deserialize_with = "words")]
    message: Bytes,
}

/// A condition in the layout of Deployments.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct DeploymentCondition {
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    about: String,
    #[prost(string, tag = "2")]
    status: String,
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "words")]
    reason: Bytes,
    #[prost(bytes = "bytes", tag = "5")]
    #[serde(deserialize_with = "words")]
    message: Bytes,
    #[prost(message, optional, tag = "6")]
    last_update_time: Option<Time>,
    #[prost(message, optional, tag = "7")]
    last_transition_time: Option<Time>,
}

impl CoreCondition {
    /// The condition of the row.
    pub(super) fn project(&self, interner: &mut Interner) -> Condition {
        Condition {
            about: interner.text(&self.about),
            truth: truth(&self.status),
            reason: interner.words(&self.reason),
            message: sentence(&self.message),
            changed: moment(self.last_transition_time),
            updated: None,
        }
    }
}

impl SetCondition {
    /// The condition of the row.
    pub(super) fn project(&self, interner: &mut Interner) -> Condition {
        Condition {
            about: interner.text(&self.about),
            truth: truth(&self.status),
            reason: interner.words(&self.reason),
            message: sentence(&self.message),
            changed: moment(self.last_transition_time),
            updated: None,
        }
    }
}

impl DeploymentCondition {
    /// The condition of the row.
    pub(super) fn project(&self, interner: &mut Interner) -> Condition {
        Condition {
            about: interner.text(&self.about),
            truth: truth(&self.status),
            reason: interner.words(&self.reason),
            message: sentence(&self.message),
            changed: moment(self.last_transition_time),
            updated: moment(self.last_update_time),
        }
    }
}

/// Whether a condition holds.
pub(super) fn truth(status: &str) -> Truth {
    match status {
        "True" => Truth::True,
        "False" => Truth::False,
        _ => Truth::Unknown,
    }
}

/// Free text that few objects share.
pub(super) fn sentence(raw: &[u8]) -> Text {
    if raw.is_empty() { Text::default() } else { Text::from_untrusted(&readable(raw)) }
}
