//! Rules: what makes alerts, and what servers compute in advance; who evaluates them and how they stand.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::criterion::Criterion;
use super::object::{ClusterName, Labels};
use super::text::Text;

mod condition;
mod export;

pub use condition::condition;
pub use export::{Export, export};

/// A rule of the configuration: an alert for each series that breaches a criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule {
    /// The name of its alerts.
    pub name: Text,
    /// What is breached, and for how long.
    pub criterion: Criterion,
    /// The labels that its alerts get, the severity among them; sorted by name.
    pub labels: Labels,
    /// What its author says, with places for the labels and the value of a series; sorted by name.
    pub annotations: Labels,
}

/// Whether midwatch evaluates the rules of the configuration itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Evaluate {
    /// Where the server has no alerting rules of its own.
    #[default]
    Auto,
    /// Wherever there is a Prometheus.
    Always,
    /// Nowhere.
    Never,
}

/// The rules of the configuration, and how they are evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRules {
    /// Whether midwatch does.
    pub evaluate: Evaluate,
    /// No query is sent again sooner than this.
    pub interval: SignedDuration,
    /// The rules, in the order of the file.
    pub rules: Vec<AlertRule>,
    /// Whether somebody wants to know the rules of servers, also where none is configured.
    pub is_looked_at: bool,
}

impl Default for OwnRules {
    fn default() -> Self {
        Self {
            evaluate: Evaluate::Auto,
            interval: SignedDuration::from_secs(30),
            rules: Vec::new(),
            is_looked_at: false,
        }
    }
}

/// What a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleKind {
    /// It makes alerts.
    Alerting,
    /// It makes series.
    Recording,
}

/// How a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleState {
    /// At least one of its alerts fires.
    Firing,
    /// Its condition holds, and has not held for long enough.
    Pending,
    /// There is nothing that it could be told from.
    NoData,
    /// Its condition does not hold.
    Inactive,
    /// Nobody evaluates it, or it makes series only.
    None,
}

impl RuleState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Pending => "pending",
            Self::NoData => "no data",
            Self::Inactive => "inactive",
            Self::None => "",
        }
    }
}

/// A rule as its evaluation went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The cluster that it is about.
    pub cluster: ClusterName,
    /// Its name: that of its alerts, or of its series.
    pub name: Text,
    /// The group that it is evaluated in.
    pub group: Text,
    /// What it is for.
    pub kind: RuleKind,
    /// How it stands.
    pub state: RuleState,
    /// Since when the first of its alerts that are on holds.
    pub since: Option<Timestamp>,
    /// How many alerts of it are on.
    pub alerts: usize,
    /// What it asks.
    pub query: Text,
    /// For how long its condition must hold.
    pub hold: SignedDuration,
    /// When it was evaluated last.
    pub evaluated: Option<Timestamp>,
    /// Why it could not be evaluated, or is not.
    pub problem: Option<Text>,
    /// The labels that it adds.
    pub labels: Labels,
}

#[cfg(test)]
mod tests;
