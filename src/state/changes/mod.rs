//! *What changed*: a timeline of what was seen happening and of what the cluster's objects tell about the past.
//!
//! Rows are lean, so some changes are seen without their content. Of ConfigMaps and Secrets only metadata is read: that
//! one changed is known while it is watched, what changed in it is not, and what happened before midwatch started is
//! not. A restart is a new revision with the same images. Who did it is known of autoscalers, of what midwatch did from
//! this machine, and of what somebody looks at: then managed fields are fetched, which also tell of writes that left no
//! other trace.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::State;
use crate::domain::change::{Change, ChangeClass, Edge};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::service::ServiceId;

mod alerts;
mod events;
mod fold;
mod recorded;
mod said;
mod seen;
mod told;
mod written;

pub(super) use alerts::began;
pub(super) use recorded::Recorded;
pub(super) use seen::{Noted, between};
pub(super) use written::Written;

/// How many changes are kept.
pub const KEPT: usize = 500;

/// The kinds that tell about the past.
const KINDS: [Kind; 12] = [
    Kind::Namespace,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Rollout,
    Kind::ReplicaSet,
    Kind::ControllerRevision,
    Kind::Pod,
    Kind::HorizontalPodAutoscaler,
    Kind::ConfigMap,
    Kind::Secret,
    Kind::Event,
];

/// What somebody did is told within this time of it.
const SAME: SignedDuration = SignedDuration::from_secs(60);

/// Whether a change is what somebody did to an object at a time. That a rollout came to its end is nobody's doing.
fn is_done(change: &Change, object: &ObjectRef, at: Timestamp) -> bool {
    let is_done = match change.class {
        ChangeClass::Rollout => change.edge == Some(Edge::Began),
        ChangeClass::Scale
        | ChangeClass::Pause
        | ChangeClass::Traffic
        | ChangeClass::Config
        | ChangeClass::Existence => true,
        ChangeClass::Restart | ChangeClass::Alert | ChangeClass::Event => false,
    };
    is_done && change.object == *object && change.at.duration_since(at).abs() <= SAME
}

/// What was seen happening, oldest first.
#[derive(Debug, Default)]
pub(super) struct Witness {
    seen: VecDeque<Change>,
    revision: u64,
}

impl Witness {
    /// Whether changes of a kind are noted.
    pub(super) fn is_interested_in(kind: Kind) -> bool {
        Kind::WORKLOADS.contains(&kind) || matches!(kind, Kind::ConfigMap | Kind::Secret | Kind::HttpRoute)
    }

    /// What was seen, oldest first.
    pub(super) fn seen(&self) -> impl Iterator<Item = &Change> {
        self.seen.iter()
    }

    /// Notes a change.
    pub(super) fn keep(&mut self, change: Change) {
        self.revision += 1;
        if let Some(last) = self.seen.iter_mut().rev().find(|last| fold::is_same_noise(last, &change)) {
            last.times += 1;
            last.at = change.at;
            return;
        }
        if self.seen.len() == KEPT {
            self.seen.pop_front();
        }
        self.seen.push_back(change);
    }
}

/// The timeline, newest first.
#[derive(Debug, Default)]
pub struct Timeline {
    changes: Vec<Change>,
    inputs: Option<[u64; 5]>,
    revision: u64,
}

impl Timeline {
    /// Brings the timeline up to date; true when it moved. Free of cost when nothing can have moved.
    pub fn refresh(&mut self, state: &State, now: Timestamp) -> bool {
        let inputs = Some([
            state.revision_of(&KINDS),
            state.witness.revision,
            state.written.revision(),
            state.recorded.revision(),
            state.alerts.revision(),
        ]);
        if self.inputs == inputs {
            return false;
        }
        self.inputs = inputs;
        // Both tell the oldest first: of what happened in one second the later comes first, as in the timeline.
        let mut changes: Vec<_> = state.witness.seen.iter().rev().cloned().collect();
        changes.extend(told::told(state, now).into_iter().rev());
        // A person is named before a program is.
        state.recorded.sign(state, &mut changes);
        state.written.sign(state, &mut changes);
        // A clock that runs ahead must not put its tale above everything for hours.
        for change in &mut changes {
            change.at = change.at.min(now);
        }
        let changes = fold::fold(changes);
        let did_move = changes != self.changes;
        self.changes = changes;
        self.revision += u64::from(did_move);
        did_move
    }

    /// All changes, newest first; at most [`KEPT`].
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The changes that may matter to a service, newest first.
    pub fn of<'a>(&'a self, service: &'a ServiceId) -> impl Iterator<Item = &'a Change> {
        self.changes.iter().filter(move |change| change.concerns(service))
    }

    /// Moves whenever the timeline does.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

#[cfg(test)]
mod tests;
