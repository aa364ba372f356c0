//! From a tree to numbers at one moment.

use std::collections::BTreeMap;

use super::parse::{Expr, Selector};
use crate::sandbox::signals::samples::{Labels, Line, Samples};

/// A sample older than this says nothing any more, in seconds.
const LOOKED_BACK: i64 = 300;

/// What an expression is at a moment.
#[derive(Debug, PartialEq)]
pub(crate) enum Value {
    Scalar(f64),
    Vector(Vec<(Labels, f64)>),
}

/// The value of an expression at a moment, in seconds.
pub(crate) fn evaluate(expr: &Expr, samples: &Samples, at: i64) -> Result<Value, String> {
    Ok(match expr {
        Expr::Number(number) => Value::Scalar(*number),
        Expr::Select(selector) => Value::Vector(newest(selector, samples, at)),
        Expr::Aggregate { how, by, of } => Value::Vector(aggregate(how, by, vector(of, samples, at)?)),
        Expr::Call { name, arguments } => call(name, arguments, samples, at)?,
        Expr::Binary { left, operator, right } => {
            binary(evaluate(left, samples, at)?, operator, evaluate(right, samples, at)?)
        }
    })
}

fn vector(expr: &Expr, samples: &Samples, at: i64) -> Result<Vec<(Labels, f64)>, String> {
    match evaluate(expr, samples, at)? {
        Value::Vector(vector) => Ok(vector),
        Value::Scalar(_) => Err("expected type instant vector, got scalar".to_owned()),
    }
}

/// The series that a selector takes.
fn selected<'a>(selector: &'a Selector, samples: &'a Samples) -> impl Iterator<Item = (&'a Labels, &'a Line)> {
    samples.all().filter(|(labels, _)| {
        selector.matchers.iter().all(|matcher| {
            let value = labels.iter().find(|(name, _)| *name == matcher.label).map_or("", |(_, value)| value);
            matcher.takes(value)
        })
    })
}

fn newest(selector: &Selector, samples: &Samples, at: i64) -> Vec<(Labels, f64)> {
    let found = selected(selector, samples).filter_map(|(labels, line)| {
        let (_, value) = line.iter().rev().find(|(when, _)| *when <= at).filter(|(when, _)| at - when < LOOKED_BACK)?;
        Some((labels.clone(), *value))
    });
    found.collect()
}

/// How fast each series grows within the window of a selector, per second.
fn rates(selector: &Selector, samples: &Samples, at: i64) -> Vec<(Labels, f64)> {
    let window = selector.window.unwrap_or(LOOKED_BACK);
    let found = selected(selector, samples).filter_map(|(labels, line)| {
        let start = line.partition_point(|(when, _)| *when < at - window);
        let end = line.partition_point(|(when, _)| *when <= at);
        let within = || line.range(start..end);
        let (first, last) = (within().next()?.0, within().next_back()?.0);
        let grown: f64 = within().zip(within().skip(1)).map(|((_, one), (_, next))| (next - one).max(0.0)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a window has few seconds")]
        let rate = (last > first).then(|| grown / (last - first) as f64)?;
        Some((without_name(labels), rate))
    });
    found.collect()
}

fn call(name: &str, arguments: &[Expr], samples: &Samples, at: i64) -> Result<Value, String> {
    match (name, arguments) {
        ("rate" | "irate", [Expr::Select(selector)]) => Ok(Value::Vector(rates(selector, samples, at))),
        ("histogram_quantile", [Expr::Number(quantile), buckets]) => {
            Ok(Value::Vector(quantiles(*quantile, vector(buckets, samples, at)?)))
        }
        _ => Err(format!("unknown function with name {name:?}")),
    }
}

fn aggregate(how: &str, by: &[String], vector: Vec<(Labels, f64)>) -> Vec<(Labels, f64)> {
    let mut groups: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
    for (labels, value) in vector {
        let kept = labels.into_iter().filter(|(name, _)| by.contains(name)).collect();
        groups.entry(kept).or_default().push(value);
    }
    #[expect(clippy::cast_precision_loss, reason = "there are few series")]
    let fold = |values: &[f64]| match how {
        "max" => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "min" => values.iter().copied().fold(f64::INFINITY, f64::min),
        "avg" => values.iter().sum::<f64>() / values.len() as f64,
        "count" => values.len() as f64,
        "group" => 1.0,
        _ => values.iter().sum(),
    };
    groups.into_iter().map(|(labels, values)| (labels, fold(&values))).collect()
}

/// The value that a part of all observations stays below, as between the bounds of buckets as can be told.
fn quantiles(quantile: f64, buckets: Vec<(Labels, f64)>) -> Vec<(Labels, f64)> {
    let mut histograms: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    for (mut labels, count) in buckets {
        let Some(at) = labels.iter().position(|(name, _)| name == "le") else { continue };
        let (_, bound) = labels.remove(at);
        let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().unwrap_or(f64::NAN) };
        histograms.entry(labels).or_default().push((bound, count));
    }
    let told = histograms.into_iter().map(|(labels, mut buckets)| {
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        let wanted = buckets.last().map_or(0.0, |(_, all)| all * quantile);
        let at = buckets.iter().position(|(_, count)| *count >= wanted).unwrap_or(0);
        let (low, below) = at.checked_sub(1).map_or((0.0, 0.0), |before| buckets[before]);
        let (high, count) = buckets[at];
        let value = match (high.is_finite(), count > below) {
            (false, _) => low,
            (true, true) => low + (high - low) * (wanted - below) / (count - below),
            (true, false) => f64::NAN,
        };
        (labels, value)
    });
    told.collect()
}

fn binary(left: Value, operator: &str, right: Value) -> Value {
    match (left, right) {
        (Value::Scalar(one), Value::Scalar(other)) => Value::Scalar(compute(one, operator, other).unwrap_or(f64::NAN)),
        (Value::Vector(vector), Value::Scalar(number)) => Value::Vector(
            vector
                .into_iter()
                .filter_map(|(labels, value)| Some((labels, compute(value, operator, number)?)))
                .collect(),
        ),
        (Value::Scalar(number), Value::Vector(vector)) => Value::Vector(
            vector
                .into_iter()
                .filter_map(|(labels, value)| Some((labels, compute(number, operator, value)?)))
                .collect(),
        ),
        (Value::Vector(left), Value::Vector(right)) => {
            let right: BTreeMap<Labels, f64> =
                right.into_iter().map(|(labels, value)| (without_name(&labels), value)).collect();
            let both = left.into_iter().filter_map(|(labels, value)| {
                let labels = without_name(&labels);
                let other = right.get(&labels)?;
                Some((labels, compute(value, operator, *other)?))
            });
            Value::Vector(both.collect())
        }
    }
}

/// The result of an operator; a comparison lets the left side through or nothing.
#[expect(clippy::float_cmp, reason = "`==` means the same number, as in PromQL")]
fn compute(left: f64, operator: &str, right: f64) -> Option<f64> {
    let keeps = |holds: bool| holds.then_some(left);
    match operator {
        "+" => Some(left + right),
        "-" => Some(left - right),
        "*" => Some(left * right),
        "/" => Some(left / right),
        ">" => keeps(left > right),
        ">=" => keeps(left >= right),
        "<" => keeps(left < right),
        "<=" => keeps(left <= right),
        "==" => keeps(left == right),
        _ => keeps(left != right),
    }
}

fn without_name(labels: &Labels) -> Labels {
    labels.iter().filter(|(name, _)| name != "__name__").cloned().collect()
}
