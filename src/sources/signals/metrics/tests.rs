#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::*;
use crate::clients::kubernetes::test_support::{self, reader};
use crate::domain::object::ClusterName;
use crate::domain::signal::{Access, Reach, SignalId, SignalKind};

/// Every question that was asked, decoded.
type Asked = Arc<Mutex<Vec<String>>>;

/// A Prometheus that has some series with labels, and answers every question about numbers with `result`.
async fn asker(series: &'static [(&'static str, &'static [&'static str])], result: Value) -> (Asker, Asked) {
    let asked = Asked::default();
    let answer = {
        let asked = Arc::clone(&asked);
        move |request: Request| {
            let (asked, result) = (Arc::clone(&asked), result.clone());
            async move { answer(&request, series, &result, &asked) }
        }
    };
    let address = test_support::serve(Router::new().fallback(answer)).await;
    let id = SignalId { cluster: ClusterName("eu".into()), name: "main".into() };
    let server = SignalServer {
        id,
        kind: SignalKind::Prometheus,
        reach: Reach::Url(address.as_str().into()),
        access: Access::default(),
        matchers: r#"cluster="eu""#.into(),
    };
    let endpoint = Endpoint::new(&server, &reader(&address)).unwrap();
    (Asker { server, endpoint, asking: Asking::default(), looked: None }, asked)
}

fn answer(request: &Request, series: &[(&str, &[&str])], result: &Value, asked: &Asked) -> Response {
    let query: Vec<(String, String)> =
        axum::extract::Query::try_from_uri(request.uri()).map(|axum::extract::Query(all)| all).unwrap();
    let of = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let data = match request.uri().path() {
        "/api/v1/labels" => {
            let asked = of("match[]");
            let found = series.iter().find(|(name, _)| asked.starts_with(&format!("{name}{{")));
            json!(found.map(|(_, labels)| labels).unwrap())
        }
        "/api/v1/query" => {
            let named = series.iter().map(|(name, _)| json!({ "metric": { "__name__": name }, "value": [0, "1"] }));
            json!({ "resultType": "vector", "result": named.collect::<Vec<_>>() })
        }
        _ => json!({ "resultType": "matrix", "result": result }),
    };
    asked.lock().unwrap().push(of("query"));
    axum::Json(json!({ "status": "success", "data": data })).into_response()
}

fn now() -> Timestamp {
    "2026-11-26T03:12:47Z".parse().unwrap()
}

fn about_numbers(asked: &Asked) -> Vec<String> {
    asked.lock().unwrap().iter().filter(|query| query.contains('$') || query.contains("120s")).cloned().collect()
}

const HTTP: &[(&str, &[&str])] = &[
    ("http_requests_total", &["__name__", "app", "namespace", "pod", "code"]),
    ("http_request_duration_seconds_bucket", &["app", "namespace", "pod", "le"]),
];

#[tokio::test]
async fn one_question_for_each_measure_asks_for_all_services() {
    let (mut asker, asked) = asker(HTTP, json!([])).await;
    let measured = asker.round(&Demand::default(), now()).await.unwrap();
    assert_eq!(
        about_numbers(&asked),
        [
            r#"sum by (namespace, app) (rate(http_requests_total{cluster="eu"}[120s]))"#,
            r#"sum by (namespace, app) (rate(http_requests_total{cluster="eu",code=~"5.."}[120s]))"#,
            r#"histogram_quantile(0.95, sum by (namespace, app, le) (rate(http_request_duration_seconds_bucket{cluster="eu"}[120s])))"#,
        ]
    );
    let measures: Vec<Measure> = measured.readings.iter().map(|reading| reading.question.measure).collect();
    assert_eq!(measures, [Measure::Requests, Measure::Errors, Measure::P95]);
    let istio = measured.found.iter().find(|found| found.family == "istio").unwrap();
    assert!(istio.missing.iter().any(|(_, why)| *why == "there is no series istio_requests_total"), "{istio:?}");
}

#[tokio::test]
async fn what_is_looked_at_is_asked_for_pod_by_pod() {
    let (mut asker, asked) = asker(HTTP, json!([])).await;
    let focus = Focus {
        namespaces: vec!["production".into()],
        workloads: vec!["chat.v2".into(), "chat".into()],
        measures: &[Measure::Requests, Measure::Errors],
        compares: false,
    };
    asker.focused(&focus, now()).await.unwrap();
    let told = about_numbers(&asked);
    assert_eq!(told.len(), 2, "nothing is asked but what is looked at: {told:?}");
    assert_eq!(
        told[0],
        r#"sum by (namespace, pod) (rate(http_requests_total{cluster="eu",namespace=~"production",pod=~"(chat\\.v2|chat)(-.+)?"}[120s]))"#
    );
}

#[tokio::test]
async fn a_native_histogram_is_asked_as_such_and_a_missing_label_is_told() {
    const NATIVE: &[(&str, &[&str])] = &[
        ("http_requests_total", &["service", "namespace"]),
        ("http_request_duration_seconds", &["service", "namespace"]),
    ];
    let (mut asker, asked) = asker(NATIVE, json!([])).await;
    let measured = asker.round(&Demand::default(), now()).await.unwrap();
    let queries = about_numbers(&asked);
    assert!(
        queries.iter().any(|query| query.contains("sum by (namespace, service) (rate(http_request_duration_seconds{")),
        "{queries:?}"
    );
    let http = measured.found.iter().find(|found| found.family == "http").unwrap();
    assert_eq!(http.missing, [(Measure::Errors, "no label of http_requests_total holds the status".into())]);
}

