#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::sync::mpsc;

use super::*;
use crate::clients::kubernetes::test_support::{self, reader};
use crate::domain::alert::Alert;
use crate::domain::criterion::{Criterion, Operator, Threshold};
use crate::domain::object::Labels;
use crate::domain::rule::AlertRule;
use crate::domain::signal::{Access, Reach, SignalId};
use crate::domain::time::Clock;

fn cluster() -> ClusterName {
    ClusterName("eu".into())
}

/// As Prometheus 2.42 answers.
fn answer() -> Value {
    json!({ "status": "success", "data": { "groups": [{ "name": "node", "file": "r.yml", "interval": 30, "rules": [
        {
            "state": "firing", "name": "Down", "query": "up == 0", "duration": 60, "keepFiringFor": 0,
            "labels": { "severity": "critical" }, "annotations": {}, "health": "ok", "type": "alerting",
            "alerts": [
                { "labels": {}, "state": "firing", "activeAt": "2026-11-25T03:06:00Z", "value": "0e+00" },
                { "labels": {}, "state": "firing", "activeAt": "2026-11-25T03:02:00Z", "value": "0e+00" },
            ],
            "evaluationTime": 0.0002, "lastEvaluation": "2026-11-25T03:10:00.123Z",
        },
        {
            "name": "job:rate", "query": "rate(x[5m])", "health": "err", "lastError": "found \u{1b}[2J duplicate series",
            "type": "recording", "lastEvaluation": "0001-01-01T00:00:00Z",
        },
        { "type": "other" },
    ] }] } })
}

#[test]
fn rules_of_a_server_are_read_with_their_state_and_errors() {
    let rules = read(&answer(), &cluster()).unwrap();
    assert_eq!(rules.len(), 2);
    let down = &rules[0];
    assert_eq!((down.name.as_str(), down.state, down.alerts), ("Down", RuleState::Firing, 2));
    assert_eq!(down.since, Some("2026-11-25T03:02:00Z".parse().unwrap()));
    assert_eq!((down.hold, down.problem.as_ref()), (SignedDuration::from_secs(60), None));
    let rate = &rules[1];
    assert_eq!((rate.kind, rate.state, rate.evaluated), (RuleKind::Recording, RuleState::None, None));
    assert_eq!(rate.problem.as_ref().unwrap(), &"found ^[ duplicate series");
    for odd in [json!(null), json!({ "data": {} }), json!([])] {
        assert_eq!(read(&odd, &cluster()), None, "{odd}");
    }
}

fn server(url: &str) -> SignalServer {
    SignalServer {
        id: SignalId { cluster: cluster(), name: "main".into() },
        kind: SignalKind::Prometheus,
        reach: Reach::Url(url.into()),
        access: Access::default(),
        matchers: Text::default(),
    }
}

/// One rule that every series with the value 0 breaches at once.
fn own(evaluate: Evaluate) -> OwnRules {
    let criterion = Criterion {
        query: "up".into(),
        operator: Operator::Equal,
        threshold: Threshold::new(0.0).unwrap(),
        hold: SignedDuration::ZERO,
        keep: SignedDuration::ZERO,
        least: 0,
    };
    let rule = AlertRule { name: "x".into(), criterion, labels: Labels::default(), annotations: Labels::default() };
    OwnRules { evaluate, rules: vec![rule], ..OwnRules::default() }
}

#[test]
fn midwatch_evaluates_where_nobody_else_does_or_where_it_is_told_to() {
    let server = server("http://x");
    let all = read(&answer(), &cluster()).unwrap();
    let (some, recording) = (Ok(all.clone()), Ok(all[1..].to_vec()));
    let silent = Err(Problem::new("x", "no answer within 10 s", ""));
    for (evaluate, told, says) in [
        (Evaluate::Auto, &some, Some("not evaluated: main has one alerting rule of its own")),
        (Evaluate::Auto, &recording, None),
        (
            Evaluate::Auto,
            &silent,
            Some("not evaluated: whether main does so itself cannot be told: no answer within 10 s"),
        ),
        (Evaluate::Always, &some, None),
        (Evaluate::Never, &recording, Some("not evaluated: the configuration says never")),
    ] {
        let why = why_not(&own(evaluate), &server, told);
        assert_eq!(why.as_ref().map(Text::as_str), says, "{evaluate:?}");
    }
}

