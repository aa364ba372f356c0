//! A guarded shift of a session: what both faces draw of it, and what they are told while it goes on.
//!
//! It begins as any change does: an `Intent::GuardedShift` is proposed, its plan shows the whole course, and somebody
//! says yes to that once. From then on the session drives it while it takes in what happens.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::domain::guard::{Course, Sample, Verdict, over, shift_of};
use crate::domain::object::ObjectRef;
use crate::domain::operation::{OperationEvent, OperationId};
use crate::domain::service::ServiceId;
use crate::domain::shell::{confirmed, quoted};
use crate::domain::text::Text;
use crate::operations::guard::End;

pub(super) mod came;
pub(super) mod drive;
pub(super) mod keeper;
mod looking;

/// A guarded shift, as faces draw it.
#[derive(Clone, Debug, PartialEq)]
pub struct Guarded {
    /// The change that began it.
    pub id: OperationId,
    /// The route.
    pub route: ObjectRef,
    /// The service that it is about.
    pub service: ServiceId,
    /// The Service of the new revision.
    pub arm: Text,
    /// What it is to do: weights, hold, guard, what happens on exit.
    pub course: Course,
    /// Which weight of how many, from 1.
    pub progress: (usize, usize),
    /// That weight, in percent.
    pub percent: u8,
    /// Where it is.
    pub phase: Phase,
    /// What was seen at the last look.
    pub look: Option<Look>,
    /// Why it does not go on although the weight was held for long enough.
    pub held_up: Option<Text>,
    /// What keeps it from going back, once that was tried.
    pub trouble: Option<Trouble>,
    /// What happened last, in words.
    pub last: Text,
    /// When that was.
    pub at: Timestamp,
}

/// Where a guarded shift is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// It is planned, and waits for a yes.
    Proposed,
    /// Somebody said yes, and nothing was sent so far: stopping it now leaves everything as it is.
    Confirmed,
    /// The weight is being set.
    Shifting,
    /// The weight is held.
    Holding {
        /// Since when.
        since: Timestamp,
        /// When it may go on at the earliest.
        until: Timestamp,
    },
    /// Everything is being sent back to the stable revision.
    GoingBack {
        /// Why.
        why: Text,
    },
    /// It is over; its lease is being released.
    Ending,
    /// It is over.
    Ended {
        /// How.
        end: End,
        /// What is left that somebody should know of: a lease that could not be released.
        left: Option<Text>,
    },
}

/// Why not everything is back at the stable revision yet. It is tried again for as long as midwatch runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Why.
    pub why: Text,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried again.
    pub again: Timestamp,
}

/// What was seen of both arms at the same time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// The new revision.
    pub canary: Sample,
    /// The stable one.
    pub stable: Sample,
    /// What that says; in words by `Display`.
    pub verdict: Verdict,
    /// Over how long it was counted.
    pub window: SignedDuration,
    /// Whether some of it was before the weights were set that hold now.
    pub begins_before: bool,
}

impl Look {
    /// Over how long it was counted, in words: "over 2 min, begins before the change".
    pub fn over(&self) -> String {
        over(self.window, self.begins_before)
    }
}

/// How a guarded shift goes on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum GuardEvent {
    /// A weight is to be set.
    Shifting {
        /// Which weight, from 1.
        step: usize,
        /// Of how many.
        of: usize,
        /// The weight in percent.
        percent: u8,
    },
    /// How the change goes that sets a weight, or sends everything back.
    Change {
        /// The weight in percent.
        percent: u8,
        /// Its event.
        change: Box<OperationEvent>,
    },
    /// A weight is held.
    Holding {
        /// Which weight, from 1.
        step: usize,
        /// Of how many.
        of: usize,
        /// The weight in percent.
        percent: u8,
        /// When it may go on at the earliest.
        until: Timestamp,
    },
    /// It looked.
    Looked {
        /// What it saw.
        look: Look,
        /// Why it does not go on although the weight was held for long enough.
        held_up: Option<Text>,
    },
    /// Everything is to go back.
    GoingBack {
        /// Why.
        why: Text,
    },
    /// Going back did not come about so far.
    NotBack {
        /// Why, and when it is tried again.
        trouble: Trouble,
        /// How somebody goes back by hand.
        by_hand: Text,
    },
    /// It is over; nothing follows.
    Ended {
        /// How.
        end: End,
        /// What is left that somebody should know of.
        left: Option<Text>,
    },
}

impl Guarded {
    /// How somebody goes back by hand, where this does not come through: from another machine, or without midwatch.
    pub fn by_hand(&self) -> Text {
        let midwatch = shift_of(&self.service.name, &self.route, &self.arm);
        let (namespace, context) = (quoted(&self.route.namespace), quoted(&self.route.cluster.0));
        let kubectl = format!("kubectl --context {context} -n {namespace} edit httproute {}", quoted(&self.route.name));
        let back = confirmed(&format!("{midwatch} --to 0"), "", Some(&self.service.name));
        format!("{back}; or {kubectl}, and give {} the weight 0", self.arm).into()
    }

    /// How long until it may go on, while a weight is held.
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        match &self.phase {
            Phase::Holding { until, .. } => Some(until.duration_since(now).max(SignedDuration::ZERO)),
            _ => None,
        }
    }

    /// Whether somebody has to wait for it: it was confirmed and is not over. That something of it was sent is another
    /// question.
    pub fn is_under_way(&self) -> bool {
        !matches!(self.phase, Phase::Proposed | Phase::Ended { .. })
    }

    /// Whether there is anything to show of it: it was confirmed.
    pub fn is_shown(&self) -> bool {
        self.phase != Phase::Proposed
    }

    /// How it ended.
    pub fn end(&self) -> Option<&End> {
        match &self.phase {
            Phase::Ended { end, .. } => Some(end),
            _ => None,
        }
    }
}
