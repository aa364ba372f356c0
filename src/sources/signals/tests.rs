#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::domain::alert::{Priority, Standing};
use crate::domain::object::ClusterName;
use crate::domain::signal::SignalId;

fn cluster() -> ClusterName {
    ClusterName("eu".into())
}

#[test]
fn what_alertmanager_tells_is_read() {
    let answer = json!([
        {
            "annotations": { "summary": "errors \u{1b}[2J are many", "runbook_url": "https://wiki.example/chat" },
            "startsAt": "2026-11-25T03:06:00.000Z", "endsAt": "2026-11-25T03:26:00.000Z",
            "fingerprint": "1", "status": { "state": "active", "silencedBy": [], "inhibitedBy": [] },
            "labels": { "alertname": "ChatErrorRate", "severity": "critical", "namespace": "production" },
        },
        { "labels": { "alertname": "B" }, "status": { "state": "suppressed", "silencedBy": ["s-1"], "inhibitedBy": [] } },
        { "labels": { "alertname": "C" }, "status": { "state": "suppressed", "silencedBy": [], "inhibitedBy": ["x"] } },
        { "no": "alert" },
    ]);
    let alerts = alertmanager::alerts(&answer, &cluster(), &Priorities::default()).unwrap();
    let told: Vec<_> = alerts.iter().map(|alert| (alert.name.as_str(), alert.standing, alert.priority)).collect();
    assert_eq!(
        told,
        [
            ("ChatErrorRate", Standing::Firing, Priority::High),
            ("B", Standing::Silenced, Priority::Medium),
            ("C", Standing::Inhibited, Priority::Medium),
        ]
    );
    assert_eq!(alerts[0].since, "2026-11-25T03:06:00Z".parse().unwrap());
    assert_eq!(alerts[0].summary(), "errors ^[ are many");
    assert_eq!(alerts[0].runbook().unwrap(), &"https://wiki.example/chat");
    assert_eq!(alerts[1].silenced_by, ["s-1"]);
}

#[test]
fn what_prometheus_tells_is_read() {
    let answer = json!({ "status": "success", "data": { "alerts": [
        { "labels": { "alertname": "A", "pod": "x" }, "annotations": {}, "state": "pending", "activeAt": "2026-11-25T03:06:00Z" },
        { "labels": { "alertname": "B" }, "annotations": {}, "state": "firing" },
        { "labels": { "alertname": "C" }, "annotations": {}, "state": "inactive" },
    ] } });
    let alerts = prometheus::alerts(&answer, &cluster(), &Priorities::default()).unwrap();
    let told: Vec<_> = alerts.iter().map(|alert| (alert.name.as_str(), alert.standing)).collect();
    assert_eq!(told, [("A", Standing::Pending), ("B", Standing::Firing)]);
}

#[test]
fn an_answer_of_another_shape_is_none() {
    let failed = json!({ "status": "error", "errorType": "execution", "error": "NaN", "data": { "alerts": [] } });
    let shapes = [json!(null), json!({}), json!("x"), json!({ "data": { "alerts": 3 } }), json!([1, null]), failed];
    for answer in shapes {
        assert_eq!(prometheus::alerts(&answer, &cluster(), &Priorities::default()), None, "{answer}");
        assert_eq!(alertmanager::alerts(&answer, &cluster(), &Priorities::default()), None, "{answer}");
    }
    assert_eq!(alertmanager::alerts(&json!([]), &cluster(), &Priorities::default()), Some(Vec::new()));
    let told = |alerts: Value| {
        let answer = json!({ "status": "success", "data": { "alerts": alerts } });
        prometheus::alerts(&answer, &cluster(), &Priorities::default())
    };
    assert_eq!(told(json!([{ "no": "alert" }, 1])), None);
    assert_eq!(told(json!([])), Some(Vec::new()));
    assert_eq!(told(json!([{ "labels": { "alertname": "A" }, "state": "inactive" }])), Some(Vec::new()));
}

#[test]
fn silences_of_which_none_can_be_read_are_no_answer() {
    let id = SignalId { cluster: cluster(), name: "main".into() };
    let now = "2026-11-25T03:06:00Z".parse().unwrap();
    let over = json!({
        "id": "s-1", "status": { "state": "expired" }, "createdBy": "maria", "comment": "known",
        "startsAt": "2026-11-20T03:00:00.000Z", "endsAt": "2026-11-20T04:00:00.000Z",
        "matchers": [{ "name": "alertname", "value": "A", "isRegex": false, "isEqual": true }],
    });
    let count = |answer: Value| alertmanager::silences(&answer, &id, now).map(|all| all.len());
    assert_eq!(count(json!([{ "no": "silence" }, 3])), None);
    assert_eq!(count(json!([])), Some(0));
    assert_eq!(count(json!([over, { "no": "silence" }])), Some(0), "what is over for long can be read");
}
