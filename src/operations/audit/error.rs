//! Why the audit journal could not be written or read.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::domain::problem::Problem;

/// Why the audit journal could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// Somebody else could change the journal.
    #[error("{} is not safe to write the audit to: {why}", path.display())]
    Unsafe {
        /// The directory or file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The record is not known to be on disk; what it announces must not be done.
    #[error("cannot {doing} {}", path.display())]
    NotDurable {
        /// What was tried.
        doing: &'static str,
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process holds the lock.
    #[error("another process has locked {}", path.display())]
    Busy {
        /// The lock's file.
        path: PathBuf,
    },
    /// The journal ends before what this session has written.
    #[error("{} ends with record {found}, but this session wrote record {written}", path.display())]
    Replaced {
        /// The directory.
        path: PathBuf,
        /// The number of the last record found.
        found: u64,
        /// The number of the last record written.
        written: u64,
    },
    /// The journal cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl AuditError {
    /// Makes a failed call an error; for mapping errors.
    pub(super) fn not_durable(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::NotDurable { doing, path, source }
    }

    /// Whether there is no space left, on the disk or for this user.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::NotDurable { source, .. }
            if [Errno::NOSPC, Errno::DQUOT].iter().any(|full| source.raw_os_error() == Some(full.raw_os_error())))
    }

    /// The error as a person reads it, with what to do next.
    pub fn problem(&self) -> Problem {
        let hint = match self {
            Self::Unsafe { .. } => "give midwatch a directory of your own that nobody else may write to",
            Self::NotDurable { .. } if self.is_disk_full() => "free disk space; until then only a rollback is recorded",
            Self::NotDurable { .. } => "nothing can be changed until the audit can be written; see midwatch doctor",
            Self::Busy { .. } => "look for a stopped midwatch process",
            Self::Replaced { .. } => "find out who changed it with midwatch audit verify, then start midwatch again",
            Self::Unreadable { .. } => "check the path and its permissions",
        };
        let why = match self {
            Self::NotDurable { source, .. } | Self::Unreadable { source, .. } => source.to_string(),
            Self::Unsafe { .. } | Self::Busy { .. } | Self::Replaced { .. } => String::new(),
        };
        Problem::new(self.to_string(), why, hint)
    }
}
