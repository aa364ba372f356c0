//! Which members of an object make the columns of its kind's table.

use crate::domain::kind::Kind;

pub(super) use crate::domain::described::describe;

/// The members that stand in the columns of a kind's table.
pub(super) fn columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Namespace => &["name", "phase", "created"],
        Kind::Node => &["name", "status", "cordoned", "version", "ip", "created"],
        Kind::Rollout => {
            &["namespace", "name", "phase", "step", "weight", "ready", "desired", "updated", "images", "created"]
        }
        Kind::HttpRoute => &["namespace", "name", "hosts", "parents", "weights", "created"],
        Kind::AnalysisRun => &["namespace", "name", "phase", "message", "created"],
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => {
            &["namespace", "name", "ready", "desired", "updated", "available", "images", "created"]
        }
        Kind::Pod => &["namespace", "name", "readiness", "status", "restarts", "node", "ip", "created"],
        Kind::ReplicaSet => &["namespace", "name", "revision", "ready", "desired", "images", "created"],
        Kind::HorizontalPodAutoscaler => &["namespace", "name", "target", "current", "min", "max", "created"],
        Kind::PodDisruptionBudget => &["namespace", "name", "minAvailable", "maxUnavailable", "allowed", "created"],
        Kind::Job => &["namespace", "name", "succeeded", "completions", "failed", "active", "created"],
        Kind::CronJob => &["namespace", "name", "schedule", "suspended", "active", "last", "created"],
        Kind::Service => &["namespace", "name", "class", "clusterIp", "ports", "created"],
        Kind::EndpointSlice => &["namespace", "name", "addressType", "ready", "total", "created"],
        Kind::Ingress => &["namespace", "name", "class", "hosts", "backends", "addresses", "created"],
        Kind::Event => &["last", "class", "reason", "namespace", "about", "count", "message"],
        Kind::ConfigMap | Kind::Secret | Kind::ControllerRevision | Kind::Lease => &["namespace", "name", "created"],
    }
}

/// The headings over those columns.
pub(super) fn header(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Namespace => &["NAME", "STATUS", "AGE"],
        Kind::Node => &["NAME", "STATUS", "CORDONED", "VERSION", "IP", "AGE"],
        Kind::Rollout => {
            &["NAMESPACE", "NAME", "PHASE", "STEP", "WEIGHT", "READY", "DESIRED", "UPDATED", "IMAGES", "AGE"]
        }
        Kind::HttpRoute => &["NAMESPACE", "NAME", "HOSTS", "PARENTS", "WEIGHTS", "AGE"],
        Kind::AnalysisRun => &["NAMESPACE", "NAME", "PHASE", "MESSAGE", "AGE"],
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => {
            &["NAMESPACE", "NAME", "READY", "DESIRED", "UPDATED", "AVAILABLE", "IMAGES", "AGE"]
        }
        Kind::Pod => &["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "NODE", "IP", "AGE"],
        Kind::ReplicaSet => &["NAMESPACE", "NAME", "REVISION", "READY", "DESIRED", "IMAGES", "AGE"],
        Kind::HorizontalPodAutoscaler => &["NAMESPACE", "NAME", "TARGET", "NOW", "MIN", "MAX", "AGE"],
        Kind::PodDisruptionBudget => &["NAMESPACE", "NAME", "MIN-AVAILABLE", "MAX-UNAVAILABLE", "ALLOWED", "AGE"],
        Kind::Job => &["NAMESPACE", "NAME", "DONE", "OF", "FAILED", "ACTIVE", "AGE"],
        Kind::CronJob => &["NAMESPACE", "NAME", "SCHEDULE", "SUSPENDED", "ACTIVE", "LAST", "AGE"],
        Kind::Service => &["NAMESPACE", "NAME", "TYPE", "CLUSTER-IP", "PORTS", "AGE"],
        Kind::EndpointSlice => &["NAMESPACE", "NAME", "TYPE", "READY", "OF", "AGE"],
        Kind::Ingress => &["NAMESPACE", "NAME", "CLASS", "HOSTS", "BACKENDS", "ADDRESSES", "AGE"],
        Kind::Event => &["LAST", "TYPE", "REASON", "NAMESPACE", "OBJECT", "COUNT", "MESSAGE"],
        Kind::ConfigMap | Kind::Secret | Kind::ControllerRevision | Kind::Lease => &["NAMESPACE", "NAME", "AGE"],
    }
}
