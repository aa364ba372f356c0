//! What the objects of a cluster tell about the past: revisions when they were made, rollouts when they ended, pods how
//! they ended.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::alerts::Services;
use super::is_done;
use super::said::Said;
use super::seen::{began, config_words, is_given, named_by_config};
use crate::domain::change::{Change, ChangeClass};
use crate::domain::condition::find;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Meta, ObjectRef};
use crate::domain::pod::Pod;
use crate::domain::row::Row;
use crate::domain::service::named_by;
use crate::domain::text::Text;
use crate::domain::workload::{ReplicaSet, version_of};
use crate::state::State;
use crate::state::family::{Families, Family};
use crate::state::inventory::Inventory;
use crate::state::trouble::ending;

/// What is made so soon after its owner was made with it.
const WITH_OWNER: SignedDuration = SignedDuration::from_secs(10);

/// Everything that all clusters tell. A clock that runs ahead tells nothing later than now.
pub(super) fn told(state: &State, now: Timestamp) -> Vec<Change> {
    let (mut changes, mut services) = (Vec::new(), Services::default());
    for (cluster, inventory) in state.clusters() {
        let families = Families::gather(inventory);
        let mut teller =
            Teller { state, now, cluster, inventory, families: &families, environments: HashMap::new(), changes };
        for family in &families.workloads {
            teller.workload(family);
        }
        teller.config();
        teller.events();
        changes = teller.changes;
        services.add(state, cluster, &families);
    }
    changes.extend(services.told(state));
    changes
}

/// One cluster's tale.
pub(super) struct Teller<'a> {
    state: &'a State,
    pub(super) now: Timestamp,
    cluster: &'a ClusterName,
    pub(super) inventory: &'a Inventory,
    pub(super) families: &'a Families<'a>,
    environments: HashMap<&'a str, Text>,
    pub(super) changes: Vec<Change>,
}

impl<'a> Teller<'a> {
    /// A change of an object of some kind.
    pub(super) fn change(
        &mut self,
        at: Option<Timestamp>,
        class: ChangeClass,
        kind: Kind,
        meta: &'a Meta,
        said: Said,
    ) -> Option<Change> {
        let (state, cluster) = (self.state, self.cluster);
        let environment = self
            .environments
            .entry(&meta.namespace)
            .or_insert_with(|| state.place(cluster, &meta.namespace).environment);
        Some(Change {
            at: at?.min(self.now),
            times: 1,
            class,
            object: ObjectRef::of(cluster, kind, meta),
            environment: environment.clone(),
            service: named_by(&[&meta.labels]).cloned(),
            what: Text::from(said.what),
            edge: said.edge,
            aim: said.aim,
            is_vague: said.is_vague,
            why: None,
            by: None,
        })
    }

    /// Adds a change of a workload.
    pub(super) fn add_of(
        &mut self,
        family: &Family<'a>,
        at: Option<Timestamp>,
        class: ChangeClass,
        said: Said,
    ) -> Option<&mut Change> {
        let change = self.change(at, class, family.kind, &family.workload.meta, said)?;
        self.changes.push(Change { service: Some(service_of(family)), ..change });
        self.changes.last_mut()
    }

    /// What a workload, its revisions and its pods tell.
    fn workload(&mut self, family: &Family<'a>) {
        let workload = family.workload;
        self.add_of(family, workload.meta.created, ChangeClass::Existence, Said::of("created"));
        self.replica_sets(family);
        for revision in &family.revisions {
            if !is_with(revision.meta.created, workload.meta.created) {
                let name = format!("revision {}", revision.meta.name);
                let said = Said::began(format!("{name} began")).leading_to_version(name).vaguely();
                self.add_of(family, revision.meta.created, ChangeClass::Rollout, said);
            }
        }
        let progress = find(&workload.conditions, "Progressing");
        if let Some(progress) = progress.filter(|progress| progress.reason == "NewReplicaSetAvailable") {
            let said = Said::ended(format!("rollout {} finished", workload.version()));
            self.add_of(family, progress.updated, ChangeClass::Rollout, said);
        }
        for pod in &family.pods {
            self.restarts(family, pod);
        }
    }

