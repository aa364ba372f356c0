//! A service: workloads that belong together, as people speak of them. Not the Kubernetes kind of that name.

use std::cmp::Ordering;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::health::{Health, Verdict};
use super::object::{ClusterName, Labels, ObjectRef, label};
use super::text::Text;

/// The labels by which alerts and series name what they are about, the most telling first.
pub const LABELS_OF_SERVICE: [&str; 13] = [
    "service",
    "exported_service",
    "app_kubernetes_io_name",
    "app",
    "deployment",
    "statefulset",
    "daemonset",
    "workload",
    "destination_canonical_service",
    "destination_workload",
    "destination_service_name",
    "job_name",
    "container",
];

/// A service in one environment of one cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ServiceId {
    /// The cluster.
    pub cluster: ClusterName,
    /// The environment.
    pub environment: Text,
    /// The name.
    pub name: Text,
}

/// The version that runs, and the one that is to replace it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionShown {
    /// What runs.
    pub now: Text,
    /// What it is being replaced by, while it is.
    pub next: Option<Text>,
}

impl fmt::Display for VersionShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.next {
            Some(next) => f.pad(&format!("{} → {next}", self.now)),
            None => self.now.fmt(f),
        }
    }
}

/// A service and how it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Which one.
    pub id: ServiceId,
    /// What it is part of, if a label says so.
    pub part_of: Option<Text>,
    /// Whether a change to it must be confirmed by typing.
    pub is_protected: bool,
    /// The namespaces that it lives in.
    pub namespaces: Vec<Text>,
    /// What it consists of: workloads, running Jobs, and pods that no known controller owns.
    pub workloads: Vec<ObjectRef>,
    /// How it is.
    pub verdict: Verdict,
    /// What it runs.
    pub version: VersionShown,
    /// Pods that are ready.
    pub ready: u32,
    /// Pods wished for.
    pub desired: u32,
    /// How often containers of its present pods were started again.
    pub restarts: u32,
}

impl Service {
    /// Whether it belongs to the cluster itself. Such a service stands last while it is healthy; a broken one stands
    /// where a broken one stands.
    pub fn is_system(&self) -> bool {
        self.namespaces.iter().all(|namespace| is_system_namespace(namespace))
    }

    /// Since when it is as it is.
    pub fn since(&self) -> Option<Timestamp> {
        self.verdict.since
    }

    /// Worst first, then longest; of equals those that are not the cluster's own, then by name.
    pub fn worst_first(&self, other: &Self) -> Ordering {
        fn rank(service: &Service) -> (Health, bool, bool) {
            let health = service.verdict.health;
            (health, health == Health::Healthy && service.is_system(), service.verdict.since.is_none())
        }
        let since = |service: &Self| service.verdict.since.filter(|_| service.verdict.health != Health::Healthy);
        rank(self)
            .cmp(&rank(other))
            .then_with(|| since(self).cmp(&since(other)))
            .then_with(|| self.id.name.cmp(&other.id.name))
            .then_with(|| self.id.cmp(&other.id))
    }
}

/// Whether a namespace belongs to the cluster itself.
pub fn is_system_namespace(namespace: &str) -> bool {
    namespace.starts_with("kube-")
}

/// The service that labels name, the first set of labels that names one deciding.
pub fn named_by<'a>(sets: &[&'a Labels]) -> Option<&'a Text> {
    let by = |key: &str| sets.iter().find_map(|labels| label(labels, key)).filter(|name| !name.is_empty());
    by("app.kubernetes.io/name").or_else(|| by("app"))
}
