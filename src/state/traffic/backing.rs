//! What is behind a Service that a route names: its workloads, its pods and how many of them are ready.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::kind::Kind;
use crate::domain::object::{Labels, Meta, selects};
use crate::domain::platform::Service;
use crate::domain::pod::Pod;
use crate::domain::route::Backend;
use crate::domain::row::Row;
use crate::domain::service::named_by;
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Hint};
use crate::domain::workload::Workload;
use crate::state::inventory::Inventory;
use crate::state::services::version;

/// The label by which an EndpointSlice names its Service.
const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// A Service that a route names.
pub(super) struct Backing<'a> {
    pub(super) namespace: &'a Text,
    pub(super) service: &'a Text,
    /// The Service itself, where it is known.
    pub(super) row: Option<&'a Service>,
    /// The workloads whose pods it selects.
    workloads: Vec<&'a Workload>,
    /// The pods that it selects, without those on their way out.
    pub(super) pods: Vec<&'a Pod>,
    /// How many of its addresses take requests.
    pub(super) ready: u32,
}

impl<'a> Backing<'a> {
    /// Looks up what is behind a backend of a route in a namespace.
    pub(super) fn of(inventory: &'a Inventory, backend: &'a Backend, of_route: &'a Text) -> Self {
        let mut backing = Self::without_pods(inventory, backend, of_route);
        if let Some(selector) = backing.row.map(|row| &row.selector) {
            backing.pods = pods(inventory, backing.namespace, selector);
        }
        let ready_pods = || backing.pods.iter().filter(|pod| pod.is_ready()).count();
        backing.ready = ready_by_slices(inventory, backing.namespace, backing.service)
            .unwrap_or_else(|| u32::try_from(ready_pods()).unwrap_or(u32::MAX));
        backing
    }

    /// Whether the pods behind it are those behind another one.
    pub(super) fn is_twin_of(&self, other: &Self) -> bool {
        let names =
            |one: &Self| one.pods.iter().map(|pod| (&pod.meta.namespace, &pod.meta.name)).collect::<BTreeSet<_>>();
        !self.is_of(other) && !self.pods.is_empty() && names(self) == names(other)
    }

    /// The same as far as it goes without looking at every pod of the namespace.
    pub(super) fn without_pods(inventory: &'a Inventory, backend: &'a Backend, of_route: &'a Text) -> Self {
        let namespace = if backend.namespace.is_empty() { of_route } else { &backend.namespace };
        let row = match inventory.rows(Kind::Service).find(namespace, &backend.service) {
            Some(Row::Service(service)) => Some(&**service),
            _ => None,
        };
        let mut backing =
            Self { namespace, service: &backend.service, row, workloads: Vec::new(), pods: Vec::new(), ready: 0 };
        if let Some(selector) = row.map(|row| &row.selector) {
            let rows = |kind: Kind| inventory.rows(kind).rows_in(namespace);
            let workloads = Kind::WORKLOADS.into_iter().flat_map(rows).filter_map(Row::workload);
            backing.workloads = workloads.filter(|workload| selects(selector, &workload.template_labels)).collect();
        }
        backing
    }

    /// Whether it may have pods of a service, by its workloads; where none is known only its pods can tell.
    pub(super) fn may_concern(&self, service: &str) -> bool {
        let mut known = self.services().peekable();
        if known.peek().is_none() { self.row.is_some() } else { known.any(|name| name == service) }
    }

    /// Whether both are the same Service.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        (self.namespace, self.service) == (other.namespace, other.service)
    }

    /// The services, as people speak of them, that its pods belong to.
    pub(super) fn services(&self) -> impl Iterator<Item = &'a Text> {
        let of_workload = |workload: &&'a Workload| {
            let workload: &'a Workload = workload;
            named_by(&[&workload.meta.labels, &workload.template_labels]).unwrap_or(&workload.meta.name)
        };
        // A Rollout may have its template elsewhere; its pods have labels all the same.
        let by_pods = self.pods.iter().filter_map(|pod| {
            let pod: &'a Pod = pod;
            named_by(&[&pod.meta.labels])
        });
        let names: Vec<&'a Text> = self.workloads.iter().map(of_workload).chain(by_pods).collect();
        names.into_iter()
    }

    /// The version that most of its pods have, else that of its workload.
    pub(super) fn version(&self) -> Text {
        let mut counts: BTreeMap<Text, usize> = BTreeMap::new();
        for pod in &self.pods {
            *counts.entry(version(pod, self.workloads.first().and_then(|one| one.images.first()))).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count).map(|(version, _)| version);
        most.or_else(|| self.workloads.first().map(|workload| workload.version())).unwrap_or_default()
    }

    /// What tells which part it plays.
    pub(super) fn hint(&self, inventory: &Inventory) -> Hint {
        let by_labels = || {
            let templates = self.workloads.iter().map(|workload| &workload.template_labels);
            templates.chain(self.pods.iter().map(|pod| &pod.meta.labels)).find_map(ArmRole::of_labels)
        };
        let said = self.said_by_rollout(inventory).or_else(|| ArmRole::of_name(self.service)).or_else(by_labels);
        Hint { said, version: self.version(), made: self.made(inventory) }
    }

    /// What a Rollout of Argo says that uses the Service for one of its arms.
    fn said_by_rollout(&self, inventory: &Inventory) -> Option<ArmRole> {
        let rollouts = inventory.rows(Kind::Rollout).rows_in(self.namespace).filter_map(Row::workload);
        rollouts.filter_map(|rollout| rollout.argo.as_deref()).find_map(|argo| {
            if argo.services.canary == *self.service {
                Some(ArmRole::Canary)
            } else if argo.services.stable == *self.service {
                Some(ArmRole::Stable)
            } else {
                None
            }
        })
    }

    /// When the newest revision of its pods was made.
    fn made(&self, inventory: &Inventory) -> Option<jiff::Timestamp> {
        let sets = inventory.rows(Kind::ReplicaSet);
        let of_pod = |meta: &Meta| sets.find(&meta.namespace, &meta.owner.as_ref()?.name)?.meta().created;
        let newest = self.pods.iter().filter_map(|pod| of_pod(&pod.meta)).max();
        newest.or_else(|| self.workloads.iter().filter_map(|workload| workload.meta.created).max())
    }
}

/// The pods of a namespace that a selector selects, without those on their way out.
pub(super) fn pods<'a>(inventory: &'a Inventory, namespace: &Text, selector: &Labels) -> Vec<&'a Pod> {
    let rows = inventory.rows(Kind::Pod).rows_in(namespace);
    let pods = rows.filter_map(|row| match row {
        Row::Pod(pod) if pod.meta.deleted.is_none() && selects(selector, &pod.meta.labels) => Some(&**pod),
        _ => None,
    });
    pods.collect()
}

/// How many addresses of a Service take requests, of the family of addresses that has most; none where no slice is known.
fn ready_by_slices(inventory: &Inventory, namespace: &Text, service: &Text) -> Option<u32> {
    let mut by_family: BTreeMap<&Text, usize> = BTreeMap::new();
    for row in inventory.rows(Kind::EndpointSlice).rows_in(namespace) {
        if let Row::EndpointSlice(slice) = row
            && slice.meta.label(SERVICE_NAME) == Some(service)
        {
            *by_family.entry(&slice.address_type).or_default() += slice.ready;
        }
    }
    by_family.into_values().max().map(|ready| u32::try_from(ready).unwrap_or(u32::MAX))
}
