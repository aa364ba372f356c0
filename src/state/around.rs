//! What changed around the beginning of an alert: before it, where a cause would be, and after it.

use jiff::SignedDuration;

use super::changes::began;
use super::{RelatedAlert, State, Timeline};
use crate::domain::change::{Change, ChangeClass};
use crate::domain::moment::span;

/// A change near the beginning of an alert, or that beginning itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The change.
    pub change: Change,
    /// How long after the alert began; negative before.
    pub after: SignedDuration,
    /// Whether it is the alert itself.
    pub is_alert: bool,
}

impl Near {
    /// When, seen from the alert: "4 min before", "2 min after", "the alert".
    pub fn when(&self) -> String {
        if self.is_alert {
            return "the alert".to_owned();
        }
        let side = if self.after.is_negative() { "before" } else { "after" };
        format!("{} {side}", span(self.after.abs()))
    }
}

/// The changes that happened no further than `within` from the beginning of an alert, newest first, with the alert among
/// them: those of the environment that it is about, since what breaks a service is often done to another one.
pub fn around(state: &State, timeline: &Timeline, one: &RelatedAlert, within: SignedDuration) -> Vec<Near> {
    let alert = &one.alert;
    let own = began(state, one);
    let environment = Some(&own.environment).filter(|environment| !environment.is_empty());
    let is_own = |change: &Change| {
        change.class == ChangeClass::Alert
            && change.edge == own.edge
            && change.what == own.what
            && change.service == own.service
            && change.environment == own.environment
    };
    let is_near = |change: &&Change| {
        change.object.cluster == alert.cluster
            && change.at.duration_since(alert.since).abs() <= within
            && environment.is_none_or(|environment| change.environment == *environment)
            && !is_own(change)
    };
    let near = |change: &Change| Near {
        change: change.clone(),
        after: change.at.duration_since(alert.since),
        is_alert: false,
    };
    let mut all: Vec<Near> = timeline.changes().iter().filter(is_near).map(near).collect();
    let at = all.partition_point(|near| near.change.at > alert.since);
    all.insert(at, Near { change: own, after: SignedDuration::ZERO, is_alert: true });
    all
}
