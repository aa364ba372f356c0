//! What an intent about alerts comes to in the light of what Alertmanager tells: matchers, the alerts that they take, and
//! the one member of a pair that is told.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::domain::intent::Intent;
use crate::domain::operation::Failure;
use crate::domain::plan::Access;
use crate::domain::problem::Problem;
use crate::domain::silence::{LabelSet, Matcher, Matchers, Operator, Silence, SilenceRef};
use crate::domain::text::Text;

use super::super::plan::NoPlan;
use super::super::ports::AlertmanagerReply;
use super::AlertSnapshot;
use super::listed::{ListedAlert, alerts, silences};

/// Which alerts, kept quiet by what, and where.
pub(super) struct Subject<'a> {
    /// The Alertmanager that is told.
    pub(super) reply: &'a AlertmanagerReply,
    /// What is matched.
    pub(super) matchers: Vec<Matcher>,
    /// The same, as an Alertmanager is told.
    pub(super) raw: Value,
    /// The alerts that they take now.
    pub(super) alerts: Vec<ListedAlert>,
    /// How many there are in all.
    pub(super) known: usize,
    /// The silence that is there, with what was told of it.
    pub(super) silence: Option<(Silence, &'a Value)>,
}

impl<'a> Subject<'a> {
    /// Finds out.
    pub(super) fn of(intent: &Intent, snapshot: &'a AlertSnapshot) -> Result<Self, NoPlan> {
        let all = alerts(&snapshot.replies);
        match intent {
            Intent::Silence { matchers, .. } => by_matchers(matchers, all, snapshot),
            Intent::Acknowledge { labels, .. } => one(labels, &all, snapshot),
            Intent::ExtendSilence { silence, .. } | Intent::ExpireSilence { silence } => known(silence, all, snapshot),
            _ => Err(NoPlan::impossible(format!("cannot {}", intent.verb()), "it is not about alerts", "")),
        }
    }

    /// The namespaces that matchers name, so that no other can be meant; none where they leave it open.
    fn pinned(&self) -> Option<BTreeSet<Text>> {
        let is_name = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let names = |matcher: &&Matcher| matcher.name == "namespace" || matcher.name == "exported_namespace";
        self.matchers.iter().filter(names).find_map(|matcher| match matcher.operator {
            Operator::Equal if !matcher.value.is_empty() => Some(BTreeSet::from([matcher.value.clone()])),
            Operator::Like if !matcher.value.is_empty() => {
                let words: Vec<&str> = matcher.value.split('|').collect();
                let is_list = words.iter().all(|word| !word.is_empty() && is_name(word));
                is_list.then(|| words.into_iter().map(Text::from).collect())
            }
            _ => None,
        })
    }

    /// The namespaces whose environments have to allow it.
    pub(super) fn namespaces(&self) -> BTreeSet<Text> {
        let mut named = self.pinned().unwrap_or_default();
        named.extend(self.alerts.iter().filter_map(ListedAlert::namespace).cloned());
        named
    }

    /// Whether alerts of any environment may be meant, now or later.
    pub(super) fn is_open(&self) -> bool {
        self.pinned().is_none()
    }

    /// What the cluster has to allow, where the way leads through it.
    pub(super) fn access(&self, intent: &Intent) -> Option<Access> {
        let verb = if matches!(intent, Intent::ExpireSilence { .. }) { "delete" } else { "create" };
        let object = self.reply.behind.clone()?;
        Some(Access { verb, object, subresource: Some("proxy") })
    }

    /// The labels of its alerts.
    pub(super) fn labels(&self) -> Vec<LabelSet> {
        self.alerts.iter().map(|alert| alert.labels.clone()).collect()
    }

    /// Its silence by name, or the one that is to be made.
    pub(super) fn reference(&self, snapshot: &AlertSnapshot, id: Text) -> SilenceRef {
        SilenceRef { cluster: snapshot.cluster.clone(), server: self.reply.server.clone(), id }
    }
}

