//! The status of each kind: a word, and whether a person should look at it. Colour never stands alone.

use std::borrow::Cow;

use crate::domain::analysis::AnalysisRun;
use crate::domain::argo::Phase;
use crate::domain::condition::{Truth, find};
use crate::domain::platform::{Autoscaler, CronJob, DisruptionBudget, EndpointSlice, Event, Job, Namespace, Node};
use crate::domain::pod::{Pod, is_stuck_reason};
use crate::domain::route::HttpRoute;
use crate::domain::row::Row;
use crate::domain::workload::{ReplicaSet, Workload};
use crate::tui::theme::Role;
use crate::tui::widgets::delivery::phase_role;
use crate::tui::widgets::table::{Cell, cell};

/// What a row is like. Rows that need a person are [`Role::Bad`] or [`Role::Attention`].
pub(in crate::tui::views::resources) fn status_of(row: &Row) -> Role {
    match row {
        Row::Pod(pod) => of_pod(pod).0,
        Row::Deployment(workload) | Row::StatefulSet(workload) | Row::DaemonSet(workload) => of_workload(workload).0,
        Row::Rollout(rollout) => of_rollout(rollout).0,
        Row::AnalysisRun(run) => of_analysis(run).0,
        Row::HttpRoute(route) => of_route(route).0,
        Row::ReplicaSet(set) => of_replica_set(set).0,
        Row::Job(job) => of_job(job).0,
        Row::CronJob(job) => of_cron_job(job).0,
        Row::Node(node) => of_node(node).0,
        Row::Namespace(namespace) => of_namespace(namespace).0,
        Row::Autoscaler(scaler) => of_autoscaler(scaler).0,
        Row::DisruptionBudget(budget) => of_budget(budget).0,
        Row::EndpointSlice(slice) => of_slice(slice).0,
        Row::Event(event) => of_event(event).0,
        Row::Unreadable(_) => Role::Bad,
        Row::Service(_)
        | Row::Ingress(_)
        | Row::ControllerRevision(_)
        | Row::ConfigMap(_)
        | Row::Secret(_)
        | Row::Lease(_) => Role::Text,
    }
}

/// The word that a pod is sorted and judged by.
pub(super) fn of_pod(pod: &Pod) -> (Role, &str) {
    let word = pod.status_word();
    let role = match word {
        "Running" if pod.is_ready() => Role::Text,
        "Running" => return (Role::Attention, "Running, not ready"),
        "Succeeded" | "Completed" => Role::Muted,
        "Failed" | "Evicted" | "Unknown" => Role::Bad,
        word if is_stuck_reason(word) => Role::Bad,
        "Pending" if pod.unschedulable().is_some() => return (Role::Bad, "Unschedulable"),
        _ => Role::Attention,
    };
    (role, word)
}

/// The same as kubectl shows it, which says whether it is an init container.
pub(super) fn cell_of_pod(pod: &Pod) -> Cell<'_> {
    let (role, word) = of_pod(pod);
    let status = pod.status();
    if status.starts_with("Init:") { cell(role, status.to_string()) } else { cell(role, word) }
}

/// By what the row alone tells; the reason behind it stands in the service's view.
pub(super) fn of_workload(workload: &Workload) -> (Role, &'static str) {
    let holds = |about: &str| find(&workload.conditions, about).is_some_and(|it| it.truth == Truth::True);
    if workload.meta.deleted.is_some() {
        (Role::Attention, "going")
    } else if workload.is_past_deadline() {
        (Role::Bad, "past its deadline")
    } else if holds("ReplicaFailure") {
        (Role::Bad, "cannot make pods")
    } else if workload.desired > 0 && workload.ready == 0 {
        (Role::Bad, "none ready")
    } else if workload.is_paused {
        (Role::Attention, "paused")
    } else if !workload.is_observed() {
        (Role::Attention, "not yet seen")
    } else if workload.updated < workload.desired - workload.partition {
        (Role::Attention, "rolling out")
    } else if workload.ready < workload.desired {
        (Role::Attention, "some not ready")
    } else if workload.desired == 0 {
        (Role::Muted, "scaled to 0")
    } else {
        (Role::Text, "healthy")
    }
}

/// By the controller's word, which knows more than the numbers do.
pub(super) fn of_rollout(workload: &Workload) -> (Role, &'static str) {
    let Some(argo) = workload.argo.as_deref() else { return of_workload(workload) };
    match argo.phase {
        _ if argo.is_aborted => (Role::Bad, "aborted"),
        Phase::Degraded => (Role::Bad, "degraded"),
        Phase::Paused if workload.is_paused => (Role::Attention, "paused by hand"),
        Phase::Paused => (Role::Attention, "waits at a gate"),
        Phase::Progressing => (Role::Attention, "rolling out"),
        Phase::Healthy => of_workload(workload),
    }
}

/// By its phase.
pub(super) fn of_analysis(run: &AnalysisRun) -> (Role, &str) {
    (phase_role(&run.phase), &run.phase)
}

