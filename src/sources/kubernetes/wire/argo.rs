//! What Argo Rollouts keeps: Rollouts and their AnalysisRuns. Custom objects come as JSON only.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::ProjectJson;
use super::conditions::DeploymentCondition;
use super::interner::Interner;
use super::meta::{LabelSelector, ObjectMeta, meta};
use super::pods::PodTemplate;
use super::workloads::workload;
use crate::domain::analysis;
use crate::domain::argo::{Analysis, Argo, CanaryStep, Pause, Phase, Services, Strategy, Weights};
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
    workload_ref: Option<WorkloadRef>,
    paused: bool,
    progress_deadline_seconds: Option<i32>,
    strategy: BothStrategies,
}

/// The workload whose template is used.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WorkloadRef {
    kind: String,
    name: String,
}

/// One of the two is there.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BothStrategies {
    canary: Option<Canary>,
    blue_green: Option<BlueGreen>,
}

/// By steps.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Canary {
    #[serde(rename = "canaryService")]
    service: String,
    stable_service: String,
    steps: Vec<Map<String, Value>>,
    traffic_routing: Option<Routing>,
}

/// What routes traffic by weight.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Routing {
    max_traffic_weight: Option<u32>,
}

/// All at once.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BlueGreen {
    active_service: String,
    preview_service: String,
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
    phase: String,
    message: String,
    conditions: Vec<DeploymentCondition>,
    pause_conditions: Vec<PauseCondition>,
    controller_pause: bool,
    abort: bool,
    current_step_index: Option<u32>,
    current_pod_hash: String,
    #[serde(rename = "stableRS")]
    stable: String,
    canary: CanaryStatus,
    blue_green: BlueGreenStatus,
}

/// Why it waits.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PauseCondition {
    reason: String,
    start_time: Option<Timestamp>,
}

/// How the canary is.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CanaryStatus {
    weights: Option<TrafficWeights>,
    current_step_analysis_run_status: Option<RunStatus>,
    current_background_analysis_run_status: Option<RunStatus>,
}

/// How much goes where.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TrafficWeights {
    canary: Weight,
    stable: Weight,
    verified: Option<bool>,
}

/// See [`TrafficWeights`].
#[derive(Default, Deserialize)]
#[serde(default)]
struct Weight {
    weight: u32,
}

/// How an analysis is.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RunStatus {
    name: String,
    status: String,
    message: String,
}

/// How blue/green is.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BlueGreenStatus {
    active_selector: String,
    preview_selector: String,
    pre_promotion_analysis_run_status: Option<RunStatus>,
    post_promotion_analysis_run_status: Option<RunStatus>,
}

impl ProjectJson for Rollout {
    fn project(self, interner: &mut Interner) -> Row {
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
            argo: Some(Box::new(argo(&self.spec, status, interner))),
            ..common
        }))
    }
}

/// What is particular to a Rollout.
fn argo(spec: &Spec, status: &Status, interner: &mut Interner) -> Argo {
    let (canary, blue_green) = (spec.strategy.canary.as_ref(), spec.strategy.blue_green.as_ref());
    let services = match (canary, blue_green) {
        (_, Some(it)) => {
            Services { stable: interner.text(&it.active_service), canary: interner.text(&it.preview_service) }
        }
        (Some(it), None) => Services { stable: interner.text(&it.stable_service), canary: interner.text(&it.service) },
        (None, None) => Services::default(),
    };
    let routing = canary.and_then(|canary| canary.traffic_routing.as_ref());
    let run = [
        &status.canary.current_step_analysis_run_status,
        &status.canary.current_background_analysis_run_status,
        &status.blue_green.pre_promotion_analysis_run_status,
        &status.blue_green.post_promotion_analysis_run_status,
    ];
    let template_of = spec.workload_ref.as_ref().map(|it| Text::from_untrusted(&format!("{}/{}", it.kind, it.name)));
    Argo {
        strategy: if blue_green.is_some() { Strategy::BlueGreen } else { Strategy::Canary },
        phase: Phase::parse(&status.phase),
        message: Text::from_untrusted(&status.message),
        steps: canary.into_iter().flat_map(|canary| &canary.steps).map(|step| step_of(step, interner)).collect(),
        step: status.current_step_index,
        pauses: status.pause_conditions.iter().map(|pause| pause.project(interner)).collect(),
        is_held: status.controller_pause,
        is_aborted: status.abort,
        current: interner.text(&status.current_pod_hash),
        stable: interner.text(&status.stable),
        active: interner.text(&status.blue_green.active_selector),
        preview: interner.text(&status.blue_green.preview_selector),
        is_routed: routing.is_some(),
        weights: status.canary.weights.as_ref().map(|weights| Weights {
            canary: weights.canary.weight,
            stable: weights.stable.weight,
            is_verified: weights.verified,
        }),
        most: routing.and_then(|routing| routing.max_traffic_weight).unwrap_or(100),
        analysis: run.into_iter().flatten().next().map(|run| run.project(interner)),
        services,
        template_of: template_of.unwrap_or_default(),
    }
}

impl PauseCondition {
    fn project(&self, interner: &mut Interner) -> Pause {
        Pause { reason: interner.text(&self.reason), since: self.start_time }
    }
}

impl RunStatus {
    fn project(&self, interner: &mut Interner) -> Analysis {
        Analysis {
            name: Text::from_untrusted(&self.name),
            phase: interner.text(&self.status),
            message: Text::from_untrusted(&self.message),
        }
    }
}

/// One step; it has one field, whose name says what it is.
fn step_of(step: &Map<String, Value>, interner: &mut Interner) -> CanaryStep {
    let Some((name, value)) = step.iter().next() else { return CanaryStep::Other(Text::default()) };
    match name.as_str() {
        "setWeight" => CanaryStep::Weight(value.as_u64().and_then(|weight| u32::try_from(weight).ok()).unwrap_or(0)),
        "pause" => CanaryStep::Pause(length(&value["duration"])),
        "analysis" => CanaryStep::Analysis,
        _ => CanaryStep::Other(interner.text(name)),
    }
}

/// The length of a pause: a number of seconds, or a number with its unit.
fn length(value: &Value) -> Option<SignedDuration> {
    if let Some(seconds) = value.as_i64() {
        return Some(SignedDuration::from_secs(seconds));
    }
    let text = value.as_str()?;
    text.parse().map(SignedDuration::from_secs).ok().or_else(|| text.parse().ok())
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