/// What matchers take. It is kept by the first that answered: a pair tells each other.
fn by_matchers<'a>(
    matchers: &[Matcher],
    all: Vec<ListedAlert>,
    snapshot: &'a AlertSnapshot,
) -> Result<Subject<'a>, NoPlan> {
    let ready = Matchers::new(matchers).map_err(|why| NoPlan::invalid("cannot silence", why, "give alertname=NAME"))?;
    let reply = snapshot.replies.iter().find(|reply| reply.told.is_ok()).ok_or_else(|| nobody(snapshot))?;
    let known = all.len();
    Ok(Subject {
        reply,
        matchers: matchers.to_vec(),
        raw: matchers.iter().map(Matcher::json).collect(),
        alerts: all.into_iter().filter(|alert| alert.is_taken_by(&ready)).collect(),
        known,
        silence: None,
    })
}

/// Exactly one alert. Others may have all its labels and more: of those it is told by what it lacks.
fn one<'a>(labels: &LabelSet, all: &[ListedAlert], snapshot: &'a AlertSnapshot) -> Result<Subject<'a>, NoPlan> {
    let known = all.len();
    let name = labels.iter().find(|(name, _)| name == "alertname").map_or("the alert", |(_, value)| value.as_str());
    let Some(alert) = all.iter().find(|alert| alert.labels == *labels).cloned() else {
        let problem =
            Problem::new(format!("{name} does not fire"), "Alertmanager does not tell of it any more", "look again");
        return Err(NoPlan::new(Failure::NotFound, problem));
    };
    let has_all = |other: &&ListedAlert| alert.raw.iter().all(|label| other.raw.get(label.0) == Some(label.1));
    let more = all.iter().filter(has_all).flat_map(|other| other.raw.keys());
    let lacking: BTreeSet<&String> = more.filter(|name| !alert.raw.contains_key(*name)).collect();
    let told = alert.raw.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let told = told.filter(|(_, value)| !value.is_empty()).chain(lacking.iter().map(|name| (name.as_str(), "")));
    let pairs: Vec<(&str, &str)> = told.collect();
    let reply = snapshot.replies.iter().find(|reply| tells(reply, labels)).ok_or_else(|| nobody(snapshot))?;
    Ok(Subject {
        reply,
        matchers: pairs.iter().map(|(name, value)| Matcher::equal(*name, *value)).collect(),
        raw: pairs
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value, "isRegex": false, "isEqual": true }))
            .collect(),
        alerts: vec![alert],
        known,
        silence: None,
    })
}

/// Whether an Alertmanager tells an alert.
fn tells(reply: &AlertmanagerReply, labels: &LabelSet) -> bool {
    alerts(std::slice::from_ref(reply)).iter().any(|alert| alert.labels == *labels)
}

/// A silence that is there, at whom it was named, or else at whoever has it.
fn known<'a>(wanted: &SilenceRef, all: Vec<ListedAlert>, snapshot: &'a AlertSnapshot) -> Result<Subject<'a>, NoPlan> {
    let mut held: Vec<_> =
        silences(&snapshot.replies, &snapshot.cluster).filter(|held| held.silence.id == wanted.id).collect();
    held.sort_by_key(|held| held.reply.server != wanted.server);
    let Some(held) = held.into_iter().next() else {
        let problem = Problem::new(format!("there is no {wanted}"), "", "midwatch silence list shows what there is");
        return Err(NoPlan::new(Failure::NotFound, problem));
    };
    let ready = Matchers::new(&held.silence.matchers)
        .map_err(|why| NoPlan::impossible(format!("{wanted} cannot be read"), why, "use amtool"))?;
    Ok(Subject {
        reply: held.reply,
        matchers: held.silence.matchers.clone(),
        raw: held.raw["matchers"].clone(),
        known: all.len(),
        alerts: all.into_iter().filter(|alert| alert.is_taken_by(&ready)).collect(),
        silence: Some((held.silence, held.raw)),
    })
}

/// None of them answered, which reading has told before.
fn nobody(snapshot: &AlertSnapshot) -> NoPlan {
    let what = format!("no Alertmanager of {} answers", snapshot.cluster);
    NoPlan::new(Failure::Unreachable, Problem::new(what, "", "try again"))
}
