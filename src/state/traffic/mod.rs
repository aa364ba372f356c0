//! Traffic: how the requests of services are split, joined from routes, the Services that they name and the pods behind
//! these.

use std::collections::BTreeSet;

use super::State;
use super::inventory::Inventory;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::pod::Pod;
use crate::domain::route::{Backend, HttpRoute};
use crate::domain::row::Row;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::domain::traffic::{Arm, ArmRole, Split, roles};

mod backing;
mod canaries;
mod doubts;
mod observed;
mod samples;
mod switches;

use backing::Backing;
pub(in crate::state) use canaries::tried;
pub use switches::Switch;

/// The kinds that splits are joined from; a face that shows splits reads them.
pub const SPLIT_KINDS: [Kind; 9] = [
    Kind::HttpRoute,
    Kind::Service,
    Kind::EndpointSlice,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Rollout,
    Kind::ReplicaSet,
    Kind::Pod,
];

impl State {
    /// How the requests of a service are split: one split for each route that sends them to several Services with pods
    /// of its workloads, by the name of the route.
    pub fn splits(&self, id: &ServiceId) -> Vec<Split> {
        let Some(inventory) = self.cluster(&id.cluster) else { return Vec::new() };
        let in_environment =
            |route: &&HttpRoute| self.place(&id.cluster, &route.meta.namespace).environment == id.environment;
        let mut splits: Vec<Split> = routes(inventory)
            .filter(in_environment)
            .filter(|route| may_concern(inventory, route, &id.name))
            .filter_map(|route| self.split_of(&id.cluster, inventory, route, None))
            .filter(|(services, _)| services.contains(&id.name))
            .map(|(_, split)| split)
            .collect();
        splits.sort_by(|one, other| one.router.cmp(&other.router));
        splits
    }

    /// How a route splits its requests; none where it does not.
    pub fn split(&self, route: &ObjectRef) -> Option<Split> {
        self.split_by(route, None)
    }

    /// How a route splits its requests in the rule that stands for it where somebody means this arm: that may be another
    /// one than where nobody says which.
    pub fn split_with(&self, route: &ObjectRef, arm: &str) -> Option<Split> {
        self.split_by(route, Some(arm))
    }

    fn split_by(&self, route: &ObjectRef, arm: Option<&str>) -> Option<Split> {
        let Some(Row::HttpRoute(row)) = self.find(route) else { return None };
        self.split_of(&route.cluster, self.cluster(&route.cluster)?, row, arm).map(|(_, split)| split)
    }

    /// The service that a route or a Service is about: that of the pods behind its first arm, the stable one where that is
    /// known.
    pub fn service_behind(&self, object: &ObjectRef) -> Option<Text> {
        let inventory = self.cluster(&object.cluster)?;
        match self.find(object)? {
            Row::HttpRoute(route) => {
                let rule = route.leading(None).or_else(|| route.rules.first())?;
                let all: Vec<Backing<'_>> = rule
                    .backends
                    .iter()
                    .map(|backend| Backing::of(inventory, backend, &route.meta.namespace))
                    .collect();
                let parts = roles(&all.iter().map(|backing| backing.hint(inventory)).collect::<Vec<_>>());
                let stable = parts.iter().position(|part| *part == Some(ArmRole::Stable)).unwrap_or_default();
                let first = all.get(stable).and_then(|backing| backing.services().next());
                first.or_else(|| all.iter().find_map(|backing| backing.services().next())).cloned()
            }
            Row::Service(service) => {
                let backend = Backend { service: service.meta.name.clone(), ..Backend::default() };
                Backing::of(inventory, &backend, &service.meta.namespace).services().next().cloned()
            }
            _ => None,
        }
    }

    /// The pods behind a Service, without those on their way out.
    pub fn pods_behind(&self, service: &ObjectRef) -> Vec<&Pod> {
        match (self.cluster(&service.cluster), self.find(service)) {
            (Some(inventory), Some(Row::Service(row))) => backing::pods(inventory, &service.namespace, &row.selector),
            _ => Vec::new(),
        }
    }

