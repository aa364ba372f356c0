//! The clusters of a session as they are started, and whom they ask for alerts.

use jiff::SignedDuration;

use super::super::clusters::{self, Chosen};
use super::super::signals::{Asked, Offer, listed, look_elsewhere};
use super::Session;
use crate::domain::kind::Kind;
use crate::domain::metric::{Demand, Focus, Measure};
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::signal::SignalKind;
use crate::domain::silence::Silence;
use crate::domain::text::Text;
use crate::sources::kubernetes::Scope;
use crate::state::Freshness;

impl Session {
    /// Begins to read clusters and their signals.
    pub(super) fn start_clusters(&mut self, chosen: &[Chosen]) {
        let started = clusters::start(&self.kubeconfig, chosen, &self.connect, &self.clock, &self.outbox);
        for (cluster, handle) in &started {
            let asked = self.signals.start(cluster, handle, &self.clock, &self.outbox);
            if asked.is_empty() {
                self.undiscovered.insert(cluster.clone());
                let name = cluster.0.as_str();
                let of = chosen.iter().find(|one| one.context.as_str() == name);
                if of.is_some_and(|one| matches!(one.wanted.scope, Scope::Only(_))) {
                    self.looked_for.insert(cluster.clone());
                    let (reader, outbox) = (handle.reader.clone(), self.outbox.clone());
                    tokio::spawn(look_elsewhere(cluster.clone(), reader, outbox));
                }
            }
            self.asked.extend(asked);
        }
        self.clusters.extend(started);
    }

    /// The clusters in which servers of signals are still looked for; one that does not answer is not waited for.
    pub fn looking_for_signals(&self) -> impl Iterator<Item = &ClusterName> {
        let is_silent = |cluster: &ClusterName| {
            self.state.cluster(cluster).is_some_and(|held| held.heard().is_none() && held.silence().is_some())
        };
        self.undiscovered.iter().filter(move |cluster| !is_silent(cluster))
    }

    /// Who is asked for alerts, as far as that is known by now.
    pub fn asked_for_alerts(&self) -> &[Asked] {
        &self.asked
    }

    /// Whether everybody who is asked for alerts has answered once, or said why not.
    pub fn knows_alerts(&self) -> bool {
        let told = |asked: &Asked| self.state.alert_servers().any(|(kind, id, _)| (kind, id) == (asked.0, &asked.1));
        self.looking_for_signals().next().is_none() && self.asked.iter().all(told)
    }

    /// The same of numbers.
    pub fn knows_numbers(&self) -> bool {
        let told = |asked: &Asked| self.state.metric_servers().any(|(id, _)| *id == asked.1);
        let mut asked = self.asked.iter().filter(|(kind, _)| *kind == SignalKind::Prometheus);
        self.looking_for_signals().next().is_none() && asked.all(told)
    }

    /// Both.
    pub fn knows_signals(&self) -> bool {
        self.knows_alerts() && self.knows_numbers()
    }

    /// Whether the pods of every canary are counted by now, where there is one and anybody who counts.
    pub fn counts_canaries(&self) -> bool {
        let has_canaries = matches!(&self.canaries, Some((_, Some(_))));
        !has_canaries || self.state.metric_servers().all(|(_, server)| server.problem.is_some() || server.counts_pods())
    }

    /// The same of rules; midwatch itself included.
    pub fn knows_rules(&self) -> bool {
        let told = |asked: &Asked| self.state.rule_servers().any(|(kind, id, _)| (kind, id) == (asked.0, &asked.1));
        let mut asked = self.asked.iter().filter(|(kind, _)| *kind != SignalKind::Alertmanager);
        self.looking_for_signals().next().is_none() && asked.all(told)
    }

    /// Says what of all numbers somebody looks at.
    pub fn look_at_numbers(&mut self, demand: Demand) {
        self.wanted_numbers = demand;
        self.ask_for_numbers();
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
            let asked = self.signals.discover(cluster, offers, handle, &self.clock, &self.outbox);
            self.asked.extend(asked);
        }
    }

    /// Asks for the numbers that the face wants, for those of canaries, and for those that guards look at.
    pub(super) fn ask_for_numbers(&mut self) {
        let mut demand = self.wanted_numbers.clone();
        self.find_canaries();
        if let Some((_, Some(canaries))) = &self.canaries {
            look_at(&mut demand, &canaries.namespaces, &canaries.workloads);
        }
        for drive in self.drives.values().filter(|drive| drive.view.end().is_none()) {
            let service = self.guard_board.find(&drive.view.service);
            let workloads: Vec<Text> =
                service.iter().flat_map(|service| &service.workloads).map(|one| one.name.clone()).collect();
            let every = drive.view.course.guard.every;
            demand.every = Some(demand.every.map_or(every, |known| known.min(every)));
            look_at(&mut demand, std::slice::from_ref(&drive.view.route.namespace), &workloads);
        }
        self.demand_numbers(demand);
    }

    /// Finds the pods of canaries and of what they are compared with, where that can have moved; whether it has.
    pub(super) fn find_canaries(&mut self) -> bool {
        let revision = self.state.owners_of_canaries();
        if self.canaries.as_ref().is_some_and(|(known, _)| *known == revision) {
            return false;
        }
        let canaries = self.state.canaries();
        let (mut namespaces, mut workloads) = (Vec::new(), Vec::new());
        for (_, split) in &canaries {
            namespaces.push(split.router.namespace.clone());
            workloads.extend(self.state.owners_behind(split));
        }
        let focus = (!workloads.is_empty()).then(|| Focus::of(namespaces, workloads, &Measure::ALWAYS));
        let did_move = self.canaries.as_ref().map(|(_, known)| known) != Some(&focus);
        self.canaries = Some((revision, focus));
        did_move
    }

    fn demand_numbers(&self, demand: Demand) {
        self.signals.demand.send_if_modified(|held| {
            let is_new = *held != demand;
            *held = demand;
            is_new
        });
    }
}

/// Adds pods to what is looked at closely. Whoever shows shares alone asks for less than a comparison needs.
fn look_at(demand: &mut Demand, namespaces: &[Text], workloads: &[Text]) {
    let focus = demand.focus.get_or_insert_with(|| Focus::of(Vec::new(), Vec::new(), &Measure::ALWAYS));
    if !focus.measures.contains(&Measure::P95) {
        focus.measures = &Measure::ALWAYS;
    }
    for (all, more) in [(&mut focus.namespaces, namespaces), (&mut focus.workloads, workloads)] {
        let new: Vec<Text> = more.iter().filter(|one| !all.contains(one)).cloned().collect();
        all.extend(new);
    }
}
