#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::alert::Priority;
use crate::domain::criterion::{Criterion, Operator, Threshold};

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn labels(pairs: &[(&str, &str)]) -> Labels {
    let mut labels: Vec<_> = pairs.iter().map(|(name, value)| (Text::from(*name), Text::from(*value))).collect();
    labels.sort();
    labels.into()
}

/// Breached above 5 for two minutes.
fn watched(summary: &str) -> Watched {
    let annotations = if summary.is_empty() { labels(&[]) } else { labels(&[("summary", summary)]) };
    Watched::new(AlertRule {
        name: "ErrorRate".into(),
        criterion: Criterion {
            query: "error_rate".into(),
            operator: Operator::Above,
            threshold: Threshold::new(5.0).unwrap(),
            hold: SignedDuration::from_secs(120),
            keep: SignedDuration::ZERO,
            least: 0,
        },
        labels: labels(&[("severity", "critical")]),
        annotations,
    })
}

fn later(seconds: i64) -> Timestamp {
    NOW + SignedDuration::from_secs(seconds)
}

/// What is told of services at moments, each with one value for all of them.
fn of(services: &[&str], moments: &[Timestamp], value: f64) -> Samples {
    let points = || moments.iter().map(|at| (*at, value)).collect();
    services.iter().map(|name| (labels(&[("__name__", "error_rate"), ("service", name)]), points())).collect()
}

const INTERVAL: SignedDuration = SignedDuration::from_secs(30);

/// The alerts that are on: of which service, how they stand, and since when.
fn on(rule: &Watched) -> Vec<(String, Standing, Timestamp)> {
    let alerts = rule.alerts(&ClusterName("eu".into()), &Priorities::default());
    alerts.iter().map(|it| (it.label("service").unwrap().to_string(), it.standing, it.since)).collect()
}

#[test]
fn the_first_question_asks_for_the_past_so_that_it_is_known_since_when() {
    let mut rule = watched("");
    let moments = rule.moments(INTERVAL, NOW);
    assert_eq!((moments.first(), moments.last()), (Some(&later(-900)), Some(&NOW)));
    assert!(path("up", &moments).starts_with("/api/v1/query_range?query=up&start=1699999100&end=1700000000&step=30&"));
    let mut told = of(&["old"], &moments, 9.0);
    told.extend(of(&["young"], &moments[moments.len() - 2..], 9.0));
    rule.take_in(told, &moments);
    let wanted = [("old", Standing::Firing, later(-900)), ("young", Standing::Pending, later(-30))];
    assert_eq!(on(&rule), wanted.map(|(name, standing, since)| (name.to_owned(), standing, since)));
    let alert = &rule.alerts(&ClusterName("eu".into()), &Priorities::default())[0];
    assert_eq!(alert.evaluated, Some(Evaluated { watched: later(-900), no_data: None }));
    assert_eq!((alert.priority, alert.summary()), (Priority::High, "9, which is > 5"));
    // From then on one moment is asked for, and what was missed while nobody asked.
    assert_eq!(rule.moments(INTERVAL, later(30)), [later(30)]);
    assert!(path("a b", &[later(30)]).starts_with("/api/v1/query?query=a%20b&time=1700000030&"));
    assert_eq!(rule.moments(INTERVAL, later(600)).first(), Some(&later(0)));
}

#[test]
fn no_data_ends_no_alert_and_is_told_with_it() {
    let mut rule = watched("");
    let moments = rule.moments(INTERVAL, NOW);
    rule.take_in(of(&["chat"], &moments, 9.0), &moments);
    for seconds in [30, 60, 330] {
        rule.take_in(Vec::new(), &[later(seconds)]);
    }
    let silent = Problem::new("x", "no answer within 10 s", "");
    rule.fail(&silent, later(360));
    rule.fail(&silent, later(3_570));
    // The server is back, and empty at first.
    rule.take_in(Vec::new(), &[later(0), later(1_800), later(3_600)]);
    rule.fail(&silent, later(3_630));
    let alerts = rule.alerts(&ClusterName("eu".into()), &Priorities::default());
    assert_eq!(alerts[0].evaluated.unwrap().no_data, Some(later(30)));
    let told = rule.told(&ClusterName("eu".into()), None);
    assert_eq!((told.state, told.problem.as_ref().unwrap().as_str()), (RuleState::Firing, "no answer within 10 s"));
    for value in [f64::NAN, f64::INFINITY] {
        rule.take_in(of(&["chat"], &[later(3_660)], value), &[later(3_660)]);
        assert_eq!(on(&rule).len(), 1, "{value}");
    }
    rule.take_in(of(&["chat"], &[later(3_690)], 1.0), &[later(3_690)]);
    assert_eq!(on(&rule), []);
}

#[test]
fn a_series_that_is_gone_while_others_are_there_has_ended() {
    let mut rule = watched("");
    let moments = rule.moments(INTERVAL, NOW);
    rule.take_in(of(&["chat", "user"], &moments, 9.0), &moments);
    for seconds in (30..=300).step_by(30) {
        rule.take_in(of(&["user"], &[later(seconds)], 9.0), &[later(seconds)]);
        assert_eq!(on(&rule).len(), 2, "after {seconds} s");
    }
    rule.take_in(of(&["user"], &[later(330)], 9.0), &[later(330)]);
    assert_eq!(on(&rule).len(), 1);
}

#[test]
fn a_query_that_is_empty_when_all_is_well_ends_its_alert_as_in_prometheus() {
    let mut rule = watched("");
    let moments = rule.moments(INTERVAL, NOW);
    rule.take_in(of(&["absent"], &moments, 9.0), &moments);
    for seconds in (30..=330).step_by(30) {
        rule.take_in(Vec::new(), &[later(seconds)]);
        assert_eq!(on(&rule).len(), 1, "after {seconds} s");
    }
    rule.take_in(Vec::new(), &[later(360)]);
    assert_eq!(on(&rule), []);
    rule.take_in(of(&["absent"], &[later(390)], 9.0), &[later(390)]);
    assert_eq!(on(&rule), [("absent".to_owned(), Standing::Pending, later(390))]);
}

#[test]
fn words_are_filled_in_and_labels_of_the_rule_come_first() {
    let mut rule = watched("{{ $labels.service }}: {{$value}} % of {{ $labels.none }} fail");
    let moments = rule.moments(INTERVAL, NOW);
    let mut told = of(&["chat"], &moments, 9.126);
    told[0].0 = labels(&[("service", "chat"), ("severity", "info")]);
    rule.take_in(told, &moments);
    let alert = &rule.alerts(&ClusterName("eu".into()), &Priorities::default())[0];
    assert_eq!(alert.summary(), "chat: 9.13 % of  fail");
    let told: Vec<String> = alert.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(told, ["alertname=ErrorRate", "service=chat", "severity=critical"]);
}
