//! What a change is about: an object of a cluster, or a silence of an Alertmanager.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::object::{ClusterName, ObjectRef};
use super::silence::SilenceRef;

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Target {
    /// An object of Kubernetes.
    Object(ObjectRef),
    /// A silence.
    Silence(SilenceRef),
}

impl Target {
    /// The cluster that it belongs to.
    pub fn cluster(&self) -> &ClusterName {
        match self {
            Self::Object(object) => &object.cluster,
            Self::Silence(silence) => &silence.cluster,
        }
    }

    /// What it is, without its cluster, where there is little room: "production/deployment/chat-service".
    pub fn short(&self) -> String {
        match self {
            Self::Object(object) => format!("{}/{}", object.namespace, object.kind_and_name()),
            Self::Silence(silence) => silence.to_string(),
        }
    }

    /// The object, where it is one.
    pub fn object(&self) -> Option<&ObjectRef> {
        match self {
            Self::Object(object) => Some(object),
            Self::Silence(_) => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(object) => object.fmt(f),
            Self::Silence(silence) => silence.fmt(f),
        }
    }
}
