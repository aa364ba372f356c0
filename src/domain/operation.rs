//! How a change is going: one stream for the screen, for scripts and for the record.

use serde::Serialize;

use super::plan::Plan;
use super::problem::Problem;
use super::text::Text;

/// A change under way, unique within a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OperationId(pub u64);

/// Whether something is allowed, as far as anybody can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// It is.
    Allowed,
    /// It is not.
    Denied,
    /// Nobody could be asked.
    Unknown,
}

/// One question of permission and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The answer.
    pub mark: Mark,
    /// The question, in words: "developer: deploy in production".
    pub what: Text,
    /// Who can grant it, or why nobody could be asked; empty when it is allowed.
    pub remedy: Text,
}

/// A plan with what the roles and the cluster say about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposal {
    /// The plan.
    pub plan: Box<Plan>,
    /// Each question of permission.
    pub checks: Vec<Check>,
    /// Why it may not be confirmed, if it may not.
    pub refusal: Option<Problem>,
    /// What is seen against it now: it would send more requests to a revision that is worse than the stable one, or roll
    /// back what does not ail.
    pub against: Option<Text>,
    /// Who is to do it, as the server calls them, with the role.
    pub actor: Text,
}

/// How a change ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "detail", rename_all = "kebab-case")]
pub enum Verdict {
    /// It converged and stayed so.
    Verified(Text),
    /// It was accepted and did not converge in time.
    NotConverged(Text),
    /// Somebody put it back.
    Reverted(Text),
    /// Nobody can tell.
    Unknown(Text),
    /// It was accepted, and nobody waited.
    Accepted(Text),
}

impl Verdict {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Verified(_) => "verified",
            Self::NotConverged(_) => "not converged",
            Self::Reverted(_) => "reverted",
            Self::Unknown(_) => "unknown",
            Self::Accepted(_) => "accepted",
        }
    }

    /// What was seen.
    pub fn detail(&self) -> &Text {
        match self {
            Self::Verified(detail)
            | Self::NotConverged(detail)
            | Self::Reverted(detail)
            | Self::Unknown(detail)
            | Self::Accepted(detail) => detail,
        }
    }
}

/// Why a change did not happen, by what a script has to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The wish makes no sense here: nothing to roll back to, no such container.
    Impossible,
    /// It goes further at once than the environment allows: what was wished for can be had in steps.
    TooFar,
    /// What was asked for makes no sense anywhere, or does not say which one is meant: no pattern, no range.
    Invalid,
    /// What was named is not there.
    NotFound,
    /// Nothing would change.
    NothingToDo,
    /// Somebody who has not the permission asked for it.
    Denied,
    /// It was not confirmed as it must be.
    NotConfirmed,
    /// The world is not as planned any more.
    Conflict,
    /// The server refused it for another reason.
    Rejected,
    /// The server could not be reached, and nothing was sent.
    Unreachable,
    /// It was sent and nobody can tell what came of it.
    Unknown,
    /// It could not be recorded, so it was not done.
    NotRecorded,
    /// The yes was taken back before it was sent.
    Withdrawn,
}

/// How a change is going.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum OperationEvent {
    /// Facts are being read, the plan is made and rehearsed.
    Preparing,
    /// Nothing can be planned yet: something has to be watched first.
    Waiting {
        /// What, and for how long.
        why: Text,
    },
    /// A plan is ready to be looked at.
    Proposed(Proposal),
    /// The proof did not suffice; the plan still waits.
    NotConfirmed {
        /// Why.
        problem: Problem,
    },
    /// What was to be seen is kept in an archive, or could not be; once before the first step and once at the end.
    Evidence {
        /// Where.
        kept: Result<Text, Problem>,
    },
    /// A step is about to be sent; its intent is on disk.
    StepStarted {
        /// Counted from 1.
        step: usize,
        /// What it does.
        what: Text,
    },
    /// A step was accepted.
    StepDone {
        /// Counted from 1.
        step: usize,
        /// What was seen.
        detail: Text,
    },
    /// A step was not sent, because what it was to do was not needed any more.
    StepNotNeeded {
        /// Counted from 1.
        step: usize,
        /// Why not.
        why: Text,
    },
    /// The world is not as planned, and nothing was changed: the plan is to be made anew.
    Overtaken {
        /// What the server said.
        problem: Problem,
    },
    /// It is being watched.
    Verifying {
        /// What is seen now.
        progress: Text,
    },
    /// It ended.
    Ended {
        /// How.
        verdict: Verdict,
    },
    /// It did not happen, or not wholly.
    Failed {
        /// What kind of failure.
        failure: Failure,
        /// What, why, and what to do next.
        problem: Problem,
    },
}

impl OperationEvent {
    /// Whether nothing follows.
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Ended { .. } | Self::Failed { .. })
    }
}
