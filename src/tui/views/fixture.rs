//! A world for tests of views: chat-service stuck in a rollout with a workload beside it that is well.

use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;

use super::ground::Ground;
use crate::config::assets::Assets;
use crate::domain::condition::{Condition, Truth};
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Labels, Meta, ObjectRef, Owner};
use crate::domain::platform::{Autoscaler, DisruptionBudget, Event};
use crate::domain::pod::{Container, ContainerState, Pod, Termination};
use crate::domain::row::Row;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::domain::update::{Liveness, SourceId, Update};
use crate::domain::workload::{Manager, ReplicaSet, Workload};
use crate::state::{ServiceBoard, State, Timeline};
use crate::tui::keymap::Keymap;
use crate::tui::look::Look;
use crate::tui::theme::glyphs::UNICODE;
use crate::tui::theme::{Depth, Theme, Wardrobe};

pub(super) mod delivered;
pub(in crate::tui) mod guarded;

/// 2023-11-14 22:13:20 UTC.
pub(super) const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

pub(super) fn ago(minutes: i64) -> Timestamp {
    NOW - SignedDuration::from_mins(minutes)
}

pub(super) fn cluster() -> ClusterName {
    ClusterName("prod-eu".into())
}

pub(super) fn reference(kind: Kind, name: &str) -> ObjectRef {
    ObjectRef { cluster: cluster(), kind, namespace: "production".into(), name: name.into() }
}

pub(super) fn chat() -> ServiceId {
    ServiceId { cluster: cluster(), environment: "production".into(), name: "chat-service".into() }
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| (Text::from(*key), Text::from(*value))).collect::<Vec<_>>().into()
}

fn meta(name: &str, minutes_ago: i64) -> Meta {
    Meta {
        namespace: "production".into(),
        name: name.into(),
        uid: format!("uid-{name}").into(),
        created: Some(ago(minutes_ago)),
        generation: 1,
        ..Meta::default()
    }
}

fn owned(by: (Kind, &str), labels: Labels, meta: Meta) -> Meta {
    let owner = Owner { kind: by.0.name().into(), name: by.1.into(), uid: format!("uid-{}", by.1).into() };
    Meta { labels, owner: Some(owner.into()), ..meta }
}

fn condition(about: &str, truth: Truth, reason: &str, minutes_ago: i64) -> Condition {
    let at = Some(ago(minutes_ago));
    Condition { about: about.into(), truth, reason: reason.into(), changed: at, updated: at, ..Condition::default() }
}

fn image(name: &str, version: &str) -> Text {
    format!("registry.example/{name}:{version}").into()
}

/// A Deployment whose last rollout ended some time ago.
pub(super) fn deployment(name: &str, finished: i64) -> Workload {
    Workload {
        meta: meta(name, 60 * 24 * 41),
        desired: 4,
        current: 4,
        updated: 4,
        ready: 4,
        available: 4,
        observed_generation: 1,
        deadline_seconds: 600,
        selector: labels(&[("app", name)]),
        template_labels: labels(&[("app", name)]),
        images: Box::new([image(name, "2.0.0")]),
        revision: "1".into(),
        conditions: Box::new([condition("Progressing", Truth::True, "NewReplicaSetAvailable", finished)]),
        ..Workload::default()
    }
}

/// chat-service: revision 2 does not come up, which its controller has not noticed yet.
fn stuck() -> Workload {
    Workload {
        current: 5,
        updated: 2,
        ready: 3,
        available: 3,
        images: Box::new([image("chat-service", "1.5.0")]),
        revision: "2".into(),
        conditions: Box::new([condition("Progressing", Truth::True, "ReplicaSetUpdated", 8)]),
        change_cause: "presence in rooms".into(),
        manager: Some(Manager::ArgoCd("messaging".into())),
        ..deployment("chat-service", 8)
    }
}

fn replica_set(number: i64, version: &str, cause: &str, minutes_ago: i64, pods: (i32, i32)) -> ReplicaSet {
    let hash = format!("hash{number}");
    let name = format!("chat-service-{hash}");
    ReplicaSet {
        meta: owned(
            (Kind::Deployment, "chat-service"),
            labels(&[("pod-template-hash", &hash)]),
            meta(&name, minutes_ago),
        ),
        revision: number,
        ready: pods.0,
        desired: pods.1,
        images: Box::new([image("chat-service", version)]),
        change_cause: cause.into(),
        ..ReplicaSet::default()
    }
}

fn pod(number: i64, id: &str, minutes_ago: i64) -> Pod {
    let (hash, version) = (format!("hash{number}"), if number == 1 { "1.4.1" } else { "1.5.0" });
    let set = format!("chat-service-{hash}");
    Pod {
        meta: owned(
            (Kind::ReplicaSet, &set),
            labels(&[("pod-template-hash", &hash)]),
            meta(&format!("{set}-{id}"), minutes_ago),
        ),
        node: "node-b".into(),
        phase: "Running".into(),
        containers: Box::new([Container {
            name: "chat".into(),
            image: image("chat-service", version),
            ready: true,
            state: ContainerState::Running { since: Some(ago(minutes_ago)) },
            ..Container::default()
        }]),
        conditions: Box::new([condition("Ready", Truth::True, "", minutes_ago)]),
        ..Pod::default()
    }
}

