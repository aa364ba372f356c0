//! Who belongs to whom: workloads with their pods and revisions, joined by the identity of the owner in one pass.

use std::collections::HashMap;

use jiff::Timestamp;

use super::inventory::Inventory;
use crate::domain::condition::find;
use crate::domain::kind::Kind;
use crate::domain::object::{Meta, ROLLOUT_HASH};
use crate::domain::platform::Job;
use crate::domain::pod::Pod;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::workload::{ControllerRevision, ReplicaSet, Workload};

/// A workload with what it owns.
#[derive(Clone, Debug)]
pub struct Family<'a> {
    /// Deployment, StatefulSet, DaemonSet or Rollout.
    pub kind: Kind,
    /// The workload.
    pub workload: &'a Workload,
    /// Its pods, those on their way out included.
    pub pods: Vec<&'a Pod>,
    /// Its ReplicaSets (Deployment, Rollout).
    pub replica_sets: Vec<&'a ReplicaSet>,
    /// Its ControllerRevisions (StatefulSet, DaemonSet).
    pub revisions: Vec<&'a ControllerRevision>,
}

impl<'a> Family<'a> {
    /// A workload before anything was found that it owns.
    pub fn alone(kind: Kind, workload: &'a Workload) -> Self {
        Self { kind, workload, pods: Vec::new(), replica_sets: Vec::new(), revisions: Vec::new() }
    }

    /// One workload with what it owns, looked up in its namespace only.
    pub(super) fn of(inventory: &'a Inventory, row: &'a Row) -> Option<Self> {
        let mut families = Families::of_workloads([row]);
        families.adopt(inventory, &|kind| Box::new(inventory.rows(kind).rows_in(&row.meta().namespace)));
        families.workloads.pop()
    }

    /// The ReplicaSet whose template is the workload's: by the hash that a Rollout names, else by its number, because a
    /// lean row holds no template to compare.
    pub fn current_replica_set(&self) -> Option<&'a ReplicaSet> {
        if let Some(argo) = &self.workload.argo {
            return self.replica_set(&argo.current);
        }
        let number = self.workload.revision.parse::<i64>().ok()?;
        self.replica_sets.iter().copied().find(|set| set.revision == number)
    }

    /// The ReplicaSet of a Rollout's revision.
    pub fn replica_set(&self, hash: &str) -> Option<&'a ReplicaSet> {
        self.replica_sets.iter().copied().find(|set| !hash.is_empty() && set.hash() == hash)
    }

    /// The version that it rolls out. A Rollout may use the template of another workload: then its ReplicaSet tells.
    pub fn version(&self) -> Text {
        match (self.workload.images.is_empty(), self.current_replica_set()) {
            (true, Some(set)) => set.version(),
            _ => self.workload.version(),
        }
    }

    /// When the newest revision began to roll out, as far as the objects tell. One that was rolled back to was made long
    /// before: it began anew with its first pod that is younger than the revision it took over from.
    pub fn began(&self) -> Option<Timestamp> {
        let (current, latest) = self.revisions_made();
        let began = match (current, latest) {
            (Some(current), Some(latest)) if current < latest => {
                let made = self.new_pods().filter_map(|pod| pod.meta.created);
                made.filter(|made| *made > latest).min().or(Some(latest))
            }
            _ => current.or(latest),
        };
        began.max(find(&self.workload.conditions, "Progressing").and_then(|progress| progress.changed))
    }

    /// When the newest revision was made, and when the last of all was made.
    fn revisions_made(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        if matches!(self.kind, Kind::Deployment | Kind::Rollout) {
            let latest = self.replica_sets.iter().filter_map(|set| set.meta.created).max();
            return (self.current_replica_set().and_then(|set| set.meta.created), latest);
        }
        let current = self.revisions.iter().find(|revision| revision.meta.name == self.workload.update_revision);
        let latest = self.revisions.iter().filter_map(|revision| revision.meta.created).max();
        (current.and_then(|revision| revision.meta.created), latest)
    }

    /// The pods of the newest revision, without those that are on their way out.
    pub fn new_pods(&self) -> impl Iterator<Item = &'a Pod> {
        let argo = self.workload.argo.as_ref();
        let hash = match self.kind {
            Kind::Rollout => argo.map(|argo| argo.current.as_str()),
            Kind::Deployment => self.current_replica_set().map(ReplicaSet::hash),
            Kind::StatefulSet => Some(self.workload.update_revision.as_str()),
            _ => None,
        };
        let hash = hash.filter(|hash| !hash.is_empty());
        let images = &self.workload.images;
        self.pods.iter().copied().filter(move |pod| {
            pod.meta.deleted.is_none()
                && match hash {
                    Some(hash) => pod.meta.revision_hash().is_some_and(|of_pod| of_pod == hash),
                    // Without a revision to compare with, a pod with the images of the template counts as new.
                    None => images.iter().all(|image| pod.containers.iter().any(|held| held.image == *image)),
                }
        })
    }
}

