//! What must be seen of a Rollout before a change of it counts as done.

use jiff::Timestamp;
use serde::Serialize;

use super::Text;

/// Where a Rollout has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// It has gone past where it was.
    Past {
        /// The revision that is rolled out.
        revision: Text,
        /// The step, from 0; none for blue/green.
        step: Option<u32>,
        /// Since when it waited there, if it did.
        since: Option<Timestamp>,
    },
    /// This revision is the stable one, and every pod is of it and ready.
    Promoted(Text),
    /// This revision is stopped, and nothing is sent to it.
    Aborted(Text),
    /// This revision, which was stopped, is rolled out again.
    Retried(Text),
    /// Every pod that is older than this moment was made anew.
    Restarted(Text),
}

impl Goal {
    /// What has to be seen, in words.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Past { .. } => "it has gone past where it waits, and its weights are set",
            Self::Promoted(_) => "every pod is of the new revision and ready",
            Self::Aborted(_) => "nothing is sent to the new revision, and the stable pods are ready",
            Self::Retried(_) => "it is rolled out again",
            Self::Restarted(_) => "every pod was made anew and is ready",
        }
    }
}
