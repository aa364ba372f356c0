//! Any object as a row: one shape for the table of all kinds.

use super::analysis::AnalysisRun;
use super::kind::Kind;
use super::lease::Lease;
use super::object::Meta;
use super::platform::{
    Autoscaler, CronJob, DisruptionBudget, EndpointSlice, Event, Ingress, Job, MetadataOnly, Namespace, Node, Service,
};
use super::pod::Pod;
use super::route::HttpRoute;
use super::text::Text;
use super::workload::{ControllerRevision, ReplicaSet, Workload};

/// An object of any kind. Each is boxed, so that a small one costs little beside a large one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Kubernetes' own")]
pub enum Row {
    Namespace(Box<Namespace>),
    Deployment(Box<Workload>),
    StatefulSet(Box<Workload>),
    DaemonSet(Box<Workload>),
    Rollout(Box<Workload>),
    Pod(Box<Pod>),
    ReplicaSet(Box<ReplicaSet>),
    ControllerRevision(Box<ControllerRevision>),
    Autoscaler(Box<Autoscaler>),
    DisruptionBudget(Box<DisruptionBudget>),
    Job(Box<Job>),
    CronJob(Box<CronJob>),
    Service(Box<Service>),
    EndpointSlice(Box<EndpointSlice>),
    Ingress(Box<Ingress>),
    HttpRoute(Box<HttpRoute>),
    AnalysisRun(Box<AnalysisRun>),
    Node(Box<Node>),
    ConfigMap(Box<MetadataOnly>),
    Secret(Box<MetadataOnly>),
    Event(Box<Event>),
    Lease(Box<Lease>),
    /// An object that could not be read: it is shown as such and never makes the table empty.
    Unreadable(Box<Unreadable>),
}

/// An object that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What it was to be.
    pub kind: Kind,
    /// As much of its identity as could be read.
    pub meta: Meta,
    /// Why it could not be read.
    pub why: Text,
}

impl Row {
    /// The kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Namespace(_) => Kind::Namespace,
            Self::Deployment(_) => Kind::Deployment,
            Self::StatefulSet(_) => Kind::StatefulSet,
            Self::DaemonSet(_) => Kind::DaemonSet,
            Self::Rollout(_) => Kind::Rollout,
            Self::Pod(_) => Kind::Pod,
            Self::ReplicaSet(_) => Kind::ReplicaSet,
            Self::ControllerRevision(_) => Kind::ControllerRevision,
            Self::Autoscaler(_) => Kind::HorizontalPodAutoscaler,
            Self::DisruptionBudget(_) => Kind::PodDisruptionBudget,
            Self::Job(_) => Kind::Job,
            Self::CronJob(_) => Kind::CronJob,
            Self::Service(_) => Kind::Service,
            Self::EndpointSlice(_) => Kind::EndpointSlice,
            Self::Ingress(_) => Kind::Ingress,
            Self::HttpRoute(_) => Kind::HttpRoute,
            Self::AnalysisRun(_) => Kind::AnalysisRun,
            Self::Node(_) => Kind::Node,
            Self::ConfigMap(_) => Kind::ConfigMap,
            Self::Secret(_) => Kind::Secret,
            Self::Event(_) => Kind::Event,
            Self::Lease(_) => Kind::Lease,
            Self::Unreadable(row) => row.kind,
        }
    }

    /// Identity and labels.
    pub fn meta(&self) -> &Meta {
        match self {
            Self::Namespace(row) => &row.meta,
            Self::Deployment(row) | Self::StatefulSet(row) | Self::DaemonSet(row) | Self::Rollout(row) => &row.meta,
            Self::Pod(row) => &row.meta,
            Self::ReplicaSet(row) => &row.meta,
            Self::ControllerRevision(row) => &row.meta,
            Self::Autoscaler(row) => &row.meta,
            Self::DisruptionBudget(row) => &row.meta,
            Self::Job(row) => &row.meta,
            Self::CronJob(row) => &row.meta,
            Self::Service(row) => &row.meta,
            Self::EndpointSlice(row) => &row.meta,
            Self::Ingress(row) => &row.meta,
            Self::HttpRoute(row) => &row.meta,
            Self::AnalysisRun(row) => &row.meta,
            Self::Node(row) => &row.meta,
            Self::ConfigMap(row) | Self::Secret(row) => &row.meta,
            Self::Event(row) => &row.meta,
            Self::Lease(row) => &row.meta,
            Self::Unreadable(row) => &row.meta,
        }
    }

    /// The workload, if this is one.
    pub fn workload(&self) -> Option<&Workload> {
        match self {
            Self::Deployment(row) | Self::StatefulSet(row) | Self::DaemonSet(row) | Self::Rollout(row) => Some(row),
            _ => None,
        }
    }
}
