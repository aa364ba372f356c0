//! What we currently believe. Facts enter only through [`State::apply`]; boards are computed from it when asked.
//! Nothing here reads a clock: `now` is always given.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::alert::{Alert, Priority};
use crate::domain::environment::{EnvironmentRules, Place};
use crate::domain::guard::{Guard, Guards};
use crate::domain::kind::Kind;
use crate::domain::limits::Limits;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::row::Row;
use crate::domain::signal::{SignalId, SignalKind};
use crate::domain::text::Text;
use crate::domain::update::{SourceId, Update};

mod alerts;
mod around;
mod brief;
mod changes;
mod closed;
mod collection;
mod complaints;
mod doubt;
mod family;
mod guards;
mod health;
mod history;
mod inventory;
pub mod logs;
mod measured;
mod metrics;
mod naming;
mod restarts;
mod rollouts;
mod rules;
mod services;
mod silences;
mod traffic;
mod trouble;

pub use alerts::{AlertServer, RelatedAlert, told_before};
pub use around::{Near, around};
pub use brief::brief;
pub use changes::{KEPT, Timeline};
pub use collection::{Collection, JOURNAL};
pub use family::Family;
pub use guards::GuardLease;
pub use history::history;
pub use inventory::{ClusterLiveness, Freshness, Inventory, LATE_AFTER};
pub use metrics::{Line, MetricServer, Numbers};
pub use rollouts::status;
pub use rules::RuleServer;
pub use services::{ESSENTIAL, ServiceBoard};
pub use traffic::{SPLIT_KINDS, Switch};

use alerts::Alerts;
use changes::{Recorded, Witness, Written};
use complaints::Overheard;
use metrics::Metrics;
use restarts::Restarts;
use rules::Rules;
use silences::Silences;

/// What an update changed of what can be seen.
#[must_use]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    kinds: u32,
    is_about_sources: bool,
    is_about_alerts: bool,
    is_about_metrics: bool,
}

impl Changed {
    /// Whether nothing moved.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// Whether rows of a kind moved.
    pub fn touches(self, kind: Kind) -> bool {
        self.kinds & (1 << kind.index()) != 0
    }

    /// Whether the liveness of a source or what is known about a cluster moved.
    pub fn touches_sources(self) -> bool {
        self.is_about_sources
    }

    /// Whether alerts moved, or who tells them.
    pub fn touches_alerts(self) -> bool {
        self.is_about_alerts
    }

    /// Whether numbers moved, or who tells them.
    pub fn touches_metrics(self) -> bool {
        self.is_about_metrics
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self {
            kinds: self.kinds | other.kinds,
            is_about_sources: self.is_about_sources || other.is_about_sources,
            is_about_alerts: self.is_about_alerts || other.is_about_alerts,
            is_about_metrics: self.is_about_metrics || other.is_about_metrics,
        }
    }

    fn rows(kind: Kind, did_move: bool) -> Self {
        Self { kinds: u32::from(did_move) << kind.index(), ..Self::default() }
    }

    fn sources(did_move: bool) -> Self {
        Self { is_about_sources: did_move, ..Self::default() }
    }

    fn alerts(did_move: bool) -> Self {
        Self { is_about_alerts: did_move, ..Self::default() }
    }
}

/// What is believed about all clusters.
#[derive(Debug, Default)]
pub struct State {
    rules: EnvironmentRules,
    limits: Limits,
    judges_by: Guards,
    clusters: BTreeMap<ClusterName, Inventory>,
    witness: Witness,
    restarts: Restarts,
    written: Written,
    recorded: Recorded,
    alerts: Alerts,
    told_rules: Rules,
    silences: Silences,
    metrics: Metrics,
    overheard: Overheard,
}

