//! The clusters of a session as they are started, and whom they ask for alerts.

use jiff::SignedDuration;

use super::super::clusters::{self, Chosen};
use super::super::signals::{Offer, listed, look_elsewhere};
use super::Session;
use crate::domain::kind::Kind;
use crate::domain::metric::Demand;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::signal::SignalKind;
use crate::domain::silence::Silence;
use crate::sources::kubernetes::Scope;
use crate::state::Freshness;

impl Session {
    /// Begins to read clusters and their signals.
    pub(super) fn start_clusters(&mut self, chosen: &[Chosen]) {
        let started = clusters::start(&self.kubeconfig, chosen, &self.connect, &self.clock, &self.outbox);
        for (cluster, handle) in &started {
            match self.signals.start(cluster, handle, &self.clock, &self.outbox) {
                0 => {
                    self.undiscovered.insert(cluster.clone());
                    let name = cluster.0.as_str();
                    let of = chosen.iter().find(|one| one.context.as_str() == name);
                    if of.is_some_and(|one| matches!(one.wanted.scope, Scope::Only(_))) {
                        self.looked_for.insert(cluster.clone());
                        let (reader, outbox) = (handle.reader.clone(), self.outbox.clone());
                        tokio::spawn(look_elsewhere(cluster.clone(), reader, outbox));
                    }
                }
                servers => self.asked += servers,
            }
        }
        self.clusters.extend(started);
    }

    /// Whether everybody who is asked for alerts has answered once, or said why not.
    pub fn knows_alerts(&self) -> bool {
        let is_silent = |cluster: &ClusterName| {
            self.state.cluster(cluster).is_some_and(|held| held.heard().is_none() && held.silence().is_some())
        };
        self.undiscovered.iter().all(is_silent) && self.state.alert_servers().count() >= self.asked
    }

    /// The same of alerts and numbers.
    pub fn knows_signals(&self) -> bool {
        let of_numbers = self.state.alert_servers().filter(|(kind, ..)| *kind == SignalKind::Prometheus).count();
        self.knows_alerts() && self.state.metric_servers().count() >= of_numbers
    }

    /// Whether everybody who is asked for rules has told them once, or said why not; midwatch itself included.
    pub fn knows_rules(&self) -> bool {
        let asked = self.state.alert_servers().filter(|(kind, ..)| *kind != SignalKind::Alertmanager).count();
        self.knows_alerts() && self.state.rule_servers().count() >= asked
    }

    /// Says what of all numbers somebody looks at.
    pub fn look_at_numbers(&self, demand: Demand) {
        self.signals.demand.send_if_modified(|held| {
            let is_new = *held != demand;
            *held = demand;
            is_new
        });
    }

    /// The Services to which the cluster has to let us through, to be able to change silences.
    pub fn ways_to_alertmanagers(&self, cluster: &ClusterName) -> Vec<ObjectRef> {
        self.clusters.get(cluster).map(|handle| handle.alertmanagers.behind()).unwrap_or_default()
    }

    /// For how long an alert is quiet that somebody is at.
    pub fn acknowledges_for(&self) -> SignedDuration {
        let length = self.signals.acknowledges_for.and_then(|length| SignedDuration::try_from(length).ok());
        length.unwrap_or(Silence::ON_IT_FOR)
    }

    /// Looks for servers of signals where the Services of a cluster are known by now.
    pub(super) fn discover(&mut self) {
        let state = &self.state;
        let is_listed = |cluster: &&ClusterName| {
            state.freshness(cluster, Kind::Service) != Freshness::Loading && !self.looked_for.contains(*cluster)
        };
        let clusters: Vec<ClusterName> = self.undiscovered.iter().filter(is_listed).cloned().collect();
        for cluster in clusters {
            let offers = self.state.cluster(&cluster).map(listed).unwrap_or_default();
            self.take_up(&cluster, &offers);
        }
    }

    /// Begins to ask the servers of signals among some Services.
    pub(super) fn take_up(&mut self, cluster: &ClusterName, offers: &[Offer]) {
        self.undiscovered.remove(cluster);
        self.looked_for.remove(cluster);
        if let Some(handle) = self.clusters.get(cluster) {
            self.asked += self.signals.discover(cluster, offers, handle, &self.clock, &self.outbox);
        }
    }
}
