//! Rows and a world for tests: a deployment with its replica sets and pods, heard live at noon.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::domain::condition::{Condition, Truth};
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Labels, Meta, ObjectRef, Owner};
use crate::domain::pod::{Container, ContainerState, Pod, Termination};
use crate::domain::problem::Problem;
use crate::domain::row::Row;
use crate::domain::silence::{Matcher, Silence, SilenceState};
use crate::domain::text::Text;
use crate::domain::update::{Liveness, SourceId, Update};
use crate::domain::workload::{ReplicaSet, Workload};
use crate::state::State;

/// 2023-11-14 22:13:20 UTC.
pub(in crate::state) const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

pub(in crate::state) fn ago(seconds: i64) -> Timestamp {
    NOW - SignedDuration::from_secs(seconds)
}

pub(in crate::state) fn later(seconds: i64) -> Timestamp {
    NOW + SignedDuration::from_secs(seconds)
}

pub(in crate::state) fn cluster() -> ClusterName {
    ClusterName("prod-eu".into())
}

pub(in crate::state) fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| (Text::from(*key), Text::from(*value))).collect::<Vec<_>>().into()
}

/// Identity in the namespace "production", made a day ago.
pub(in crate::state) fn meta(name: &str) -> Meta {
    Meta {
        namespace: "production".into(),
        name: name.into(),
        uid: format!("uid-{name}").into(),
        created: Some(ago(86_400)),
        generation: 1,
        ..Meta::default()
    }
}

pub(in crate::state) fn owner(kind: Kind, name: &str) -> Arc<Owner> {
    Arc::new(Owner { kind: kind.name().into(), name: name.into(), uid: format!("uid-{name}").into() })
}

pub(in crate::state) fn condition(about: &str, truth: Truth, reason: &str, seconds_ago: i64) -> Condition {
    let at = Some(ago(seconds_ago));
    Condition { about: about.into(), truth, reason: reason.into(), message: Text::default(), changed: at, updated: at }
}

/// A workload of so many pods, complete since an hour.
pub(in crate::state) fn workload(name: &str, pods: i32) -> Workload {
    Workload {
        meta: meta(name),
        desired: pods,
        current: pods,
        updated: pods,
        ready: pods,
        available: pods,
        observed_generation: 1,
        deadline_seconds: 600,
        images: Box::new([format!("registry.example/{name}:1.4.1").into()]),
        revision: "1".into(),
        conditions: Box::new([
            condition("Progressing", Truth::True, "NewReplicaSetAvailable", 3_600),
            condition("Available", Truth::True, "MinimumReplicasAvailable", 3_600),
        ]),
        ..Workload::default()
    }
}

/// The same workload while it rolls out since a minute.
pub(in crate::state) fn rolling(mut workload: Workload, updated: i32) -> Workload {
    workload.updated = updated;
    workload.revision = "2".into();
    workload.conditions[0] = condition("Progressing", Truth::True, "ReplicaSetUpdated", 60);
    workload
}

/// A ReplicaSet of a Deployment, by its number.
pub(in crate::state) fn replica_set(deployment: &str, number: i64, version: &str) -> ReplicaSet {
    let hash = format!("hash{number}");
    ReplicaSet {
        meta: Meta {
            labels: labels(&[("pod-template-hash", &hash)]),
            owner: Some(owner(Kind::Deployment, deployment)),
            ..meta(&format!("{deployment}-{hash}"))
        },
        revision: number,
        images: Box::new([format!("registry.example/{deployment}:{version}").into()]),
        ..ReplicaSet::default()
    }
}

/// A ready pod of the ReplicaSet with that number.
pub(in crate::state) fn pod(deployment: &str, number: i64, id: usize) -> Pod {
    let hash = format!("hash{number}");
    let version = if number == 1 { "1.4.1" } else { "1.5.0" };
    Pod {
        meta: Meta {
            labels: labels(&[("pod-template-hash", &hash)]),
            owner: Some(owner(Kind::ReplicaSet, &format!("{deployment}-{hash}"))),
            ..meta(&format!("{deployment}-{hash}-{id}"))
        },
        phase: "Running".into(),
        containers: Box::new([Container {
            name: "main".into(),
            image: format!("registry.example/{deployment}:{version}").into(),
            ready: true,
            state: ContainerState::Running { since: Some(ago(3_600)) },
            ..Container::default()
        }]),
        conditions: Box::new([condition("Ready", Truth::True, "", 3_600)]),
        ..Pod::default()
    }
}