impl State {
    /// Knows nothing yet.
    pub fn new(rules: EnvironmentRules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// The same, with limits from which on numbers count.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same, with the guards by which new revisions are judged.
    #[must_use]
    pub fn with_guards(self, guards: Guards) -> Self {
        Self { judges_by: guards, ..self }
    }

    /// Takes in what the world said, heard at `now`.
    pub fn apply(&mut self, update: Update, now: Timestamp) -> Changed {
        match update {
            Update::ListBegan(source) => {
                self.cluster_mut(source.cluster).begin_list(source.kind, source.namespace.as_ref());
                Changed::default()
            }
            Update::Applied(source, rows) => self.apply_rows(&source, rows, now),
            Update::Gone(source, names) => self.remove_rows(&source, &names, now),
            Update::ListEnded(source) => {
                let inventory = self.cluster_mut(source.cluster.clone());
                let is_news = inventory.tells_news(source.kind, source.namespace.as_ref());
                let gone = inventory.end_list(source.kind, source.namespace.as_ref());
                if is_news {
                    for row in &gone {
                        self.note(&source.cluster, Some(row), None, now);
                    }
                }
                // The end of a list is seen: the title no longer says that it loads.
                Changed::rows(source.kind, !gone.is_empty()).and(Changed::sources(true))
            }
            Update::Source(source, liveness) => Changed::sources(self.cluster_mut(source.cluster).set_liveness(
                source.kind,
                source.namespace.as_ref(),
                liveness,
            )),
            Update::Heard(cluster, at) => {
                let inventory = self.cluster_mut(cluster);
                let before = inventory.liveness(now);
                inventory.heard = inventory.heard.max(Some(at));
                inventory.silent = None;
                Changed::sources(before != inventory.liveness(now))
            }
            Update::Silent(cluster, problem) => replace(&mut self.cluster_mut(cluster).silent, problem),
            Update::Cluster(cluster, facts) => replace(&mut self.cluster_mut(cluster).facts, facts),
            Update::Identity(cluster, identity) => replace(&mut self.cluster_mut(cluster).identity, identity),
            Update::Login(cluster, login) => replace(&mut self.cluster_mut(cluster).login, login),
            Update::Silences(id, told) => Changed::alerts(self.silences.apply(id, told)),
            Update::Metrics(id, at, told) => {
                self.metrics.apply(id, at, told);
                Changed { is_about_metrics: true, ..Changed::default() }
            }
            Update::Rules(kind, id, at, told) => Changed::alerts(self.told_rules.apply(kind, id, at, told)),
            Update::Alerts(kind, id, at, told) => Changed::alerts(self.alerts.apply(kind, id, at, told)),
            Update::Written(object, writings) => {
                let kind = object.kind;
                Changed::rows(kind, self.written.keep(object, writings))
            }
            Update::Complaints(service, told) => {
                Changed { is_about_metrics: self.overheard.hear(service, told, now), ..Changed::default() }
            }
            Update::Recorded(changes) => Changed::sources(self.recorded.keep(changes)),
        }
    }

    /// The clusters by name.
    pub fn clusters(&self) -> impl Iterator<Item = (&ClusterName, &Inventory)> {
        self.clusters.iter()
    }

    /// One cluster.
    pub fn cluster(&self, name: &ClusterName) -> Option<&Inventory> {
        self.clusters.get(name)
    }

    /// The alerts of all servers: loud ones first, then by priority, then the newest.
    pub fn alerts(&self) -> &[Arc<Alert>] {
        self.alerts.all()
    }

    /// How many alerts of a priority page.
    pub fn firing(&self, priority: Priority) -> usize {
        self.alerts().iter().filter(|alert| alert.standing.is_loud() && alert.priority == priority).count()
    }

    /// Who tells alerts, and how they are doing.
    pub fn alert_servers(&self) -> impl Iterator<Item = (SignalKind, &SignalId, &AlertServer)> {
        self.alerts.servers()
    }

    /// Who tells numbers, and how they are doing.
    pub fn metric_servers(&self) -> impl Iterator<Item = (&SignalId, &MetricServer)> {
        self.metrics.servers()
    }

    /// Who tells rules that make alerts, and which.
    pub fn rule_servers(&self) -> impl Iterator<Item = (SignalKind, &SignalId, &RuleServer)> {
        self.told_rules.servers()
    }

    /// The row of an object.
    pub fn find(&self, object: &ObjectRef) -> Option<&Row> {
        self.cluster(&object.cluster)?.rows(object.kind).find(&object.namespace, &object.name)
    }

    /// A workload with its pods and revisions.
    pub fn family(&self, workload: &ObjectRef) -> Option<Family<'_>> {
        Family::of(self.cluster(&workload.cluster)?, self.find(workload)?)
    }

    /// How fresh the rows of a kind are.
    pub fn freshness(&self, cluster: &ClusterName, kind: Kind) -> Freshness {
        self.cluster(cluster).map_or(Freshness::Loading, |inventory| inventory.freshness(kind))
    }