    /// Each ReplicaSet is a rollout that began when it was made, and one that was gone back to began again.
    fn replica_sets(&mut self, family: &Family<'a>) {
        let mut sets = family.replica_sets.clone();
        // Servers tell the second only.
        sets.sort_by_key(|set| (set.meta.created, set.revision));
        for (at, set) in sets.iter().enumerate() {
            let since = back_since(&sets[at + 1..], set);
            // What is noted on one that was gone back to is about that.
            let cause = Some(&set.change_cause).filter(|cause| !cause.is_empty());
            if at > 0 || !is_with(set.meta.created, family.workload.meta.created) {
                let old = at.checked_sub(1).map(|before| sets[before]);
                self.began(family, set.meta.created, old, set, cause.filter(|_| since.is_none()));
            }
            if let Some((since, left)) = since {
                let again = family.pods.iter().filter(|pod| pod.meta.owner_uid() == Some(&set.meta.uid));
                let again = again.filter_map(|pod| pod.meta.created).filter(|created| *created >= since).min();
                self.began(family, again, Some(left), set, cause);
            }
        }
    }

    /// A rollout of a ReplicaSet began, after another one.
    fn began(
        &mut self,
        family: &Family<'a>,
        at: Option<Timestamp>,
        old: Option<&ReplicaSet>,
        set: &ReplicaSet,
        cause: Option<&Text>,
    ) {
        let version = version_of(&set.template_labels, set.images.first());
        let said = began(old.map_or(&[][..], |old| &old.images), &set.images, &version, &set.revision.to_string());
        if let Some(change) = self.add_of(family, at, ChangeClass::Rollout, said) {
            change.why = cause.cloned();
        }
    }

    /// How the containers of a pod ended before they were started again.
    fn restarts(&mut self, family: &Family<'a>, pod: &'a Pod) {
        let times = pod.restarts();
        if times == 0 {
            return;
        }
        let (Some(end), Some(ending)) = (pod.last_termination(), ending(pod)) else { return };
        let said = Said::of(format!("pod restarted: {ending}"));
        if let Some(change) = self.change(end.at, ChangeClass::Restart, Kind::Pod, &pod.meta, said) {
            self.changes.push(Change { times, service: Some(service_of(family)), ..change });
        }
    }

    /// ConfigMaps and Secrets tell when they were made, and when they were written last.
    fn config(&mut self) {
        for kind in [Kind::ConfigMap, Kind::Secret] {
            for row in self.inventory.rows(kind).rows().filter(|row| !is_given(row.meta())) {
                let meta = row.meta();
                let said = Said::of(config_words(row, "created"));
                if let Some(change) = self.change(meta.created, ChangeClass::Config, kind, meta, said) {
                    self.changes.push(Change { service: named_by_config(meta), ..change });
                }
                let (Row::ConfigMap(held) | Row::Secret(held)) = row else { continue };
                let Some(written) = held.written.as_ref().filter(|written| !is_with(Some(written.at), meta.created))
                else {
                    continue;
                };
                let said = Said::of(config_words(row, "changed")).vaguely();
                let Some(change) = self.change(Some(written.at), ChangeClass::Config, kind, meta, said) else {
                    continue;
                };
                let was_seen = |seen: &Change| seen.class == change.class && is_done(seen, &change.object, change.at);
                if !self.state.witness.seen().any(was_seen) {
                    let by = Some(written.by.clone());
                    self.changes.push(Change { service: named_by_config(meta), by, ..change });
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

/// When the last one of the younger ReplicaSets was made that came before this one was gone back to, and which that is;
/// none where this one was not gone back to.
fn back_since<'a>(younger: &[&'a ReplicaSet], set: &ReplicaSet) -> Option<(Timestamp, &'a ReplicaSet)> {
    let left = younger.iter().rev().find(|other| other.revision < set.revision)?;
    Some((left.meta.created?, left))
}

/// Whether something was made together with its owner.
fn is_with(created: Option<Timestamp>, owner: Option<Timestamp>) -> bool {
    created.zip(owner).is_none_or(|(created, owner)| created.duration_since(owner) < WITH_OWNER)
}
