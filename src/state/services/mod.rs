//! Services as a board: computed from the state when asked and only when something moved, worst first.

use std::collections::HashMap;

use jiff::Timestamp;

use super::State;
use super::alerts::{RelatedAlert, relate};
use super::inventory::{ClusterLiveness, Freshness, Inventory};
use super::metrics::{Numbers, Related, relate as relate_numbers};
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::rollout::Rollout;
use crate::domain::service::{Service, ServiceId};
use crate::domain::traffic::Split;

mod member;
mod signals;
mod steady;
mod survey;

pub(in crate::state) use member::version;
use signals::Signals;
use steady::Steadiness;
use survey::{Found, survey};

/// The kinds that services are computed from.
const KINDS: [Kind; 10] = [
    Kind::Namespace,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Rollout,
    Kind::ReplicaSet,
    Kind::Pod,
    Kind::Job,
    Kind::Event,
    Kind::Lease,
];

/// The kinds without whose lists services are missing or not what they seem.
pub const ESSENTIAL: [Kind; 4] = [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Pod];

/// What the board was computed from.
#[derive(Debug, PartialEq, Eq)]
struct Inputs {
    rows: u64,
    alerts: u64,
    metrics: u64,
    sources: u64,
    late: Vec<bool>,
    /// Seconds while something moves, minutes while all is calm, and between them while a cluster is silent.
    tick: i64,
}

/// Services and rollouts, with a memory of what was bad before.
#[derive(Debug, Default)]
pub struct ServiceBoard {
    services: Vec<Service>,
    /// Where each of them stands.
    places: HashMap<ServiceId, usize>,
    rollouts: Vec<Rollout>,
    alerts: Vec<RelatedAlert>,
    numbers: Related,
    inputs: Option<Inputs>,
    is_complete: bool,
    revision: u64,
    /// The last health that was known of each service, and the revision at which it turned bad, if it did.
    known: HashMap<ServiceId, (Health, Option<u64>)>,
    /// What was said of each service lately.
    said: HashMap<ServiceId, Steadiness>,
}

impl ServiceBoard {
    /// Brings the board up to date; true when anything on it moved. Free of cost when nothing can have moved.
    pub fn refresh(&mut self, state: &State, now: Timestamp) -> bool {
        let is_listed =
            |cluster: &Inventory| ESSENTIAL.iter().all(|kind| cluster.freshness(*kind) != Freshness::Loading);
        let mut clusters = state.clusters().peekable();
        // Before the first word of any cluster there is nothing that could be complete.
        self.is_complete = clusters.peek().is_some() && clusters.all(|(_, cluster)| is_listed(cluster));
        let inputs = self.inputs_of(state, now);
        if self.inputs.as_ref() == Some(&inputs) {
            return false;
        }
        let (mut found, mut rollouts) = survey(state, now);
        let compared = state.compared();
        let numbers = self.relate_numbers(state, (&found, &compared), inputs.metrics);
        let are_new = numbers.is_some();
        // What is bad by the first numbers was so before: it is seen, not announced.
        let are_first = self.numbers.now.is_empty() && are_new;
        self.numbers = numbers.unwrap_or_else(|| std::mem::take(&mut self.numbers));
        let alerts = relate(state, found.iter().map(|one| &one.service));
        Signals::new(state, &self.numbers.now, &alerts, (compared, now)).judge(&mut found);
        let mut services = self.steady(found, now);
        services.sort_by(Service::worst_first);
        rollouts.sort_by(|a, b| b.status.phase.cmp(&a.status.phase).then_with(|| a.workload.cmp(&b.workload)));
        let did_move = are_new || services != self.services || rollouts != self.rollouts || alerts != self.alerts;
        self.alerts = alerts;
        self.services = services;
        self.rollouts = rollouts;
        if did_move {
            self.places = self.services.iter().enumerate().map(|(at, service)| (service.id.clone(), at)).collect();
            self.revision += 1;
            self.remember(are_first);
        }
        // What moves is counted in seconds, and whether something moves is known only now.
        self.inputs = Some(self.inputs_of(state, now));
        did_move
    }

    /// Whether the lists that services are made of had been read once, wherever they may be read.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Whether it was made with the newest that is known of alerts and numbers.
    pub fn has_heard(&self, state: &State) -> bool {
        let told = (state.alerts.revision(), state.metrics.revision());
        self.inputs.as_ref().is_some_and(|inputs| (inputs.alerts, inputs.metrics) == told)
    }

    /// All services: worst first, then longest.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// One service.
    pub fn find(&self, id: &ServiceId) -> Option<&Service> {
        self.services.get(*self.places.get(id)?)
    }