/// The same pod, not ready since five minutes.
pub(in crate::state) fn unready(mut pod: Pod) -> Pod {
    pod.conditions = Box::new([condition("Ready", Truth::False, "ContainersNotReady", 300)]);
    pod.containers[0].ready = false;
    pod
}

/// The same pod, waiting for a reason.
pub(in crate::state) fn waiting(pod: Pod, reason: &str) -> Pod {
    let mut pod = unready(pod);
    pod.containers[0].state = ContainerState::Waiting { reason: reason.into(), message: Text::default() };
    pod
}

/// The same pod, in a crash loop that ends in a certain way.
pub(in crate::state) fn crashing(pod: Pod, ending: &str, restarts: u32) -> Pod {
    ended(waiting(pod, "CrashLoopBackOff"), ending, restarts, 30)
}

/// The same pod after it ended some time ago.
pub(in crate::state) fn ended(mut pod: Pod, ending: &str, restarts: u32, seconds_ago: i64) -> Pod {
    pod.containers[0].restarts = restarts;
    pod.containers[0].last = Some(Box::new(Termination {
        reason: ending.into(),
        exit_code: 137,
        at: Some(ago(seconds_ago)),
        ..Termination::default()
    }));
    pod
}

/// The same pod, which no node takes.
pub(in crate::state) fn unschedulable(pod: Pod, message: &str) -> Pod {
    let mut pod = unready(pod);
    let mut scheduled = condition("PodScheduled", Truth::False, "Unschedulable", 300);
    scheduled.message = message.into();
    pod.containers[0].state = ContainerState::Unreported;
    pod.phase = "Pending".into();
    pod.conditions = Box::new([scheduled]);
    pod
}

/// The same pod, made a moment ago.
pub(in crate::state) fn young(mut pod: Pod) -> Pod {
    pod.meta.created = Some(ago(10));
    pod
}

/// What maria keeps quiet of chat-service, with this comment, by the silence s-1 of a server.
pub(in crate::state) fn silence(server: &str, comment: &str, ends: Timestamp) -> Silence {
    Silence {
        cluster: cluster(),
        id: "s-1".into(),
        servers: vec![server.into()],
        matchers: vec![Matcher::equal("service", "chat-service")],
        starts: ago(60),
        ends,
        by: "maria".into(),
        comment: comment.into(),
        told: SilenceState::Active,
    }
}

pub(in crate::state) fn source(kind: Kind) -> SourceId {
    SourceId { cluster: cluster(), kind, namespace: None }
}

pub(in crate::state) fn problem(what: &str) -> Problem {
    Problem::new(what, "", "")
}

pub(in crate::state) fn reference(kind: Kind, name: &str) -> ObjectRef {
    ObjectRef { cluster: cluster(), kind, namespace: "production".into(), name: name.into() }
}

/// A world in which every source is live, heard now, and holds these rows.
pub(in crate::state) fn world(rows: impl IntoIterator<Item = Row>) -> State {
    let mut state = State::default();
    let mut rows: Vec<_> = rows.into_iter().collect();
    let _ = state.apply(Update::Heard(cluster(), NOW), NOW);
    for kind in Kind::ALL {
        let (of_kind, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.kind() == kind);
        rows = others;
        list(&mut state, kind, of_kind);
        let _ = state.apply(Update::Source(source(kind), Liveness::Live), NOW);
    }
    state
}

/// Lists all rows of a kind.
pub(in crate::state) fn list(state: &mut State, kind: Kind, rows: Vec<Row>) {
    let _ = state.apply(Update::ListBegan(source(kind)), NOW);
    let _ = state.apply(Update::Applied(source(kind), rows), NOW);
    let _ = state.apply(Update::ListEnded(source(kind)), NOW);
}

/// Says by the watch that a row is as follows.
pub(in crate::state) fn say(state: &mut State, row: Row, at: Timestamp) {
    let source = source(row.kind());
    let _ = state.apply(Update::Applied(source, vec![row]), at);
}

/// A Deployment with one ReplicaSet and its pods.
pub(in crate::state) fn deployed(name: &str, pods: Vec<Pod>) -> Vec<Row> {
    let count = i32::try_from(pods.len()).expect("a test has few pods");
    let ready = i32::try_from(pods.iter().filter(|pod| pod.is_ready()).count()).expect("a test has few pods");
    let workload = Workload { ready, available: ready, ..workload(name, count) };
    let mut rows = vec![Row::Deployment(Box::new(workload)), Row::ReplicaSet(Box::new(replica_set(name, 1, "1.4.1")))];
    rows.extend(pods.into_iter().map(|pod| Row::Pod(Box::new(pod))));
    rows
}
