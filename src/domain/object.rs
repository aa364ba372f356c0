//! What all objects have in common: identity, labels, owner.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::text::Text;
use super::uri::encode;

/// A cluster by the name of the context that leads to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClusterName(pub Text);

impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Labels, sorted by key; pods of one revision share one allocation.
pub type Labels = Arc<[(Text, Text)]>;

/// The label of a ReplicaSet and its pods with the hash of their template, by which each revision differs from every other.
pub const TEMPLATE_HASH: &str = "pod-template-hash";

/// The same where they are of an Argo Rollout.
pub const ROLLOUT_HASH: &str = "rollouts-pod-template-hash";

/// The labels that a template has only in its ReplicaSet.
pub const TEMPLATE_HASHES: [&str; 2] = [ROLLOUT_HASH, TEMPLATE_HASH];

/// The labels that may hold the hash of a revision, on what is of it: of an Argo Rollout, of a Deployment, of a StatefulSet
/// or DaemonSet, and as ControllerRevisions carry it.
const REVISION_HASHES: [&str; 4] =
    [ROLLOUT_HASH, TEMPLATE_HASH, "controller-revision-hash", "controller.kubernetes.io/hash"];

/// The value of a label.
pub fn label<'a>(labels: &'a Labels, key: &str) -> Option<&'a Text> {
    labels.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Whether a selector of a Service selects labels; an empty one selects nothing.
pub fn selects(selector: &Labels, labels: &Labels) -> bool {
    !selector.is_empty() && selector.iter().all(|(key, value)| label(labels, key) == Some(value))
}

/// The controller that owns an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The kind as the API spells it; it may be one that midwatch does not read.
    pub kind: Text,
    /// The name, in the namespace of what it owns.
    pub name: Text,
    /// The identity.
    pub uid: Text,
}

/// What every object carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// The namespace; empty for an object of the cluster.
    pub namespace: Text,
    /// The name.
    pub name: Text,
    /// The identity: another object of the same name has another one.
    pub uid: Text,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was asked to go; it may linger.
    pub deleted: Option<Timestamp>,
    /// The version of its wish.
    pub generation: i64,
    /// Its labels.
    pub labels: Labels,
    /// Its controller, which objects of one controller share.
    pub owner: Option<Arc<Owner>>,
}

impl Meta {
    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&Text> {
        label(&self.labels, key)
    }

    /// The hash of the revision that it is of: that of a pod, a ReplicaSet or a ControllerRevision.
    pub fn revision_hash(&self) -> Option<&Text> {
        REVISION_HASHES.iter().find_map(|key| self.label(key))
    }

    /// The identity of the object's controller.
    pub fn owner_uid(&self) -> Option<&Text> {
        self.owner.as_ref().map(|owner| &owner.uid)
    }
}

/// One object by name, in any cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// The cluster.
    pub cluster: ClusterName,
    /// The kind.
    pub kind: Kind,
    /// The namespace; empty for an object of the cluster.
    pub namespace: Text,
    /// The name.
    pub name: Text,
}

impl ObjectRef {
    /// An object that was read.
    pub fn of(cluster: &ClusterName, kind: Kind, meta: &Meta) -> Self {
        Self { cluster: cluster.clone(), kind, namespace: meta.namespace.clone(), name: meta.name.clone() }
    }

    /// The path of the object in the API.
    pub fn path(&self) -> String {
        let namespace = (!self.namespace.is_empty()).then(|| self.namespace.as_str());
        format!("{}/{}", self.kind.path(namespace), encode(&self.name))
    }

    /// Kind and name as kubectl takes them: "deployment/chat-service".
    pub fn kind_and_name(&self) -> String {
        format!("{}/{}", self.kind.singular(), self.name)
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{}", self.kind_and_name())
        } else {
            write!(f, "{} in {}", self.kind_and_name(), self.namespace)
        }
    }
}
