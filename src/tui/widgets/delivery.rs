//! How a delivery in steps is said: where it waits, its steps in a row, its weights and its analysis.

use jiff::Timestamp;

use super::words;
use crate::domain::analysis::{AnalysisRun, MetricResult};
use crate::domain::argo::{Analysis, Argo, CanaryStep, Gate, Strategy};
use crate::domain::metric::Unit;
use crate::domain::moment;
use crate::domain::rollout::{Delivery, Revision};
use crate::domain::text::Text;
use crate::domain::traffic::percent;
use crate::tui::paint::{Span, cells, span};
use crate::tui::theme::{Glyphs, Role};

/// A share that is seen may be so many points off what is set before it is worth a look.
const OFF: f64 = 5.0;

/// For what it waits, and since when or until when.
pub fn waits(gate: &Gate, now: Timestamp) -> String {
    if let Some(ends) = gate.ends {
        let left = ends.duration_since(now);
        let left = if left.is_positive() { format!("in {}", moment::span(left)) } else { "any moment".to_owned() };
        return format!("{}pauses, goes on {left}", gate.what());
    }
    let since = gate.since.map(|since| format!(" since {}", words::moment(since, now))).unwrap_or_default();
    format!("{}{since}", gate.words())
}

/// Steps that belong together: a weight and the pause after it.
struct Stretch {
    label: String,
    /// The last of its steps, from 0.
    last: usize,
}

fn stretches(argo: &Argo) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut is_open = false;
    for (index, step) in argo.steps.iter().enumerate() {
        let label = label(step, argo.most);
        match stretches.last_mut() {
            Some(stretch) if is_open && matches!(step, CanaryStep::Pause(_) | CanaryStep::Analysis) => {
                stretch.label = format!("{}, {label}", stretch.label);
                stretch.last = index;
            }
            _ => stretches.push(Stretch { label, last: index }),
        }
        is_open = matches!(step, CanaryStep::Weight(_));
    }
    stretches
}

/// A step in a word.
pub fn label(step: &CanaryStep, most: u32) -> String {
    match step {
        CanaryStep::Weight(weight) => {
            format!("{} %", percent(f64::from(*weight) * 100.0 / f64::from(if most == 0 { 100 } else { most })))
        }
        CanaryStep::Pause(Some(length)) => moment::span(*length),
        CanaryStep::Pause(None) => "gate".to_owned(),
        CanaryStep::Analysis => "analysis".to_owned(),
        CanaryStep::Other(field) => match field.as_str() {
            "setCanaryScale" => "scale".to_owned(),
            "setHeaderRoute" => "header route".to_owned(),
            "setMirrorRoute" => "mirror".to_owned(),
            other => other.to_owned(),
        },
    }
}

/// What stands before the steps: at which it is; none without steps. One that was aborted is at none of them.
pub fn head(of: &Delivery, argo: &Argo) -> Option<String> {
    let (at, steps) = of.step?;
    Some(if argo.is_aborted { "steps     ".to_owned() } else { format!("step {at}/{steps}  ") })
}

/// The revision that serves and the one that is previewed; none for what goes by weights.
pub fn preview(argo: &Argo, revisions: &[Revision]) -> Option<Vec<Span<'static>>> {
    if argo.strategy != Strategy::BlueGreen {
        return None;
    }
    let version = |hash: &Text| {
        let of = revisions.iter().find(|revision| revision.hash == *hash).map(|revision| &revision.version);
        of.filter(|version| !version.is_empty()).unwrap_or(hash).to_string()
    };
    let mut spans = vec![span(Role::Muted, "active "), span(Role::Text, version(&argo.active))];
    if argo.preview != argo.active && !argo.preview.is_empty() {
        spans.extend([span(Role::Muted, "   preview "), span(Role::Text, version(&argo.preview))]);
    }
    if !argo.services.canary.is_empty() {
        spans.push(span(Role::Muted, format!(" behind {}", argo.services.canary)));
    }
    Some(spans)
}

/// The steps in a row: those that are done, the present one marked, those ahead. Where there is too little room, those
/// that are furthest from the present one are only counted.
pub fn track(argo: &Argo, present: Role, glyphs: &Glyphs, width: usize) -> Vec<Span<'static>> {
    let stretches = stretches(argo);
    let done_steps = match argo.step {
        _ if argo.is_aborted => 0,
        _ if argo.is_fully_promoted() => argo.steps.len(),
        step => step.map_or(0, |step| usize::try_from(step).unwrap_or(usize::MAX)),
    };
    let done = stretches.iter().take_while(|stretch| stretch.last < done_steps).count();
    let is_moving = !argo.is_aborted && argo.step.is_some() && done < stretches.len();
    let gap = if glyphs.trail == glyphs.current { "   ".to_owned() } else { format!("  {}  ", glyphs.trail) };
    let (mut first, mut last) = (0, stretches.len());
    loop {
        let spans = row(&stretches, (first, last), (done, is_moving), present, glyphs, &gap);
        let wide: usize = spans.iter().map(|span| cells(&span.text)).sum();
        if wide <= width || (first >= done.min(stretches.len().saturating_sub(1)) && last <= done + 1) {
            return spans;
        }
        if first < done { first += 1 } else { last -= 1 }
    }
}

