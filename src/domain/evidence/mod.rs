//! Evidence: what was to be seen of a service before and after a change, kept for whoever asks when the pods are gone.
//!
//! How an archive of it is made and read is the business of `operations::evidence`.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::audit::ActionId;
use super::object::ObjectRef;
use super::service::ServiceId;
use super::text::Text;

mod piece;

pub use piece::{End, Line, Piece};

/// The version of the documents that scripts read.
pub const API_VERSION: &str = "midwatch/v1";

/// What kind of document a manifest is.
pub const KIND: &str = "EvidenceManifest";

/// How evidence is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Whether every change of an object has some kept.
    pub is_automatic: bool,
    /// Where; none stands for the usual place.
    pub directory: Option<PathBuf>,
    /// How many archives; older ones go.
    pub keep: usize,
    /// How large an archive may be, in bytes.
    pub limit: u64,
    /// How long a change waits at most until what was seen before it is on the disk, and at its end for what is seen then.
    pub wait: Duration,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { is_automatic: true, directory: None, keep: 50, limit: 20 * 1024 * 1024, wait: Duration::from_secs(3) }
    }
}

/// What evidence is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The service.
    pub service: ServiceId,
    /// What is changed, where a change asks.
    pub target: Option<ObjectRef>,
}

/// When something was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// Before the first call of a change.
    Before,
    /// At the end of a change.
    After,
    /// When somebody asked, without a change.
    Now,
}

impl Moment {
    /// Every moment, in the order of an archive.
    pub const ALL: [Self; 3] = [Self::Before, Self::After, Self::Now];

    /// The word for it, which names its folder in an archive.
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Now => "now",
        }
    }
}

/// What a file of an archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// How the service was, and its traffic.
    Service,
    /// Its workloads and their revisions.
    Workloads,
    /// Its pods, the worst first.
    Pods,
    /// The whole objects of its workloads and of the pods that were looked at closely.
    Objects,
    /// What the cluster told about them.
    Events,
    /// The last lines of each arm.
    Logs,
    /// Numbers over time, of the service and of each arm.
    Metrics,
    /// Alerts about the service.
    Alerts,
    /// The plan of the change.
    Plan,
    /// What the journal says of the change.
    Audit,
}

impl Part {
    /// Every part, in the order of an archive.
    pub const ALL: [Self; 10] = [
        Self::Service,
        Self::Workloads,
        Self::Pods,
        Self::Objects,
        Self::Events,
        Self::Logs,
        Self::Metrics,
        Self::Alerts,
        Self::Plan,
        Self::Audit,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Workloads => "workloads",
            Self::Pods => "pods",
            Self::Objects => "objects",
            Self::Events => "events",
            Self::Logs => "logs",
            Self::Metrics => "metrics",
            Self::Alerts => "alerts",
            Self::Plan => "plan",
            Self::Audit => "audit",
        }
    }
}

/// The path of a part below the folder of an archive.
pub fn path(moment: Option<Moment>, part: Part) -> String {
    let folder = moment.map(|moment| format!("{}/", moment.word())).unwrap_or_default();
    format!("{folder}{}.ndjson", part.word())
}

/// What an archive says about itself: what it is about, who made it, what is in it, and what is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The version of this document.
    pub api_version: String,
    /// That it is a manifest.
    pub kind: String,
    /// The action of the journal, or the name of the archive where there was no change.
    pub action: ActionId,
    /// Whether a change asked for it.
    pub is_change: bool,
    /// What was done, in words.
    pub what: Text,
    /// Why, in the operator's words; empty where nobody said.
    pub reason: Text,
    /// Who did it, as the server calls them, with the role.
    pub by: Text,
    /// The cluster, by its context.
    pub context: Text,
    /// The environment.
    pub environment: Text,
    /// The service.
    pub service: Text,
    /// What was changed; empty without a change.
    pub target: Text,
    /// What came of it; empty while nobody knows.
    pub outcome: Text,
    /// The version of midwatch.
    pub midwatch: Text,
    /// When it was looked, the first first.
    pub taken: Vec<Taken>,
    /// The files, in the order of the archive.
    pub parts: Vec<Kept>,
    /// What is not in it, and why.
    pub missing: Vec<Missing>,
}

impl Manifest {
    /// When it was looked at first.
    pub fn at(&self) -> Timestamp {
        self.taken.first().map_or(Timestamp::UNIX_EPOCH, |taken| taken.at)
    }

    /// The moments, in words: "before, after".
    pub fn moments(&self) -> String {
        let words: Vec<&str> = self.taken.iter().map(|taken| taken.moment.word()).collect();
        words.join(", ")
    }
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// Which.
    pub moment: Moment,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its path below the folder of the archive.
    pub file: String,
    /// How many lines it has.
    pub lines: u64,
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

/// Something that is not in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Of when; none where it belongs to the change as a whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub moment: Option<Moment>,
    /// Of which part.
    pub part: Part,
    /// What of it, and why.
    pub why: Text,
}