    /// The alerts, loud ones first, each with the service that it is about.
    pub fn alerts(&self) -> &[RelatedAlert] {
        &self.alerts
    }

    /// The numbers of a service, where anybody tells them.
    pub fn numbers(&self, id: &ServiceId) -> Option<&Numbers> {
        self.numbers.now.get(id)
    }

    /// The same a week ago, where somebody looks at it.
    pub fn numbers_before(&self, id: &ServiceId) -> Option<&Numbers> {
        self.numbers.before.get(id)
    }

    /// Whether anybody tells numbers of any service.
    pub fn has_numbers(&self) -> bool {
        !self.numbers.now.is_empty()
    }

    /// The rollouts of all workloads, those that failed first and those that are done last.
    pub fn rollouts(&self) -> &[Rollout] {
        &self.rollouts
    }

    /// Moves whenever anything on the board does.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Services that turned bad after a revision of the board and still are. One that was bad when it was first seen is
    /// no news, nor is one that was bad before its source fell silent.
    pub fn newly_bad(&self, since: u64) -> Vec<ServiceId> {
        let is_new = |service: &&Service| {
            service.verdict.health == Health::Bad
                && self.known.get(&service.id).and_then(|(_, turned)| *turned).is_some_and(|turned| turned > since)
        };
        self.services.iter().filter(is_new).map(|service| service.id.clone()).collect()
    }

    /// Makes the words of each service hold still. One that is in doubt tells nothing new.
    fn steady(&mut self, found: Vec<Found>, now: Timestamp) -> Vec<Service> {
        let mut before = std::mem::take(&mut self.said);
        let is_complete = self.is_complete;
        let steady = |Found { mut service, doubt, generation }: Found| {
            let mut said = before.remove(&service.id).unwrap_or_default();
            if doubt.is_none() {
                service.verdict = said.steady(&service.verdict, generation, now);
                // What is not read yet may look like an ailment.
                if is_complete {
                    service.verdict = said.since_mended(service.verdict, now);
                }
            }
            self.said.insert(service.id.clone(), said);
            service
        };
        found.into_iter().map(steady).collect()
    }

    /// Remembers the health of each service for the next time. By the first numbers nothing *turns* bad.
    fn remember(&mut self, are_first: bool) {
        let mut known = HashMap::with_capacity(self.services.len());
        for service in &self.services {
            let health = service.verdict.health;
            let next = match self.known.get(&service.id) {
                Some(before) if health == Health::Unknown => *before,
                Some((Health::Bad, turned)) if health == Health::Bad => (health, *turned),
                Some((before, _)) if health == Health::Bad && *before != Health::Unknown && !are_first => {
                    (health, Some(self.revision))
                }
                _ => (health, None),
            };
            known.insert(service.id.clone(), next);
        }
        self.known = known;
    }

    /// The numbers of all services, where they are not the ones that are held already.
    fn relate_numbers(
        &self,
        state: &State,
        (found, compared): (&[Found], &[(ServiceId, Split)]),
        revision: u64,
    ) -> Option<Related> {
        let is_known = |one: &Found| self.places.contains_key(&one.service.id);
        let is_same = self.inputs.as_ref().is_some_and(|inputs| inputs.metrics == revision)
            && found.len() == self.places.len()
            && found.iter().all(is_known);
        let services = || found.iter().map(|one| &one.service);
        (!is_same).then(|| relate_numbers(state, services(), compared)).filter(|numbers| *numbers != self.numbers)
    }

    fn inputs_of(&self, state: &State, now: Timestamp) -> Inputs {
        let has_guards = state.clusters().any(|(_, cluster)| cluster.rows(Kind::Lease).rows().next().is_some());
        let is_moving = has_guards
            || self.services.iter().any(|service| service.verdict.health == Health::Moving)
            || self.rollouts.iter().any(|rollout| rollout.status.deadline.is_some());
        let is_late = |liveness| matches!(liveness, ClusterLiveness::Late { .. });
        let late: Vec<bool> = state.clusters().map(|(_, inventory)| is_late(inventory.liveness(now))).collect();
        let pace = match (is_moving, late.contains(&true)) {
            (true, _) => 1,
            (_, true) => 10,
            _ => 60,
        };
        Inputs {
            rows: state.revision_of(&KINDS) + state.canaries_revision(),
            alerts: state.alerts.revision(),
            metrics: state.metrics.revision(),
            sources: state.clusters().map(|(_, inventory)| inventory.sources_revision).sum(),
            late,
            tick: now.as_second().div_euclid(pace),
        }
    }
}

#[cfg(test)]
mod tests;
