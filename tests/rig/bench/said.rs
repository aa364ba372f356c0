//! What the pods of the generator say when they are all of one service: whole objects, last lines, and numbers over time
//! as a Prometheus tells them.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::generator::json_answer;
use crate::message::{Spread, name_of};

/// How many lines a container has said.
const LINES: i64 = 5_000;

/// The series that there are.
const SERIES: [&str; 5] = [
    "http_requests_total",
    "http_request_duration_seconds_bucket",
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
    "kube_pod_container_resource_limits",
];

/// Their labels.
const LABELS: [&str; 8] = ["namespace", "pod", "app", "service", "container", "code", "le", "resource"];

/// The routes beside those of lists.
pub(crate) fn routes(pods: u32, spread: Spread) -> Router {
    let names: Arc<[String]> = (0..pods).map(|number| name_of(spread, number).0).collect();
    let series = SERIES.map(|name| json!({ "metric": { "__name__": name }, "value": [0, "1"] }));
    let found = json!({ "status": "success", "data": { "resultType": "vector", "result": series } });
    let labels = json!({ "status": "success", "data": LABELS });
    let alerts = json!({ "status": "success", "data": { "alerts": [] } });
    let rules = json!({ "status": "success", "data": { "groups": [] } });
    let always = |told: serde_json::Value| get(move || async move { json_answer(&told) });
    Router::new()
        .route("/api/v1/namespaces/{namespace}/pods/{pod}", get(object))
        .route("/api/v1/namespaces/{namespace}/pods/{pod}/log", get(log))
        .route("/api/v1/query", always(found))
        .route("/api/v1/labels", always(labels))
        .route("/api/v1/alerts", always(alerts))
        .route("/api/v1/rules", always(rules))
        .route(
            "/api/v1/query_range",
            get(move |Query(asked): Query<Vec<(String, String)>>| {
                let names = Arc::clone(&names);
                async move { range(&names, &asked) }
            }),
        )
}

/// The value of a parameter.
fn value<'a>(asked: &'a [(String, String)], name: &str) -> &'a str {
    asked.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// A whole pod, as large as pods are.
async fn object(Path((namespace, pod)): Path<(String, String)>) -> Response {
    let env: Vec<_> = (0..40)
        .map(|number| json!({ "name": format!("SETTING_{number:02}"), "value": format!("value-of-setting-{number}") }))
        .chain([json!({ "name": "DATABASE_PASSWORD", "value": "hunter2" })])
        .collect();
    let fields = json!({ "f:metadata": { "f:labels": { "f:app": {} } }, "f:spec": "f:containers".repeat(500) });
    json_answer(&json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": pod, "namespace": namespace, "uid": "6fa459ea-ee8a-4ca4-894e-000000000000",
            "labels": { "app.kubernetes.io/name": "service-00000" },
            "managedFields": [{ "manager": "kubelet", "operation": "Update", "fieldsV1": fields }],
        },
        "spec": { "containers": [
            { "name": "service-00000", "image": "registry.example.com/shop/service-00000:2.14.3", "env": env },
            { "name": "proxy", "image": "registry.example.com/shop/proxy:2.14.3", "env": env },
        ] },
        "status": { "phase": "Running" },
    }))
}

/// The last lines of a container, each as long as lines of JSON are.
async fn log(Path((_, pod)): Path<(String, String)>, Query(asked): Query<Vec<(String, String)>>) -> Response {
    let wanted: i64 = value(&asked, "tailLines").parse().unwrap_or(LINES);
    let (container, now) = (value(&asked, "container"), Timestamp::now());
    let mut said = String::new();
    for number in (0..wanted.min(LINES)).rev() {
        let at = now - SignedDuration::from_millis(number * 250);
        let level = if number % 9 == 0 { "error" } else { "info" };
        let _ = writeln!(
            said,
            "{at:.9} {{\"ts\":\"{at:.3}\",\"level\":\"{level}\",\"logger\":\"{container}.Orders\",\"msg\":\"order {} of {pod} \
             was not confirmed by the store within 500 ms, somebody-{number}@example.com waits\",\"trace_id\":\"{:032x}\"}}",
            number * 7_919,
            number * 104_729,
        );
    }
    ([(header::CONTENT_TYPE, "text/plain")], said).into_response()
}

/// Numbers over time: of each pod where pods are told apart, else of the service.
fn range(names: &[String], asked: &[(String, String)]) -> Response {
    let number = |name: &str| value(asked, name).parse::<f64>().unwrap_or_default();
    let (start, end, step) = (number("start"), number("end"), number("step").max(1.0));
    let query = value(asked, "query");
    let by = query.split_once("by (").and_then(|(_, rest)| rest.split_once(')')).map_or("", |(by, _)| by);
    let is_of_pods = by.split(',').any(|label| label.trim() == "pod");
    let mut told = String::from("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[");
    let mut series = |index: u32, pod: Option<&str>| {
        let comma = if index == 0 { "" } else { "," };
        let pod = pod.map(|pod| format!(",\"pod\":\"{pod}\"")).unwrap_or_default();
        let _ = write!(
            told,
            "{comma}{{\"metric\":{{\"namespace\":\"team-000\",\"app\":\"service-00000\"{pod}}},\"values\":["
        );
        let mut at = start;
        while at <= end {
            let comma = if at > start { "," } else { "" };
            let _ = write!(told, "{comma}[{at},\"{:.6}\"]", (at / step + f64::from(index)) % 97.0 / 7.0);
            at += step;
        }
        told.push_str("]}");
    };
    if is_of_pods {
        (0..).zip(names).for_each(|(index, pod)| series(index, Some(pod)));
    } else {
        series(0, None);
    }
    told.push_str("]}}");
    ([(header::CONTENT_TYPE, "application/json")], told).into_response()
}
