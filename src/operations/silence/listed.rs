//! What the Alertmanagers of a cluster tell, put together: members of a pair tell the same.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::object::ClusterName;
use crate::domain::silence::{LabelSet, Matchers, Silence};
use crate::domain::text::Text;

use super::super::ports::AlertmanagerReply;

/// An alert as it was told.
#[derive(Clone, Debug)]
pub(super) struct ListedAlert {
    /// Its labels, as they are shown.
    pub(super) labels: LabelSet,
    /// Its labels as they are, which is what a matcher is compared with.
    pub(super) raw: BTreeMap<String, String>,
    /// The silences that keep it quiet, by whoever tells it.
    pub(super) silenced_by: Vec<(Text, Vec<Text>)>,
}

impl ListedAlert {
    fn read(alert: &Value, server: &Text) -> Option<Self> {
        let raw: BTreeMap<String, String> = alert["labels"]
            .as_object()?
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect();
        let mut labels: LabelSet =
            raw.iter().map(|(name, value)| (Text::from_untrusted(name), Text::from_untrusted(value))).collect();
        labels.sort();
        let names = alert["status"]["silencedBy"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let silenced_by = vec![(server.clone(), names.map(Text::from_untrusted).collect())];
        Some(Self { labels, raw, silenced_by })
    }

    /// A label as it is shown.
    pub(super) fn label(&self, name: &str) -> Option<&Text> {
        self.labels.iter().find(|(label, _)| label == name).map(|(_, value)| value)
    }

    /// The name of its rule.
    pub(super) fn name(&self) -> &str {
        self.label("alertname").map_or("an alert without a name", Text::as_str)
    }

    /// The namespace that it is about.
    pub(super) fn namespace(&self) -> Option<&Text> {
        self.label("namespace").or_else(|| self.label("exported_namespace")).filter(|name| !name.is_empty())
    }

    /// Whether matchers take it.
    pub(super) fn is_taken_by(&self, matchers: &Matchers) -> bool {
        matchers.take(|name| self.raw.get(name).map_or("", String::as_str))
    }

    /// Whether anything keeps it quiet everywhere.
    pub(super) fn is_quiet(&self) -> bool {
        self.silenced_by.iter().all(|(_, silences)| !silences.is_empty())
    }
}

/// The alerts that any of them tells, each once, by their labels.
pub(super) fn alerts(replies: &[AlertmanagerReply]) -> Vec<ListedAlert> {
    let mut known: BTreeMap<LabelSet, ListedAlert> = BTreeMap::new();
    for reply in replies {
        for alert in reply.told.iter().flat_map(|data| &data.alerts) {
            let Some(told) = ListedAlert::read(alert, &reply.server) else { continue };
            match known.get_mut(&told.labels) {
                Some(before) => before.silenced_by.extend(told.silenced_by),
                None => drop(known.insert(told.labels.clone(), told)),
            }
        }
    }
    known.into_values().collect()
}

/// A silence as one of them tells it, and what it told.
pub(super) struct ListedSilence<'a> {
    pub(super) reply: &'a AlertmanagerReply,
    pub(super) silence: Silence,
    pub(super) raw: &'a Value,
}

/// The silences that they tell.
pub(super) fn silences<'a>(
    replies: &'a [AlertmanagerReply],
    cluster: &'a ClusterName,
) -> impl Iterator<Item = ListedSilence<'a>> {
    replies.iter().flat_map(move |reply| {
        let told = reply.told.iter().flat_map(|data| &data.silences);
        told.filter_map(move |raw| {
            let silence = Silence::read(raw, cluster, &reply.server)?;
            Some(ListedSilence { reply, silence, raw })
        })
    })
}
