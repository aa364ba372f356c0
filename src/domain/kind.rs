//! The kinds of Kubernetes objects that midwatch reads, with the names by which people call them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::uri::encode;

/// A kind of object. The order is the order in which kinds are read: what the first screen needs comes first, and pods
/// come before events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are Kubernetes' own")]
pub enum Kind {
    Namespace,
    Deployment,
    Pod,
    StatefulSet,
    DaemonSet,
    Rollout,
    ReplicaSet,
    ControllerRevision,
    HorizontalPodAutoscaler,
    PodDisruptionBudget,
    Job,
    CronJob,
    Service,
    EndpointSlice,
    Ingress,
    HttpRoute,
    AnalysisRun,
    Node,
    ConfigMap,
    Secret,
    Event,
    /// Only those of guards are read, and none of them has a table.
    Lease,
}

/// Whether objects of a kind live in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// They do.
    Namespaced,
    /// They belong to the cluster.
    Cluster,
}

/// What is known about a kind.
struct Facts {
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
    /// As kubectl abbreviates it; empty without an abbreviation.
    short: &'static str,
    title: &'static str,
}

impl Kind {
    /// Every kind that has a table, in the order in which they are read.
    pub const ALL: [Self; 21] = [
        Self::Namespace,
        Self::Deployment,
        Self::Pod,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::Rollout,
        Self::ReplicaSet,
        Self::ControllerRevision,
        Self::HorizontalPodAutoscaler,
        Self::PodDisruptionBudget,
        Self::Job,
        Self::CronJob,
        Self::Service,
        Self::EndpointSlice,
        Self::Ingress,
        Self::HttpRoute,
        Self::AnalysisRun,
        Self::Node,
        Self::ConfigMap,
        Self::Secret,
        Self::Event,
    ];

    /// Every kind that is read for the screen.
    pub const READ: [Self; 22] = {
        let mut read = [Self::Lease; 22];
        let mut at = 0;
        while at < Self::ALL.len() {
            read[at] = Self::ALL[at];
            at += 1;
        }
        read
    };

    /// Those of them that every server has.
    pub const BUILT_IN_WORKLOADS: [Self; 3] = [Self::Deployment, Self::StatefulSet, Self::DaemonSet];

    /// The kinds whose revisions can be rolled out.
    pub const WORKLOADS: [Self; 4] = [Self::Deployment, Self::StatefulSet, Self::DaemonSet, Self::Rollout];

    /// The kind that holds the templates of a workload's revisions; none for what is no workload.
    pub fn holder_of_revisions(self) -> Option<Self> {
        match self {
            Self::Deployment | Self::Rollout => Some(Self::ReplicaSet),
            Self::StatefulSet | Self::DaemonSet => Some(Self::ControllerRevision),
            _ => None,
        }
    }

    /// The kinds that a server has only where somebody installed them.
    pub fn is_custom(self) -> bool {
        matches!(self, Self::Rollout | Self::HttpRoute | Self::AnalysisRun)
    }

