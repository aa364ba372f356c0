//! How far rollouts are, by the rules of `kubectl rollout status` and what those leave out.

use jiff::Timestamp;

use super::family::Family;
use super::trouble::{Tally, refusal};
use crate::domain::condition::{Truth, find};
use crate::domain::kind::Kind;
use crate::domain::rollout::{Phase, RolloutStatus, StuckSignal};
use crate::domain::text::Text;
use crate::domain::workload::{Strategy, Workload};

mod argo;

/// How far the rollout of a workload is.
pub fn status(family: &Family<'_>, now: Timestamp) -> RolloutStatus {
    let workload = family.workload;
    if let Some(argo) = &workload.argo {
        return argo::status(family, argo, now);
    }
    let is_seen = workload.is_observed();
    let (mut phase, mut progress, is_done) = match family.kind {
        _ if !is_seen => (Phase::Progressing, "not yet seen by its controller".to_owned(), false),
        Kind::StatefulSet => stateful_set(workload),
        Kind::DaemonSet => daemon_set(workload),
        _ => deployment(workload),
    };
    let signals = if phase == Phase::Stable || !is_seen { Vec::new() } else { signals(family, now) };
    if phase == Phase::Progressing && !signals.is_empty() {
        phase = Phase::Stuck;
    }
    if progress.is_empty() {
        progress = format!("{} of {} updated", workload.updated, workload.desired);
    }
    RolloutStatus {
        phase,
        progress: Text::from(progress),
        updated: workload.updated,
        desired: workload.desired,
        old_left: old_left(family),
        deadline: workload.deadline().filter(|_| matches!(phase, Phase::Progressing | Phase::Stuck)),
        signals,
        is_done,
        delivery: None,
    }
}

/// The rules for a Deployment, in kubectl's order. It knows neither pausing nor that pods which fail after the rollout
/// was complete are no rollout.
fn deployment(workload: &Workload) -> (Phase, String, bool) {
    let (desired, updated, available) = (workload.desired, workload.updated, workload.available);
    let old = workload.current - updated;
    let was_complete =
        find(&workload.conditions, "Progressing").is_some_and(|progress| progress.reason == "NewReplicaSetAvailable");
    let moving = |progress: String| {
        let phase = if workload.is_paused { Phase::Paused } else { Phase::Progressing };
        (phase, progress, false)
    };
    if workload.is_past_deadline() {
        (Phase::Failed, String::new(), false)
    } else if updated < desired {
        // A complete rollout that is scaled up has no older pods: what is missing is size, not revision.
        if was_complete && old <= 0 { (Phase::Stable, String::new(), false) } else { moving(String::new()) }
    } else if old > 0 {
        moving(format!("{old} old pod{} left", if old == 1 { "" } else { "s" }))
    } else if available < updated {
        if was_complete {
            (Phase::Stable, String::new(), false)
        } else {
            moving(format!("{available} of {updated} available"))
        }
    } else {
        (if workload.is_paused { Phase::Paused } else { Phase::Stable }, String::new(), true)
    }
}

/// The rules for a StatefulSet. kubectl does not report on one that is updated by deleting pods.
fn stateful_set(workload: &Workload) -> (Phase, String, bool) {
    let (desired, updated, partition) = (workload.desired, workload.updated, workload.partition);
    let is_ready = workload.ready >= desired;
    if workload.update_revision == workload.current_revision {
        (Phase::Stable, String::new(), is_ready)
    } else if workload.strategy == Strategy::OnDelete {
        on_delete(workload)
    } else if partition > 0 && updated >= desired - partition && is_ready {
        let progress = format!("{updated} of {desired} updated, the rest held by partition {partition}");
        (Phase::Waiting, progress, true)
    } else if updated >= desired && !is_ready {
        (Phase::Progressing, format!("{} of {desired} ready", workload.ready), false)
    } else {
        (Phase::Progressing, String::new(), false)
    }
}

/// The rules for a DaemonSet.
fn daemon_set(workload: &Workload) -> (Phase, String, bool) {
    if workload.updated < workload.desired {
        if workload.strategy == Strategy::OnDelete {
            return on_delete(workload);
        }
        return (Phase::Progressing, String::new(), false);
    }
    (Phase::Stable, String::new(), workload.available >= workload.desired)
}

/// Nothing moves until somebody deletes pods.
fn on_delete(workload: &Workload) -> (Phase, String, bool) {
    if workload.updated >= workload.desired {
        return (Phase::Stable, String::new(), workload.ready >= workload.desired);
    }
    let progress =
        format!("{} of {} updated, the rest when their pods are deleted", workload.updated, workload.desired);
    (Phase::Waiting, progress, false)
}

/// Pods of older revisions that are still there.
fn old_left(family: &Family<'_>) -> i32 {
    let workload = family.workload;
    let counts_all = matches!(family.kind, Kind::Deployment | Kind::Rollout);
    let have = if counts_all { workload.current } else { workload.desired };
    (have - workload.updated).max(0)
}

/// What keeps new pods from coming up, told by the pods before the deadline tells it.
fn signals(family: &Family<'_>, now: Timestamp) -> Vec<StuckSignal> {
    let mut signals = Vec::new();
    if let Some(why) = creation_refused(family) {
        signals.push(StuckSignal::CannotCreate(why));
    }
    let tally = Tally::of(family.new_pods(), now);
    let of = tally.total;
    signals.extend(tally.troubles.into_iter().map(|trouble| StuckSignal::Pods {
        count: trouble.count,
        of,
        reason: trouble.reason,
    }));
    if let Some(trouble) = tally.unschedulable {
        signals.push(StuckSignal::Unschedulable { count: trouble.count, why: trouble.reason });
    }
    if let Some(looping) = tally.looping {
        signals.push(StuckSignal::Restarting { count: looping.count, of, times: looping.times });
    }
    signals
}

/// Why the controller may not make pods, if it may not: quota, admission.
pub(super) fn creation_refused(family: &Family<'_>) -> Option<Text> {
    let of_set = family.current_replica_set().map(|set| &set.conditions);
    [Some(&family.workload.conditions), of_set]
        .into_iter()
        .flatten()
        .filter_map(|conditions| find(conditions, "ReplicaFailure"))
        .find(|failure| failure.truth == Truth::True)
        .map(|failure| Text::from(refusal(&failure.message)))
}

#[cfg(test)]
mod tests;
