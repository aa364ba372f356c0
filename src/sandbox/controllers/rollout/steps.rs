//! The steps of a canary: what they are, which weight holds at one, and when a pause is over.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::sandbox::object::{at, list, time};
use crate::sandbox::random::{hash, letters};

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// So much traffic to the canary, in percent.
    Weight(i64),
    /// A pause: of a length, or until somebody releases it.
    Pause(Option<SignedDuration>),
    /// What the fleet has no use for; it is over as soon as it is reached.
    Other,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weight(weight) => write!(f, "setWeight: {weight}"),
            Self::Pause(None) => f.write_str("pause"),
            Self::Pause(Some(length)) => write!(f, "pause: {length:#}"),
            Self::Other => f.write_str("invalid"),
        }
    }
}

/// The steps of a rollout.
pub(super) fn steps(rollout: &Value) -> Vec<Step> {
    list(rollout, "spec.strategy.canary.steps").iter().map(step).collect()
}

fn step(written: &Value) -> Step {
    if let Some(weight) = written["setWeight"].as_i64() {
        return Step::Weight(weight);
    }
    if written.get("pause").is_some() { Step::Pause(length(&written["pause"]["duration"])) } else { Step::Other }
}

/// A length of time: a number of seconds, or a number with its unit.
fn length(written: &Value) -> Option<SignedDuration> {
    if let Some(seconds) = written.as_i64() {
        return Some(SignedDuration::from_secs(seconds));
    }
    let text = written.as_str()?;
    text.parse().map(SignedDuration::from_secs).ok().or_else(|| text.parse().ok())
}

/// The hash by which other steps are told from these.
pub(super) fn hash_of(rollout: &Value) -> String {
    letters(hash(&at(rollout, "spec.strategy.canary.steps").to_string()), 9)
}

/// The weight that holds at a step: that of the step or of the nearest before it; all of it after the last.
pub(super) fn weight_at(steps: &[Step], index: usize) -> i64 {
    if index >= steps.len() {
        return super::traffic::MOST;
    }
    let before = steps[..=index].iter().rev();
    before.into_iter().find_map(|step| if let Step::Weight(weight) = step { Some(*weight) } else { None }).unwrap_or(0)
}

/// Whether a pause is over: somebody cleared it, or its time has passed.
pub(super) fn is_pause_over(
    pause: Option<&Value>,
    is_held: bool,
    length: Option<SignedDuration>,
    now: Timestamp,
) -> bool {
    match (pause, length) {
        (None, _) => is_held,
        (Some(_), None) => false,
        (Some(pause), Some(length)) => {
            is_held && time(pause, "startTime").is_some_and(|since| now.duration_since(since) >= length)
        }
    }
}
