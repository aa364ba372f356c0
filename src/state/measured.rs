//! What a service is like in the light of its numbers.

use std::collections::HashMap;

use jiff::Timestamp;

use super::metrics::{Line, Numbers};
use crate::domain::criterion::{Criterion, Phase, Watching};
use crate::domain::health::Verdict;
use crate::domain::limits::{Limit, Limits};
use crate::domain::metric::{Measure, Points, Unit};
use crate::domain::moment::span;
use crate::domain::service::{Service, ServiceId};

/// Lets numbers count for the health of the services that they are about. They make nothing better: what Kubernetes
/// says is broken is broken.
pub(super) fn measured<'a>(
    services: impl Iterator<Item = &'a mut Service>,
    numbers: &HashMap<ServiceId, Numbers>,
    limits: &Limits,
    now: Timestamp,
) {
    for service in services {
        if let Some(numbers) = numbers.get(&service.id)
            && let Some(found) = beyond(numbers, &service.id, limits, now)
            && found.health < service.verdict.health
        {
            service.verdict = found;
        }
    }
}

/// The worst that its numbers say.
fn beyond(numbers: &Numbers, id: &ServiceId, limits: &Limits, now: Timestamp) -> Option<Verdict> {
    let bounds = limits.of(&id.environment);
    let samples = numbers.line(Measure::Requests).map(|line| &line.points);
    let window = limits.window.as_secs();
    let ratio = numbers.error_ratio();
    let asked: [(&str, Limit, Unit, Option<&Line>); 2] = [
        ("error ratio", bounds.error_ratio, Unit::Ratio, ratio.as_ref()),
        ("latency p95", bounds.latency, Unit::Seconds, numbers.line(Measure::P95)),
    ];
    let found = asked.into_iter().filter_map(|(what, limit, unit, line)| {
        let line = line?;
        limit.criteria(what, bounds, bounds.least).find_map(|(health, criterion)| {
            let (since, value) = judge(&criterion, line, samples, window)?;
            let (value, threshold) = (unit.figure(value), unit.figure(criterion.threshold.get()));
            let age = line.age(now).map(|age| format!("; numbers {} old", span(age))).unwrap_or_default();
            Some(Verdict::new(health, format!("{what} {value}, limit {threshold}{age}"), Some(since)))
        })
    });
    found.min_by_key(|verdict| verdict.health)
}

/// Since when a criterion is breached at the end of a line, and by which number: found by watching the whole line, so
/// that whoever looks for the first time sees the same as who has looked all the time.
fn judge(criterion: &Criterion, line: &Line, samples: Option<&Points>, window: i64) -> Option<(Timestamp, f64)> {
    let mut watching = Watching::default();
    let mut last = None;
    for (index, value) in line.points.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a window has few seconds")]
        let counted = samples.and_then(|samples| samples.get(index)).map(|rate| rate * window as f64);
        watching.observe(criterion, criterion.judge(value, counted), line.grid.at(index));
        last = value.or(last);
    }
    (watching.phase() == Phase::Firing).then(|| Some((watching.since()?, last?))).flatten()
}

#[cfg(test)]
mod tests;
