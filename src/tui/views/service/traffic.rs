//! The traffic of a service: the arms side by side, and what speaks against the new one, in words.

use jiff::SignedDuration;

use super::page::Line;
use crate::domain::comparison::{FEWEST, Finding, Sample, compare};
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::limits::Limit;
use crate::domain::metric::{Measure, Unit};
use crate::domain::object::ObjectRef;
use crate::domain::pod::Pod;
use crate::domain::row::Row;
use crate::domain::service::Service;
use crate::domain::text::Text;
use crate::domain::traffic::{Arm, ArmRole, Split};
use crate::state::{Line as Series, Numbers, State};
use crate::tui::paint::span;
use crate::tui::theme::Role;
use crate::tui::views::ground::Ground;
use crate::tui::widgets::table::{Cell, Column, cell};
use crate::tui::widgets::{delivery, words};

/// The columns of arms.
pub(super) const ARMS: [Column; 10] = [
    Column::words("", 1, 1),
    Column::words("", 14, 48).named(),
    Column::words("VERSION", 7, 20).rank(2),
    Column::number("SET", 5, 6),
    Column::number("SEEN", 6, 6),
    Column::number("RATE", 6, 8).rank(3),
    Column::number("REQUESTS", 8, 10).rank(4),
    Column::number("ERRORS", 6, 8),
    Column::number("P95", 6, 7),
    Column::number("READY", 5, 6).rank(1),
];

/// The arms are compared by what they did within so long.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// What is known of one arm.
struct Measured {
    numbers: Numbers,
    sample: Option<Sample>,
}

/// The arms of each split, and what speaks against the new one.
pub(super) fn lines(splits: &[Split], service: &Service, ground: &Ground<'_>) -> Vec<Line> {
    let numbers = ground.board.numbers(&service.id).filter(|numbers| numbers.knows_pods());
    let limit = ground.state.limits().of(&service.id.environment).error_ratio;
    let mut lines = Vec::new();
    for split in splits {
        let measured: Vec<Option<Measured>> =
            split.arms.iter().map(|arm| numbers.map(|numbers| measure(arm, split, numbers, ground.state))).collect();
        for (arm, measured) in split.arms.iter().zip(&measured) {
            lines.push(Line::Told(cells(arm, measured.as_ref(), limit, ground)));
        }
        let of = |role| {
            let at = split.arms.iter().position(|arm| arm.role == Some(role))?;
            measured[at].as_ref()?.sample
        };
        let (role, said) = verdict(of(ArmRole::Canary).as_ref(), of(ArmRole::Stable).as_ref());
        let mut said = vec![span(role, format!("   {said}"))];
        if let Some(by) = &split.steered_by {
            said.push(span(Role::Muted, format!("   weights set by {}", delivery::steering(by))));
        }
        lines.push(Line::Words(said));
        lines.extend(split.doubts.iter().map(|doubt| {
            Line::Words(vec![span(Role::Attention, format!("   {} {doubt}", ground.look.glyphs.attention))])
        }));
    }
    lines
}

/// The numbers of the pods behind the Service of an arm.
fn measure(arm: &Arm, split: &Split, numbers: &Numbers, state: &State) -> Measured {
    let service = ObjectRef { kind: Kind::Service, name: arm.service.clone(), ..split.router.clone() };
    let pods: Vec<&Text> = pods_behind(&service, state).map(|pod| &pod.meta.name).collect();
    let numbers = numbers.of_pods(pods.into_iter());
    let sample = sample(&numbers);
    Measured { numbers, sample }
}

/// The pods that a Service selects.
fn pods_behind<'a>(service: &ObjectRef, state: &'a State) -> impl Iterator<Item = &'a Pod> {
    let selector = match state.find(service) {
        Some(Row::Service(service)) if !service.selector.is_empty() => Some(&service.selector),
        _ => None,
    };
    let pods = state.cluster(&service.cluster).zip(selector).map(|(cluster, selector)| {
        cluster.rows(Kind::Pod).rows_in(&service.namespace).filter_map(move |row| match row {
            Row::Pod(pod) if selector.iter().all(|pair| pod.meta.labels.contains(pair)) => Some(&**pod),
            _ => None,
        })
    });
    pods.into_iter().flatten()
}

/// What was seen within the window; none where requests are not counted.
fn sample(numbers: &Numbers) -> Option<Sample> {
    let requests = total(numbers.line(Measure::Requests)?);
    let failures = numbers.line(Measure::Errors).map_or(0.0, total);
    Some(Sample { requests, failures, p95: numbers.last(Measure::P95) })
}

