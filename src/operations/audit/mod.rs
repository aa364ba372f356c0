//! The audit journal: a chain of records on this machine's disk, written before and after every change.
//!
//! A journal is a directory of the user's own. `audit-000001.jsonl` and its successors hold one record a line; each
//! names the hash of the one before it and ends with its own, the SHA-256 of the line without it. So a shell can check
//! a line: `sed -E 's/,"hash":"[0-9a-f]{64}"\}$/}/' | tr -d '\n' | sha256sum`. Every process appends to the same chain
//! under a lock on `audit.lock`, and believes only what it reads from the disk then. `audit.reserve` is a file with
//! space but without content; on a full disk it becomes the next segment, so that a rollback can still be recorded.
//!
//! Nothing is ever cut off or moved. What a crash or a failing disk leaves behind the last trusted record stays where
//! it is: a new segment begins with a `recovered` record whose `previous` is that trusted record.
//!
//! The chain shows what was edited, removed or swapped by who did not redo it. It is no evidence against the owner of
//! the file, who can rewrite it from any record to the end, or cut its end off.
//!
//! All calls block, for some milliseconds where they wait for the disk.

mod actions;
mod chain;
mod directory;
mod disk;
mod error;
mod journal;
mod origin;
mod reader;
mod reserve;
mod tail;
mod verify;

pub use actions::{actions, unfinished};
pub use error::AuditError;
pub use journal::{Journal, Urgency};
pub use origin::this_process;
pub use reader::{read, read_newest};
pub use verify::verify;

#[cfg(test)]
mod tests;
