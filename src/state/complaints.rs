//! What the logs of the arms that somebody looks at say, for as long as it is what they say now.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::State;
use crate::domain::logs::Complaints;
use crate::domain::object::ObjectRef;
use crate::domain::traffic::{Arm, Split};

/// For how long it is told what logs said.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

/// By the Service in front of the pods, and when it was heard.
#[derive(Debug, Default)]
pub(super) struct Overheard(HashMap<ObjectRef, (Timestamp, Complaints)>);

impl Overheard {
    /// Takes in what was heard; whether that is anything new.
    pub(super) fn hear(&mut self, service: ObjectRef, told: Option<Complaints>, now: Timestamp) -> bool {
        self.0.retain(|_, (at, _)| now.duration_since(*at) < FRESH);
        let before = match told {
            Some(told) => self.0.insert(service, (now, told)),
            None => self.0.remove(&service),
        };
        before.map(|(_, known)| known) != told
    }
}

impl State {
    /// What the logs of an arm said lately; none where nobody listens to them, or none can be read.
    pub fn complaints(&self, split: &Split, arm: &Arm, now: Timestamp) -> Option<Complaints> {
        let (at, told) = self.overheard.0.get(&split.service(arm))?;
        (now.duration_since(*at) < FRESH).then_some(*told)
    }
}