    /// The position in [`Kind::READ`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The API group; empty for the core group.
    pub fn group(self) -> &'static str {
        self.facts().group
    }

    /// The group and version as `apiVersion` spells them.
    pub fn api_version(self) -> String {
        let facts = self.facts();
        if facts.group.is_empty() { facts.version.to_owned() } else { format!("{}/{}", facts.group, facts.version) }
    }

    /// The name in the plural, as in paths and in permissions: "deployments".
    pub fn plural(self) -> &'static str {
        self.facts().plural
    }

    /// The name in the singular, as in "deployment/chat-service".
    pub fn singular(self) -> String {
        self.facts().kind.to_lowercase()
    }

    /// The name as `kind` spells it: "Deployment".
    pub fn name(self) -> &'static str {
        self.facts().kind
    }

    /// The name for a heading: "Deployments".
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// The shortest name: "deploy".
    pub fn short(self) -> &'static str {
        let facts = self.facts();
        if facts.short.is_empty() { facts.plural } else { facts.short }
    }

    /// Whether objects of this kind live in a namespace.
    pub fn scope(self) -> Scope {
        if matches!(self, Self::Namespace | Self::Node) { Scope::Cluster } else { Scope::Namespaced }
    }

    /// Whether only metadata of this kind is read, because its data may be secret or large.
    pub fn is_metadata_only(self) -> bool {
        matches!(self, Self::ConfigMap | Self::Secret | Self::ControllerRevision)
    }

    /// The path of all objects of this kind, in one namespace or in all.
    pub fn path(self, namespace: Option<&str>) -> String {
        let facts = self.facts();
        let root = if facts.group.is_empty() { "/api/".to_owned() } else { format!("/apis/{}/", facts.group) };
        match namespace {
            Some(namespace) if self.scope() == Scope::Namespaced => {
                format!("{root}{}/namespaces/{}/{}", facts.version, encode(namespace), facts.plural)
            }
            _ => format!("{root}{}/{}", facts.version, facts.plural),
        }
    }

    /// Finds a kind by any of its names: plural, singular, short, with or without the group.
    pub fn find(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let name = name.split('.').next().unwrap_or_default();
        Self::ALL.into_iter().find(|kind| {
            let facts = kind.facts();
            name == facts.plural
                || name == facts.short
                || name == facts.kind.to_lowercase()
                || kind.also().contains(&name)
        })
    }

    /// Every name that [`Kind::find`] takes for this kind.
    pub fn names(self) -> Vec<String> {
        let facts = self.facts();
        let mut names = vec![facts.plural.to_owned(), facts.kind.to_lowercase()];
        names.extend(self.also().iter().map(|name| (*name).to_owned()));
        if !facts.short.is_empty() {
            names.push(facts.short.to_owned());
        }
        names
    }

    /// Names in use that kubectl does not know.
    fn also(self) -> &'static [&'static str] {
        match self {
            Self::Deployment => &["dep", "deploys"],
            Self::Job => &["job"],
            Self::EndpointSlice => &["eps"],
            Self::ControllerRevision => &["cr", "revisions"],
            _ => &[],
        }
    }

    /// The table of facts.
    fn facts(self) -> Facts {
        let (group, version, plural, kind, short, title) = match self {
            Self::Namespace => ("", "v1", "namespaces", "Namespace", "ns", "Namespaces"),
            Self::Deployment => ("apps", "v1", "deployments", "Deployment", "deploy", "Deployments"),
            Self::Pod => ("", "v1", "pods", "Pod", "po", "Pods"),
            Self::StatefulSet => ("apps", "v1", "statefulsets", "StatefulSet", "sts", "Stateful sets"),
            Self::DaemonSet => ("apps", "v1", "daemonsets", "DaemonSet", "ds", "Daemon sets"),
            Self::Rollout => ("argoproj.io", "v1alpha1", "rollouts", "Rollout", "ro", "Argo rollouts"),
            Self::ReplicaSet => ("apps", "v1", "replicasets", "ReplicaSet", "rs", "Replica sets"),
            Self::ControllerRevision => {
                ("apps", "v1", "controllerrevisions", "ControllerRevision", "", "Controller revisions")
            }
            Self::HorizontalPodAutoscaler => {
                ("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa", "Autoscalers")
            }
            Self::PodDisruptionBudget => {
                ("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", "Disruption budgets")
            }
            Self::Job => ("batch", "v1", "jobs", "Job", "", "Jobs"),
            Self::CronJob => ("batch", "v1", "cronjobs", "CronJob", "cj", "Cron jobs"),
            Self::Service => ("", "v1", "services", "Service", "svc", "Services"),
            Self::EndpointSlice => ("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", "", "Endpoint slices"),
            Self::Ingress => ("networking.k8s.io", "v1", "ingresses", "Ingress", "ing", "Ingresses"),
            Self::HttpRoute => ("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", "", "HTTP routes"),
            Self::AnalysisRun => ("argoproj.io", "v1alpha1", "analysisruns", "AnalysisRun", "ar", "Analysis runs"),
            Self::Node => ("", "v1", "nodes", "Node", "no", "Nodes"),
            Self::ConfigMap => ("", "v1", "configmaps", "ConfigMap", "cm", "Config maps"),
            Self::Secret => ("", "v1", "secrets", "Secret", "sec", "Secrets"),
            Self::Event => ("", "v1", "events", "Event", "ev", "Events"),
            Self::Lease => ("coordination.k8s.io", "v1", "leases", "Lease", "", "Leases"),
        };
        Facts { group, version, plural, kind, short, title }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests;
