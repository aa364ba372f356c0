//! A Rollout as a server gives it, read whole for a plan or a verdict.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::argo::{Analysis, Argo, CanaryStep, Pause, Phase, Services, Strategy, Weights};
use crate::domain::text::Text;

/// What is particular to the Rollout.
pub(super) fn of(object: &Value) -> Argo {
    let (spec, status) = (&object["spec"], &object["status"]);
    let (canary, blue_green) = (&spec["strategy"]["canary"], &spec["strategy"]["blueGreen"]);
    let routing = &canary["trafficRouting"];
    let services = if blue_green.is_object() {
        Services { stable: text(&blue_green["activeService"]), canary: text(&blue_green["previewService"]) }
    } else {
        Services { stable: text(&canary["stableService"]), canary: text(&canary["canaryService"]) }
    };
    Argo {
        strategy: if blue_green.is_object() { Strategy::BlueGreen } else { Strategy::Canary },
        phase: Phase::parse(status["phase"].as_str().unwrap_or_default()),
        message: text(&status["message"]),
        steps: items(&canary["steps"]).filter_map(Value::as_object).map(CanaryStep::read).collect(),
        step: number(&status["currentStepIndex"]),
        pauses: items(&status["pauseConditions"]).map(pause).collect(),
        is_held: status["controllerPause"] == true,
        is_aborted: status["abort"] == true,
        current: text(&status["currentPodHash"]),
        stable: text(&status["stableRS"]),
        active: text(&status["blueGreen"]["activeSelector"]),
        preview: text(&status["blueGreen"]["previewSelector"]),
        is_routed: routing.is_object(),
        weights: status["canary"]["weights"].as_object().map(|weights| Weights {
            canary: number(&weights["canary"]["weight"]).unwrap_or_default(),
            stable: number(&weights["stable"]["weight"]).unwrap_or_default(),
            is_verified: weights.get("verified").and_then(Value::as_bool),
        }),
        most: number(&routing["maxTrafficWeight"]).unwrap_or(100),
        analysis: analysis(status),
        services,
        template_of: template_of(spec),
    }
}

/// Why it waits.
fn pause(condition: &Value) -> Pause {
    let since = condition["startTime"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
    Pause { reason: text(&condition["reason"]), since }
}

/// The analysis of the present step, else the one that goes on behind all steps.
fn analysis(status: &Value) -> Option<Analysis> {
    let (canary, blue_green) = (&status["canary"], &status["blueGreen"]);
    let runs = [
        &canary["currentStepAnalysisRunStatus"],
        &canary["currentBackgroundAnalysisRunStatus"],
        &blue_green["prePromotionAnalysisRunStatus"],
        &blue_green["postPromotionAnalysisRunStatus"],
    ];
    let run = runs.into_iter().find(|run| run.is_object())?;
    Some(Analysis { name: text(&run["name"]), phase: text(&run["status"]), message: text(&run["message"]) })
}

/// The workload whose template it uses: "Deployment/chat".
fn template_of(spec: &Value) -> Text {
    let referenced = &spec["workloadRef"];
    let part = |name: &str| referenced[name].as_str().unwrap_or_default();
    if referenced.is_object() {
        Text::from_untrusted(&format!("{}/{}", part("kind"), part("name")))
    } else {
        Text::default()
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}

fn text(value: &Value) -> Text {
    Text::from_untrusted(value.as_str().unwrap_or_default())
}
