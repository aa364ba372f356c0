//! Silences: which alerts are kept quiet, by whom, why and until when, as Alertmanager keeps them.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::alert::Alert;
use super::moment::moment;
use super::object::ClusterName;
use super::text::Text;

mod lasting;
mod matcher;

pub use lasting::{Lasting, Unfit, whole};
pub use matcher::{Matcher, Matchers, Operator, one_matcher, parse};

/// A silence by the cluster whose alerts it keeps quiet, the Alertmanager that keeps it, and its name there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SilenceRef {
    /// The cluster.
    pub cluster: ClusterName,
    /// The Alertmanager, as the configuration calls it.
    pub server: Text,
    /// The name that Alertmanager gave it; empty before it is made.
    pub id: Text,
}

impl fmt::Display for SilenceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = short(&self.id);
        let gap = if id.is_empty() { "" } else { " " };
        write!(f, "silence{gap}{id} of {}", self.server)
    }
}

/// All labels of an alert, by which it is told from others, sorted by name.
pub type LabelSet = Vec<(Text, Text)>;

/// The beginning of the name of a silence, which is enough to tell it from others.
pub fn short(id: &str) -> &str {
    id.split('-').next().unwrap_or(id)
}

/// Whether a silence keeps anything quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SilenceState {
    /// It does.
    Active,
    /// It will, later.
    Pending,
    /// It did.
    Expired,
}

impl SilenceState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Expired => "expired",
        }
    }
}

/// One silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The cluster whose alerts it keeps quiet.
    pub cluster: ClusterName,
    /// Its name, which all members of a pair know it by.
    pub id: Text,
    /// The Alertmanagers that told it.
    pub servers: Vec<Text>,
    /// What an alert must be like to be kept quiet.
    pub matchers: Vec<Matcher>,
    /// From when.
    pub starts: Timestamp,
    /// Until when.
    pub ends: Timestamp,
    /// Who made it, as they said.
    pub by: Text,
    /// Why.
    pub comment: Text,
    /// What its server called it.
    pub told: SilenceState,
}

impl Silence {
    /// How the comment of a silence begins that says that somebody is at an alert.
    pub const ON_IT: &str = "on it";

    /// For how long somebody is at an alert, unless they say otherwise.
    pub const ON_IT_FOR: SignedDuration = SignedDuration::from_hours(1);

    /// How that of another console begins.
    const ON_IT_ELSEWHERE: &str = "ACK!";

    /// With so little left somebody ought to look whether it is to be extended.
    pub const SOON: SignedDuration = SignedDuration::from_mins(15);

    /// Reads a silence as an Alertmanager tells it.
    pub fn read(told: &Value, cluster: &ClusterName, server: &Text) -> Option<Self> {
        let text = |value: &Value| Text::from_untrusted(value.as_str().unwrap_or_default());
        let moment = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
        let matchers = told["matchers"].as_array()?.iter().map(Matcher::read).collect::<Option<Vec<_>>>()?;
        Some(Self {
            cluster: cluster.clone(),
            id: text(&told["id"]),
            servers: vec![server.clone()],
            matchers,
            starts: moment(&told["startsAt"])?,
            ends: moment(&told["endsAt"])?,
            by: text(&told["createdBy"]),
            comment: text(&told["comment"]),
            told: match told["status"]["state"].as_str()? {
                "active" => SilenceState::Active,
                "pending" => SilenceState::Pending,
                _ => SilenceState::Expired,
            },
        })
    }

    /// The comment of an acknowledgement.
    pub fn acknowledging(reason: &str) -> String {
        let reason = reason.trim();
        if reason.is_empty() { Self::ON_IT.to_owned() } else { format!("{}: {reason}", Self::ON_IT) }
    }

    /// What somebody says who is at the alert; none where it is only kept quiet.
    pub fn acknowledgement(&self) -> Option<&str> {
        let ours = self.comment.strip_prefix(Self::ON_IT).and_then(|rest| match rest.strip_prefix(':') {
            Some(reason) => Some(reason),
            None => rest.is_empty().then_some(""),
        });
        ours.or_else(|| self.comment.strip_prefix(Self::ON_IT_ELSEWHERE)).map(str::trim)
    }

    /// What it is at a moment: the answer that tells it may be some seconds old.
    pub fn state(&self, now: Timestamp) -> SilenceState {
        match self.told {
            SilenceState::Pending if now >= self.starts && now < self.ends => SilenceState::Active,
            told if now < self.ends => told,
            _ => SilenceState::Expired,
        }
    }

    /// How much is left of it; nothing where it is over.
    pub fn left(&self, now: Timestamp) -> SignedDuration {
        if self.state(now) == SilenceState::Expired { SignedDuration::ZERO } else { self.ends.duration_since(now) }
    }

    /// Whether it is about to end.
    pub fn ends_soon(&self, now: Timestamp) -> bool {
        self.state(now) == SilenceState::Active && self.left(now) <= Self::SOON
    }

    /// What it is called in a wish: by the first of those that keep it.
    pub fn reference(&self) -> SilenceRef {
        let server = self.servers.first().cloned().unwrap_or_default();
        SilenceRef { cluster: self.cluster.clone(), server, id: self.id.clone() }
    }

    /// Whether it keeps an alert quiet, by what Alertmanager says of that.
    pub fn quiets(&self, alert: &Alert) -> bool {
        alert.cluster == self.cluster && alert.silenced_by.contains(&self.id)
    }

    /// Who keeps an alert quiet until when: "acknowledged by maria until 04:10Z".
    pub fn words(&self, now: Timestamp) -> String {
        let how = if self.acknowledgement().is_some() { "acknowledged" } else { "silenced" };
        let by = if self.by.is_empty() { String::new() } else { format!(" by {}", self.by) };
        format!("{how}{by} until {}", moment(self.ends, now))
    }

    /// Its matchers in a row.
    pub fn matchers_in_words(&self) -> String {
        in_words(&self.matchers)
    }
}

/// Matchers in a row, as they are typed.
pub fn in_words(matchers: &[Matcher]) -> String {
    matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
