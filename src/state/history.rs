//! The revisions that a workload has had, as ReplicaSets and ControllerRevisions tell them.

use std::collections::HashMap;

use super::family::Family;
use crate::domain::kind::Kind;
use crate::domain::object::Labels;
use crate::domain::pod::{Pod, Role};
use crate::domain::rollout::{Revision, Standing};
use crate::domain::text::Text;
use crate::domain::workload::{ReplicaSet, version_of};

/// The revisions of a workload, newest first.
pub fn history(family: &Family<'_>) -> Vec<Revision> {
    match family.kind {
        Kind::Deployment | Kind::Rollout => replica_sets(family),
        _ => controller_revisions(family),
    }
}

/// Revisions as ReplicaSets hold them, by their number.
fn replica_sets(family: &Family<'_>) -> Vec<Revision> {
    let current = family.current_replica_set().map(|set| &set.meta.uid);
    let mut sets = family.replica_sets.clone();
    sets.sort_by_key(|set| std::cmp::Reverse((set.revision, set.meta.created)));
    let previous = sets.iter().find(|set| Some(&set.meta.uid) != current).map(|set| &set.meta.uid);
    let standing = |set: &ReplicaSet| match Some(&set.meta.uid) {
        uid if uid == current => Standing::Current,
        uid if uid == previous => Standing::Previous,
        _ => Standing::Older,
    };
    sets.into_iter()
        .map(|set| Revision {
            number: (set.revision > 0).then_some(set.revision),
            name: set.meta.name.clone(),
            hash: Text::from(set.hash()),
            images: set.images.to_vec(),
            version: version_of(&set.template_labels, set.images.first()),
            change_cause: set.change_cause.clone(),
            created: set.meta.created,
            ready: set.ready,
            desired: set.desired,
            standing: standing(set),
        })
        .collect()
}

/// Revisions as ControllerRevisions hold them. Their rows tell neither number nor template, so that images come from
/// pods, and the order is that of their making; a revision that was rolled back to keeps its old place.
fn controller_revisions(family: &Family<'_>) -> Vec<Revision> {
    let mut pods: HashMap<&str, Vec<&Pod>> = HashMap::new();
    for pod in family.pods.iter().filter(|pod| pod.meta.deleted.is_none()) {
        if let Some(hash) = pod.meta.revision_hash() {
            pods.entry(hash).or_default().push(pod);
        }
    }
    let current = current_controller_revision(family);
    let mut held = family.revisions.clone();
    held.sort_by_key(|revision| std::cmp::Reverse(revision.meta.created));
    let mut revisions: Vec<_> = held
        .into_iter()
        .map(|revision| {
            let (name, hash) = (&revision.meta.name, revision.meta.revision_hash().unwrap_or(&revision.meta.name));
            let pods = pods.get(hash.as_str()).or_else(|| pods.get(name.as_str())).map_or(&[][..], Vec::as_slice);
            let is_current = current.is_some_and(|current| current == name || current == hash);
            let images = match pods.first() {
                Some(pod) => images_of(pod),
                None if is_current => family.workload.images.to_vec(),
                None => Vec::new(),
            };
            Revision {
                number: None,
                name: name.clone(),
                hash: hash.clone(),
                version: if images.is_empty() {
                    Text::default()
                } else {
                    version_of(labels_of(pods, family), images.first())
                },
                images,
                change_cause: if is_current { family.workload.change_cause.clone() } else { Text::default() },
                created: revision.meta.created,
                ready: count(pods.iter().filter(|pod| pod.is_ready())),
                desired: count(pods.iter()),
                standing: if is_current { Standing::Current } else { Standing::Older },
            }
        })
        .collect();
    let came_from = Some(&family.workload.current_revision).filter(|name| Some(*name) != current && !name.is_empty());
    let previous = revisions
        .iter()
        .position(|revision| Some(&revision.name) == came_from)
        .or_else(|| revisions.iter().position(|revision| revision.standing != Standing::Current));
    if let Some(previous) = previous {
        revisions[previous].standing = Standing::Previous;
    }
    revisions
}

/// The name or the hash of the revision that the template is: a StatefulSet names it, the youngest pod of a DaemonSet
/// carries it, and before there are pods it is the one made last.
fn current_controller_revision<'a>(family: &Family<'a>) -> Option<&'a Text> {
    if !family.workload.update_revision.is_empty() {
        return Some(&family.workload.update_revision);
    }
    let youngest = family.pods.iter().copied().max_by_key(|pod| pod.meta.created);
    youngest.and_then(|pod| pod.meta.revision_hash()).or_else(|| {
        family
            .revisions
            .iter()
            .copied()
            .max_by_key(|revision| revision.meta.created)
            .map(|revision| &revision.meta.name)
    })
}

/// The images of a pod's ordinary containers.
fn images_of(pod: &Pod) -> Vec<Text> {
    pod.containers.iter().filter(|container| container.role == Role::Main).map(|held| held.image.clone()).collect()
}

/// The labels that name the version of some pods.
fn labels_of<'a>(pods: &[&'a Pod], family: &Family<'a>) -> &'a Labels {
    pods.first().map_or(&family.workload.template_labels, |pod| &pod.meta.labels)
}

/// A count as rows spell it.
fn count<'a>(pods: impl Iterator<Item = &'a &'a Pod>) -> i32 {
    i32::try_from(pods.count()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
