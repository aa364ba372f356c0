//! What a reader of the audit journal is told: receipts, faults in the chain, and actions that were never finished.

use std::fmt;

use serde::Serialize;

use crate::domain::text::Text;

/// Proof that a record is on disk. Kept elsewhere, it shows later whether the journal's end was cut off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The file's number.
    pub segment: u64,
    /// The record's number.
    pub sequence: u64,
    /// The record's hash, SHA-256 in lower-case hexadecimal.
    pub hash: String,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file's number: 3 is `audit-000003.jsonl`.
    pub segment: u64,
    /// The line's number in the file, from 1.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "audit-{:06}.jsonl:{}", self.segment, self.line)
    }
}

/// A line that is no record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{place}: {why}")]
pub struct Broken {
    /// Where the line stands.
    pub place: Place,
    /// What is wrong with it.
    pub why: Text,
}

/// A line that does not fit into the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where it was seen.
    pub place: Place,
    /// What was done.
    pub kind: FaultKind,
    /// What shows it.
    pub detail: Text,
}

/// What was done to a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The line says something else than was written.
    Edited,
    /// Records are missing before the line.
    Removed,
    /// The line stands at another place than it was written.
    Swapped,
    /// The line was put in: its number stands twice.
    Added,
    /// The line is no record.
    Unreadable,
}

impl FaultKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Removed => "removed",
            Self::Swapped => "swapped",
            Self::Added => "added",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What a crash or a failing disk left in a file: kept in place, no part of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// The first line of it.
    pub place: Place,
    /// How many lines.
    pub lines: usize,
    /// Whether the journal has recorded it; if not, its next writer will.
    pub recorded: bool,
}

/// What checking the whole chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many records the chain has, broken ones included.
    pub entries: usize,
    /// How many files it lies in.
    pub segments: usize,
    /// The last record; to be compared with a receipt kept elsewhere.
    pub head: Option<Receipt>,
    /// What does not fit, in the order of the files.
    pub broken: Vec<Fault>,
    /// What was left by crashes.
    pub set_aside: Vec<SetAside>,
}

impl Report {
    /// What no check of the journal alone can find; to be said with every result.
    pub const LIMIT: &'static str = "a cut tail cannot be seen, nor a journal rewritten from some record to its end: \
                                     compare the head with one kept elsewhere";

    /// Whether every record fits into the chain.
    pub fn is_intact(&self) -> bool {
        self.broken.is_empty()
    }
}

/// What the journal lacks about an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The last step begun may or may not have happened: read the world.
    Outcome,
    /// The steps so far were applied, the next was never begun.
    Steps,
    /// All steps were applied, nobody watched what came of it.
    Verdict,
}

/// What is known of the process that wrote about an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Writer {
    /// It still runs.
    Running,
    /// It ran here and is gone.
    Gone,
    /// It ran on another machine, so whether it still runs cannot be told from here.
    Elsewhere,
}
