//! Which service labels are about: those of an alert, and those of a series.

use std::collections::HashMap;

use super::State;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, Labels, ObjectRef, label};
use crate::domain::pod::Pod;
use crate::domain::row::Row;
use crate::domain::service::{LABELS_OF_SERVICE, Service, ServiceId, named_by};
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
        let names = || LABELS_OF_SERVICE.iter().filter_map(|name| told(name));
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
            if let Some(Row::Pod(row)) = state.find(&object) {
                return owning(row, &placed);
            }
            // A pod that is gone still has the name of its workload, with at most two parts behind it.
            pod.rmatch_indices('-').take(2).find_map(|(at, _)| placed(&pod[..at]))
        })
    }

    /// The service of a name that a gateway made of namespace, service and port: "production-chat-80@kubernetes". A port
    /// may have a name in front of its number.
    fn composed(&self, cluster: &str, name: &str) -> Option<Known<'a>> {
        let (name, _) = name.split_once('@')?;
        name.rmatch_indices('-').find_map(|(at, _)| {
            let (namespace, rest) = (&name[..at], &name[at + 1..]);
            let placed = |name: &str| self.placed.get(&(cluster, namespace, name)).copied();
            let (without_port, _) = rest.rsplit_once('-').unwrap_or((rest, ""));
            let named = without_port.rsplit_once('-').filter(|(_, port)| PORTS.contains(port));
            placed(rest).or_else(|| placed(without_port)).or_else(|| placed(named?.0))
        })
    }
}

/// The names that ports usually have.
const PORTS: [&str; 7] = ["http", "https", "web", "grpc", "h2c", "tcp", "main"];

/// The service of a pod that is known: by its labels, else by what controls it. None where that belongs to nobody known.
fn owning<'a>(pod: &Pod, placed: &impl Fn(&str) -> Option<Known<'a>>) -> Option<Known<'a>> {
    let by_label = named_by(&[&pod.meta.labels]).and_then(|name| placed(name));
    by_label.or_else(|| {
        let Some(owner) = &pod.meta.owner else { return placed(&pod.meta.name) };
        placed(&owner.name).or_else(|| {
            // A ReplicaSet is called after its Deployment.
            let (deployment, _) = owner.name.rsplit_once('-').filter(|_| owner.kind == "ReplicaSet")?;
            placed(deployment)
        })
    })
}
