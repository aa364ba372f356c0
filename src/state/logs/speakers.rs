//! Whose logs belong to an object: the pods of a workload as they are now, or one pod.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{RevisionAge, StreamFacts};
use crate::domain::kind::Kind;
use crate::domain::logs::LogQuery;
use crate::domain::pod::{Container, ContainerState, Pod, Role};
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::workload::version_of;
use crate::state::State;
use crate::state::family::Family;

/// A container that can be listened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The identity of its pod.
    pub uid: Text,
    /// Who it is.
    pub facts: StreamFacts,
    /// Whether its pod has ended for good.
    pub is_finished: bool,
}

/// The containers that a query is about, the pods in the order in which they should be listened to.
pub fn speakers(state: &State, query: &LogQuery) -> Vec<Speaker> {
    let family = state.family(&query.object);
    let mut pods = match &family {
        Some(family) => family.pods.clone(),
        None => pods_of(state, query),
    };
    // Where not all can be listened to, the youngest ones matter most: something has just been done.
    pods.sort_by(|a, b| b.meta.created.cmp(&a.meta.created).then_with(|| a.meta.name.cmp(&b.meta.name)));
    let numbers: Vec<Option<i64>> = pods.iter().map(|pod| family.as_ref().and_then(|of| number_of(of, pod))).collect();
    let distinct: BTreeSet<i64> = numbers.iter().copied().flatten().collect();
    let mut speakers = Vec::new();
    for (pod, number) in pods.into_iter().zip(numbers) {
        let age = match (distinct.len(), number) {
            (0 | 1, _) | (_, None) => RevisionAge::Only,
            (_, number) if number == distinct.last().copied() => RevisionAge::Newest,
            _ => RevisionAge::Older,
        };
        for container in pod.containers.iter().filter(|container| is_meant(container, query)) {
            let version = version_of(&pod.meta.labels, Some(&container.image));
            let revision = number.map_or_else(|| version.to_string(), |number| format!("{number} {version}"));
            speakers.push(Speaker {
                uid: pod.meta.uid.clone(),
                facts: StreamFacts {
                    pod: pod.meta.name.clone(),
                    container: container.name.clone(),
                    revision: revision.trim().into(),
                    age,
                    end: end_of(container, query),
                },
                is_finished: pod.is_finished(),
            });
        }
    }
    speakers
}

/// When and how the container ended that a query reads: the one before the restart, or the one that is there.
fn end_of(container: &Container, query: &LogQuery) -> Option<(Timestamp, Text)> {
    let end = match &container.state {
        _ if query.previous => container.last.as_deref()?,
        ContainerState::Terminated(end) => end,
        _ => return None,
    };
    Some((end.at?, end.how()))
}

/// Whether a container is one that is asked for.
fn is_meant(container: &Container, query: &LogQuery) -> bool {
    let is_named = match &query.container {
        Some(name) => container.name == name.as_str(),
        // An init container speaks while it keeps the others waiting.
        None => container.role != Role::Init || is_in_the_way(container),
    };
    is_named && (!query.previous || container.last.is_some() || container.restarts > 0)
}

fn is_in_the_way(container: &Container) -> bool {
    match &container.state {
        ContainerState::Running { .. } => true,
        ContainerState::Terminated(end) => end.exit_code != 0,
        ContainerState::Waiting { .. } | ContainerState::Unreported => container.last.is_some(),
    }
}

/// The pods of an object that is no workload: one pod, or those that it owns.
fn pods_of<'a>(state: &'a State, query: &LogQuery) -> Vec<&'a Pod> {
    let object = &query.object;
    let Some(row) = state.find(object) else { return Vec::new() };
    if let Row::Pod(pod) = row {
        return vec![pod];
    }
    let Some(inventory) = state.cluster(&object.cluster) else { return Vec::new() };
    let pods = inventory.rows(Kind::Pod).rows_in(&object.namespace).filter_map(|row| match row {
        Row::Pod(pod) => Some(&**pod),
        _ => None,
    });
    pods.filter(|pod| pod.meta.owner_uid() == Some(&row.meta().uid)).collect()
}

/// The number of a pod's revision, where a row tells it.
fn number_of(family: &Family<'_>, pod: &Pod) -> Option<i64> {
    let sets = &family.replica_sets;
    sets.iter().find(|set| pod.meta.owner_uid() == Some(&set.meta.uid)).map(|set| set.revision)
}
