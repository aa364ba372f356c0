//! Prometheus' HTTP API over the simulated samples.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::alerts;
use super::promql::{Selector, Value as Found, evaluate, parse, selector};
use super::samples::Labels;
use crate::sandbox::world::World;

/// More points are refused, as by the real one.
const MOST_POINTS: i64 = 11_000;

/// What it answers: a success, or a refusal.
pub(super) type Answer = Result<Value, String>;

/// Answers a question; none where there is no such page.
pub(super) fn answer(world: &World, path: &str, query: &[(String, String)]) -> Option<Answer> {
    let of = |name: &str| query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let told = match path {
        "/api/v1/alerts" => Ok(json!({ "alerts": alerts::of_prometheus(world) })),
        "/api/v1/rules" => Ok(alerts::rules_of_prometheus(world)),
        "/api/v1/labels" => labels(world, of("match[]")),
        "/api/v1/query" => instant(world, of("query"), of("time")),
        "/api/v1/query_range" => range(world, of("query"), of("start"), of("end"), of("step")),
        _ => return None,
    };
    Some(told.map(|data| json!({ "status": "success", "data": data })))
}

/// The labels of the series that a selector takes.
fn labels(world: &World, of: &str) -> Answer {
    let Selector { matchers, .. } = selector(of)?;
    let mut names = BTreeSet::new();
    for (labels, _) in world.samples.all() {
        let value = |name: &str| labels.iter().find(|(label, _)| label == name).map_or("", |(_, value)| value.as_str());
        if matchers.iter().all(|matcher| matcher.takes(value(&matcher.label))) {
            names.extend(labels.iter().map(|(name, _)| name.as_str()));
        }
    }
    Ok(json!(names))
}

fn instant(world: &World, query: &str, time: &str) -> Answer {
    let at = if time.is_empty() { world.now.as_second() } else { moment(time)? };
    Ok(match evaluate(&parse(query)?, &world.samples, at)? {
        Found::Scalar(number) => json!({ "resultType": "scalar", "result": [at, number.to_string()] }),
        Found::Vector(vector) => {
            let told = vector
                .iter()
                .map(|(labels, value)| json!({ "metric": members(labels), "value": [at, written(*value)] }));
            json!({ "resultType": "vector", "result": told.collect::<Vec<_>>() })
        }
    })
}

fn range(world: &World, query: &str, start: &str, end: &str, step: &str) -> Answer {
    let (start, end, step) = (moment(start)?, moment(end)?, moment(step)?.max(1));
    if (end - start) / step > MOST_POINTS {
        return Err("exceeded maximum resolution of 11,000 points per timeseries".to_owned());
    }
    let expr = parse(query)?;
    let mut series: BTreeMap<Labels, Vec<Value>> = BTreeMap::new();
    let mut at = start;
    while at <= end {
        let told = match evaluate(&expr, &world.samples, at)? {
            Found::Scalar(number) => vec![(Labels::new(), number)],
            Found::Vector(vector) => vector,
        };
        for (labels, value) in told {
            series.entry(labels).or_default().push(json!([at, written(value)]));
        }
        at += step;
    }
    let told = series.iter().map(|(labels, values)| json!({ "metric": members(labels), "values": values }));
    Ok(json!({ "resultType": "matrix", "result": told.collect::<Vec<_>>() }))
}

fn members(labels: &Labels) -> Value {
    labels
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A number as Prometheus writes it.
fn written(value: f64) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        value => value.to_string(),
    }
}

/// A moment or a step in whole seconds.
#[expect(clippy::cast_possible_truncation, reason = "a fraction of a second is left out")]
fn moment(text: &str) -> Result<i64, String> {
    text.parse::<f64>()
        .map(|seconds| seconds as i64)
        .map_err(|_odd| format!("cannot parse {text:?} to a valid timestamp"))
}
