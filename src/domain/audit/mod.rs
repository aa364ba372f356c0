//! What the audit journal records: who did what to what, when, why, and how it ended.
//!
//! How records reach the disk and are chained to each other is the business of `operations::audit`.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::text::Text;

mod action;
mod footprint;
mod report;

pub use action::{Action, Ending, History, Reconciliation};
pub use footprint::{Field, Footprint, Left};
pub use report::{Broken, Fault, FaultKind, Missing, Place, Receipt, Report, SetAside, Writer};

/// The version of the record's shape that this program writes.
pub const SCHEMA: u32 = 1;

/// The longest name an action may have, in bytes.
const MAX_ACTION_ID: usize = 64;

/// Names one change from its plan to its verdict; 1 to 64 ASCII letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ActionId(String);

impl ActionId {
    /// Names the nth action of a session; a session's name is unique, so the action's is.
    pub fn of(session: &Text, number: u64) -> Self {
        let clean = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
        let session: String = session.chars().map(clean).take(40).collect();
        Self(format!("{session}-{number}"))
    }

    /// Reads a name, for instance from the command line.
    pub fn parse(name: &str) -> Result<Self, BadActionId> {
        let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if letters && (1..=MAX_ACTION_ID).contains(&name.len()) { Ok(Self(name.to_owned())) } else { Err(BadActionId) }
    }

    /// The name as a string slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for ActionId {
    type Error = BadActionId;

    fn try_from(name: String) -> Result<Self, BadActionId> {
        Self::parse(&name)
    }
}

/// What was given as the name of an action is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an action is named by 1 to 64 letters, digits and hyphens")]
pub struct BadActionId;

/// The process that wrote a record. What it says about the person is for the reader only: identity is what a server
/// reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The session's name, unique among all sessions.
    pub session: Text,
    /// The machine's name.
    pub host: Text,
    /// Names the time between two starts of the machine; empty where the system does not tell.
    pub boot: Text,
    /// The process's number.
    pub pid: u32,
    /// When the process started, in the system's ticks since boot; 0 where the system does not tell.
    pub started: u64,
    /// The effective user's number.
    pub uid: u32,
    /// The user's name as the environment tells it, with the name before `sudo`.
    pub login: Text,
    /// The version of midwatch.
    pub version: Text,
}

/// One record of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The version of the record's shape.
    pub schema: u32,
    /// The record's number in its journal, from 1 and without gaps.
    pub sequence: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub origin: Origin,
    /// The action it belongs to; none for what the journal says about itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action: Option<ActionId>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl Entry {
    /// Every field with its path, in the order of the record: "plan.calls.0" and "PATCH /apis/…". Empty ones are left
    /// out.
    pub fn fields(&self) -> Vec<(Text, Text)> {
        let mut fields = Vec::new();
        collect("", &serde_json::to_value(self).unwrap_or_default(), &mut fields);
        fields
    }
}

/// Collects the leaves of a value with their paths.
fn collect(path: &str, value: &serde_json::Value, fields: &mut Vec<(Text, Text)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        serde_json::Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect(&below(name), value, fields));
        }
        serde_json::Value::Array(items) => {
            items.iter().zip(1..).for_each(|(value, number)| collect(&below(&format!("{number}")), value, fields));
        }
        serde_json::Value::Null => {}
        serde_json::Value::String(text) if text.is_empty() => {}
        serde_json::Value::String(text) => fields.push((path.into(), text.as_str().into())),
        other => fields.push((path.into(), other.to_string().into())),
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A step is about to be sent; on disk before the request leaves.
    Intent(Box<Intent>),
    /// A step was answered, or was not.
    Outcome {
        /// The step's number, from 1.
        step: u32,
        /// How it ended.
        result: StepResult,
        /// The answer in a few words.
        detail: Text,
    },
    /// The whole action was watched until it was clear what came of it.
    Verdict {
        /// What came of it.
        result: VerdictResult,
        /// The evidence in a few words.
        detail: Text,
    },
    /// Somebody was refused.
    Denied(Box<Denied>),
    /// A later session found out how an unfinished step of this action had ended.
    Reconciled {
        /// The step's number, from 1.
        step: u32,
        /// How it had ended.
        result: StepResult,
        /// How that was found out.
        detail: Text,
    },
    /// The journal set aside what a crash or a failing disk left behind the last trusted record.
    Recovered {
        /// Where it lies and how much it is.
        detail: Text,
    },
}

/// What is about to be done, completely enough to find out later whether it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// The action in words: "roll back chat-service to revision 6".
    pub what: Text,
    /// The command that asks for the same.
    pub command_line: Text,
    /// The object that is changed, with cluster and namespace.
    pub target: Text,
    /// The environment's name.
    pub environment: Text,
    /// The user as the server reports it.
    pub identity: Text,
    /// The user's groups as the server reports them.
    pub groups: Vec<Text>,
    /// The midwatch role that allowed it; empty where no roles are configured.
    pub role: Text,
    /// Why, in the operator's words.
    pub reason: Text,
    /// The redacted plan with its hash. Strings in it are as hostile as their source and must become [`Text`] before
    /// they are shown.
    pub plan: serde_json::Value,
    /// The number of the step about to be sent, from 1.
    pub step: u32,
    /// How many steps the plan has.
    pub steps: u32,
}

/// What was refused, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    /// The action in words.
    pub what: Text,
    /// The object that would have been changed.
    pub target: Text,
    /// The environment's name.
    pub environment: Text,
    /// The user as the server reports it.
    pub identity: Text,
    /// The user's midwatch role; empty where there is none.
    pub role: Text,
    /// The rule that refused.
    pub rule: Text,
    /// Why it was asked for, in the operator's words; empty where nobody had said so yet.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub reason: Text,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepResult {
    /// The server took it.
    Applied,
    /// The server refused it; nothing changed.
    Rejected,
    /// The answer was lost: it may have happened.
    Unknown,
    /// It never left this machine.
    NotSent,
    /// It was not sent, because what it was to do was not needed any more.
    NotNeeded,
}

/// What came of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictResult {
    /// Converged, and stable for a window.
    Verified,
    /// The server took it, and nobody waited for what comes of it.
    Accepted,
    /// Not converged in time.
    NotConverged,
    /// Undone by somebody else.
    Reverted,
    /// It could not be told.
    Unknown,
}
