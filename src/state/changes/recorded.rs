//! What midwatch itself recorded on this machine: it says who made a change that is known already, and why, and adds what
//! leaves no history in a cluster, as the weights of a route.

use super::is_done;
use crate::domain::change::Change;
use crate::state::State;

/// The changes that the journal tells, oldest first.
#[derive(Debug, Default)]
pub(in crate::state) struct Recorded {
    changes: Vec<Change>,
    revision: u64,
}

impl Recorded {
    /// Keeps what the journal tells by now; whether that is news.
    pub(in crate::state) fn keep(&mut self, changes: Vec<Change>) -> bool {
        let is_news = self.changes != changes;
        self.changes = changes;
        self.revision += u64::from(is_news);
        is_news
    }

    /// What the journal tells, oldest first.
    pub(in crate::state) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter()
    }

    /// Moves whenever something else is told.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Says by whom and why the changes were made that midwatch made, and adds those of which nothing else tells.
    pub(super) fn sign(&self, state: &State, changes: &mut Vec<Change>) {
        let told = changes.len();
        for own in &self.changes {
            // What is not connected to now is not shown.
            if state.cluster(&own.object.cluster).is_none() {
                continue;
            }
            let apart = |change: &Change| change.at.duration_since(own.at).abs();
            // What somebody else did at the same time is not laid at their door.
            let is_it = |change: &&mut Change| {
                change.class == own.class && change.by.is_none() && is_done(change, &own.object, own.at)
            };
            match changes[..told].iter_mut().filter(is_it).min_by_key(|change| apart(change)) {
                Some(change) => {
                    change.by.clone_from(&own.by);
                    change.why = change.why.take().or_else(|| own.why.clone());
                }
                None => changes.push(own.clone()),
            }
        }
    }
}
