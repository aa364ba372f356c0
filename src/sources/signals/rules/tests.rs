#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::domain::criterion::{Criterion, Operator, Threshold};
use crate::domain::object::Labels;
use crate::domain::rule::AlertRule;
use crate::domain::signal::{Access, Reach, SignalId};

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

#[test]
fn midwatch_evaluates_where_nobody_else_does_or_where_it_is_told_to() {
    let server = SignalServer {
        id: SignalId { cluster: cluster(), name: "main".into() },
        kind: SignalKind::Prometheus,
        reach: Reach::Url("http://x".into()),
        access: Access::default(),
        matchers: Text::default(),
    };
    let criterion = Criterion {
        query: "up".into(),
        operator: Operator::Equal,
        threshold: Threshold::new(0.0).unwrap(),
        hold: SignedDuration::ZERO,
        keep: SignedDuration::ZERO,
        least: 0,
    };
    let rule = AlertRule { name: "x".into(), criterion, labels: Labels::default(), annotations: Labels::default() };
    let of = |evaluate| OwnRules { evaluate, rules: vec![rule.clone()], ..OwnRules::default() };
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
        let why = why_not(&of(evaluate), &server, told);
        assert_eq!(why.as_ref().map(Text::as_str), says, "{evaluate:?}");
    }
}
