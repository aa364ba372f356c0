//! How far an Argo Rollout is: by what its controller says, in the order in which its own tools read it, and by what its
//! pods show.

use jiff::Timestamp;

use super::super::family::Family;
use super::{old_left, signals};
use crate::domain::argo::{Argo, CanaryStep, Gate, Phase as Word, Strategy};
use crate::domain::condition::find;
use crate::domain::moment::time_of_day;
use crate::domain::pod::Pod;
use crate::domain::rollout::{Delivery, Phase, RolloutStatus};
use crate::domain::text::Text;
use crate::domain::workload::Workload;

/// How far the Rollout is.
pub(super) fn status(family: &Family<'_>, argo: &Argo, now: Timestamp) -> RolloutStatus {
    let workload = family.workload;
    let (mut phase, progress) = phase(workload, argo, now);
    let is_moving = matches!(phase, Phase::Progressing | Phase::Waiting | Phase::Failed);
    let signals = if is_moving && workload.is_observed() { signals(family, now) } else { Vec::new() };
    if phase == Phase::Progressing && !signals.is_empty() {
        phase = Phase::Stuck;
    }
    // Neither a pause nor a measurement runs out of time.
    let is_timed = matches!(phase, Phase::Progressing | Phase::Stuck)
        && !matches!(argo.present_step(), Some(CanaryStep::Pause(_) | CanaryStep::Analysis))
        && argo.pauses.is_empty();
    RolloutStatus {
        phase,
        progress: Text::from(progress),
        updated: workload.updated,
        desired: workload.desired,
        old_left: old_left(family),
        deadline: workload.deadline().filter(|_| is_timed),
        signals,
        is_done: phase == Phase::Stable,
        delivery: Some(delivery(family, argo)),
    }
}

/// Where it stands, and how far in words.
fn phase(workload: &Workload, argo: &Argo, now: Timestamp) -> (Phase, String) {
    let place = place(argo).unwrap_or_default();
    let with = |words: &str| if place.is_empty() { words.to_owned() } else { format!("{place}, {words}") };
    if !workload.is_observed() {
        return (Phase::Progressing, "not yet seen by its controller".to_owned());
    }
    if argo.is_aborted && !argo.is_fully_promoted() {
        let why = Some(argo.why_aborted()).filter(|why| !why.is_empty());
        return (Phase::Aborted, why.unwrap_or("the stable revision serves").to_owned());
    }
    if argo.is_held && argo.pauses.is_empty() && !workload.is_paused {
        return (Phase::Progressing, with("its gate was released"));
    }
    if argo.phase == Word::Degraded {
        return (Phase::Failed, failure(workload, argo));
    }
    match argo.gate() {
        Some(gate) if workload.is_paused => {
            (Phase::Paused, with(&format!("held by hand, and its gate waits since {}", since(&gate, now))))
        }
        Some(gate) => waits(&gate, argo, now, with),
        None if workload.is_paused => (Phase::Paused, with("held by hand")),
        None if argo.phase == Word::Healthy => {
            (Phase::Stable, format!("{} of {} updated", workload.updated, workload.desired))
        }
        None => (Phase::Progressing, with(&moves(workload, argo))),
    }
}

/// At a gate, for somebody or for a while.
fn waits(gate: &Gate, argo: &Argo, now: Timestamp, with: impl Fn(&str) -> String) -> (Phase, String) {
    let since = since(gate, now);
    if let Some(ends) = gate.ends {
        return (Phase::Progressing, with(&format!("goes on by itself at {}", time_of_day(ends, now))));
    }
    let words = if gate.reason.starts_with("Inconclusive") {
        format!("its analysis was inconclusive, waits for a decision since {since}")
    } else if argo.strategy == Strategy::BlueGreen {
        format!("the preview waits for a release since {since}")
    } else {
        format!("waits for a release since {since}")
    };
    (Phase::Waiting, with(&words))
}

fn since(gate: &Gate, now: Timestamp) -> String {
    gate.since.map_or_else(|| "some time".to_owned(), |since| time_of_day(since, now))
}

/// What goes on while nothing waits.
fn moves(workload: &Workload, argo: &Argo) -> String {
    match &argo.analysis {
        Some(analysis) if analysis.phase == "Running" => "its analysis runs".to_owned(),
        _ => format!("{} of {} updated", workload.updated, workload.desired),
    }
}

/// The step and its share: "step 3 of 8, 20 %". None without steps.
fn place(argo: &Argo) -> Option<String> {
    let place = argo.place()?;
    let share = argo.percent(argo.desired_weight());
    Some(if argo.is_past_its_steps() { place } else { format!("{place}, {share} %") })
}

/// Why its controller has given up.
fn failure(workload: &Workload, argo: &Argo) -> String {
    let wrong = find(&workload.conditions, "InvalidSpec").map(|wrong| format!("its spec is wrong: {}", wrong.message));
    wrong.unwrap_or_else(|| {
        if workload.is_past_deadline() {
            format!("past its deadline, {} of {} updated", workload.updated, workload.desired)
        } else {
            argo.message.to_string()
        }
    })
}

/// How it is delivered.
fn delivery(family: &Family<'_>, argo: &Argo) -> Delivery {
    let is_canary = argo.strategy == Strategy::Canary;
    let weight = match argo.weights {
        Some(weights) => Some(argo.percent(weights.canary)),
        // Without anything that routes, pods are the weights.
        None if is_canary && !argo.is_routed => share_of_pods(family, argo),
        None => None,
    };
    Delivery {
        strategy: argo.strategy,
        step: argo.progress(),
        gate: argo.gate().filter(|_| !argo.is_aborted),
        desired_weight: is_canary.then(|| argo.percent(argo.desired_weight())),
        weight,
        is_verified: argo.weights.and_then(|weights| weights.is_verified),
        analysis: argo.analysis.clone(),
        revision: argo.current.clone(),
        stable: argo.stable.clone(),
    }
}

/// The share of the ready pods that are of the new revision.
fn share_of_pods(family: &Family<'_>, argo: &Argo) -> Option<u32> {
    if argo.is_fully_promoted() {
        return Some(0);
    }
    let all = ready(family.pods.iter().copied().filter(|pod| pod.meta.deleted.is_none()));
    let new = ready(family.new_pods());
    u32::try_from(new * 100).ok()?.checked_div(u32::try_from(all).ok()?)
}

fn ready<'a>(pods: impl Iterator<Item = &'a Pod>) -> usize {
    pods.filter(|pod| pod.is_ready()).count()
}

#[cfg(test)]
mod tests;
