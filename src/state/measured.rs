//! What a service is like in the light of its numbers.

use jiff::Timestamp;

use super::metrics::{Line, Numbers};
use crate::domain::criterion::{Criterion, CriterionState, Outcome, Watching};
use crate::domain::health::{Health, Verdict};
use crate::domain::limits::{Limit, Limits};
use crate::domain::metric::{Measure, Points, Unit};
use crate::domain::moment::{span, time_of_day};
use crate::domain::service::{Service, ServiceId};

/// Lets numbers count for the health of the service that they are about. They make nothing better: what Kubernetes says is
/// broken is broken.
pub(super) fn measured(service: &mut Service, numbers: &Numbers, limits: &Limits, now: Timestamp) {
    if let Some(found) = beyond(numbers, &service.id, limits, now)
        && found.health < service.verdict.health
    {
        service.verdict = found;
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
            let found = judge(&criterion, line, samples, window)?;
            let (value, threshold) = (unit.figure(found.value), unit.figure(criterion.threshold.get()));
            let age = line.age(now).map(|age| format!("; numbers {} old", span(age))).unwrap_or_default();
            // It is well again, and not for long enough to be believed.
            let (health, words) = match found.until {
                None => (health, format!("{what} {value}, limit {threshold}{age}")),
                Some(until) => {
                    let until = time_of_day(until, now);
                    (Health::Attention, format!("{what} {value}, was {threshold} or more until {until}{age}"))
                }
            };
            Some(Verdict::new(health, words, Some(found.since)))
        })
    });
    found.min_by_key(|verdict| verdict.health)
}

/// A criterion that is breached at the end of a line.
struct Breached {
    since: Timestamp,
    /// The newest number.
    value: f64,
    /// When it was beyond for the last time, where it is within now.
    until: Option<Timestamp>,
}

/// Whether a criterion is breached at the end of a line: found by watching the whole line, so that whoever looks for
/// the first time sees the same as who has looked all the time.
fn judge(criterion: &Criterion, line: &Line, samples: Option<&Points>, window: i64) -> Option<Breached> {
    let mut watching = Watching::default();
    let (mut last, mut beyond, mut is_within) = (None, None, false);
    for (index, value) in line.points.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a window has few seconds")]
        let counted = samples.and_then(|samples| samples.get(index)).map(|rate| rate * window as f64);
        let (outcome, at) = (criterion.judge(value, counted), line.grid.at(index));
        watching.observe(criterion, outcome, at);
        match outcome {
            Outcome::Breach => (beyond, is_within) = (Some(at), false),
            Outcome::Pass => is_within = true,
            Outcome::NoData => {}
        }
        last = value.or(last);
    }
    let is_breached = watching.state() == CriterionState::Firing;
    is_breached
        .then(|| Some(Breached { since: watching.since()?, value: last?, until: beyond.filter(|_| is_within) }))
        .flatten()
}

#[cfg(test)]
mod tests;