/// By what its parents say of it.
pub(super) fn of_route(route: &HttpRoute) -> (Role, &'static str) {
    let is_false = |about| {
        let told = route.status.iter().filter_map(|parent| find(&parent.conditions, about));
        told.into_iter().any(|condition| condition.truth == Truth::False)
    };
    if route.status.is_empty() {
        (Role::Attention, "no gateway answers")
    } else if is_false("Accepted") {
        (Role::Bad, "not accepted")
    } else if is_false("ResolvedRefs") {
        (Role::Bad, "backend not found")
    } else if route.status.iter().any(|parent| parent.observed_generation < route.meta.generation) {
        (Role::Attention, "not yet seen")
    } else {
        (Role::Text, "accepted")
    }
}

pub(super) fn of_replica_set(set: &ReplicaSet) -> (Role, &'static str) {
    let fails = find(&set.conditions, "ReplicaFailure").is_some_and(|it| it.truth == Truth::True);
    match (set.ready, set.desired) {
        _ if fails => (Role::Bad, "cannot make pods"),
        (_, 0) => (Role::Muted, "old"),
        (0, _) => (Role::Bad, "none ready"),
        (ready, desired) if ready < desired => (Role::Attention, "some not ready"),
        _ => (Role::Text, "healthy"),
    }
}

pub(super) fn of_job(job: &Job) -> (Role, &'static str) {
    let holds = |about: &str| find(&job.conditions, about).is_some_and(|it| it.truth == Truth::True);
    if holds("Failed") {
        (Role::Bad, "failed")
    } else if holds("Complete") || job.finished.is_some() {
        (Role::Muted, "complete")
    } else if holds("Suspended") {
        (Role::Attention, "suspended")
    } else if job.failed > 0 {
        (Role::Attention, "trying again")
    } else {
        (Role::Text, "running")
    }
}

pub(super) fn of_cron_job(job: &CronJob) -> (Role, &'static str) {
    if job.is_suspended { (Role::Attention, "suspended") } else { (Role::Text, "scheduled") }
}

/// Ready or not, and the pressure that a kubelet tells of.
pub(super) fn of_node(node: &Node) -> (Role, &str) {
    let ready = find(&node.conditions, "Ready").map_or(Truth::Unknown, |ready| ready.truth);
    let pressure = node.conditions.iter().find(|it| it.about != "Ready" && it.truth == Truth::True);
    match (ready, pressure) {
        (Truth::False, _) => (Role::Bad, "not ready"),
        (Truth::Unknown, _) => (Role::Bad, "not heard"),
        (Truth::True, Some(pressure)) => (Role::Attention, &pressure.about),
        (Truth::True, None) if node.is_cordoned => (Role::Attention, "ready, cordoned"),
        (Truth::True, None) => (Role::Text, "ready"),
    }
}

pub(super) fn of_namespace(namespace: &Namespace) -> (Role, &str) {
    let role = if namespace.phase == "Terminating" { Role::Attention } else { Role::Text };
    (role, &namespace.phase)
}

pub(super) fn of_autoscaler(scaler: &Autoscaler) -> (Role, &str) {
    let is = |about: &str, truth| find(&scaler.conditions, about).filter(|it| it.truth == truth);
    if let Some(broken) = is("AbleToScale", Truth::False).or_else(|| is("ScalingActive", Truth::False)) {
        return (Role::Bad, if broken.reason.is_empty() { "cannot scale" } else { &broken.reason });
    }
    if scaler.current >= scaler.max && is("ScalingLimited", Truth::True).is_some() {
        return (Role::Attention, "at its most");
    }
    if scaler.current == scaler.desired { (Role::Text, "steady") } else { (Role::Attention, "scaling") }
}

pub(super) fn of_budget(budget: &DisruptionBudget) -> (Role, &'static str) {
    if budget.healthy < budget.expected.min(1) {
        (Role::Bad, "none healthy")
    } else if budget.allowed == 0 && budget.expected > 0 {
        (Role::Attention, "allows none")
    } else {
        (Role::Text, "allows some")
    }
}

pub(super) fn of_slice(slice: &EndpointSlice) -> (Role, &'static str) {
    match (slice.ready, slice.total) {
        (_, 0) => (Role::Muted, "empty"),
        (0, _) => (Role::Bad, "none ready"),
        (ready, total) if ready < total => (Role::Attention, "some not ready"),
        _ => (Role::Text, "ready"),
    }
}

pub(super) fn of_event(event: &Event) -> (Role, &str) {
    (if event.is_warning() { Role::Attention } else { Role::Muted }, &event.class)
}

/// Words for how the last container ended.
pub(super) fn last_end(pod: &Pod) -> Option<Cow<'_, str>> {
    let end = pod.last_termination()?;
    Some(match end.reason.as_str() {
        "" | "Error" => Cow::Owned(format!("exit {}", end.exit_code)),
        reason => Cow::Borrowed(reason),
    })
}
