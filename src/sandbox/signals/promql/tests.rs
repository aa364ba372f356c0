#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::sandbox::fleet;
use crate::sandbox::signals::samples::Samples;
use crate::sandbox::world::World;

fn world() -> World {
    fleet::build(1, "2026-11-26T03:12:00Z".parse().unwrap())
}

fn ask(samples: &Samples, query: &str, at: i64) -> Vec<(String, f64)> {
    match evaluate(&parse(query).unwrap(), samples, at).unwrap() {
        Value::Scalar(number) => vec![(String::new(), number)],
        Value::Vector(vector) => vector
            .into_iter()
            .map(|(labels, value)| {
                (labels.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(","), value)
            })
            .collect(),
    }
}

#[test]
fn arithmetic_and_comparison_follow_their_rank() {
    let samples = Samples::default();
    assert_eq!(ask(&samples, "1 + 2 * 3", 0), [(String::new(), 7.0)]);
    assert_eq!(ask(&samples, "(1 + 2) * 3 - 4 / 2", 0), [(String::new(), 7.0)]);
}

#[test]
fn errors_of_the_bad_release_are_seen_and_those_of_others_are_not() {
    let world = world();
    let ratio = |namespace: &str, at: i64| {
        let of =
            |code: &str| format!(r#"sum by (app) (rate(http_requests_total{{namespace="{namespace}"{code}}}[2m]))"#);
        let query = format!("{} / {}", of(r#",code=~"5..""#), of(""));
        ask(&world.samples, &query, at).into_iter().find(|(labels, _)| labels == "app=chat-service").unwrap().1
    };
    let now = world.now.as_second();
    assert!(ratio("production", now) > 0.01, "{}", ratio("production", now));
    assert!(ratio("production", now - 1_500) < 0.005, "before the release");
    assert!(ratio("staging", now) < 0.005);
}

#[test]
fn a_quantile_lies_between_its_buckets() {
    let world = world();
    let query = |quantile: &str| {
        format!("histogram_quantile({quantile}, sum by (app, le) (rate(http_request_duration_seconds_bucket[2m])))")
    };
    let of = |quantile: &str| {
        let told = ask(&world.samples, &query(quantile), world.now.as_second());
        told.into_iter().find(|(labels, _)| labels == "app=user-service").unwrap().1
    };
    assert!((0.025..0.05).contains(&of("0.5")), "{}", of("0.5"));
    assert!(of("0.5") < of("0.95") && of("0.95") < of("0.99"));
}

#[test]
fn what_is_no_expression_is_told_with_its_place() {
    for (text, says) in
        [("sum by (a (b)", "parse error"), ("rate(x[5x])", "bad duration"), ("{", "no label"), ("a b", "unexpected")]
    {
        assert!(parse(text).unwrap_err().contains(says), "{text}: {}", parse(text).unwrap_err());
    }
}
