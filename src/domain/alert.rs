//! Alerts: what pages somebody, as Alertmanager and Prometheus tell it.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::object::{ClusterName, Labels};
use super::problem::Problem;
use super::text::Text;

/// How soon somebody has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// At once.
    High,
    /// Today.
    Medium,
    /// When there is time.
    Low,
}

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::High => "High",
            Self::Medium => "Medium",
            Self::Low => "Low",
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Which words of a label mean which priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priorities {
    /// The labels that tell it, the first that is there decides.
    pub labels: Vec<Text>,
    /// Words that mean [`Priority::High`].
    pub high: Vec<Text>,
    /// Words that mean [`Priority::Medium`]; an alert without any of the labels is medium too.
    pub medium: Vec<Text>,
    /// Words that are known to mean [`Priority::Low`], as any other word does that somebody else gives an alert.
    pub low: Vec<Text>,
}

impl Default for Priorities {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| Text::from(*word)).collect();
        Self {
            labels: words(&["priority", "severity"]),
            high: words(&["high", "critical", "page", "emergency", "fatal", "p1", "p0"]),
            medium: words(&["medium", "warning", "warn", "error", "major", "p2"]),
            low: words(&["low", "info", "informational", "notice", "minor", "debug", "none", "p3", "p4", "p5"]),
        }
    }
}

impl Priorities {
    /// Every word that is known, the most urgent first.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.high.iter().chain(&self.medium).chain(&self.low).map(Text::as_str)
    }

    /// Whether a word is known: one that is not is likely to be a slip where somebody writes it here.
    pub fn knows(&self, word: &str) -> bool {
        self.words().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// The priority that the labels of an alert mean.
    pub fn of(&self, labels: &Labels) -> Priority {
        let word = self.labels.iter().find_map(|name| labels.iter().find(|(label, _)| label == name));
        let is_in = |words: &[Text], word: &str| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        match word {
            None => Priority::Medium,
            Some((_, word)) if is_in(&self.high, word) => Priority::High,
            Some((_, word)) if is_in(&self.medium, word) => Priority::Medium,
            Some(_) => Priority::Low,
        }
    }
}

/// How an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It pages.
    Firing,
    /// Its condition holds, and has not held for long enough.
    Pending,
    /// Somebody has silenced it.
    Silenced,
    /// Another alert keeps it quiet.
    Inhibited,
}

impl Standing {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Pending => "pending",
            Self::Silenced => "silenced",
            Self::Inhibited => "inhibited",
        }
    }

    /// Whether its condition has held for long enough, heard or not.
    pub fn has_begun(self) -> bool {
        self != Self::Pending
    }

    /// Whether it calls for somebody.
    pub fn is_loud(self) -> bool {
        self == Self::Firing
    }
}

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The cluster that it is about, as far as is known: that of whoever tells it.
    pub cluster: ClusterName,
    /// The name of its rule.
    pub name: Text,
    /// How soon somebody has to look.
    pub priority: Priority,
    /// How it stands.
    pub standing: Standing,
    /// Since when its condition holds.
    pub since: Timestamp,
    /// Its labels, by which it is told from others, sorted by name.
    pub labels: Labels,
    /// What its author says about it.
    pub annotations: Labels,
    /// The silences that keep it quiet.
    pub silenced_by: Vec<Text>,
    /// How midwatch evaluates its rule, where nobody else does.
    pub evaluated: Option<Evaluated>,
}

/// What is known of an alert whose rule midwatch evaluates itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// Since when its condition is watched: it may have held before.
    pub watched: Timestamp,
    /// Since when there is no data that could end it.
    pub no_data: Option<Timestamp>,
}

impl Evaluated {
    /// The same in words.
    pub fn words(self) -> String {
        let clock = |at: Timestamp| at.strftime("%H:%MZ").to_string();
        let blind = self.no_data.map(|at| format!(", no data since {}", clock(at))).unwrap_or_default();
        format!("evaluated by midwatch, which looks since {}{blind}", clock(self.watched))
    }
}

impl Alert {
    /// What it has been since it began, whether or not it pages.
    pub fn begun(&self) -> &'static str {
        if self.standing == Standing::Pending { "pending" } else { "firing" }
    }

    /// A label.
    pub fn label(&self, name: &str) -> Option<&Text> {
        self.labels.iter().find(|(label, _)| label == name).map(|(_, value)| value)
    }

    /// An annotation.
    pub fn annotation(&self, name: &str) -> Option<&Text> {
        self.annotations.iter().find(|(label, _)| label == name).map(|(_, value)| value)
    }

    /// The namespace of what it is about.
    pub fn namespace(&self) -> Option<&Text> {
        self.label("namespace").or_else(|| self.label("exported_namespace"))
    }

    /// Why no Alertmanager can be told anything about it, and what to do instead; none where one may know it.
    pub fn unheard(&self) -> Option<Problem> {
        if self.evaluated.is_some() {
            return Some(Problem::new(
                format!("{} cannot be acknowledged", self.name),
                "midwatch evaluates its rule itself, so no Alertmanager knows it or can be told to be quiet about it",
                format!(
                    "tell the others yourself; to have it paged and silenced for all, give the rule to Prometheus with \
                     midwatch rules export; to end it, change or remove [rules.{}] in the configuration",
                    self.name
                ),
            ));
        }
        (self.standing == Standing::Pending).then(|| {
            Problem::new(
                format!("{} does not page yet", self.name),
                "its condition has not held for long enough, so no Alertmanager knows it",
                "acknowledge it once it fires, or keep it quiet beforehand with midwatch silence create",
            )
        })
    }

    /// What it says in a sentence; empty where its author wrote none.
    pub fn summary(&self) -> &str {
        let names = ["summary", "message", "description", "title"];
        names.iter().find_map(|name| self.annotation(name)).map_or("", Text::as_str)
    }

    /// Where it is written what to do.
    pub fn runbook(&self) -> Option<&Text> {
        ["runbook_url", "runbook", "runbookURL", "playbook"].iter().find_map(|name| self.annotation(name))
    }
}

#[cfg(test)]
mod tests;