    /// The pods behind an arm of a split.
    fn pods_of_arm(&self, split: &Split, arm: &Arm) -> Vec<&Pod> {
        self.pods_behind(&split.service(arm))
    }

    /// Whether a workload has made any of the pods behind an arm of a split.
    pub fn is_behind(&self, split: &Split, arm: &Arm, workload: &ObjectRef) -> bool {
        let Some(family) = self.family(workload) else { return false };
        let behind = self.pods_of_arm(split, arm);
        family.pods.iter().any(|pod| behind.iter().any(|other| other.meta.uid == pod.meta.uid))
    }

    /// Whether anything that splits are joined from moved: its value is another one then.
    pub fn splits_revision(&self) -> u64 {
        self.revision_of(&SPLIT_KINDS) + self.metrics.revision()
    }

    /// A split, with the names of the services whose requests it splits.
    fn split_of<'a>(
        &'a self,
        cluster: &ClusterName,
        inventory: &'a Inventory,
        route: &'a HttpRoute,
        arm: Option<&str>,
    ) -> Option<(BTreeSet<Text>, Split)> {
        let rule = route.leading(arm)?;
        let mut backings: Vec<Backing<'a>> = Vec::new();
        for backend in &rule.backends {
            let backing = Backing::of(inventory, backend, &route.meta.namespace);
            // The same Service may stand there once for each of its ports.
            if !backings.iter().any(|known| known.is_of(&backing)) {
                backings.push(backing);
            }
        }
        // Once a rollout has ended, its controller has both Services select the same pods: there is one arm then, and not
        // another one that gets nothing.
        let gets_nothing = |backing: &Backing<'_>| rule.share(backing.service).unwrap_or_default() == 0.0;
        let twins: Vec<&Text> = backings
            .iter()
            .filter(|one| gets_nothing(one) && backings.iter().any(|other| one.is_twin_of(other)))
            .map(|one| one.service)
            .collect();
        backings.retain(|backing| !twins.contains(&backing.service));
        if backings.len() < 2 {
            return None;
        }
        let services = backings.iter().flat_map(Backing::services).cloned().collect();
        let parts = roles(&backings.iter().map(|backing| backing.hint(inventory)).collect::<Vec<_>>());
        let observed = observed::shares(self, cluster, &backings);
        let mut arms: Vec<Arm> = backings
            .iter()
            .zip(parts)
            .zip(observed)
            .map(|((backing, role), observed)| Arm {
                role,
                service: backing.service.clone(),
                namespace: backing.namespace.clone(),
                version: backing.version(),
                desired: rule.share(backing.service).unwrap_or_default(),
                observed,
                ready: backing.ready,
            })
            .collect();
        let doubts = doubts::of(route, rule, &backings);
        arms.sort_by_key(|arm| arm.role.map_or(2, |role| u8::from(role == ArmRole::Canary)));
        let router = ObjectRef::of(cluster, Kind::HttpRoute, &route.meta);
        Some((services, Split { router, arms, steered_by: route.steered_by.clone(), doubts }))
    }
}

/// The routes of a cluster.
fn routes(inventory: &Inventory) -> impl Iterator<Item = &HttpRoute> {
    inventory.rows(Kind::HttpRoute).rows().filter_map(|row| match row {
        Row::HttpRoute(route) => Some(&**route),
        _ => None,
    })
}

/// Whether a route may split the requests of a service: told without a look at pods, since it is asked of every service.
fn may_concern(inventory: &Inventory, route: &HttpRoute, service: &str) -> bool {
    let backing = |backend| Backing::without_pods(inventory, backend, &route.meta.namespace);
    route.leading(None).is_some_and(|rule| rule.backends.iter().any(|backend| backing(backend).may_concern(service)))
}

#[cfg(test)]
mod tests;
