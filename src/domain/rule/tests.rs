#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::criterion::{Operator, Threshold};

fn read(text: &str) -> (String, Operator, f64) {
    let (query, operator, threshold) = condition(text).unwrap_or_else(|why| panic!("{text}: {why}"));
    (query.to_string(), operator, threshold.get())
}

#[test]
fn conditions_of_the_seeds_are_read_as_they_stand() {
    for (text, query, operator, threshold) in [
        ("cpu_usage > 80", "cpu_usage", Operator::Above, 80.0),
        ("up == 0", "up", Operator::Equal, 0.0),
        ("query_duration > 1s", "query_duration", Operator::Above, 1.0),
        ("a>=-0.5", "a", Operator::AtLeast, -0.5),
        ("x <= 1e3", "x", Operator::AtMost, 1_000.0),
        (
            r#"rate(h{code=~"5..|a>b",x!="y"}[5m]) / 2 != 250ms"#,
            r#"rate(h{code=~"5..|a>b",x!="y"}[5m]) / 2"#,
            Operator::Unequal,
            0.25,
        ),
        ("count(a == 1) by (x) < 3", "count(a == 1) by (x)", Operator::Below, 3.0),
        (r#"f("a\")>1") > 2"#, r#"f("a\")>1")"#, Operator::Above, 2.0),
        ("(a and b) > 1", "(a and b)", Operator::Above, 1.0),
        ("brand_or_not > 1", "brand_or_not", Operator::Above, 1.0),
    ] {
        assert_eq!(read(text), (query.to_owned(), operator, threshold), "{text}");
    }
}

#[test]
fn what_is_no_condition_is_told_with_what_to_write() {
    for (text, says) in [
        ("up", "compares nothing"),
        ("> 1", "compares nothing"),
        ("up == down", "`down` is no number"),
        ("up > bool 1", "`bool 1` is no number"),
        ("up > NaN", "is no number"),
        ("up > inf", "is no number"),
        ("a and b > 1", "put `a and b` in parentheses"),
        ("sum(a > 1", "a `)` is missing"),
        ("a) > 1", "`)` closes nothing"),
        ("a{x=\"y} > 1", "is not closed"),
        ("a # b > 1", "no comment"),
    ] {
        let why = condition(text).unwrap_err();
        assert!(why.contains(says), "{text}: {why}");
    }
}

fn own() -> OwnRules {
    let labels =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| (Text::from(*name), Text::from(*value))).collect();
    let rule = |name: &str, text: &str, hold: i64, keep: i64| {
        let (query, operator, threshold) = condition(text).unwrap();
        let (hold, keep) = (SignedDuration::from_secs(hold), SignedDuration::from_secs(keep));
        AlertRule {
            name: name.into(),
            criterion: Criterion { query, operator, threshold, hold, keep, least: 0 },
            labels: labels(&[("severity", "critical")]),
            annotations: labels(&[("summary", "{{ $labels.pod }}: \"90 %\"")]),
        }
    };
    OwnRules {
        rules: vec![rule("high_cpu", "cpu_usage > 80", 300, 90), rule("down", "up{job=\"db\"} == 0", 0, 0)],
        ..OwnRules::default()
    }
}

#[test]
fn rules_are_written_as_a_rule_file_and_as_an_object() {
    let file: serde_json::Value = serde_saphyr::from_str(&export(&own(), Export::File)).unwrap();
    let rules = &file["groups"][0]["rules"];
    assert_eq!(file["groups"][0]["interval"], "30s");
    assert_eq!(
        rules[0],
        serde_json::json!({
            "alert": "high_cpu", "expr": "cpu_usage > 80", "for": "5m", "keep_firing_for": "90s",
            "labels": { "severity": "critical" }, "annotations": { "summary": "{{ $labels.pod }}: \"90 %\"" },
        })
    );
    assert_eq!((&rules[1]["expr"], &rules[1]["for"]), (&"up{job=\"db\"} == 0".into(), &serde_json::Value::Null));
    let object: serde_json::Value = serde_saphyr::from_str(&export(&own(), Export::Object)).unwrap();
    assert_eq!((&object["kind"], &object["spec"]), (&"PrometheusRule".into(), &file));
}

#[test]
fn a_threshold_is_written_as_a_number_that_every_prometheus_reads() {
    assert_eq!(Threshold::new(0.000_001).unwrap().to_string(), "0.000001");
    assert_eq!(Threshold::new(100.0).unwrap().to_string(), "100");
}
