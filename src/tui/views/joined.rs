//! What is joined of the traffic of services, kept until anything moves that it is joined from: a frame alone joins
//! nothing anew.

use std::collections::HashMap;

use crate::domain::service::ServiceId;
use crate::domain::traffic::Split;
use crate::state::{State, Switch};

/// The splits of services, and what of theirs could be switched.
#[derive(Default)]
pub(super) struct Joined {
    revision: u64,
    splits: HashMap<ServiceId, Vec<Split>>,
    switches: HashMap<ServiceId, Vec<Switch>>,
}

impl Joined {
    /// How the requests of a service are split.
    pub(super) fn splits(&mut self, id: &ServiceId, state: &State) -> &[Split] {
        self.forget(state);
        self.splits.entry(id.clone()).or_insert_with(|| state.splits(id))
    }

    /// Which of its Services could be switched.
    pub(super) fn switches(&mut self, id: &ServiceId, state: &State) -> &[Switch] {
        self.forget(state);
        self.switches.entry(id.clone()).or_insert_with(|| state.switches(id))
    }

    /// Lets go of what was joined from what is no more so.
    fn forget(&mut self, state: &State) {
        let revision = state.splits_revision();
        if self.revision != revision {
            *self = Self { revision, ..Self::default() };
        }
    }
}
