//! The analysis in the background of a canary: it measures while the steps go on, and aborts them when it fails.

use std::sync::Arc;

use serde_json::{Value, json};

use super::sets::HASH_LABEL;
use super::{CONTROLLER, Case};
use crate::sandbox::object::{self, at, list, name, namespace, number, seconds_since, set, text};
use crate::sandbox::signals;
use crate::sandbox::world::World;

const METRIC: &str = "error-ratio";
/// The part of the canary's requests that may fail, of 1. It is wide: what is merely bad waits for a person.
const LIMIT: f64 = 0.1;
const EVERY_SECONDS: i64 = 60;
/// When a measurement that found nothing is made again.
const AGAIN_SECONDS: i64 = 10;
/// More errors one after the other end the run.
const MOST_ERRORS: usize = 4;
/// How many measurements are kept.
const KEPT: usize = 10;

/// Begins, goes on with, or ends the analysis of the revision that is on its way.
pub(super) fn step(world: &mut World, case: &mut Case) {
    let run = running(world, case);
    let run = match (run, is_wanted(case)) {
        (Some(run), true) => measure(world, case, &run),
        (Some(run), false) => end(world, &run, "Successful", "Run Terminated"),
        (None, true) if !was_analysed(case) => begin(world, case),
        (None, _) => return,
    };
    let (phase, message) = (text(&run, "status.phase"), text(&run, "status.message"));
    let mut told = json!({"name": name(&run), "status": phase});
    if !message.is_empty() {
        told["message"] = json!(message);
    }
    let mut canary = case.said("canary").clone();
    set(&mut canary, "currentBackgroundAnalysisRunStatus", told);
    case.status.insert("canary".to_owned(), canary);
    if matches!(phase, "Failed" | "Error") {
        let message = format!("Background Analysis phase: {phase}: {message}");
        case.report(world, "AnalysisRunFailed", &message);
        case.status.insert("abort".to_owned(), json!(true));
    }
}

/// Whether there is something to measure: a canary past the step from which it is watched.
fn is_wanted(case: &Case) -> bool {
    let analysis = at(&case.rollout, "spec.strategy.canary.analysis");
    let from = usize::try_from(number(analysis, "startingStep")).unwrap_or_default();
    let is_on_its_way = !case.stable().is_empty() && !case.is_fully_promoted() && !case.is_set("abort");
    let index = case.index();
    analysis.is_object() && is_on_its_way && !case.is_set("promoteFull") && (from..case.steps.len()).contains(&index)
}

/// Whether this attempt at the revision was analysed already; a retry is another attempt.
fn was_analysed(case: &Case) -> bool {
    !text(case.said("canary"), "currentBackgroundAnalysisRunStatus.name").is_empty()
}

/// The next attempt is analysed anew.
pub(super) fn forget(case: &mut Case) {
    if let Some(Value::Object(canary)) = case.status.get_mut("canary") {
        canary.shift_remove("currentBackgroundAnalysisRunStatus");
    }
}

fn of_revision(world: &World, case: &Case) -> Vec<Arc<Value>> {
    let mut runs = world.store.owned(&case.rollout, "analysisruns");
    runs.retain(|run| at(run, "metadata.labels")[HASH_LABEL] == case.hash.as_str());
    runs
}

fn running(world: &World, case: &Case) -> Option<Arc<Value>> {
    let runs = world.store.owned(&case.rollout, "analysisruns");
    runs.into_iter().find(|run| text(run, "status.phase") == "Running")
}

fn begin(world: &mut World, case: &Case) -> Arc<Value> {
    let revision = case.sets.revision(&case.hash);
    let again = of_revision(world, case).len();
    let suffix = if again == 0 { String::new() } else { format!(".{again}") };
    let space = namespace(&case.rollout);
    let of_canary = format!("namespace=\"{space}\",pod=~\"{}-{}-.+\"", name(&case.rollout), case.hash);
    let query = format!(
        "sum(rate(http_requests_total{{{of_canary},code=~\"5..\"}}[2m])) / sum(rate(http_requests_total{{{of_canary}}}[2m]))"
    );
    let body = json!({
        "metadata": {
            "name": format!("{}-{}-{revision}{suffix}", name(&case.rollout), case.hash), "namespace": space,
            "labels": {HASH_LABEL: case.hash, "rollout-type": "Background", "app.kubernetes.io/name": name(&case.rollout)},
            "annotations": {"rollout.argoproj.io/revision": revision.to_string()},
            "ownerReferences": [object::owner_reference(&case.rollout)],
        },
        "spec": {"metrics": [{
            "name": METRIC, "interval": format!("{EVERY_SECONDS}s"), "initialDelay": format!("{EVERY_SECONDS}s"),
            "successCondition": format!("result[0] < {LIMIT}"), "failureLimit": 0,
            "provider": {"prometheus": {"address": "http://prometheus.monitoring:9090", "query": query}},
        }]},
        "status": {
            "phase": "Running", "startedAt": world.now.to_string(), "dryRunSummary": {}, "runSummary": {"count": 1},
        },
    });
    world.create("analysisruns", CONTROLLER, body)
}

