//! Silences: what every Alertmanager keeps quiet, as one list; and whose silence an alert is under.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::State;
use crate::domain::alert::{Alert, Priority, Standing};
use crate::domain::moment::moment;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::domain::signal::SignalId;
use crate::domain::silence::{Silence, SilenceState};
use crate::domain::text::Text;

/// The silences of all Alertmanagers.
#[derive(Debug, Default)]
pub(super) struct Silences {
    servers: BTreeMap<SignalId, Vec<Silence>>,
    problems: BTreeMap<SignalId, Problem>,
    merged: Vec<Arc<Silence>>,
    /// Where each of them is in the list, by cluster and name: alerts name what keeps them quiet.
    places: BTreeMap<ClusterName, HashMap<Text, usize>>,
}

impl Silences {
    /// Takes in what an Alertmanager answered; whether anything is seen to change by it. What it told before holds as
    /// long as it does not answer.
    pub(super) fn apply(&mut self, id: SignalId, told: Result<Vec<Silence>, Problem>) -> bool {
        match told {
            Err(problem) => self.problems.insert(id, problem.clone()).as_ref() != Some(&problem),
            Ok(silences) => {
                let was_ill = self.problems.remove(&id).is_some();
                if self.servers.get(&id) == Some(&silences) {
                    return was_ill;
                }
                self.servers.insert(id, silences);
                self.merged = merged(&self.servers);
                self.places.clear();
                for (at, silence) in self.merged.iter().enumerate() {
                    self.places.entry(silence.cluster.clone()).or_default().insert(silence.id.clone(), at);
                }
                true
            }
        }
    }

    fn find(&self, cluster: &ClusterName, id: &str) -> Option<&Arc<Silence>> {
        self.merged.get(*self.places.get(cluster)?.get(id)?)
    }

    /// The silences that keep an alert quiet.
    fn quieting<'a>(&'a self, alert: &Alert) -> impl Iterator<Item = &'a Arc<Silence>> {
        alert.silenced_by.iter().filter_map(|id| self.find(&alert.cluster, id))
    }
}

/// One list: members of a pair tell the same silence under the same name. The one that ends first comes first.
fn merged(servers: &BTreeMap<SignalId, Vec<Silence>>) -> Vec<Arc<Silence>> {
    let mut known: BTreeMap<(&ClusterName, &Text), Silence> = BTreeMap::new();
    for silence in servers.values().flatten() {
        match known.get_mut(&(&silence.cluster, &silence.id)) {
            None => drop(known.insert((&silence.cluster, &silence.id), silence.clone())),
            Some(before) => {
                before.servers.extend(silence.servers.iter().cloned());
                // Who has heard that it was ended or made longer knows better.
                let is_later = (silence.told == SilenceState::Expired, silence.ends)
                    > (before.told == SilenceState::Expired, before.ends);
                if is_later {
                    let servers = std::mem::take(&mut before.servers);
                    *before = Silence { servers, ..silence.clone() };
                }
            }
        }
    }
    let mut all: Vec<Arc<Silence>> = known.into_values().map(Arc::new).collect();
    all.sort_by(|one, other| one.told.cmp(&other.told).then(one.ends.cmp(&other.ends)).then(one.id.cmp(&other.id)));
    all
}

impl State {
    /// The silences that are there, each once: active ones first, of those the first to end first.
    pub fn silences(&self) -> &[Arc<Silence>] {
        &self.silences.merged
    }

    /// The Alertmanagers that did not tell their silences.
    pub fn untold_silences(&self) -> impl Iterator<Item = (&SignalId, &Problem)> {
        self.silences.problems.iter()
    }

    /// A silence by its name.
    pub fn silence(&self, cluster: &ClusterName, id: &str) -> Option<&Arc<Silence>> {
        self.silences.find(cluster, id)
    }

    /// The silence that keeps an alert quiet the longest. One that says that somebody is at it goes first.
    pub fn quieted_by(&self, alert: &Alert) -> Option<&Arc<Silence>> {
        let silences = self.silences.quieting(alert);
        silences.max_by_key(|silence| (silence.acknowledgement().is_some(), silence.ends))
    }

    /// Who is at an alert, by the silence that says so; none where nobody is, or it only is kept quiet.
    pub fn acknowledged(&self, alert: &Alert) -> Option<&Arc<Silence>> {
        self.quieted_by(alert).filter(|silence| silence.acknowledgement().is_some())
    }

    /// What an alert is in a word, on the screen and for scripts: whether somebody is at it counts for more than that it
    /// is quiet.
    pub fn standing_of(&self, alert: &Alert) -> &'static str {
        let is_at_it = !alert.silenced_by.is_empty() && self.acknowledged(alert).is_some();
        if is_at_it { "on it" } else { alert.standing.word() }
    }

    /// How many alerts of a priority fire and do not page, because somebody is at them.
    pub fn attended(&self, priority: Priority) -> usize {
        let of_priority = self.alerts().iter().filter(|alert| alert.priority == priority);
        let is_attended =
            |alert: &&Arc<Alert>| alert.standing == Standing::Silenced && self.acknowledged(alert).is_some();
        of_priority.filter(is_attended).count()
    }

    /// Since when an alert fires, and since when somebody is at it or keeps it quiet: "firing since 14:13Z, on it: maria
    /// since 14:23Z".
    pub fn alert_since(&self, alert: &Alert, now: Timestamp) -> String {
        let at = |at: Timestamp| moment(at, now);
        let mut words = format!("{} since {}", alert.begun(), at(alert.since));
        match self.quieted_by(alert).filter(|_| alert.standing == Standing::Silenced) {
            Some(silence) => {
                let since = at(silence.starts);
                let by = if silence.by.is_empty() { "somebody" } else { silence.by.as_str() };
                let how = if silence.acknowledgement().is_some() { "on it:" } else { "silenced by" };
                words.extend([", ", how, " ", by, " since ", &since]);
            }
            None if matches!(alert.standing, Standing::Silenced | Standing::Inhibited) => {
                words.extend([", ", alert.standing.word()]);
            }
            None => {}
        }
        words
    }

    /// The alerts that become loud when a silence ends, since nothing else keeps them quiet beyond it.
    pub fn loud_after(&self, silence: &Silence) -> Vec<&Arc<Alert>> {
        let keeps_on = |alert: &Alert| {
            self.silences.quieting(alert).any(|other| other.id != silence.id && other.ends > silence.ends)
        };
        self.alerts().iter().filter(|alert| silence.quiets(alert) && !keeps_on(alert)).collect()
    }

    /// The silences that end within a quarter of an hour and then let alerts page.
    pub fn ending_silences(&self, now: Timestamp) -> impl Iterator<Item = &Arc<Silence>> {
        self.silences().iter().filter(move |silence| silence.ends_soon(now) && !self.loud_after(silence).is_empty())
    }
}

#[cfg(test)]
mod tests;
