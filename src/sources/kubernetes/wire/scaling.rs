//! What bounds a workload: autoscalers and disruption budgets.

use serde::Deserialize;

use super::Project;
use super::conditions::SetCondition;
use super::interner::Interner;
use super::meta::{LabelSelector, ObjectMeta, meta};
use super::values::IntOrString;
use crate::domain::platform;
use crate::domain::row::Row;

/// A HorizontalPodAutoscaler.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Autoscaler {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<AutoscalerSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<AutoscalerStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AutoscalerSpec {
    #[prost(message, optional, tag = "1")]
    scale_target_ref: Option<ScaleTarget>,
    #[prost(int32, optional, tag = "2")]
    min_replicas: Option<i32>,
    #[prost(int32, tag = "3")]
    max_replicas: i32,
}

/// What it scales.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ScaleTarget {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(string, tag = "2")]
    name: String,
}

/// How it is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AutoscalerStatus {
    #[prost(int32, tag = "3")]
    current_replicas: i32,
    #[prost(int32, tag = "4")]
    desired_replicas: i32,
    #[prost(message, repeated, tag = "6")]
    conditions: Vec<SetCondition>,
}

impl Project for Autoscaler {
    fn project(self, interner: &mut Interner) -> Row {
        let spec = self.spec.unwrap_or_default();
        let target = spec.scale_target_ref.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        Row::Autoscaler(Box::new(platform::Autoscaler {
            meta: meta(self.metadata.as_ref(), interner),
            target_kind: interner.text(&target.kind),
            target_name: interner.text(&target.name),
            min: spec.min_replicas.unwrap_or(1),
            max: spec.max_replicas,
            current: status.current_replicas,
            desired: status.desired_replicas,
            conditions: status.conditions.iter().map(|condition| condition.project(interner)).collect(),
        }))
    }
}

/// A PodDisruptionBudget.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct DisruptionBudget {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<BudgetSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<BudgetStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BudgetSpec {
    #[prost(message, optional, tag = "1")]
    min_available: Option<IntOrString>,
    #[prost(message, optional, tag = "2")]
    selector: Option<LabelSelector>,
    #[prost(message, optional, tag = "3")]
    max_unavailable: Option<IntOrString>,
}

/// How it is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BudgetStatus {
    #[prost(int32, tag = "3")]
    disruptions_allowed: i32,
    #[prost(int32, tag = "4")]
    current_healthy: i32,
    #[prost(int32, tag = "6")]
    expected_pods: i32,
}

impl Project for DisruptionBudget {
    fn project(self, interner: &mut Interner) -> Row {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        Row::DisruptionBudget(Box::new(platform::DisruptionBudget {
            meta: meta(self.metadata.as_ref(), interner),
            min_available: spec.min_available.as_ref().map(IntOrString::text).unwrap_or_default(),
            max_unavailable: spec.max_unavailable.as_ref().map(IntOrString::text).unwrap_or_default(),
            allowed: status.disruptions_allowed,
            healthy: status.current_healthy,
            expected: status.expected_pods,
            selector: interner.labels(&spec.selector.unwrap_or_default().match_labels),
        }))
    }
}
