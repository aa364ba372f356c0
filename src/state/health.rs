//! How workloads are: all rules in one place, each a small question, asked from worst to best.
//!
//! A pod that will not become ready by itself is *bad* where it hurts: no pod is ready, or it holds up a rollout. Else
//! it is worth *attention*. Whoever cannot be heard is *unknown*, with what was last known behind it.

use jiff::Timestamp;

use super::family::Family;
use super::rollouts::creation_refused;
use super::trouble::{Tally, is_young};
use crate::domain::condition::{Truth, find};
use crate::domain::health::{Health, Verdict};
use crate::domain::moment::span;
use crate::domain::platform::Job;
use crate::domain::pod::Pod;
use crate::domain::rollout::{Phase, RolloutStatus};
use crate::domain::text::Text;
use crate::domain::workload::Workload;

/// What is asked about a workload.
struct Case<'a> {
    workload: &'a Workload,
    status: &'a RolloutStatus,
    pods: Tally,
    /// Why pods may not be made.
    refused: Option<Text>,
    /// When the newest revision began to roll out.
    began: Option<Timestamp>,
    now: Timestamp,
}

/// How a workload is. `refused` says why pods may not be made, where only an event tells it.
pub(super) fn assess(family: &Family<'_>, status: &RolloutStatus, refused: Option<Text>, now: Timestamp) -> Verdict {
    let case = Case {
        workload: family.workload,
        status,
        pods: Tally::of(family.pods.iter().copied(), now),
        refused: creation_refused(family).or(refused),
        began: family.began(),
        now,
    };
    if case.workload.desired == 0 && case.pods.total == 0 {
        return Verdict::new(Health::Healthy, "scaled to 0", case.calm_since());
    }
    case.is_held_up()
        .or_else(|| case.has_none_ready())
        .or_else(|| case.is_troubled())
        .or_else(|| case.is_rolling())
        .or_else(|| case.is_short())
        .or_else(|| case.is_shaken())
        .unwrap_or_else(|| Verdict::new(Health::Healthy, "healthy", case.calm_since()))
}

impl Case<'_> {
    /// A rollout that will not get there without help.
    fn is_held_up(&self) -> Option<Verdict> {
        let signal = self.status.signals.first().map(ToString::to_string);
        let since = self.pods.unready_since.or_else(|| self.progressing_since());
        match self.status.phase {
            // Argo Rollouts leaves the stable pods alone: as long as none is missing, nothing hurts yet.
            Phase::Failed if self.workload.argo.is_some() => {
                let why = signal.map(|signal| format!(": {signal}")).unwrap_or_default();
                let reason = format!("rollout failed: {}{why}", self.status.progress);
                Some(Verdict::new(self.hurts(), reason, since))
            }
            Phase::Aborted if self.hurts() == Health::Bad => {
                let (ready, desired) = (self.workload.ready, self.workload.desired);
                let reason = format!("rollout aborted, {ready} of {desired} pods ready: {}", self.status.progress);
                Some(Verdict::new(Health::Bad, reason, since))
            }
            Phase::Failed => {
                let why = signal.unwrap_or_else(|| self.status.progress.to_string());
                Some(Verdict::new(Health::Bad, format!("past its deadline: {why}"), since))
            }
            Phase::Stuck => {
                let left = self.status.left(self.now).map(|left| format!(", {} to the deadline", span(left)));
                let reason = format!("stuck: {}{}", signal.unwrap_or_default(), left.unwrap_or_default());
                Some(Verdict::new(Health::Bad, reason, since))
            }
            _ => None,
        }
    }

    /// How bad it is when a rollout does not get there: pods that are missing hurt. One that was stopped may have its
    /// stable pods on their way back.
    fn hurts(&self) -> Health {
        let is_back_soon = self.status.phase == Phase::Aborted && self.pods.overdue == 0;
        let is_short = self.workload.ready < self.workload.desired;
        if is_short && !is_back_soon { Health::Bad } else { Health::Attention }
    }

    /// Nothing serves, though something should and had the time to come up.
    fn has_none_ready(&self) -> Option<Verdict> {
        if self.workload.desired == 0 || self.workload.ready > 0 {
            return None;
        }
        if let Some((reason, since)) = self.trouble() {
            return Some(Verdict::new(Health::Bad, reason, since));
        }
        let may_be_starting = if self.pods.total == 0 {
            is_young(self.workload.meta.created, self.now) || is_young(self.progressing_since(), self.now)
        } else {
            self.pods.overdue == 0
        };
        if may_be_starting {
            return None;
        }
        let rolling = match self.status.phase {
            Phase::Progressing => format!("; {}", self.rolling_out()),
            _ => String::new(),
        };
        Some(Verdict::new(
            Health::Bad,
            format!("no pod ready{rolling}"),
            self.pods.unready_since.or(self.unavailable_since()),
        ))
    }

    /// Some pods need help, others serve.
    fn is_troubled(&self) -> Option<Verdict> {
        self.trouble().map(|(reason, since)| Verdict::new(Health::Attention, reason, since))
    }

    /// A rollout on its way, or held by somebody.
    fn is_rolling(&self) -> Option<Verdict> {
        let since = self.progressing_since();
        match self.status.phase {
            Phase::Progressing => Some(Verdict::new(Health::Moving, self.rolling_out(), since)),
            // A pod that has gone meanwhile is worse than a gate.
            Phase::Waiting if self.pods.overdue > 0 && self.workload.ready < self.workload.desired => None,
            Phase::Waiting => Some(self.waits(since)),
            Phase::Paused if !self.status.is_done => {
                Some(Verdict::new(Health::Attention, format!("paused by hand: {}", self.status.progress), since))
            }
            Phase::Aborted => {
                Some(Verdict::new(Health::Attention, format!("rollout aborted: {}", self.status.progress), since))
            }
            Phase::Stable | Phase::Paused | Phase::Stuck | Phase::Failed => None,
        }
    }

    /// It goes on when somebody lets it. At a gate that is said first, and how far it is after it.
    fn waits(&self, since: Option<Timestamp>) -> Verdict {
        let Some(gate) = self.status.gate() else {
            return Verdict::new(Health::Waiting, format!("waiting: {}", self.status.progress), since);
        };
        let place = self.workload.argo.as_ref().and_then(|argo| argo.place());
        let place = place.map(|place| format!(", {place}")).unwrap_or_default();
        Verdict::new(Health::Waiting, format!("{}{place}", gate.words()), gate.since.or(since))
    }

    /// Fewer pods are ready than there should be, and nobody says why.
    fn is_short(&self) -> Option<Verdict> {
        let (ready, desired) = (self.workload.ready, self.workload.desired);
        if ready >= desired {
            return None;
        }
        let since = self.pods.unready_since.or(self.unavailable_since());
        Some(if self.pods.overdue == 0 {
            Verdict::new(Health::Moving, format!("starting: {ready} of {desired} pods ready"), since)
        } else {
            Verdict::new(Health::Attention, format!("{ready} of {desired} pods ready"), since)
        })
    }

    /// Pods serve, but end again and again.
    fn is_shaken(&self) -> Option<Verdict> {
        let shaken = self.pods.shaken.as_ref()?;
        let reason = format!(
            "restarted {} times: {}, {} of {} pods",
            shaken.times, shaken.reason, shaken.count, self.pods.total
        );
        Some(Verdict::new(Health::Attention, reason, shaken.since))
    }

    /// The first trouble of the pods, in words.
    fn trouble(&self) -> Option<(String, Option<Timestamp>)> {
        if let Some(why) = &self.refused
            && self.workload.ready < self.workload.desired
        {
            return Some((format!("cannot create pods: {why}"), self.unavailable_since()));
        }
        troubles(&self.pods)
    }

    fn rolling_out(&self) -> String {
        let left = self.status.left(self.now).map(|left| format!(", {} left", span(left))).unwrap_or_default();
        format!("rolling out: {}{left}", self.status.progress)
    }

    fn progressing_since(&self) -> Option<Timestamp> {
        if self.status.phase != Phase::Stable {
            return self.began;
        }
        let progress = find(&self.workload.conditions, "Progressing")?;
        progress.changed.max(progress.updated)
    }

    fn unavailable_since(&self) -> Option<Timestamp> {
        find(&self.workload.conditions, "Available")
            .filter(|available| available.truth != Truth::True)
            .and_then(|available| available.changed)
    }

    /// Since when nothing happened: the end of the last rollout, or the return of the last pod. The condition
    /// `Available` is about the fewest pods, not about all of them, and only Deployments have conditions.
    fn calm_since(&self) -> Option<Timestamp> {
        let find = |about| find(&self.workload.conditions, about);
        let available = find("Available").and_then(|available| available.changed);
        let progress = find("Progressing").and_then(|progress| progress.updated.or(progress.changed));
        available.max(progress).max(self.pods.ready_since).or(self.workload.meta.created)
    }
}

