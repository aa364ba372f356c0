//! The scripted face: one question or one change, told on stdout as data and on stderr as talk.

use std::io::Write;
use std::process::ExitCode;

use crate::domain::operation::{Failure, Verdict};
use crate::domain::problem::Problem;

pub mod audit;
pub mod change;

/// How a command ended, as a script sees it. The codes are documented in `--help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done and verified, or nothing to do.
    Done,
    /// Failed, known to have had no effect.
    Failed,
    /// Wrong use or configuration.
    Usage,
    /// Not allowed.
    Denied,
    /// The world is not as expected.
    Conflict,
    /// A cluster cannot be reached.
    Unreachable,
    /// It was sent, and nobody can tell.
    Unknown,
    /// Accepted, but not converged or reverted.
    NotConverged,
    /// Refused, because it could not be recorded.
    NotRecorded,
    /// Ended by a signal.
    Signal(u8),
}

impl Exit {
    /// The number.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Denied => 4,
            Self::Conflict => 5,
            Self::Unreachable => 7,
            Self::Unknown => 9,
            Self::NotConverged => 11,
            Self::NotRecorded => 12,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }

    /// The number, for the process.
    pub fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }
}

impl From<Failure> for Exit {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NothingToDo => Self::Done,
            Failure::Impossible | Failure::Rejected => Self::Failed,
            Failure::NotConfirmed => Self::Usage,
            Failure::Denied => Self::Denied,
            Failure::Conflict => Self::Conflict,
            Failure::Unreachable => Self::Unreachable,
            Failure::Unknown => Self::Unknown,
            Failure::NotRecorded => Self::NotRecorded,
        }
    }
}

impl From<&Verdict> for Exit {
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Verified(_) | Verdict::Accepted(_) => Self::Done,
            Verdict::NotConverged(_) | Verdict::Reverted(_) => Self::NotConverged,
            Verdict::Unknown(_) => Self::Unknown,
        }
    }
}

/// Says on stderr what went wrong: what, why, and what to do next.
pub fn complain(problem: &Problem) {
    let mut stderr = std::io::stderr().lock();
    // Nobody may be listening, and there is nowhere else to say it.
    drop(writeln!(stderr, "midwatch: {}", problem.what));
    for line in [&problem.why, &problem.hint] {
        if !line.is_empty() {
            drop(writeln!(stderr, "  {line}"));
        }
    }
}

/// Says something on stderr.
pub(crate) fn say(words: &str) {
    drop(writeln!(std::io::stderr().lock(), "{words}"));
}