/// The stretches of a window, and how many lie outside of it.
fn row(
    stretches: &[Stretch],
    (first, last): (usize, usize),
    (done, is_moving): (usize, bool),
    present: Role,
    glyphs: &Glyphs,
    gap: &str,
) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut say = |role, words: String| {
        if !spans.is_empty() {
            spans.push(span(Role::Muted, gap.to_owned()));
        }
        spans.push(span(role, words));
    };
    if first > 0 {
        say(Role::Muted, format!("{} {first} done", glyphs.yes));
    }
    for (index, stretch) in stretches.iter().enumerate().take(last).skip(first) {
        match index {
            _ if index < done => say(Role::Muted, format!("{} {}", glyphs.yes, stretch.label)),
            _ if index == done && is_moving => say(present, format!("{} {}", glyphs.current, stretch.label)),
            _ => say(Role::Text, stretch.label.clone()),
        }
    }
    if last < stretches.len() {
        say(Role::Muted, format!("{} more", stretches.len() - last));
    }
    spans
}

/// The share that the steps ask for, the one that is set, and the one that was seen. A share that nobody counts is no
/// zero.
pub fn weights(delivery: &Delivery, observed: Option<f64>) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut say = |word: &'static str, role, figure: String| {
        let gap = if spans.is_empty() { "" } else { "   " };
        spans.push(span(Role::Muted, format!("{gap}{word} ")));
        spans.push(span(role, figure));
    };
    if let Some(wanted) = delivery.desired_weight {
        say("wants", Role::Text, format!("{wanted} %"));
    }
    if let Some(set) = delivery.weight {
        let is_due = delivery.desired_weight.is_some_and(|wanted| wanted != set);
        say("set", if is_due { Role::Attention } else { Role::Text }, format!("{set} %"));
    }
    match observed {
        Some(seen) => say("seen", seen_role(seen, delivery.weight.map(f64::from)), format!("{} %", percent(seen))),
        None => say("seen", Role::Muted, "not counted".to_owned()),
    }
    if delivery.is_verified == Some(false) {
        spans.push(span(Role::Attention, "   not verified in the data plane"));
    }
    spans
}

/// How loud a share is that was seen beside the one that is set.
pub fn seen_role(seen: f64, set: Option<f64>) -> Role {
    if set.is_some_and(|set| (seen - set).abs() > OFF) { Role::Attention } else { Role::Text }
}

/// An analysis, with the metric that says most and its last measurement.
pub fn analysis(of: &Analysis, run: Option<&AnalysisRun>, now: Timestamp) -> Vec<Span<'static>> {
    let mut spans = vec![span(Role::Muted, "analysis "), span(phase_role(&of.phase), of.phase.to_string())];
    let metrics = run.map_or(&[][..], |run| &run.metrics);
    let says_most = |metric: &&MetricResult| {
        let role = phase_role(&metric.phase);
        (role == Role::Bad, role == Role::Attention, metric.failed, metric.measured)
    };
    if let Some(metric) = metrics.iter().max_by_key(says_most) {
        spans.push(span(Role::Muted, format!("  {} ", metric.name)));
        spans.extend(measured(metric, now));
    } else if !of.message.is_empty() {
        spans.push(span(Role::Muted, format!("  {}", of.message)));
    }
    spans
}

/// The last measurement of a metric, and how often it failed.
pub fn measured(metric: &MetricResult, now: Timestamp) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    match metric.measured {
        Some(at) => {
            spans.push(span(Role::Text, value(&metric.name, &metric.value)));
            spans.push(span(Role::Muted, format!(" {} ago", words::age(at, now))));
        }
        None => spans.push(span(Role::Muted, "not measured yet")),
    }
    if metric.failed > 0 {
        spans.push(span(Role::Bad, format!(", {} of {} failed", metric.failed, metric.count)));
    }
    spans
}

/// A measured value as it is read at a glance: providers tell a list of one number, with all its digits. A part of 1 is
/// told in percent where the name of the metric says that it is one; no name says the unit of anything else.
fn value(name: &str, told: &str) -> String {
    let bare = told.trim().trim_start_matches('[').trim_end_matches(']').trim();
    let is_part = ["ratio", "success-rate", "error-rate"].iter().any(|end| name.ends_with(end));
    match bare.parse::<f64>() {
        _ if bare.is_empty() => "no value".to_owned(),
        Ok(number) if !number.is_finite() => "no number".to_owned(),
        Ok(number) if is_part && (0.0..=1.0).contains(&number) => Unit::Ratio.figure(number),
        Ok(number) if bare.len() > 6 => short(number),
        _ => bare.to_owned(),
    }
}

/// A number with the digits that count.
fn short(number: f64) -> String {
    let digits = match number.abs() {
        0.0 => 0,
        ..0.001 => return format!("{number:.1e}"),
        ..1.0 => 4,
        ..10.0 => 2,
        ..100.0 => 1,
        _ => return format!("{number:.0}"),
    };
    let text = format!("{number:.digits$}");
    if digits == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// How loud the phase of an analysis is.
pub fn phase_role(phase: &str) -> Role {
    match phase {
        "Failed" | "Error" => Role::Bad,
        "Inconclusive" => Role::Attention,
        "Successful" => Role::Muted,
        _ => Role::Text,
    }
}

#[cfg(test)]
mod tests;
