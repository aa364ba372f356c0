//! Verbs: the only way to change the world, in stages that cannot be skipped.
//!
//! ```text
//! read(&Intent) → Snapshot → plan → Plan → authorize → Authorized → rehearse → Rehearsed
//!      → confirm → Confirmed → execute → Executed → verify → Verdict
//! ```
//!
//! The types between the stages have private fields and one maker each, so leaving a stage out does not compile.
//! Each call is recorded before it is sent and after it was answered.

use crate::domain::operation::Failure;
use crate::domain::problem::Problem;

mod argo;
pub mod audit;
pub mod authorize;
pub mod checks;
pub mod confirm;
pub mod converge;
mod dataplane;
pub mod evidence;
pub mod execute;
pub mod guard;
pub mod plan;
pub mod policy;
pub mod ports;
pub mod read;
pub mod reconcile;
pub mod rehearse;
pub mod silence;
pub mod verify;
pub mod withdraw;

#[cfg(test)]
mod fake;

/// A change that did not happen, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotDone {
    /// Of what kind the reason is.
    pub failure: Failure,
    /// The reason.
    pub problem: Problem,
    /// How many steps were done before it.
    pub steps_done: usize,
}

impl NotDone {
    /// A change of which nothing happened.
    pub fn new(failure: Failure, problem: Problem) -> Self {
        Self { failure, problem, steps_done: 0 }
    }

    /// Whether the world is another one than planned and nothing was changed, so that it can be planned anew.
    pub fn is_overtaken(&self) -> bool {
        self.failure == Failure::Conflict && self.steps_done == 0
    }

    /// Says that not even this could be recorded.
    fn unrecorded(mut self, error: &audit::AuditError) -> Self {
        let why = format!("{}; this could not be recorded either: {error}", self.problem.why);
        self.problem = Problem::new(&self.problem.what, why, &self.problem.hint);
        self
    }

    /// Says how far it came, where there were steps before it.
    fn after(mut self, step: usize, steps: usize) -> Self {
        self.steps_done = step.saturating_sub(1);
        if step > 1 {
            let why = format!("{}; steps 1 to {} of {steps} were done", self.problem.why, step - 1);
            self.problem = Problem::new(&self.problem.what, why, &self.problem.hint);
        }
        self
    }
}