/// Measures when it is time; a run that somebody terminates has not failed.
fn measure(world: &mut World, case: &Case, run: &Arc<Value>) -> Arc<Value> {
    let is_of_another = at(run, "metadata.labels")[HASH_LABEL] != case.hash.as_str();
    if at(run, "spec.terminate") == true || is_of_another {
        return end(world, run, "Successful", "Run Terminated");
    }
    if !is_due(world, run) {
        return Arc::clone(run);
    }
    let mut result = at(run, "status.metricResults.0").clone();
    let verdict = take(&mut result, &measurement(world, run));
    let mut status = at(run, "status").clone();
    status["metricResults"] = json!([result]);
    world.set_status(run, status);
    let run = world.store.get("analysisruns", namespace(run), name(run)).unwrap_or_else(|| Arc::clone(run));
    match verdict {
        Some((phase, message)) => end(world, &run, phase, &message),
        None => run,
    }
}

fn is_due(world: &World, run: &Value) -> bool {
    let since = |object: &Value, member: &str| seconds_since(object, member, world.now);
    match list(at(run, "status.metricResults.0"), "measurements").last() {
        None => since(run, "status.startedAt") >= EVERY_SECONDS,
        Some(last) if last["phase"] == "Error" => since(last, "finishedAt") >= AGAIN_SECONDS,
        Some(last) => since(last, "finishedAt") >= EVERY_SECONDS,
    }
}

/// One measurement: what Prometheus answers now.
fn measurement(world: &World, run: &Value) -> Value {
    let query = text(run, "spec.metrics.0.provider.prometheus.query");
    let value = signals::value(&world.samples, query, world.now);
    let phase = match value {
        Some(value) if value < LIMIT => "Successful",
        Some(_) => "Failed",
        None => "Error",
    };
    let mut made = json!({
        "phase": phase, "startedAt": world.now.to_string(), "finishedAt": world.now.to_string(),
        "metadata": {"ResolvedPrometheusQuery": query},
    });
    if let Some(value) = value {
        made["value"] = json!(format!("[{value}]"));
    }
    made
}

/// Takes a measurement into the result of its metric, and says how the run ends by it, if it does.
fn take(result: &mut Value, measurement: &Value) -> Option<(&'static str, String)> {
    let mut all = list(result, "measurements").to_vec();
    all.push(measurement.clone());
    let errors = all.iter().rev().take_while(|one| one["phase"] == "Error").count();
    let verdict = match text(measurement, "phase") {
        "Failed" => {
            Some(("Failed", format!("Metric \"{METRIC}\" assessed Failed due to failed (1) > failureLimit (0)")))
        }
        "Error" if errors > MOST_ERRORS => {
            let limit = format!("consecutiveErrors ({errors}) > consecutiveErrorLimit ({MOST_ERRORS})");
            Some(("Error", format!("Metric \"{METRIC}\" assessed Error due to {limit}")))
        }
        _ => None,
    };
    all.drain(..all.len().saturating_sub(KEPT));
    let member = text(measurement, "phase").to_lowercase();
    set(result, &member, json!(number(result, &member) + 1));
    // Errors do not count as measurements.
    let count = number(result, "successful") + number(result, "failed");
    for (member, value) in [
        ("name", json!(METRIC)),
        ("phase", json!("Running")),
        ("count", json!(count)),
        ("consecutiveError", json!(errors)),
        ("measurements", json!(all)),
    ] {
        set(result, member, value);
    }
    verdict
}

fn end(world: &mut World, run: &Arc<Value>, phase: &str, message: &str) -> Arc<Value> {
    let mut status = at(run, "status").clone();
    status["phase"] = json!(phase);
    status["message"] = json!(message);
    status["completedAt"] = json!(world.now.to_string());
    for result in status["metricResults"].as_array_mut().into_iter().flatten() {
        result["phase"] = json!(phase);
    }
    status["runSummary"] = json!({"count": 1, (phase.to_lowercase()): 1});
    world.set_status(run, status);
    world.store.get("analysisruns", namespace(run), name(run)).unwrap_or_else(|| Arc::clone(run))
}
