//! The kinds of object that the sandbox serves.

/// One kind of object and its place in the API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The API group, empty for the core group.
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    /// The name in paths, unique among the kinds served.
    pub(crate) plural: &'static str,
    pub(crate) name: &'static str,
    pub(crate) short: &'static str,
    pub(crate) scope: Scope,
}

/// Where the objects of a kind live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Cluster,
    Namespaced,
}

impl Kind {
    /// Returns the kind with a plural name that is known to be served.
    pub(crate) fn of(plural: &str) -> &'static Self {
        KINDS.iter().find(|kind| kind.plural == plural).expect("the sandbox only names kinds that it serves")
    }

    /// Returns the `apiVersion` of its objects.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Returns the name by which the server's messages call it, such as `deployments.apps`.
    pub(crate) fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Says whether its status is a resource of its own, which a write to the object leaves as it is.
    pub(crate) fn has_status(&self) -> bool {
        !matches!(
            self.plural,
            "configmaps" | "controllerrevisions" | "endpointslices" | "events" | "leases" | "secrets"
        )
    }

    /// Says whether it has a `/scale` subresource.
    pub(crate) fn scales(&self) -> bool {
        matches!(self.plural, "deployments" | "statefulsets" | "replicasets" | "rollouts")
    }
}

const fn kind(
    api: (&'static str, &'static str),
    plural: &'static str,
    name: &'static str,
    short: &'static str,
) -> Kind {
    Kind { group: api.0, version: api.1, plural, name, short, scope: Scope::Namespaced }
}

const CORE: (&str, &str) = ("", "v1");
const APPS: (&str, &str) = ("apps", "v1");
const BATCH: (&str, &str) = ("batch", "v1");
const ARGO: (&str, &str) = ("argoproj.io", "v1alpha1");

/// Every kind served, grouped by API.
pub(crate) static KINDS: [Kind; 22] = [
    kind(CORE, "configmaps", "ConfigMap", "cm"),
    kind(CORE, "events", "Event", "ev"),
    Kind { scope: Scope::Cluster, ..kind(CORE, "namespaces", "Namespace", "ns") },
    Kind { scope: Scope::Cluster, ..kind(CORE, "nodes", "Node", "no") },
    kind(CORE, "pods", "Pod", "po"),
    kind(CORE, "secrets", "Secret", ""),
    kind(CORE, "services", "Service", "svc"),
    kind(APPS, "controllerrevisions", "ControllerRevision", ""),
    kind(APPS, "daemonsets", "DaemonSet", "ds"),
    kind(APPS, "deployments", "Deployment", "deploy"),
    kind(APPS, "replicasets", "ReplicaSet", "rs"),
    kind(APPS, "statefulsets", "StatefulSet", "sts"),
    kind(BATCH, "cronjobs", "CronJob", "cj"),
    kind(BATCH, "jobs", "Job", ""),
    kind(ARGO, "analysisruns", "AnalysisRun", "ar"),
    kind(ARGO, "rollouts", "Rollout", "ro"),
    kind(("autoscaling", "v2"), "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa"),
    kind(("coordination.k8s.io", "v1"), "leases", "Lease", ""),
    kind(("discovery.k8s.io", "v1"), "endpointslices", "EndpointSlice", ""),
    kind(("gateway.networking.k8s.io", "v1"), "httproutes", "HTTPRoute", ""),
    kind(("networking.k8s.io", "v1"), "ingresses", "Ingress", "ing"),
    kind(("policy", "v1"), "poddisruptionbudgets", "PodDisruptionBudget", "pdb"),
];
