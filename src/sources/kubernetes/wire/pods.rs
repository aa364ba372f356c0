//! Pods: what is wished for each container, joined with what the kubelet says about it.

use prost::bytes::Bytes;
use serde::Deserialize;

use super::Project;
use super::conditions::{CoreCondition, sentence};
use super::interner::Interner;
use super::meta::{ObjectMeta, meta};
use super::values::{Pair, Time, moment, pairs, words};
use crate::domain::condition::Condition;
use crate::domain::object::Labels;
use crate::domain::pod::{self, Role, Termination};
use crate::domain::row::Row;
use crate::domain::text::Text;

/// A Pod.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Pod {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<PodSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<PodStatus>,
}

/// What is wished for a pod.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PodSpec {
    #[prost(message, repeated, tag = "2")]
    containers: Vec<Container>,
    #[prost(string, tag = "10")]
    node_name: String,
    #[prost(message, repeated, tag = "20")]
    init_containers: Vec<Container>,
}

/// What is wished for a container.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Container {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "words")]
    image: Bytes,
    #[prost(string, tag = "24")]
    restart_policy: String,
}

/// How a pod is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PodStatus {
    #[prost(string, tag = "1")]
    phase: String,
    #[prost(message, repeated, tag = "2")]
    conditions: Vec<CoreCondition>,
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "words")]
    reason: Bytes,
    #[prost(bytes = "bytes", tag = "6")]
    #[serde(deserialize_with = "words")]
    #[serde(rename = "podIP")]
    pod_ip: Bytes,
    #[prost(message, repeated, tag = "8")]
    container_statuses: Vec<ContainerStatus>,
    #[prost(message, repeated, tag = "10")]
    init_container_statuses: Vec<ContainerStatus>,
}

/// How a container is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerStatus {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    state: Option<ContainerState>,
    #[prost(message, optional, tag = "3")]
    last_state: Option<ContainerState>,
    #[prost(bool, tag = "4")]
    ready: bool,
    #[prost(int32, tag = "5")]
    restart_count: i32,
}

/// What a container is doing: one of the three.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerState {
    #[prost(message, optional, tag = "1")]
    waiting: Option<Waiting>,
    #[prost(message, optional, tag = "2")]
    running: Option<Running>,
    #[prost(message, optional, tag = "3")]
    terminated: Option<Terminated>,
}

/// It waits.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Waiting {
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "words")]
    reason: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "words")]
    message: Bytes,
}

/// It runs.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Running {
    #[prost(message, optional, tag = "1")]
    started_at: Option<Time>,
}

/// It has ended.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Terminated {
    #[prost(int32, tag = "1")]
    exit_code: i32,
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "words")]
    reason: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "words")]
    message: Bytes,
    #[prost(message, optional, tag = "6")]
    finished_at: Option<Time>,
}

/// A template of pods.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PodTemplate {
    #[prost(message, optional, tag = "1")]
    metadata: Option<TemplateMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<PodSpec>,
}

/// What a template gives to its pods.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TemplateMeta {
    #[prost(message, repeated, tag = "11")]
    #[serde(deserialize_with = "pairs")]
    labels: Vec<Pair>,
}

impl PodTemplate {
    /// The images of its containers, in their order.
    pub(super) fn images(&self, interner: &mut Interner) -> Box<[Text]> {
        let containers = self.spec.iter().flat_map(|spec| &spec.containers);
        containers.map(|container| interner.words(&container.image)).collect()
    }

    /// The labels that it gives.
    pub(super) fn labels(&self, interner: &mut Interner) -> Labels {
        self.metadata.as_ref().map(|metadata| interner.labels(&metadata.labels)).unwrap_or_default()
    }
}

impl Project for Pod {
    fn project(self, interner: &mut Interner) -> Row {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let init = spec.init_containers.iter().map(|wish| (wish, wish.role(), &status.init_container_statuses));
        let main = spec.containers.iter().map(|wish| (wish, Role::Main, &status.container_statuses));
        let containers = init.chain(main).map(|(wish, role, statuses)| {
            let status = statuses.iter().find(|status| status.name == wish.name);
            container(wish, role, status, interner)
        });
        Row::Pod(Box::new(pod::Pod {
            containers: containers.collect(),
            meta: meta(self.metadata.as_ref(), interner),
            node: interner.text(&spec.node_name),
            ip: sentence(&status.pod_ip),
            phase: interner.text(&status.phase),
            reason: interner.words(&status.reason),
            conditions: conditions(&status.conditions, interner),
        }))
    }
}

impl Container {
    /// The part of an init container: one that is always restarted goes on beside the others.
    fn role(&self) -> Role {
        if self.restart_policy == "Always" { Role::Sidecar } else { Role::Init }
    }
}

/// The conditions that a row needs; a pod has up to six, and most say the same.
fn conditions(all: &[CoreCondition], interner: &mut Interner) -> Box<[Condition]> {
    let needed = all.iter().filter(|condition| match condition.about.as_str() {
        "Ready" => true,
        "PodScheduled" => condition.status == "False",
        _ => false,
    });
    needed.map(|condition| condition.project(interner)).collect()
}

/// One container: the wish, and the status if there is one.
fn container(
    wish: &Container,
    role: Role,
    status: Option<&ContainerStatus>,
    interner: &mut Interner,
) -> pod::Container {
    let mut container = pod::Container {
        name: interner.text(&wish.name),
        image: interner.words(&wish.image),
        role,
        ..pod::Container::default()
    };
    if let Some(status) = status {
        container.ready = status.ready;
        container.restarts = u32::try_from(status.restart_count).unwrap_or_default();
        container.state = state(status.state.as_ref(), interner);
        let last = status.last_state.as_ref().and_then(|last| last.terminated.as_ref());
        container.last = last.map(|end| Box::new(termination(end, interner)));
    }
    container
}

/// What a container is doing.
fn state(state: Option<&ContainerState>, interner: &mut Interner) -> pod::ContainerState {
    match state {
        Some(ContainerState { terminated: Some(end), .. }) => {
            pod::ContainerState::Terminated(termination(end, interner))
        }
        Some(ContainerState { waiting: Some(waiting), .. }) => pod::ContainerState::Waiting {
            reason: interner.words(&waiting.reason),
            message: sentence(&waiting.message),
        },
        Some(ContainerState { running: Some(running), .. }) => {
            pod::ContainerState::Running { since: moment(running.started_at) }
        }
        _ => pod::ContainerState::Unreported,
    }
}

/// How a container ended.
fn termination(end: &Terminated, interner: &mut Interner) -> Termination {
    Termination {
        reason: interner.words(&end.reason),
        message: sentence(&end.message),
        exit_code: end.exit_code,
        at: moment(end.finished_at),
    }
}
