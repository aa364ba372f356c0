//! What workloads have rolled out: ReplicaSets and ControllerRevisions.

use serde::Deserialize;

use super::Project;
use super::conditions::SetCondition;
use super::interner::Interner;
use super::meta::{ObjectMeta, meta};
use super::pods::PodTemplate;
use crate::domain::row::Row;
use crate::domain::workload;

/// A ReplicaSet.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ReplicaSet {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<ReplicaSetSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<ReplicaSetStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ReplicaSetSpec {
    #[prost(int32, optional, tag = "1")]
    replicas: Option<i32>,
    #[prost(message, optional, tag = "3")]
    template: Option<PodTemplate>,
}

/// How it is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ReplicaSetStatus {
    #[prost(int32, tag = "1")]
    replicas: i32,
    #[prost(int32, tag = "4")]
    ready_replicas: i32,
    #[prost(message, repeated, tag = "6")]
    conditions: Vec<SetCondition>,
}

impl Project for ReplicaSet {
    fn project(self, interner: &mut Interner) -> Row {
        let metadata = self.metadata.unwrap_or_default();
        let spec = self.spec.unwrap_or_default();
        let template = spec.template.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        Row::ReplicaSet(Box::new(workload::ReplicaSet {
            meta: metadata.project(interner),
            desired: spec.replicas.unwrap_or(1),
            current: status.replicas,
            ready: status.ready_replicas,
            revision: number(&metadata),
            images: template.images(interner),
            template_labels: template.labels(interner),
            change_cause: metadata.annotation("kubernetes.io/change-cause"),
            conditions: status.conditions.iter().map(|condition| condition.project(interner)).collect(),
        }))
    }
}

/// The number of the revision, by whichever controller gave it one.
fn number(metadata: &ObjectMeta) -> i64 {
    let keys = ["deployment.kubernetes.io/revision", "rollout.argoproj.io/revision"];
    keys.iter().find_map(|key| metadata.annotation(key).parse().ok()).unwrap_or_default()
}

/// A ControllerRevision; its template is not asked for.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub(super) struct ControllerRevision {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
}

impl Project for ControllerRevision {
    fn project(self, interner: &mut Interner) -> Row {
        let meta = meta(self.metadata.as_ref(), interner);
        Row::ControllerRevision(Box::new(workload::ControllerRevision { meta }))
    }
}