/// A pod of the new revision that is killed again and again.
pub(super) fn crashing(id: &str, restarts: u32) -> Pod {
    let mut pod = pod(2, id, 8);
    let end = Termination { reason: "OOMKilled".into(), exit_code: 137, at: Some(ago(1)), ..Termination::default() };
    pod.conditions = Box::new([condition("Ready", Truth::False, "ContainersNotReady", 7)]);
    pod.containers[0].ready = false;
    pod.containers[0].restarts = restarts;
    pod.containers[0].state = ContainerState::Waiting { reason: "CrashLoopBackOff".into(), message: Text::default() };
    pod.containers[0].last = Some(Box::new(end));
    pod
}

/// An event of this session's namespace; its name has to be its own.
pub(super) fn event(name: &str, class: &str, reason: &str, message: &str, about: (Kind, &str), count: i32) -> Row {
    Row::Event(Box::new(Event {
        meta: meta(name, 5),
        class: class.into(),
        reason: reason.into(),
        message: message.into(),
        about_kind: about.0.name().into(),
        about_name: about.1.into(),
        about_uid: format!("uid-{}", about.1).into(),
        count,
        last: Some(ago(i64::from(count).min(4))),
        ..Event::default()
    }))
}

/// chat-service with so many healthy pods of the old revision, and task-service whose rollout ended half an hour ago.
pub(super) fn rows(healthy: usize) -> Vec<Row> {
    let pod_of = |pod| Row::Pod(Box::new(pod));
    let crashed = |name: &str, id: &str| {
        let pod = format!("chat-service-hash2-{id}");
        let message = format!("Back-off restarting failed container chat in pod {pod}_production(1)");
        event(name, "Warning", "BackOff", &message, (Kind::Pod, &pod), 7)
    };
    let mut rows = vec![
        Row::Deployment(Box::new(stuck())),
        Row::Deployment(Box::new(deployment("task-service", 30))),
        Row::ReplicaSet(Box::new(replica_set(1, "1.4.1", "order of replies", 60 * 24 * 6, (3, 3)))),
        Row::ReplicaSet(Box::new(replica_set(2, "1.5.0", "presence in rooms", 8, (0, 2)))),
        pod_of(crashing("aaaaa", 3)),
        pod_of(crashing("bbbbb", 5)),
        Row::Autoscaler(Box::new(Autoscaler {
            meta: meta("chat", 9_000),
            target_kind: "Deployment".into(),
            target_name: "chat-service".into(),
            min: 3,
            max: 10,
            desired: 4,
            ..Autoscaler::default()
        })),
        Row::DisruptionBudget(Box::new(DisruptionBudget {
            meta: meta("chat", 9_000),
            allowed: 0,
            selector: labels(&[("app", "chat-service")]),
            ..DisruptionBudget::default()
        })),
        crashed("e1", "aaaaa"),
        crashed("e2", "bbbbb"),
        event("e3", "Normal", "Pulled", "Image a", (Kind::Pod, "chat-service-hash2-aaaaa"), 3),
        event("e4", "Normal", "Pulled", "Image b", (Kind::Pod, "chat-service-hash2-gone"), 2),
        event("e5", "Warning", "BackOff", "of somebody else", (Kind::Pod, "task-service-1-x"), 2),
    ];
    rows.extend((0..healthy).map(|id| pod_of(pod(1, &format!("{id:05}"), 60 * 24 * 6))));
    rows
}

/// What is believed when all sources are live and hold these rows.
pub(super) fn world(rows: impl IntoIterator<Item = Row>) -> State {
    let mut state = State::default();
    let mut rows: Vec<Row> = rows.into_iter().collect();
    let _ = state.apply(Update::Heard(cluster(), NOW), NOW);
    for kind in Kind::ALL {
        let source = SourceId { cluster: cluster(), kind, namespace: None };
        let (of_kind, others) = rows.into_iter().partition(|row| row.kind() == kind);
        rows = others;
        let _ = state.apply(Update::ListBegan(source.clone()), NOW);
        let _ = state.apply(Update::Applied(source.clone(), of_kind), NOW);
        let _ = state.apply(Update::ListEnded(source.clone()), NOW);
        let _ = state.apply(Update::Source(source, Liveness::Live), NOW);
    }
    state
}

/// Everything that the rows of a view are made from.
pub(super) struct Scene {
    pub(super) state: State,
    pub(super) board: ServiceBoard,
    timeline: Timeline,
    pub(super) look: Look,
}

impl Scene {
    /// The scene of a state.
    pub(super) fn of(state: State) -> Self {
        let (mut board, mut timeline) = (ServiceBoard::default(), Timeline::default());
        board.refresh(&state, NOW);
        timeline.refresh(&state, NOW);
        let look = Look {
            theme: Theme::usual(Depth::TrueColor),
            wardrobe: Wardrobe::new(Assets::default(), Depth::TrueColor, "midnight"),
            glyphs: &UNICODE,
            keymap: Keymap::usual(),
        };
        Self { state, board, timeline, look }
    }

    /// The ground of a view.
    pub(super) fn ground(&self) -> Ground<'_> {
        Ground { state: &self.state, board: &self.board, timeline: &self.timeline, look: &self.look, now: NOW }
    }
}

/// The characters of a buffer, line by line, without the spaces at the end of each.
pub(super) fn text_of(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let lines =
        buffer.content.chunks(width).map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>());
    lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}
