//! Which changes were agreed to and have not ended: what the header says, what leaving waits for, and what it warns of.

use std::collections::BTreeMap;

use crate::domain::operation::{OperationEvent, OperationId};
use crate::domain::text::Text;

/// The changes that are being carried out.
#[derive(Debug, Default)]
pub(super) struct Underway {
    /// Whether the answer to a call is still to come, by change.
    changes: BTreeMap<OperationId, bool>,
    /// Where evidence is kept of each, ended ones included.
    archives: BTreeMap<OperationId, Text>,
    /// Whether it was said that leaving now leaves them behind.
    was_warned: bool,
}

impl Underway {
    /// Somebody has agreed to a change.
    pub(super) fn agree(&mut self, id: OperationId) {
        self.changes.insert(id, true);
        self.was_warned = false;
    }

    /// Takes in how a change goes on.
    pub(super) fn follow(&mut self, id: OperationId, event: &OperationEvent) {
        match event {
            OperationEvent::StepStarted { .. } => self.agree(id),
            OperationEvent::StepDone { .. }
            | OperationEvent::StepNotNeeded { .. }
            | OperationEvent::Verifying { .. } => {
                self.changes.entry(id).and_modify(|in_flight| *in_flight = false);
            }
            OperationEvent::Overtaken { .. }
            | OperationEvent::NotConfirmed { .. }
            | OperationEvent::Ended { .. }
            | OperationEvent::Failed { .. } => drop(self.changes.remove(&id)),
            OperationEvent::Evidence { kept: Ok(archive) } => drop(self.archives.insert(id, archive.clone())),
            OperationEvent::Preparing
            | OperationEvent::Waiting { .. }
            | OperationEvent::Proposed(_)
            | OperationEvent::Evidence { kept: Err(_) } => {}
        }
    }

    /// Where evidence of a change is kept.
    pub(super) fn archive(&self, id: OperationId) -> Option<&Text> {
        self.archives.get(&id)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.changes.len()
    }

    /// Whether the answer to any call is still to come.
    pub(super) fn is_in_flight(&self) -> bool {
        self.changes.values().any(|in_flight| *in_flight)
    }

    /// Whether leaving is to be warned of, which it is once.
    pub(super) fn warns(&mut self) -> bool {
        !self.changes.is_empty() && !std::mem::replace(&mut self.was_warned, true)
    }
}

#[cfg(test)]
mod tests;
