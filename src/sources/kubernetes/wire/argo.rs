//! What Argo Rollouts keeps: Rollouts and their AnalysisRuns. Custom objects come as JSON only.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::ProjectJson;
use super::conditions::DeploymentCondition;
use super::interner::Interner;
use super::meta::{LabelSelector, ObjectMeta, meta};
use super::pods::PodTemplate;
use super::workloads::workload;
use crate::domain::analysis;
use crate::domain::argo::Argo;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::workload::Workload;

/// A Rollout.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Rollout {
    metadata: Option<ObjectMeta>,
    spec: Spec,
    status: Status,
}

/// Its wish.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    replicas: Option<i32>,
    selector: Option<LabelSelector>,
    template: Option<PodTemplate>,
    paused: bool,
    progress_deadline_seconds: Option<i32>,
}

/// How it is.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    /// A number in quotes.
    observed_generation: String,
    replicas: i32,
    updated_replicas: i32,
    ready_replicas: i32,
    available_replicas: i32,
    conditions: Vec<DeploymentCondition>,
}

impl ProjectJson for Rollout {
    fn read(object: &Value, interner: &mut Interner) -> Result<Row, serde_json::Error> {
        let argo = Argo::deserialize(object)?;
        Ok(Self::deserialize(object)?.project(argo, interner))
    }
}

impl Rollout {
    fn project(self, argo: Argo, interner: &mut Interner) -> Row {
        let annotation = |key| self.metadata.as_ref().map(|metadata| metadata.annotation(key)).unwrap_or_default();
        let revision = annotation("rollout.argoproj.io/revision");
        let common =
            workload(self.metadata.as_ref(), self.spec.selector.as_ref(), self.spec.template.as_ref(), interner);
        let status = &self.status;
        Row::Rollout(Box::new(Workload {
            desired: self.spec.replicas.unwrap_or(1),
            current: status.replicas,
            updated: status.updated_replicas,
            ready: status.ready_replicas,
            available: status.available_replicas,
            observed_generation: status.observed_generation.parse().unwrap_or_default(),
            is_paused: self.spec.paused,
            deadline_seconds: self.spec.progress_deadline_seconds.unwrap_or(600),
            conditions: status.conditions.iter().map(|condition| condition.project(interner)).collect(),
            revision,
            argo: Some(Box::new(argo)),
            ..common
        }))
    }
}

/// An `AnalysisRun`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AnalysisRun {
    metadata: Option<ObjectMeta>,
    status: AnalysisStatus,
}

/// How it is.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AnalysisStatus {
    phase: String,
    message: String,
    metric_results: Vec<MetricResult>,
}

/// What came of one metric.
#[derive(Default, Deserialize)]
#[serde(default)]
struct MetricResult {
    name: String,
    phase: String,
    count: u32,
    failed: u32,
    measurements: Vec<Measurement>,
}

/// One measurement.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Measurement {
    value: String,
    finished_at: Option<Timestamp>,
}

impl ProjectJson for AnalysisRun {
    fn read(object: &Value, interner: &mut Interner) -> Result<Row, serde_json::Error> {
        Ok(Self::deserialize(object)?.project(interner))
    }
}

impl AnalysisRun {
    fn project(self, interner: &mut Interner) -> Row {
        let result = |result: &MetricResult, interner: &mut Interner| {
            let last = result.measurements.last();
            analysis::MetricResult {
                name: interner.text(&result.name),
                phase: interner.text(&result.phase),
                count: result.count,
                failed: result.failed,
                value: last.map(|last| Text::from_untrusted(&last.value)).unwrap_or_default(),
                measured: last.and_then(|last| last.finished_at),
            }
        };
        Row::AnalysisRun(Box::new(analysis::AnalysisRun {
            meta: meta(self.metadata.as_ref(), interner),
            phase: interner.text(&self.status.phase),
            message: Text::from_untrusted(&self.status.message),
            metrics: self.status.metric_results.iter().map(|one| result(one, interner)).collect(),
        }))
    }
}