/// How many a line of rates counts within the window.
fn total(line: &Series) -> f64 {
    let step = line.grid.step.as_secs_f64();
    if step <= 0.0 {
        return 0.0;
    }
    let mut left = WINDOW.as_secs_f64();
    let mut sum = 0.0;
    for rate in line.points.iter().rev() {
        let length = step.min(left);
        sum += rate.unwrap_or_default() * length;
        left -= length;
        if left <= 0.0 {
            break;
        }
    }
    sum
}

/// The cells of an arm.
fn cells(arm: &Arm, measured: Option<&Measured>, limit: Limit, ground: &Ground<'_>) -> Vec<Cell<'static>> {
    let dash = ground.look.glyphs.dash;
    let (mark, word) = match arm.role {
        Some(ArmRole::Canary) => (ground.look.glyphs.shade, "canary  "),
        Some(ArmRole::Stable) => (ground.look.glyphs.bar, "stable  "),
        None => (ground.look.glyphs.dot, ""),
    };
    let figure = |value: Option<f64>, unit: Unit, role| match value {
        Some(value) => cell(role, unit.figure(value)),
        None => cell(Role::Faint, dash),
    };
    let numbers = measured.map(|measured| &measured.numbers);
    let ratio = numbers.and_then(Numbers::error_ratio).and_then(|line| line.points.last());
    let loud = match ratio.and_then(|ratio| limit.health(ratio)) {
        Some(Health::Bad) => Role::Bad,
        Some(_) => Role::Attention,
        None => Role::Text,
    };
    let last = |measure| numbers.and_then(|numbers: &Numbers| numbers.last(measure));
    let counted = measured.and_then(|measured| measured.sample).map(|sample| count(sample.requests));
    vec![
        cell(Role::Muted, mark),
        cell(Role::Text, format!("{word}{}", arm.service)),
        cell(Role::Text, if arm.version.is_empty() { dash.to_owned() } else { arm.version.to_string() }),
        cell(Role::Text, format!("{} %", delivery::percent(arm.desired))),
        match arm.observed {
            Some(seen) => cell(delivery::seen_role(seen, Some(arm.desired)), format!("{} %", delivery::percent(seen))),
            None => cell(Role::Faint, dash),
        },
        figure(last(Measure::Requests), Unit::PerSecond, Role::Text),
        counted.map_or_else(|| cell(Role::Faint, dash), |counted| cell(Role::Text, counted)),
        figure(ratio, Unit::Ratio, loud),
        figure(last(Measure::P95), Unit::Seconds, Role::Text),
        cell(if arm.ready == 0 && arm.desired > 0.0 { Role::Bad } else { Role::Text }, arm.ready.to_string()),
    ]
}

/// A number of requests.
fn count(requests: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is rounded and not negative")]
    words::thousands(requests.round().max(0.0) as usize)
}

/// What speaks against the new arm, in words.
pub(super) fn verdict(canary: Option<&Sample>, stable: Option<&Sample>) -> (Role, String) {
    let (Some(canary), Some(stable)) = (canary, stable) else {
        return (Role::Muted, "not enough data: nobody counts the requests of single pods".to_owned());
    };
    let part = |ratio: f64| Unit::Ratio.figure(ratio);
    let ratio = |sample: &Sample| part(sample.ratio().unwrap_or_default());
    let time = |p95: Option<f64>| p95.map(|p95| Unit::Seconds.figure(p95)).unwrap_or_default();
    let fewest = count(FEWEST);
    match compare(canary, stable) {
        Finding::TooFew => {
            let (who, sample) = if canary.requests < FEWEST { ("canary", canary) } else { ("stable", stable) };
            let told =
                format!("not enough data: {who} had {} requests in 5 min, {fewest} are needed", count(sample.requests));
            (Role::Muted, told)
        }
        Finding::FailsMore => {
            let least = part(canary.bounds().0);
            (Role::Bad, format!("canary fails more: {}, at least {least}; stable {}", ratio(canary), ratio(stable)))
        }
        Finding::BothFail => {
            let told = format!("both arms fail: canary {}, stable {}; look behind them", ratio(canary), ratio(stable));
            (Role::Attention, told)
        }
        Finding::Slower => {
            (Role::Attention, format!("canary is slower: p95 {}, stable {}", time(canary.p95), time(stable.p95)))
        }
        Finding::NoWorse => {
            let most = part(canary.bounds().1);
            (Role::Text, format!("canary is no worse than stable: at most {most} of its requests fail"))
        }
    }
}

#[cfg(test)]
mod tests;
