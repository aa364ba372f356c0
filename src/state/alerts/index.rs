//! The service that an alert is about, by whatever its labels say.

use std::collections::HashMap;

use crate::domain::alert::Alert;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::row::Row;
use crate::domain::service::{ServiceId, named_by};
use crate::domain::text::Text;
use crate::state::State;

/// The labels by which alerts name what they are about, the most telling first.
const NAMED: [&str; 9] = [
    "service",
    "app_kubernetes_io_name",
    "app",
    "deployment",
    "statefulset",
    "daemonset",
    "workload",
    "job_name",
    "container",
];

/// What is known of a service when alerts are related to it.
#[derive(Clone, Copy)]
pub(in crate::state) struct Known<'a> {
    /// Which one.
    pub(in crate::state) id: &'a ServiceId,
    /// The namespaces that it lives in.
    pub(in crate::state) namespaces: &'a [Text],
    /// What it consists of.
    pub(in crate::state) workloads: &'a [ObjectRef],
}

/// Services by what alerts may call them.
pub(in crate::state) struct Index<'a> {
    /// By cluster, namespace and the name of a service or of one of its workloads.
    placed: HashMap<(&'a str, &'a str, &'a str), Known<'a>>,
    /// By cluster and name alone; none where several have it.
    alone: HashMap<(&'a str, &'a str), Option<Known<'a>>>,
}

impl<'a> Index<'a> {
    pub(in crate::state) fn of(services: impl Iterator<Item = Known<'a>>) -> Self {
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

    /// The service that an alert is about.
    pub(in crate::state) fn find(&self, state: &State, alert: &Alert) -> Option<Known<'a>> {
        let cluster = alert.cluster.0.as_str();
        let names = || NAMED.iter().filter_map(|name| alert.label(name));
        let Some(namespace) = alert.namespace() else {
            return names().find_map(|name| *self.alone.get(&(cluster, name.as_str()))?);
        };
        let placed = |name: &str| self.placed.get(&(cluster, namespace.as_str(), name)).copied();
        names().find_map(|name| placed(name)).or_else(|| {
            let pod = alert.label("pod")?;
            let object = ObjectRef {
                cluster: alert.cluster.clone(),
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
}
