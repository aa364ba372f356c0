//! How a rollout is said: its glyph's meaning, its state in words, from which version to which, and how long it may take.

use jiff::{SignedDuration, Timestamp};

use super::delivery;
use crate::domain::health::Health;
use crate::domain::moment::span;
use crate::domain::rollout::{Phase, Revision, RolloutStatus, Standing};
use crate::tui::look::Look;
use crate::tui::paint::{self, Span};

/// The health that a rollout alone gives a workload with so many ready pods.
pub fn health(status: &RolloutStatus, ready: i32) -> Health {
    match status.phase {
        Phase::Failed | Phase::Stuck => Health::Bad,
        Phase::Paused | Phase::Aborted => Health::Attention,
        Phase::Waiting => Health::Waiting,
        Phase::Progressing if status.waits_for_somebody() => Health::Waiting,
        Phase::Progressing => Health::Moving,
        Phase::Stable if ready < status.desired => Health::Attention,
        Phase::Stable => Health::Healthy,
    }
}

/// Where it stands in words; what holds it up comes before how far it is.
pub fn told(status: &RolloutStatus, now: Timestamp) -> String {
    if let Some(gate) = status.gate().filter(|_| matches!(status.phase, Phase::Waiting | Phase::Progressing)) {
        return delivery::waits(gate, now);
    }
    let signals: Vec<String> = status.signals.iter().map(ToString::to_string).collect();
    let why = if signals.is_empty() { status.progress.to_string() } else { signals.join("; ") };
    match status.phase {
        Phase::Failed => format!("past its deadline: {why}"),
        Phase::Stuck => format!("stuck: {why}"),
        Phase::Aborted => format!("aborted: {}", status.progress),
        Phase::Paused if status.is_done => "paused, with nothing to roll out".to_owned(),
        Phase::Paused => format!("paused by hand: {}", status.progress),
        Phase::Waiting => format!("waiting: {}", status.progress),
        Phase::Progressing => format!("rolling out: {why}"),
        Phase::Stable => "every pod has the newest revision".to_owned(),
    }
}

/// How many wait for somebody, beside a heading; nothing where none does.
pub fn waiting(count: usize, look: &Look) -> Option<Span<'static>> {
    let (glyph, role) = look.health(Health::Waiting);
    let words = if count == 1 { "waits for somebody" } else { "wait for somebody" };
    (count > 0).then(|| paint::span(role, format!("   {glyph} {count} {words}")))
}

/// From the revision before to the current one: by version, or by number where the version is the same.
pub fn step(revisions: &[Revision], arrow: &str) -> Option<String> {
    let of = |standing| revisions.iter().find(|revision| revision.standing == standing);
    let (now, next) = (of(Standing::Previous)?, of(Standing::Current)?);
    if now.version != next.version && !now.version.is_empty() {
        return Some(format!("{} {arrow} {}", now.version, next.version));
    }
    Some(match (now.number, next.number) {
        (Some(now), Some(next_number)) => format!("{} {now} {arrow} {next_number}", next.version),
        _ => next.version.to_string(),
    })
}

/// How long until the controller gives up; a dash where it never does.
pub fn deadline(status: &RolloutStatus, now: Timestamp, dash: &str) -> String {
    match status.left(now) {
        Some(SignedDuration::ZERO) => "passed".to_owned(),
        Some(left) => span(left),
        None if status.phase == Phase::Failed => "passed".to_owned(),
        None => dash.to_owned(),
    }
}

/// When a countdown reads differently: every second near its end, every minute before.
pub fn ticks_at(deadline: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let left = deadline.duration_since(now);
    match left.as_secs() {
        ..=0 => None,
        1..=120 => Some(now + SignedDuration::from_secs(1)),
        seconds => Some(now + SignedDuration::from_secs(seconds % 60 + 1)),
    }
}

#[cfg(test)]
mod tests;