#[tokio::test]
async fn points_stand_where_they_belong_and_what_is_no_number_is_a_gap() {
    let end = 1_795_662_750; // The last half minute before `now`.
    let values = json!([
        [end, "NaN"],
        [end - 30, "+Inf"],
        [end - 60, "4.5"],
        [end - 600, "2"],
        [end - 90, "rubbish"],
        [end - 86_400, "7"],
    ]);
    let told = json!([{ "metric": { "app": "ch\u{1b}[2Jat", "namespace": "production" }, "values": values }]);
    let (mut asker, _) = asker(HTTP, told).await;
    let measured = asker.round(&Demand::default(), now()).await.unwrap();
    let reading = &measured.readings[0];
    assert_eq!(reading.grid.end.as_second(), end);
    let series = &reading.series[0];
    assert_eq!(series.labels[0].1, "ch^[at");
    let held: Vec<(usize, f64)> =
        series.points.iter().enumerate().filter_map(|(index, value)| Some((index, value?))).collect();
    assert_eq!(held, [(40, 2.0), (58, 4.5)]);
}

#[tokio::test]
async fn where_no_family_is_configured_nothing_is_asked() {
    let (mut asker, asked) = asker(HTTP, json!([])).await;
    asker.asking.families = Vec::new();
    let measured = asker.round(&Demand { everything: true, ..Demand::default() }, now()).await.unwrap();
    assert_eq!((measured.readings.len(), measured.found.len(), measured.problems.len()), (0, 0, 0));
    assert_eq!(*asked.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn who_is_silent_is_asked_no_further() {
    let (mut asker, _) = asker(HTTP, json!([])).await;
    asker.round(&Demand::default(), now()).await.unwrap();
    asker.server.reach = Reach::Url("http://127.0.0.1:1".into());
    asker.endpoint = Endpoint::new(&asker.server, &reader("http://127.0.0.1:1")).unwrap();
    let problem = asker.round(&Demand { everything: true, ..Demand::default() }, now()).await.unwrap_err();
    assert!(problem.to_string().contains("cannot be asked"), "{problem}");
}

#[tokio::test]
async fn an_answer_of_another_shape_is_a_problem_and_says_not_that_nothing_fails() {
    let (mut asker, _) = asker(HTTP, json!([])).await;
    asker.round(&Demand::default(), now()).await.unwrap();
    for wrong in [
        r#"{"status":"error","errorType":"timeout","error":"query timed out","data":{"result":[]}}"#,
        r#"{"status":"success"}"#,
        r#"{"status":"success","data":{"resultType":"matrix"}}"#,
        r#"{"data":{"resultType":"matrix","result":[]}}"#,
        "[]",
        "null",
        "<html>log in</html>",
    ] {
        let address = test_support::serve(Router::new().fallback(move || async move { wrong })).await;
        asker.server.reach = Reach::Url(address.as_str().into());
        asker.endpoint = Endpoint::new(&asker.server, &reader(&address)).unwrap();
        let told = asker.round(&Demand::default(), now()).await;
        assert!(told.is_err(), "{wrong}: {told:?}");
    }
}

#[tokio::test]
async fn however_many_services_there_are_a_round_has_few_questions() {
    const ALL: &[(&str, &[&str])] = &[
        ("http_requests_total", &["app", "namespace", "pod", "code"]),
        ("http_request_duration_seconds_bucket", &["app", "namespace", "pod", "le"]),
        ("container_cpu_usage_seconds_total", &["namespace", "pod", "container"]),
        ("container_memory_working_set_bytes", &["namespace", "pod", "container"]),
        ("container_spec_memory_limit_bytes", &["namespace", "pod", "container"]),
    ];
    let series = |id: usize| json!({ "metric": { "app": format!("s{id}"), "namespace": "n" }, "values": [[1_795_662_750, "1"]] });
    let (mut asker, asked) = asker(ALL, Value::Array((0..200).map(series).collect())).await;
    let measured = asker.round(&Demand { everything: true, ..Demand::default() }, now()).await.unwrap();
    assert_eq!(measured.readings.len(), 8);
    assert!(measured.readings.iter().all(|reading| reading.series.len() == 200));
    assert!(about_numbers(&asked).len() <= 10, "{:?}", about_numbers(&asked));
    let before = asked.lock().unwrap().len();
    asker.round(&Demand::default(), now()).await.unwrap();
    assert_eq!(asked.lock().unwrap().len() - before, 3, "which series there are is not asked again");
}

#[tokio::test]
async fn what_series_there_are_is_looked_for_soon_again_and_then_more_and_more_rarely() {
    let (mut asker, asked) = asker(HTTP, json!([])).await;
    let mut looked = Vec::new();
    for seconds in (0..1_200).step_by(15) {
        asked.lock().unwrap().clear();
        asker.round(&Demand::default(), now() + SignedDuration::from_secs(seconds)).await.unwrap();
        if asked.lock().unwrap().iter().any(|query| query.starts_with("count by (__name__)")) {
            looked.push(seconds);
        }
    }
    assert_eq!(looked, [0, 15, 30, 60, 120, 240, 480, 780, 1_080]);
    // What is found anew may only be the beginning.
    if let Some(looked) = &mut asker.looked {
        looked.probed = Probed::default();
    }
    asker.round(&Demand::default(), now() + SignedDuration::from_secs(1_200)).await.unwrap();
    let looked = asker.looked.unwrap();
    assert!(!looked.probed.is_empty() && !looked.holds(looked.at + DOUBTED_FOR));
}
