//! What lies ahead of a Rollout: the steps that run by themselves, and where somebody is needed again.

use crate::domain::argo::{Argo, CanaryStep};
use crate::domain::moment::span;

/// What runs from a step on until somebody is needed, in words: "60 %, 5 min of waiting, then it waits for a release at
/// step 6 of 8".
pub(super) fn from(seen: &Argo, step: usize) -> String {
    let mut parts = Vec::new();
    for (index, step) in seen.steps.iter().enumerate().skip(step) {
        match step {
            CanaryStep::Weight(weight) => parts.push(format!("{} %", seen.percent(*weight))),
            CanaryStep::Pause(Some(length)) => parts.push(format!("{} of waiting", span(*length))),
            CanaryStep::Pause(None) => {
                return ends(&parts, &format!("it waits for a release at step {} of {}", index + 1, seen.steps.len()));
            }
            CanaryStep::Analysis => parts.push("an analysis that decides".to_owned()),
            CanaryStep::Other(name) => parts.push(name.to_string()),
        }
    }
    ends(&parts, "every pod is of the new revision")
}

/// What comes one after another, with what it ends in.
fn ends(parts: &[String], end: &str) -> String {
    if parts.is_empty() { end.to_owned() } else { format!("{}, then {end}", parts.join(", ")) }
}

/// The share that the steps ask for after a step, until it changes again or somebody is needed.
pub(super) fn weight(seen: &Argo, step: usize) -> u32 {
    let ahead = seen.steps.iter().skip(step).take_while(|step| !matches!(step, CanaryStep::Pause(None)));
    let next = ahead.clone().find_map(|step| if let CanaryStep::Weight(weight) = step { Some(*weight) } else { None });
    if step >= seen.steps.len() {
        return 100;
    }
    let ends = ahead.count() == seen.steps.len() - step;
    seen.percent(next.unwrap_or(if ends { seen.most } else { seen.desired_weight() }))
}

/// What is left out when the steps from one on are: "5 steps, of them 2 pauses and 1 analysis".
pub(super) fn left_out(seen: &Argo, step: usize) -> String {
    let left = || seen.steps.iter().skip(step);
    let pauses = left().filter(|step| matches!(step, CanaryStep::Pause(_))).count();
    let analyses = left().filter(|step| matches!(step, CanaryStep::Analysis)).count();
    let mut of_them = Vec::new();
    if pauses > 0 {
        of_them.push(counted(pauses, "pause", "pauses"));
    }
    if analyses > 0 {
        of_them.push(counted(analyses, "analysis", "analyses"));
    }
    let all = counted(left().count(), "step", "steps");
    if of_them.is_empty() { all } else { format!("{all}, of them {}", of_them.join(" and ")) }
}

/// A step in words: "the pause of step 2 of 8".
pub(super) fn step(seen: &Argo, step: usize) -> String {
    let what = match seen.steps.get(step) {
        Some(CanaryStep::Weight(weight)) => format!("{} %", seen.percent(*weight)),
        Some(CanaryStep::Pause(Some(length))) => format!("a pause of {}", span(*length)),
        Some(CanaryStep::Pause(None)) => "a pause without end".to_owned(),
        Some(CanaryStep::Analysis) => "an analysis".to_owned(),
        Some(CanaryStep::Other(name)) => name.to_string(),
        None => "the end".to_owned(),
    };
    format!("step {} of {} ({what})", step + 1, seen.steps.len())
}

pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
