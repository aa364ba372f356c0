//! The kinds around the workloads: what runs by the clock, what routes, what scales, what carries.

use jiff::Timestamp;

use super::condition::Condition;
use super::object::{Labels, Meta, ObjectRef};
use super::text::Text;

/// The gist of an event is cut to so many characters.
const LONGEST_GIST: usize = 120;

/// Work that runs to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// Identity and labels.
    pub meta: Meta,
    /// How many pods must succeed.
    pub completions: i32,
    /// How many have.
    pub succeeded: i32,
    /// How many have failed.
    pub failed: i32,
    /// How many run.
    pub active: i32,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// What its controller says.
    pub conditions: Box<[Condition]>,
}

/// Jobs by the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CronJob {
    /// Identity and labels.
    pub meta: Meta,
    /// When, as cron spells it.
    pub schedule: Text,
    /// Whether it is suspended.
    pub is_suspended: bool,
    /// Jobs that run now.
    pub active: usize,
    /// When one was last begun.
    pub last: Option<Timestamp>,
}

/// A name for pods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Identity and labels.
    pub meta: Meta,
    /// ClusterIP, NodePort, LoadBalancer or ExternalName.
    pub class: Text,
    /// The address; "None" for a headless one.
    pub cluster_ip: Text,
    /// The ports: "http 80/TCP".
    pub ports: Box<[Text]>,
    /// The labels by which it selects pods; empty for one that somebody else fills.
    pub selector: Labels,
}

/// Addresses behind a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointSlice {
    /// Identity and labels.
    pub meta: Meta,
    /// IPv4, IPv6 or FQDN.
    pub address_type: Text,
    /// Addresses that take traffic.
    pub ready: usize,
    /// All addresses.
    pub total: usize,
}

/// A way in from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ingress {
    /// Identity and labels.
    pub meta: Meta,
    /// The class of controller that serves it.
    pub class: Text,
    /// The host names.
    pub hosts: Box<[Text]>,
    /// The services behind it.
    pub backends: Box<[Text]>,
    /// Where it can be reached.
    pub addresses: Box<[Text]>,
}

/// A rule that scales a workload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Autoscaler {
    /// Identity and labels.
    pub meta: Meta,
    /// The kind that it scales.
    pub target_kind: Text,
    /// The name of what it scales.
    pub target_name: Text,
    /// Fewest pods.
    pub min: i32,
    /// Most pods.
    pub max: i32,
    /// Pods now.
    pub current: i32,
    /// Pods it wants.
    pub desired: i32,
    /// What its controller says.
    pub conditions: Box<[Condition]>,
}

impl Autoscaler {
    /// Whether it chooses the number of pods of a workload.
    pub fn is_for(&self, workload: &ObjectRef) -> bool {
        self.meta.namespace == workload.namespace
            && self.target_kind == workload.kind.name()
            && self.target_name == workload.name
    }
}

/// How many pods may be disturbed at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisruptionBudget {
    /// Identity and labels.
    pub meta: Meta,
    /// Fewest available, as a number or a share; empty when the other bound is given.
    pub min_available: Text,
    /// Most unavailable, as a number or a share; empty when the other bound is given.
    pub max_unavailable: Text,
    /// How many may be disturbed now.
    pub allowed: i32,
    /// How many are healthy.
    pub healthy: i32,
    /// How many there should be.
    pub expected: i32,
    /// The labels by which it selects pods.
    pub selector: Labels,
}

/// A machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Identity and labels.
    pub meta: Meta,
    /// Whether new pods are kept away.
    pub is_cordoned: bool,
    /// The version of its kubelet.
    pub version: Text,
    /// The address inside the cluster.
    pub ip: Text,
    /// What its kubelet says: Ready, MemoryPressure, DiskPressure and others.
    pub conditions: Box<[Condition]>,
}

/// A room for names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespace {
    /// Identity and labels.
    pub meta: Meta,
    /// Active or Terminating.
    pub phase: Text,
}

/// An object of which only metadata is read: a ConfigMap or a Secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataOnly {
    /// Identity and labels.
    pub meta: Meta,
    /// Its last writing, where that was by anybody but a controller.
    pub written: Option<LastWriting>,
}

/// When an object was written last, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastWriting {
    /// When.
    pub at: Timestamp,
    /// The manager, as it calls itself: "kubectl-edit".
    pub by: Text,
}

/// Something that happened to an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Identity and labels.
    pub meta: Meta,
    /// Normal or Warning.
    pub class: Text,
    /// Why, in one word: BackOff, ScalingReplicaSet.
    pub reason: Text,
    /// What happened, in a sentence.
    pub message: Text,
    /// The kind of the object it happened to, as the API spells it.
    pub about_kind: Text,
    /// The name of the object it happened to.
    pub about_name: Text,
    /// The identity of the object it happened to.
    pub about_uid: Text,
    /// Who tells.
    pub source: Text,
    /// How often it happened.
    pub count: i32,
    /// When it first happened.
    pub first: Option<Timestamp>,
    /// When it last happened.
    pub last: Option<Timestamp>,
}

impl Event {
    /// Whether it tells of trouble.
    pub fn is_warning(&self) -> bool {
        self.class == "Warning"
    }

    /// Its message without what makes repeated ones differ: the name of the pod, the address that was probed, all that
    /// follows the first sentence. At most 120 characters.
    pub fn gist(&self) -> Text {
        let message = self.message.split(" in pod ").next().unwrap_or_default();
        let message = message.split(" (Client.Timeout").next().unwrap_or_default();
        let message = message.split(". ").next().unwrap_or_default();
        let probed = message.split_once("Get \"").and_then(|(head, rest)| {
            let (url, tail) = rest.split_once("\": ")?;
            let (_, address) = url.split_once("://")?;
            Some(format!("{head}{}: {tail}", address.find('/').map_or("/", |path| &address[path..])))
        });
        let message = probed.as_deref().unwrap_or(message);
        Text::from(message.char_indices().nth(LONGEST_GIST).map_or(message, |(end, _)| &message[..end]))
    }
}

#[cfg(test)]
mod tests;
