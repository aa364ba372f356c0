//! Which service labels are about: those of an alert, and those of a series.

use std::collections::HashMap;

use super::State;
use crate::domain::alert::NAMED;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Labels, ObjectRef, label};
use crate::domain::row::Row;
use crate::domain::service::{Service, ServiceId, named_by};
use crate::domain::text::Text;

/// What is known of a service by which labels may call it.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// Which one.
    pub(super) id: &'a ServiceId,
    /// The namespaces that it lives in.
    pub(super) namespaces: &'a [Text],
    /// What it consists of.
    pub(super) workloads: &'a [ObjectRef],
}

impl<'a> From<&'a Service> for Known<'a> {
    fn from(service: &'a Service) -> Self {
        Self { id: &service.id, namespaces: &service.namespaces, workloads: &service.workloads }
    }
}

/// Services by what labels may call them.
pub(super) struct Naming<'a> {
    /// By cluster, namespace and the name of a service or of one of its workloads.
    placed: HashMap<(&'a str, &'a str, &'a str), Known<'a>>,
    /// By cluster and name alone; none where several have it.
    alone: HashMap<(&'a str, &'a str), Option<Known<'a>>>,
}

impl<'a> Naming<'a> {
    /// Gathers the names of services.
    pub(super) fn of(services: impl Iterator<Item = Known<'a>>) -> Self {
        let (mut placed, mut alone) = (HashMap::new(), HashMap::new());
        for service in services {
            let cluster = service.id.cluster.0.as_str();
            for workload in service.workloads {
                placed.entry((cluster, workload.namespace.as_str(), workload.name.as_str())).or_insert(service);
            }
            for namespace in service.namespaces {
                placed.insert((cluster, namespace.as_str(), service.id.name.as_str()), service);
            }
            let same = alone.entry((cluster, service.id.name.as_str())).or_insert(Some(service));
            if same.is_some_and(|held| held.id != service.id) {
                *same = None;
            }
        }
        Self { placed, alone }
    }

    /// The service that labels are about, where one is found.
    pub(super) fn find(&self, state: &State, cluster: &ClusterName, labels: &Labels) -> Option<Known<'a>> {
        let told = |name: &str| label(labels, name);
        let names = || NAMED.iter().filter_map(|name| told(name));
        let at = cluster.0.as_str();
        let Some(namespace) = told("namespace").or_else(|| told("exported_namespace")) else {
            return names().find_map(|name| {
                self.composed(at, name).or_else(|| self.alone.get(&(at, name.as_str())).copied().flatten())
            });
        };
        let placed = |name: &str| self.placed.get(&(at, namespace.as_str(), name)).copied();
        names().find_map(|name| placed(name)).or_else(|| {
            let pod = told("pod")?;
            let object = ObjectRef {
                cluster: cluster.clone(),
                kind: Kind::Pod,
                namespace: namespace.clone(),
                name: pod.clone(),
            };
            if let Some(Row::Pod(row)) = state.find(&object)
                && let Some(service) = named_by(&[&row.meta.labels]).and_then(|name| placed(name))
            {
                return Some(service);
            }
            // A pod that is gone still has the name of its workload.
            pod.rmatch_indices('-').find_map(|(at, _)| placed(&pod[..at]))
        })
    }

    /// The service of a name that a gateway made of namespace, service and port: "production-chat-80@kubernetes".
    fn composed(&self, cluster: &str, name: &str) -> Option<Known<'a>> {
        let (name, _) = name.split_once('@')?;
        name.match_indices('-').find_map(|(at, _)| {
            let (namespace, rest) = (&name[..at], &name[at + 1..]);
            let ends = rest.match_indices('-').map(|(end, _)| end).chain([rest.len()]);
            // The longest name that is known: of "chat-canary" and "chat" it is about the first.
            ends.rev().find_map(|end| self.placed.get(&(cluster, namespace, &rest[..end])).copied())
        })
    }
}
