//! What the objects of a cluster tell about the past: revisions when they were made, rollouts when they ended, pods how
//! they ended.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::seen::{began, config_words, named_by_config};
use crate::domain::change::{Change, ChangeClass};
use crate::domain::condition::find;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Meta, ObjectRef};
use crate::domain::pod::Pod;
use crate::domain::service::named_by;
use crate::domain::text::Text;
use crate::domain::workload::{ReplicaSet, version_of};
use crate::state::State;
use crate::state::family::{Families, Family};
use crate::state::inventory::Inventory;
use crate::state::trouble::ending;

/// What is made so soon after its owner was made with it.
const WITH_OWNER: SignedDuration = SignedDuration::from_secs(10);

/// Everything that all clusters tell.
pub(super) fn told(state: &State) -> Vec<Change> {
    let mut changes = Vec::new();
    for (cluster, inventory) in state.clusters() {
        let families = Families::gather(inventory);
        let mut teller =
            Teller { state, cluster, inventory, families: &families, environments: HashMap::new(), changes };
        for family in &families.workloads {
            teller.workload(family);
        }
        teller.config();
        teller.events();
        changes = teller.changes;
    }
    changes
}

/// One cluster's tale.
pub(super) struct Teller<'a> {
    state: &'a State,
    cluster: &'a ClusterName,
    pub(super) inventory: &'a Inventory,
    pub(super) families: &'a Families<'a>,
    environments: HashMap<&'a str, Text>,
    changes: Vec<Change>,
}

impl<'a> Teller<'a> {
    /// Adds a change of an object of some kind.
    pub(super) fn add(
        &mut self,
        at: Option<Timestamp>,
        class: ChangeClass,
        kind: Kind,
        meta: &'a Meta,
        what: &str,
    ) -> Option<&mut Change> {
        let (state, cluster) = (self.state, self.cluster);
        let environment = self
            .environments
            .entry(&meta.namespace)
            .or_insert_with(|| state.place(cluster, &meta.namespace).environment);
        self.changes.push(Change {
            at: at?,
            times: 1,
            class,
            object: ObjectRef {
                cluster: cluster.clone(),
                kind,
                namespace: meta.namespace.clone(),
                name: meta.name.clone(),
            },
            environment: environment.clone(),
            service: named_by(&[&meta.labels]).cloned(),
            what: Text::from(what),
            why: None,
            by: None,
        });
        self.changes.last_mut()
    }

    /// Adds a change of a workload.
    pub(super) fn add_of(
        &mut self,
        family: &Family<'a>,
        at: Option<Timestamp>,
        class: ChangeClass,
        what: &str,
    ) -> Option<&mut Change> {
        let service = service_of(family);
        let change = self.add(at, class, family.kind, &family.workload.meta, what)?;
        change.service = Some(service);
        Some(change)
    }

    /// What a workload, its revisions and its pods tell.
    fn workload(&mut self, family: &Family<'a>) {
        let workload = family.workload;
        self.add_of(family, workload.meta.created, ChangeClass::Existence, "created");
        self.replica_sets(family);
        for revision in &family.revisions {
            if !is_with(revision.meta.created, workload.meta.created) {
                let what = format!("revision {} began", revision.meta.name);
                self.add_of(family, revision.meta.created, ChangeClass::Rollout, &what);
            }
        }
        let progress = find(&workload.conditions, "Progressing");
        if let Some(progress) = progress.filter(|progress| progress.reason == "NewReplicaSetAvailable") {
            let what = format!("rollout {} finished", workload.version());
            self.add_of(family, progress.updated, ChangeClass::Rollout, &what);
        }
        for pod in &family.pods {
            self.restarts(family, pod);
        }
    }

    /// Each ReplicaSet is a rollout that began when it was made. One that was rolled back to tells nothing: it is old.
    fn replica_sets(&mut self, family: &Family<'a>) {
        let mut sets = family.replica_sets.clone();
        sets.sort_by_key(|set| set.meta.created);
        let mut before: Option<&ReplicaSet> = None;
        for set in sets {
            let old = before.map_or(&[][..], |before| &before.images);
            let is_first = before.is_none() && is_with(set.meta.created, family.workload.meta.created);
            before = Some(set);
            if is_first {
                continue;
            }
            let version = version_of(&set.template_labels, set.images.first());
            let what = began(old, &set.images, &version, &set.revision.to_string());
            let why = Some(set.change_cause.clone()).filter(|cause| !cause.is_empty());
            if let Some(change) = self.add_of(family, set.meta.created, ChangeClass::Rollout, &what) {
                change.why = why;
            }
        }
    }

    /// How the containers of a pod ended before they were started again.
    fn restarts(&mut self, family: &Family<'a>, pod: &'a Pod) {
        let times = pod.restarts();
        if times == 0 {
            return;
        }
        let (Some(end), Some(ending)) = (pod.last_termination(), ending(pod)) else { return };
        let service = service_of(family);
        let what = format!("pod restarted: {ending}");
        if let Some(change) = self.add(end.at, ChangeClass::Restart, Kind::Pod, &pod.meta, &what) {
            change.times = times;
            change.service = Some(service);
        }
    }

    /// ConfigMaps and Secrets tell when they were made.
    fn config(&mut self) {
        for kind in [Kind::ConfigMap, Kind::Secret] {
            for row in self.inventory.rows(kind).rows() {
                let meta = row.meta();
                if let Some(change) =
                    self.add(meta.created, ChangeClass::Config, kind, meta, &config_words(row, "created"))
                {
                    change.service = named_by_config(meta);
                }
            }
        }
    }
}

/// The service that a workload belongs to.
pub(super) fn service_of(family: &Family<'_>) -> Text {
    let workload = family.workload;
    named_by(&[&workload.meta.labels, &workload.template_labels]).unwrap_or(&workload.meta.name).clone()
}

/// Whether something was made together with its owner.
fn is_with(created: Option<Timestamp>, owner: Option<Timestamp>) -> bool {
    created.zip(owner).is_none_or(|(created, owner)| created.duration_since(owner) < WITH_OWNER)
}