/// Where an identity belongs.
#[derive(Clone, Copy, Debug)]
enum Home {
    Workload(usize),
    Job(usize),
}

/// Everything that runs in a cluster, by who owns it.
#[derive(Debug, Default)]
pub(super) struct Families<'a> {
    /// Workloads with what they own.
    pub(super) workloads: Vec<Family<'a>>,
    /// Jobs, finished ones included, with their pods.
    pub(super) jobs: Vec<(&'a Job, Vec<&'a Pod>)>,
    /// Pods whose owner is not read, or that have none.
    pub(super) loose: Vec<&'a Pod>,
    homes: HashMap<&'a str, Home>,
}

impl<'a> Families<'a> {
    /// Joins everything in a cluster.
    pub(super) fn gather(inventory: &'a Inventory) -> Self {
        let workloads = Kind::WORKLOADS.into_iter().flat_map(|kind| inventory.rows(kind).rows());
        let mut families = Self::of_workloads(workloads);
        for row in inventory.rows(Kind::Job).rows() {
            if let Row::Job(job) = row {
                families.homes.insert(&job.meta.uid, Home::Job(families.jobs.len()));
                families.jobs.push((job, Vec::new()));
            }
        }
        families.adopt(inventory, &|kind| Box::new(inventory.rows(kind).rows()));
        families
    }

    /// The workload that an identity belongs to: its own, or that of a ReplicaSet it owns.
    pub(super) fn workload_of(&self, uid: &str) -> Option<&Family<'a>> {
        match self.homes.get(uid)? {
            Home::Workload(index) => self.workloads.get(*index),
            Home::Job(_) => None,
        }
    }

    /// The workload that owns an object.
    pub(super) fn owner_of(&self, meta: &Meta) -> Option<&Family<'a>> {
        self.workload_of(meta.owner_uid()?)
    }

    fn of_workloads(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut families = Self::default();
        for row in rows {
            if let Some(workload) = row.workload() {
                families.homes.insert(&workload.meta.uid, Home::Workload(families.workloads.len()));
                families.workloads.push(Family::alone(row.kind(), workload));
            }
        }
        families
    }

    /// Finds the owners of revisions and pods among some rows.
    fn adopt(&mut self, inventory: &'a Inventory, rows: &dyn Fn(Kind) -> Box<dyn Iterator<Item = &'a Row> + 'a>) {
        for row in rows(Kind::ReplicaSet).chain(rows(Kind::ControllerRevision)) {
            let owner = row.meta().owner_uid().and_then(|uid| self.homes.get(uid.as_str()).copied());
            let Some(Home::Workload(index)) = owner else { continue };
            match row {
                Row::ReplicaSet(set) => {
                    self.homes.insert(&set.meta.uid, Home::Workload(index));
                    self.workloads[index].replica_sets.push(set);
                }
                Row::ControllerRevision(revision) => self.workloads[index].revisions.push(revision),
                _ => {}
            }
        }
        for row in rows(Kind::Pod) {
            let Row::Pod(pod) = row else { continue };
            match self.home_of(inventory, pod) {
                Some(Home::Workload(index)) => self.workloads[index].pods.push(pod),
                Some(Home::Job(index)) => self.jobs[index].1.push(pod),
                None => self.loose.push(pod),
            }
        }
    }

    /// Where a pod belongs.
    fn home_of(&self, inventory: &Inventory, pod: &Pod) -> Option<Home> {
        let owner = pod.meta.owner.as_ref()?;
        self.homes.get(owner.uid.as_str()).copied().or_else(|| {
            // ReplicaSets may not be readable: their names are made of their owner's name and the hash.
            let hash = pod.meta.revision_hash().filter(|_| owner.kind == "ReplicaSet")?;
            let name = owner.name.strip_suffix(hash.as_str())?.strip_suffix('-')?;
            let kind = if pod.meta.label(ROLLOUT_HASH).is_some() { Kind::Rollout } else { Kind::Deployment };
            let row = inventory.rows(kind).find(&pod.meta.namespace, name)?;
            self.homes.get(row.meta().uid.as_str()).copied()
        })
    }
}