/// The first trouble of some pods, in words, and since when. The cause comes first: it is what must not be cut off.
fn troubles(pods: &Tally) -> Option<(String, Option<Timestamp>)> {
    if let Some(trouble) = pods.troubles.first() {
        return Some((format!("{}, {} of {} pods", trouble.reason, trouble.count, pods.total), trouble.since));
    }
    if let Some(trouble) = &pods.unschedulable {
        let plural = if trouble.count == 1 { "" } else { "s" };
        return Some((format!("{} pod{plural} unschedulable: {}", trouble.count, trouble.reason), trouble.since));
    }
    let looping = pods.looping.as_ref()?;
    Some((format!("restarted {} times, {} of {} pods", looping.times, looping.count, pods.total), looping.since))
}

/// How a running Job is.
pub(super) fn assess_job(job: &Job, pods: &[&Pod], now: Timestamp) -> Verdict {
    if let Some((reason, since)) = troubles(&Tally::of(pods.iter().copied(), now)) {
        return Verdict::new(Health::Attention, reason, since);
    }
    let done = format!("{} of {} completed", job.succeeded, job.completions);
    match job.failed {
        0 => Verdict::new(Health::Healthy, format!("runs: {done}"), job.started),
        1 => Verdict::new(Health::Attention, format!("1 pod failed, {done}"), job.started),
        failed => Verdict::new(Health::Attention, format!("{failed} pods failed, {done}"), job.started),
    }
}

/// How pods are that no known controller owns.
pub(super) fn assess_pods(pods: &[&Pod], now: Timestamp) -> Verdict {
    let tally = Tally::of(pods.iter().copied(), now);
    let (ready, total) = (tally.ready, tally.total);
    let hurts = if ready == 0 { Health::Bad } else { Health::Attention };
    if let Some((reason, since)) = troubles(&tally) {
        return Verdict::new(hurts, reason, since);
    }
    if ready < total && tally.overdue == 0 {
        return Verdict::new(Health::Moving, format!("starting: {ready} of {total} pods ready"), tally.unready_since);
    }
    if ready < total {
        let reason = if ready == 0 { "no pod ready".to_owned() } else { format!("{ready} of {total} pods ready") };
        return Verdict::new(hurts, reason, tally.unready_since);
    }
    if let Some(pod) = pods.iter().find(|pod| pod.phase == "Failed") {
        return Verdict::new(Health::Attention, format!("pod failed: {}", pod.status()), pod.meta.created);
    }
    Verdict::new(Health::Healthy, "healthy", tally.ready_since)
}

#[cfg(test)]
mod tests;
