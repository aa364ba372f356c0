//! A Rollout as a server writes it, down to what is particular to it. What is of the wrong type is an error, and `null`
//! is none of the types: it is to be taken out before.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Analysis, Argo, CanaryStep, Pause, Phase, Services, Strategy, Weights};
use crate::domain::text::Text;

/// A Rollout.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Rollout {
    spec: Spec,
    status: Status,
}

/// Its wish.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    workload_ref: Option<WorkloadRef>,
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
    phase: String,
    message: String,
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

impl From<Rollout> for Argo {
    fn from(Rollout { spec, status }: Rollout) -> Self {
        let (canary, blue_green) = (spec.strategy.canary, spec.strategy.blue_green);
        let services = match (&canary, &blue_green) {
            (_, Some(it)) => Services { stable: text(&it.active_service), canary: text(&it.preview_service) },
            (Some(it), None) => Services { stable: text(&it.stable_service), canary: text(&it.service) },
            (None, None) => Services::default(),
        };
        let routing = canary.as_ref().and_then(|canary| canary.traffic_routing.as_ref());
        // The analysis of the present step, else the one that goes on behind all steps.
        let runs = [
            status.canary.current_step_analysis_run_status,
            status.canary.current_background_analysis_run_status,
            status.blue_green.pre_promotion_analysis_run_status,
            status.blue_green.post_promotion_analysis_run_status,
        ];
        let template_of = spec.workload_ref.map(|it| text(&format!("{}/{}", it.kind, it.name)));
        Self {
            strategy: if blue_green.is_some() { Strategy::BlueGreen } else { Strategy::Canary },
            phase: Phase::parse(&status.phase),
            message: text(&status.message),
            steps: canary.iter().flat_map(|canary| &canary.steps).map(CanaryStep::read).collect(),
            step: status.current_step_index,
            pauses: status.pause_conditions.into_iter().map(Pause::from).collect(),
            is_held: status.controller_pause,
            is_aborted: status.abort,
            current: text(&status.current_pod_hash),
            stable: text(&status.stable),
            active: text(&status.blue_green.active_selector),
            preview: text(&status.blue_green.preview_selector),
            is_routed: routing.is_some(),
            weights: status.canary.weights.map(|weights| Weights {
                canary: weights.canary.weight,
                stable: weights.stable.weight,
                is_verified: weights.verified,
            }),
            most: routing.and_then(|routing| routing.max_traffic_weight).unwrap_or(100),
            analysis: runs.into_iter().flatten().next().map(Analysis::from),
            services,
            template_of: template_of.unwrap_or_default(),
        }
    }
}

impl From<PauseCondition> for Pause {
    fn from(condition: PauseCondition) -> Self {
        Self { reason: text(&condition.reason), since: condition.start_time }
    }
}

impl From<RunStatus> for Analysis {
    fn from(run: RunStatus) -> Self {
        Self { name: text(&run.name), phase: text(&run.status), message: text(&run.message) }
    }
}

fn text(raw: &str) -> Text {
    Text::from_untrusted(raw)
}
