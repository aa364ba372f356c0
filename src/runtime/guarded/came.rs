//! What a change of weights came to, for the guarded shift that made it.

use crate::domain::operation::{Failure, OperationEvent, Verdict};
use crate::domain::text::Text;

/// What a change of weights came to.
pub(in crate::runtime) enum Came {
    /// The weights are so.
    Shifted,
    /// The weights were so already; whether requests follow them was not looked at.
    Nothing,
    /// Nobody can tell, or it did not take.
    Unsure(Text),
    /// They were, and are not any more.
    Reverted(Text),
    /// The yes was taken back before anything of it was sent, or before the weights were.
    Withdrawn(Text),
    /// They are not, and why; whether that may be otherwise the next time.
    Not { why: Text, may_work_later: bool },
}

impl Came {
    /// What an event says about how a change ended; none as long as it goes on.
    pub(in crate::runtime) fn of(event: &OperationEvent) -> Option<Self> {
        Some(match event {
            OperationEvent::Ended { verdict } => match verdict {
                Verdict::Verified(_) | Verdict::Accepted(_) => Self::Shifted,
                Verdict::NotConverged(why) | Verdict::Unknown(why) => Self::Unsure(why.clone()),
                Verdict::Reverted(why) => Self::Reverted(why.clone()),
            },
            OperationEvent::Failed { failure, problem } => match failure {
                Failure::NothingToDo => Self::Nothing,
                // What was accepted and could not be recorded has happened all the same.
                Failure::Unknown | Failure::NotRecorded => Self::Unsure(problem.to_string().into()),
                Failure::Withdrawn => Self::Withdrawn(problem.to_string().into()),
                other => Self::Not { why: problem.to_string().into(), may_work_later: !is_final(*other) },
            },
            // What was planned met another world. Whether somebody else is at it is told by the next plan.
            OperationEvent::Overtaken { problem } | OperationEvent::NotConfirmed { problem } => {
                Self::Not { why: problem.to_string().into(), may_work_later: true }
            }
            _ => return None,
        })
    }
}

/// Whether a failure stays one however often it is tried: somebody else is at it, or there is nothing to go back on.
fn is_final(failure: Failure) -> bool {
    matches!(failure, Failure::Conflict | Failure::NotFound | Failure::Impossible | Failure::TooFar | Failure::Invalid)
}
