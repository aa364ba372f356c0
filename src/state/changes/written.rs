//! What managed fields tell: it names who made a change that is known already, and adds what left no other trace.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::is_done;
use super::seen::named_by_config;
use crate::domain::change::{Change, ChangeClass};
use crate::domain::object::ObjectRef;
use crate::domain::row::Row;
use crate::domain::service::named_by;
use crate::domain::text::Text;
use crate::domain::writing::Writing;
use crate::state::State;

/// Servers tell no more than the second of a writing.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// Of how many objects it is kept who wrote them.
const OBJECTS: usize = 300;

/// Who wrote which object.
#[derive(Debug, Default)]
pub(in crate::state) struct Written {
    /// With the revision at which each was last told.
    objects: BTreeMap<ObjectRef, (u64, Vec<Writing>)>,
    revision: u64,
}

impl Written {
    /// Keeps what an object tells; whether that is news.
    pub(in crate::state) fn keep(&mut self, object: ObjectRef, writings: Vec<Writing>) -> bool {
        self.revision += 1;
        if let Some((told, known)) = self.objects.get_mut(&object)
            && *known == writings
        {
            *told = self.revision;
            return false;
        }
        if self.objects.len() >= OBJECTS && !self.objects.contains_key(&object) {
            // What was looked at longest ago.
            let oldest = self.objects.iter().min_by_key(|(_, (told, _))| *told).map(|(object, _)| object.clone());
            oldest.map(|object| self.objects.remove(&object));
        }
        self.objects.insert(object, (self.revision, writings));
        true
    }

    /// Moves whenever something is kept.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Says who made the changes that have no author yet, and adds what only the managed fields tell.
    pub(super) fn sign(&self, state: &State, changes: &mut Vec<Change>) {
        for (object, (_, writings)) in &self.objects {
            for writing in writings {
                let apart = |change: &Change| change.at.duration_since(writing.at).abs();
                let own = changes.iter().filter(|change| is_done(change, object, writing.at)).map(apart).min();
                let Some(nearest) = own else {
                    changes.push(told(state, object, writing));
                    continue;
                };
                // One writing may change several things at once; what is done a while after it is somebody else's.
                let is_its =
                    |change: &&mut Change| is_done(change, object, writing.at) && apart(change) <= nearest + SECOND;
                for change in changes.iter_mut().filter(is_its) {
                    change.by.get_or_insert_with(|| writing.by.clone());
                    // A row tells less of what was written.
                    if change.class == ChangeClass::Config && std::mem::take(&mut change.is_vague) {
                        change.what = words(object, writing);
                    }
                }
            }
        }
    }
}

/// A write of which nothing else tells.
fn told(state: &State, object: &ObjectRef, writing: &Writing) -> Change {
    Change {
        at: writing.at,
        times: 1,
        class: ChangeClass::Config,
        object: object.clone(),
        environment: state.place(&object.cluster, &object.namespace).environment,
        service: state.find(object).and_then(service_of),
        what: words(object, writing),
        edge: None,
        aim: None,
        is_vague: false,
        why: None,
        by: Some(writing.by.clone()),
    }
}

/// What was written: "ConfigMap chat-config written: mode".
fn words(object: &ObjectRef, writing: &Writing) -> Text {
    Text::from(writing.words(&format!("{} {}", object.kind, object.name)))
}

/// The service that a row belongs to.
fn service_of(row: &Row) -> Option<Text> {
    match row.workload() {
        Some(workload) => {
            Some(named_by(&[&workload.meta.labels, &workload.template_labels]).unwrap_or(&workload.meta.name).clone())
        }
        None => named_by_config(row.meta()),
    }
}