    /// How a cluster is doing.
    pub fn cluster_liveness(&self, cluster: &ClusterName, now: Timestamp) -> ClusterLiveness {
        self.cluster(cluster).map_or(ClusterLiveness::Connecting, |inventory| inventory.liveness(now))
    }

    /// The rules by which namespaces become environments.
    pub fn rules(&self) -> &EnvironmentRules {
        &self.rules
    }

    /// From when on numbers count for health.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The guard by which a new revision is judged where nobody named one.
    pub fn usual_guard(&self) -> &Guard {
        self.judges_by.usual()
    }

    /// To which environment a namespace belongs.
    pub fn place(&self, cluster: &ClusterName, namespace: &Text) -> Place {
        let row = self.cluster(cluster).and_then(|inventory| inventory.rows(Kind::Namespace).find("", namespace));
        self.rules.place(cluster, namespace, row.and_then(|row| row.meta().label(EnvironmentRules::LABEL)))
    }

    /// The sum of the revisions of some kinds in all clusters: it moves when any of their rows does.
    fn revision_of(&self, kinds: &[Kind]) -> u64 {
        let revisions = |inventory: &Inventory| kinds.iter().map(|kind| inventory.rows(*kind).revision()).sum::<u64>();
        self.clusters.values().map(revisions).sum()
    }

    /// Takes rows in and notes what changed in them.
    fn apply_rows(&mut self, source: &SourceId, rows: Vec<Row>, now: Timestamp) -> Changed {
        let kept = self.judges_by.longest_window();
        let (clusters, restarts) = (&mut self.clusters, &mut self.restarts);
        let inventory = clusters.entry(source.cluster.clone()).or_default();
        let is_news = inventory.tells_news(source.kind, source.namespace.as_ref());
        let is_watching = inventory.is_watching(source.kind, source.namespace.as_ref());
        let mut changed = Changed::default();
        let mut noted = Vec::new();
        for row in rows {
            let kind = row.kind();
            if is_news && Witness::is_interested_in(kind) {
                let old = inventory.rows(kind).find(&row.meta().namespace, &row.meta().name);
                if is_watching || old != Some(&row) {
                    noted.extend(changes::between(&source.cluster, old, Some(&row), now));
                }
            }
            if let Row::Pod(pod) = &row
                && pod.restarts() > 0
            {
                let old = inventory.rows(kind).find(&pod.meta.namespace, &pod.meta.name);
                let old = if let Some(Row::Pod(old)) = old { Some(&**old) } else { None };
                restarts.see(&source.cluster, old, pod, (kept, now));
            }
            changed = changed.and(Changed::rows(kind, inventory.rows_mut(kind).apply(row)));
        }
        self.keep(noted);
        changed
    }

    /// Takes rows out.
    fn remove_rows(&mut self, source: &SourceId, names: &[(Text, Text)], now: Timestamp) -> Changed {
        let mut did_move = false;
        for (namespace, name) in names {
            if let Some(row) = self.cluster_mut(source.cluster.clone()).rows_mut(source.kind).remove(namespace, name) {
                did_move = true;
                self.note(&source.cluster, Some(&row), None, now);
            }
        }
        Changed::rows(source.kind, did_move)
    }

    /// Notes what changed between two sights of an object.
    fn note(&mut self, cluster: &ClusterName, old: Option<&Row>, new: Option<&Row>, now: Timestamp) {
        self.keep(changes::between(cluster, old, new, now));
    }

    fn keep(&mut self, noted: Vec<changes::Noted>) {
        for noted in noted {
            let place = self.place(&noted.object.cluster, &noted.object.namespace);
            // A route names its service by the pods behind it alone.
            let service = self.service_behind(&noted.object);
            self.witness.keep(noted.into_change(place.environment, service));
        }
    }

    fn cluster_mut(&mut self, cluster: ClusterName) -> &mut Inventory {
        self.clusters.entry(cluster).or_default()
    }
}

/// Puts a fact in place of what was known before.
fn replace<T: PartialEq>(known: &mut Option<T>, fact: T) -> Changed {
    let is_new = known.as_ref() != Some(&fact);
    *known = Some(fact);
    Changed::sources(is_new)
}

#[cfg(test)]
mod tests;
