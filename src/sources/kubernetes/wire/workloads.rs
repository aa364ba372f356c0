//! Deployments, StatefulSets and DaemonSets: three kinds, one row.

use serde::Deserialize;

use super::Project;
use super::conditions::{DeploymentCondition, SetCondition};
use super::interner::Interner;
use super::meta::{LabelSelector, ObjectMeta, meta};
use super::pods::PodTemplate;
use crate::domain::row::Row;
use crate::domain::workload::{Strategy, Workload};

/// A Deployment.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Deployment {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<DeploymentSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<DeploymentStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DeploymentSpec {
    #[prost(int32, optional, tag = "1")]
    replicas: Option<i32>,
    #[prost(message, optional, tag = "2")]
    selector: Option<LabelSelector>,
    #[prost(message, optional, tag = "3")]
    template: Option<PodTemplate>,
    #[prost(message, optional, tag = "4")]
    strategy: Option<UpdateStrategy>,
    #[prost(bool, tag = "7")]
    paused: bool,
    #[prost(int32, optional, tag = "9")]
    progress_deadline_seconds: Option<i32>,
}

/// How pods are replaced. All three kinds number these fields alike; only a StatefulSet has a partition.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct UpdateStrategy {
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    class: String,
}

/// How a StatefulSet replaces its pods.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PartitionedStrategy {
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    class: String,
    #[prost(message, optional, tag = "2")]
    rolling_update: Option<Partition>,
}

/// See [`PartitionedStrategy`].
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Partition {
    #[prost(int32, tag = "1")]
    partition: i32,
}

/// How a Deployment is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DeploymentStatus {
    #[prost(int64, tag = "1")]
    observed_generation: i64,
    #[prost(int32, tag = "2")]
    replicas: i32,
    #[prost(int32, tag = "3")]
    updated_replicas: i32,
    #[prost(int32, tag = "4")]
    available_replicas: i32,
    #[prost(message, repeated, tag = "6")]
    conditions: Vec<DeploymentCondition>,
    #[prost(int32, tag = "7")]
    ready_replicas: i32,
}

/// A StatefulSet.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct StatefulSet {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<StatefulSetSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<StatefulSetStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct StatefulSetSpec {
    #[prost(int32, optional, tag = "1")]
    replicas: Option<i32>,
    #[prost(message, optional, tag = "2")]
    selector: Option<LabelSelector>,
    #[prost(message, optional, tag = "3")]
    template: Option<PodTemplate>,
    #[prost(message, optional, tag = "7")]
    update_strategy: Option<PartitionedStrategy>,
}

/// How it is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct StatefulSetStatus {
    #[prost(int64, tag = "1")]
    observed_generation: i64,
    #[prost(int32, tag = "2")]
    replicas: i32,
    #[prost(int32, tag = "3")]
    ready_replicas: i32,
    #[prost(int32, tag = "5")]
    updated_replicas: i32,
    #[prost(string, tag = "6")]
    current_revision: String,
    #[prost(string, tag = "7")]
    update_revision: String,
    #[prost(message, repeated, tag = "10")]
    conditions: Vec<SetCondition>,
    #[prost(int32, tag = "11")]
    available_replicas: i32,
}

/// A DaemonSet.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct DaemonSet {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<DaemonSetSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<DaemonSetStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DaemonSetSpec {
    #[prost(message, optional, tag = "1")]
    selector: Option<LabelSelector>,
    #[prost(message, optional, tag = "2")]
    template: Option<PodTemplate>,
    #[prost(message, optional, tag = "3")]
    update_strategy: Option<UpdateStrategy>,
}

/// How it is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DaemonSetStatus {
    #[prost(int32, tag = "1")]
    current_number_scheduled: i32,
    #[prost(int32, tag = "3")]
    desired_number_scheduled: i32,
    #[prost(int32, tag = "4")]
    number_ready: i32,
    #[prost(int64, tag = "5")]
    observed_generation: i64,
    #[prost(int32, tag = "6")]
    updated_number_scheduled: i32,
    #[prost(int32, tag = "7")]
    number_available: i32,
    #[prost(message, repeated, tag = "10")]
    conditions: Vec<SetCondition>,
}

impl Project for Deployment {
    fn project(self, interner: &mut Interner) -> Row {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let deadline = spec.progress_deadline_seconds.unwrap_or(600);
        Row::Deployment(Box::new(Workload {
            desired: spec.replicas.unwrap_or(1),
            current: status.replicas,
            updated: status.updated_replicas,
            ready: status.ready_replicas,
            available: status.available_replicas,
            observed_generation: status.observed_generation,
            is_paused: spec.paused,
            strategy: strategy(&spec.strategy.unwrap_or_default().class),
            // The largest number is how one asks for no deadline at all.
            deadline_seconds: if deadline == i32::MAX { 0 } else { deadline },
            conditions: status.conditions.iter().map(|condition| condition.project(interner)).collect(),
            ..workload(self.metadata.as_ref(), spec.selector.as_ref(), spec.template.as_ref(), interner)
        }))
    }
}

impl Project for StatefulSet {
    fn project(self, interner: &mut Interner) -> Row {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let update = spec.update_strategy.unwrap_or_default();
        Row::StatefulSet(Box::new(Workload {
            desired: spec.replicas.unwrap_or(1),
            current: status.replicas,
            updated: status.updated_replicas,
            ready: status.ready_replicas,
            available: status.available_replicas,
            observed_generation: status.observed_generation,
            strategy: strategy(&update.class),
            partition: update.rolling_update.unwrap_or_default().partition,
            current_revision: interner.text(&status.current_revision),
            update_revision: interner.text(&status.update_revision),
            conditions: status.conditions.iter().map(|condition| condition.project(interner)).collect(),
            ..workload(self.metadata.as_ref(), spec.selector.as_ref(), spec.template.as_ref(), interner)
        }))
    }
}

impl Project for DaemonSet {
    fn project(self, interner: &mut Interner) -> Row {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        Row::DaemonSet(Box::new(Workload {
            desired: status.desired_number_scheduled,
            current: status.current_number_scheduled,
            updated: status.updated_number_scheduled,
            ready: status.number_ready,
            available: status.number_available,
            observed_generation: status.observed_generation,
            strategy: strategy(&spec.update_strategy.unwrap_or_default().class),
            conditions: status.conditions.iter().map(|condition| condition.project(interner)).collect(),
            ..workload(self.metadata.as_ref(), spec.selector.as_ref(), spec.template.as_ref(), interner)
        }))
    }
}

/// What all kinds of workloads have in common.
pub(super) fn workload(
    metadata: Option<&ObjectMeta>,
    selector: Option<&LabelSelector>,
    template: Option<&PodTemplate>,
    interner: &mut Interner,
) -> Workload {
    let annotation = |key| metadata.map(|metadata| metadata.annotation(key)).unwrap_or_default();
    Workload {
        meta: meta(metadata, interner),
        selector: selector.map(|selector| interner.labels(&selector.match_labels)).unwrap_or_default(),
        images: template.map(|template| template.images(interner)).unwrap_or_default(),
        template_labels: template.map(|template| template.labels(interner)).unwrap_or_default(),
        revision: annotation("deployment.kubernetes.io/revision"),
        change_cause: annotation("kubernetes.io/change-cause"),
        manager: metadata.and_then(ObjectMeta::manager),
        ..Workload::default()
    }
}

/// How pods are replaced.
fn strategy(class: &str) -> Strategy {
    match class {
        "Recreate" => Strategy::Recreate,
        "OnDelete" => Strategy::OnDelete,
        _ => Strategy::RollingUpdate,
    }
}