/// What a Prometheus answers that has no rules of its own, and for which `up` is 0 at `now`.
fn without_rules(request: &Request, is_silent: bool, now: i64) -> Response {
    let data = match request.uri().path() {
        RULES if is_silent => return StatusCode::GATEWAY_TIMEOUT.into_response(),
        RULES => json!({ "groups": [] }),
        "/api/v1/query" => json!({ "resultType": "vector", "result": [{ "metric": {}, "value": [now, "0"] }] }),
        _ => json!({ "resultType": "matrix", "result": [{ "metric": {}, "values": [[now, "0"]] }] }),
    };
    axum::Json(json!({ "status": "success", "data": data })).into_response()
}

/// What midwatch tells of its own alerts in two rounds more than a minute apart, and what the server told of its rules
/// in each; whether the server is silent about them in the first and in the second.
async fn two_rounds(evaluate: Evaluate, silent: [bool; 2]) -> [(bool, Result<Vec<Alert>, Problem>); 2] {
    let (now, is_silent) = (Arc::new(AtomicI64::new(1_700_000_000)), Arc::new(AtomicBool::new(silent[0])));
    let answer = {
        let (now, is_silent) = (Arc::clone(&now), Arc::clone(&is_silent));
        move |request: Request| {
            let told = without_rules(&request, is_silent.load(Ordering::SeqCst), now.load(Ordering::SeqCst));
            async move { told }
        }
    };
    let address = test_support::serve(Router::new().fallback(answer)).await;
    let server = server(&address);
    let endpoint = Endpoint::new(&server, &reader(&address)).unwrap();
    // Nothing fits in but one update: the source waits in the middle of a round until that is taken.
    let (sender, mut updates) = mpsc::channel(1);
    let clock = {
        let now = Arc::clone(&now);
        Clock::new(move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap())
    };
    let own = OwnRules { interval: SignedDuration::from_millis(1), ..own(evaluate) };
    let outbox = Outbox::new(cluster(), clock, sender);
    let source = tokio::spawn(rules(server, endpoint, own, Priorities::default(), outbox));
    let mut rounds = Vec::new();
    for (seconds, silent) in [0, 61].into_iter().zip(silent) {
        is_silent.store(silent, Ordering::SeqCst);
        now.fetch_add(seconds, Ordering::SeqCst);
        let mut heard = None;
        let told = loop {
            match updates.recv().await.unwrap() {
                Update::Rules(SignalKind::Prometheus, _, _, told) => heard = Some(told.is_ok()),
                Update::Alerts(SignalKind::Midwatch, _, _, told) if heard.is_some() => break told,
                _ => {}
            }
        };
        rounds.push((heard.unwrap(), told));
    }
    source.abort();
    rounds.try_into().unwrap()
}

#[tokio::test]
async fn a_server_that_does_not_tell_its_rules_once_ends_no_alert_of_midwatch() {
    let [(true, Ok(first)), (false, Ok(second))] = two_rounds(Evaluate::Auto, [false, true]).await else { panic!() };
    assert_eq!((first.len(), second.len()), (1, 1), "it is evaluated as before");
    let [(false, Err(first)), (true, Ok(second))] = two_rounds(Evaluate::Auto, [true, false]).await else { panic!() };
    assert!(first.what.contains("cannot be asked"), "{first}");
    assert_eq!(second.len(), 1);
    let [(_, Ok(never)), _] = two_rounds(Evaluate::Never, [true, true]).await else { panic!() };
    assert_eq!(never, []);
}
