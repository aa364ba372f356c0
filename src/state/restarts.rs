//! How often containers were started again lately. A pod tells only how each of its containers ended last, so that the
//! ends before that are remembered as they are seen.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::object::ClusterName;
use crate::domain::pod::{Container, ContainerState, Pod};
use crate::domain::text::Text;

/// An end of a container after which it was started again.
#[derive(Debug)]
struct End {
    container: Text,
    at: Timestamp,
    /// How often it ended by then, since the last sight of it.
    times: u32,
}

/// The ends of containers, by cluster and identity of the pod. What is older than anybody asks for is forgotten.
#[derive(Debug, Default)]
pub(super) struct Restarts {
    ends: HashMap<(ClusterName, Text), Vec<End>>,
    /// When what is old was last forgotten.
    swept: Option<Timestamp>,
}

impl Restarts {
    /// Takes in how a pod is and how it was seen before, at `now`; nobody asks for what is longer ago than `kept`.
    pub(super) fn see(
        &mut self,
        cluster: &ClusterName,
        old: Option<&Pod>,
        pod: &Pod,
        (kept, now): (SignedDuration, Timestamp),
    ) {
        let oldest = now.checked_sub(kept).unwrap_or(Timestamp::MIN);
        let old = old.filter(|old| old.meta.uid == pod.meta.uid);
        for container in pod.containers.iter().filter(|container| container.restarts > 0) {
            let Some(at) = last_end(container).filter(|at| *at >= oldest) else { continue };
            let ends = self.ends.entry((cluster.clone(), pod.meta.uid.clone())).or_default();
            if ends.iter().any(|end| end.container == container.name && end.at == at) {
                continue;
            }
            let end = |at, times| End { container: container.name.clone(), at, times };
            ends.push(end(at, 1));
            let before = old.and_then(|old| old.containers.iter().find(|before| before.name == container.name));
            let unseen =
                before.map_or(0, |before| container.restarts.saturating_sub(before.restarts.saturating_add(1)));
            // Of what happened between two sights only the last end has a time; the others are as old as they may be.
            if let Some(earliest) = before.and_then(last_known).or(pod.meta.created).filter(|_| unseen > 0) {
                ends.push(end(earliest, unseen));
            }
        }
        if self.swept.is_none_or(|swept| now.duration_since(swept) > kept) {
            self.swept = Some(now);
            self.ends.retain(|_, ends| {
                ends.retain(|end| end.at >= oldest);
                !ends.is_empty()
            });
        }
    }

    /// How often the containers of a pod were started again since a moment, at the least.
    pub(super) fn since(&self, cluster: &ClusterName, pod: &Pod, moment: Timestamp) -> u32 {
        let ends = self.ends.get(&(cluster.clone(), pod.meta.uid.clone())).map(Vec::as_slice).unwrap_or_default();
        let seen = ends.iter().filter(|end| end.at >= moment).map(|end| end.times).fold(0, u32::saturating_add);
        // A count that was set back tells nothing of before.
        seen.min(pod.restarts()).max(pod.restarts_since(moment))
    }
}

/// When a container ended before it was started again the last time.
fn last_end(container: &Container) -> Option<Timestamp> {
    container.last.as_ref().and_then(|end| end.at)
}

/// The latest moment at which a container is known to have been as it was seen.
fn last_known(container: &Container) -> Option<Timestamp> {
    let since = if let ContainerState::Running { since } = &container.state { *since } else { None };
    since.max(last_end(container))
}

#[cfg(test)]
mod tests;
