//! Alerts: what every server tells, as one list; and the service that each of them is about.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::State;
use super::naming::{Known, Naming};
use crate::domain::alert::{Alert, Standing};
use crate::domain::health::{Health, Verdict};
use crate::domain::object::{ClusterName, Labels};
use crate::domain::problem::Problem;
use crate::domain::service::{Service, ServiceId};
use crate::domain::signal::{SignalId, SignalKind};
use crate::domain::text::Text;

mod ended;
mod related;

pub use related::told as told_before;

use ended::Ended;

/// How a server of alerts is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertServer {
    /// When it answered for the last time.
    pub heard: Option<Timestamp>,
    /// Why it does not answer now; what it told before is shown all the same.
    pub problem: Option<Problem>,
    alerts: Vec<Arc<Alert>>,
}

/// The alerts of all servers.
#[derive(Debug, Default)]
pub(super) struct Alerts {
    servers: BTreeMap<(SignalKind, SignalId), AlertServer>,
    merged: Vec<Arc<Alert>>,
    ended: Ended,
    revision: u64,
}

impl Alerts {
    /// Takes in what a server answered; whether anything is seen to change by it.
    pub(super) fn apply(
        &mut self,
        kind: SignalKind,
        id: SignalId,
        at: Timestamp,
        told: Result<Vec<Alert>, Problem>,
    ) -> bool {
        let server = self.servers.entry((kind, id)).or_default();
        let is_first = server.heard.is_none() && server.problem.is_none();
        let was_ill = server.problem.is_some();
        match told {
            Err(problem) => {
                let is_news = server.problem.as_ref() != Some(&problem);
                server.problem = Some(problem);
                is_news
            }
            Ok(alerts) => {
                server.heard = Some(at);
                server.problem = None;
                if server.alerts.iter().map(|alert| &**alert).eq(alerts.iter()) {
                    return is_first || was_ill;
                }
                server.alerts = alerts.into_iter().map(Arc::new).collect();
                let before = std::mem::replace(&mut self.merged, merged(&self.servers));
                self.ended.note(&before, &self.merged, at);
                self.revision += 1;
                true
            }
        }
    }

    /// The alerts that ended lately, and when.
    pub(super) fn ended(&self) -> impl Iterator<Item = (&Arc<Alert>, Timestamp)> {
        self.ended.all()
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn all(&self) -> &[Arc<Alert>] {
        &self.merged
    }

    /// Whether somebody who answers tells an alert, and told it at a moment of which something holds.
    pub(super) fn is_told(&self, alert: &Arc<Alert>, holds: impl Fn(Timestamp) -> bool) -> bool {
        self.servers
            .values()
            .any(|server| server.problem.is_none() && server.heard.is_some_and(&holds) && server.alerts.contains(alert))
    }

    pub(super) fn servers(&self) -> impl Iterator<Item = (SignalKind, &SignalId, &AlertServer)> {
        self.servers.iter().map(|((kind, id), server)| (*kind, id, server))
    }
}

/// One list: servers that tell the same tell it once, and what Alertmanager knows it knows better than Prometheus. Loud
/// ones first, then by priority, then the newest.
fn merged(servers: &BTreeMap<(SignalKind, SignalId), AlertServer>) -> Vec<Arc<Alert>> {
    // Few alerts agree in all of these, so few are compared with each other.
    let mut known: HashMap<Likeness<'_>, Vec<Arc<Alert>>> = HashMap::new();
    for ((kind, _), server) in servers {
        for alert in &server.alerts {
            let same = known.entry(likeness(alert)).or_default();
            let before = same.iter_mut().find(|before| match kind {
                SignalKind::Alertmanager => before.labels == alert.labels,
                // Alertmanager adds the labels that name the Prometheus.
                SignalKind::Prometheus | SignalKind::Midwatch => holds(&before.labels, &alert.labels),
            });
            match before {
                None => same.push(Arc::clone(alert)),
                // One of a pair that has not heard of a silence yet: it pages all the same.
                Some(before) if *kind == SignalKind::Alertmanager && alert.standing < before.standing => {
                    *before = Arc::clone(alert);
                }
                Some(_) => {}
            }
        }
    }
    let mut all: Vec<Arc<Alert>> = known.into_values().flatten().collect();
    all.sort_by(|one, other| {
        let order = |alert: &Alert| (alert.standing, alert.priority);
        order(one)
            .cmp(&order(other))
            .then_with(|| other.since.cmp(&one.since))
            .then_with(|| one.name.cmp(&other.name))
            .then_with(|| one.labels.cmp(&other.labels))
    });
    all
}

/// The labels by which alerts of one name differ. Whatever names a Prometheus is none of them.
const TELLING: [&str; 6] = ["namespace", "pod", "service", "instance", "container", "job"];

/// What alerts have in common that may be the same one: cluster, name and telling labels.
type Likeness<'a> = (&'a ClusterName, &'a Text, [Option<&'a Text>; TELLING.len()]);

fn likeness(alert: &Alert) -> Likeness<'_> {
    (&alert.cluster, &alert.name, TELLING.map(|name| alert.label(name)))
}

/// Whether labels hold all of others. Both are sorted.
fn holds(labels: &Labels, others: &Labels) -> bool {
    others.iter().all(|other| labels.binary_search(other).is_ok())
}

/// An alert and the service that it is about, where one is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedAlert {
    /// The alert.
    pub alert: Arc<Alert>,
    /// The service.
    pub service: Option<ServiceId>,
}

/// Finds the service of each alert.
pub(super) fn relate<'a>(state: &State, services: impl Iterator<Item = &'a Service>) -> Vec<RelatedAlert> {
    let alerts = state.alerts();
    if alerts.is_empty() {
        return Vec::new();
    }
    let naming = Naming::of(services.map(Known::from));
    let related = alerts.iter().map(|alert| RelatedAlert {
        alert: Arc::clone(alert),
        service: naming.find(state, &alert.cluster, &alert.labels).map(|known| known.id.clone()),
    });
    related.collect()
}

/// What a service is like in the light of what pages about it. What is against its canary says more than the alert, whose
/// cause it is likely to be, so it is said first. That somebody is at it mends nothing: it counts as before.
pub(super) fn alarmed<'a>(
    state: &State,
    verdict: Verdict,
    canary: Option<&Text>,
    alerts: impl Iterator<Item = &'a Arc<Alert>>,
) -> Verdict {
    let at_it = |alert: &Alert| state.acknowledged(alert).map(|silence| silence.by.clone());
    let loud = alerts.filter_map(|alert| match alert.standing {
        Standing::Firing => Some((alert, None)),
        Standing::Silenced => Some((alert, Some(at_it(alert)?))),
        Standing::Pending | Standing::Inhibited => None,
    });
    let Some((worst, by)) = loud.min_by_key(|(alert, _)| (alert.priority, alert.since)) else { return verdict };
    let health = match worst.priority {
        crate::domain::alert::Priority::High => Health::Bad,
        crate::domain::alert::Priority::Medium => Health::Attention,
        crate::domain::alert::Priority::Low => return verdict,
    };
    if verdict.health <= health {
        return verdict;
    }
    let said = worst.summary();
    let colon = if said.is_empty() { "" } else { ": " };
    let words = match canary {
        Some(canary) => format!("{canary}; alert {}", worst.name),
        None => format!("alert {}{colon}{said}", worst.name),
    };
    let words = words + &by.map(|by| format!("; {by} is on it")).unwrap_or_default();
    Verdict::new(health, words, Some(worst.since))
}

#[cfg(test)]
mod tests;
