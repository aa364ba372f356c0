//! A member of a service: one workload, one running Job, or pods that no known controller owns.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::health::{Health, Verdict};
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Meta, ObjectRef};
use crate::domain::platform::Job;
use crate::domain::pod::{Pod, Role};
use crate::domain::rollout::{Phase, RolloutStatus};
use crate::domain::service::{VersionShown, named_by};
use crate::domain::text::Text;
use crate::domain::workload::version_of;
use crate::state::doubt::Doubt;
use crate::state::family::Family;
use crate::state::health;

/// The label that says what a service is part of.
const PART_OF: &str = "app.kubernetes.io/part-of";

/// A part of a service, and how it is.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) object: ObjectRef,
    /// The service it belongs to.
    pub(super) service: Text,
    pub(super) part_of: Option<Text>,
    /// How often its specification was changed.
    pub(super) generation: i64,
    /// How it was when it was last known.
    pub(super) verdict: Verdict,
    /// Why it is not known now.
    pub(super) doubt: Option<Doubt>,
    pub(super) version: VersionShown,
    pub(super) ready: u32,
    pub(super) desired: u32,
    pub(super) restarts: u32,
}

impl Member {
    /// How it is: what is in doubt is unknown.
    pub(super) fn health(&self) -> Health {
        if self.doubt.is_some() { Health::Unknown } else { self.verdict.health }
    }

    /// A workload whose health was assessed.
    pub(super) fn of_workload(
        cluster: &ClusterName,
        family: &Family<'_>,
        status: &RolloutStatus,
        verdict: Verdict,
    ) -> Self {
        let workload = family.workload;
        let labels = [&workload.meta.labels, &workload.template_labels];
        Self {
            object: ObjectRef::of(cluster, family.kind, &workload.meta),
            service: named_by(&labels).unwrap_or(&workload.meta.name).clone(),
            part_of: labels.iter().find_map(|labels| crate::domain::object::label(labels, PART_OF)).cloned(),
            generation: workload.meta.generation,
            verdict,
            doubt: None,
            version: version_shown(family, status),
            ready: u32::try_from(workload.ready).unwrap_or(0),
            desired: u32::try_from(workload.desired).unwrap_or(0),
            restarts: family.pods.iter().map(|pod| pod.restarts()).sum(),
        }
    }

    /// A running Job. Those of a CronJob share its name, so that not every run is a service of its own.
    pub(super) fn of_job(cluster: &ClusterName, job: &Job, pods: &[&Pod], now: Timestamp) -> Self {
        let own = job.meta.owner.as_ref().map_or(&job.meta.name, |owner| &owner.name);
        Self {
            service: named_by(&[&job.meta.labels]).unwrap_or(own).clone(),
            verdict: health::assess_job(job, pods, now),
            ..Self::of_pods(cluster, ObjectRef::of(cluster, Kind::Job, &job.meta), &job.meta, pods, now)
        }
    }

    /// Pods that no known controller owns, named by the first.
    pub(super) fn of_loose(cluster: &ClusterName, pods: &[&Pod], now: Timestamp) -> Option<Self> {
        let first = pods.first()?;
        let service = named_by(&[&first.meta.labels]).unwrap_or(loose_name(first)).clone();
        let object = ObjectRef::of(cluster, Kind::Pod, &first.meta);
        Some(Self { service, ..Self::of_pods(cluster, object, &first.meta, pods, now) })
    }

    fn of_pods(cluster: &ClusterName, object: ObjectRef, meta: &Meta, pods: &[&Pod], now: Timestamp) -> Self {
        debug_assert_eq!(*cluster, object.cluster);
        let running = pods.iter().filter(|pod| !pod.is_finished());
        Self {
            service: meta.name.clone(),
            part_of: meta.label(PART_OF).cloned(),
            generation: meta.generation,
            verdict: health::assess_pods(pods, now),
            doubt: None,
            version: VersionShown { now: pods.first().map(|pod| version(pod, None)).unwrap_or_default(), next: None },
            ready: count(running.clone().filter(|pod| pod.is_ready())),
            desired: count(running),
            restarts: pods.iter().map(|pod| pod.restarts()).sum(),
            object,
        }
    }
}

/// The name by which pods of one unread controller find together. A static pod is owned by its node, which says nothing.
pub(super) fn loose_name(pod: &Pod) -> &Text {
    match &pod.meta.owner {
        Some(owner) if owner.kind != "Node" => &owner.name,
        _ => &pod.meta.name,
    }
}

/// What runs and, while it is being replaced, by what: the version that most of the other pods have is the old one.
fn version_shown(family: &Family<'_>, status: &RolloutStatus) -> VersionShown {
    let newest = family.version();
    if status.phase == Phase::Stable {
        return VersionShown { now: newest, next: None };
    }
    if let Some(stable) = family.workload.argo.as_ref().and_then(|argo| family.replica_set(&argo.stable)) {
        // One that was stopped stays where it is, whatever is wished for.
        let next = Some(newest).filter(|newest| *newest != stable.version() && status.phase != Phase::Aborted);
        return VersionShown { now: stable.version(), next };
    }
    let mut others: HashMap<Text, usize> = HashMap::new();
    for pod in family.pods.iter().filter(|pod| pod.meta.deleted.is_none()) {
        *others.entry(version(pod, family.workload.images.first())).or_default() += 1;
    }
    others.remove(&newest);
    match others.into_iter().max_by(|(a, of_a), (b, of_b)| of_a.cmp(of_b).then_with(|| b.cmp(a))) {
        Some((now, _)) => VersionShown { now, next: Some(newest) },
        None => VersionShown { now: newest, next: None },
    }
}

/// The version that a pod runs: that of the container like the template's first, because others may have been put in
/// front of it when the pod was admitted.
pub(in crate::state) fn version(pod: &Pod, like: Option<&Text>) -> Text {
    let main = || pod.containers.iter().filter(|container| container.role == Role::Main);
    let alike = like.and_then(|like| main().find(|held| repository(&held.image) == repository(like)));
    version_of(&pod.meta.labels, alike.or_else(|| main().next()).map(|container| &container.image))
}

/// An image without tag and digest.
fn repository(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or(image);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}

/// A count as services spell it.
fn count<'a>(pods: impl Iterator<Item = &'a &'a Pod>) -> u32 {
    u32::try_from(pods.count()).unwrap_or(u32::MAX)
}
