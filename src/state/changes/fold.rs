//! Makes a timeline readable: what was both seen and told is one line, and repeated noise folds.

use std::collections::HashMap;

use jiff::SignedDuration;

use super::KEPT;
use crate::domain::change::{Change, ChangeClass, Edge};
use crate::domain::object::ObjectRef;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;

/// The same change, seen and told, has times that differ by no more than this.
const SAME: SignedDuration = SignedDuration::from_secs(60);
/// Noise within this time is one noise.
const ONE_NOISE: SignedDuration = SignedDuration::from_hours(1);

/// Sorts newest first, merges what is the same, folds noise, and cuts to the number that is kept.
pub(super) fn fold(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.object.cmp(&b.object)));
    let mut kept: Vec<Change> = Vec::with_capacity(changes.len().min(KEPT));
    let mut latest: HashMap<ObjectRef, Vec<usize>> = HashMap::new();
    let mut noise = Noise::default();
    for change in changes {
        if change.class.folds() {
            noise.take(&mut kept, change);
            continue;
        }
        let of_object = latest.entry(change.object.clone()).or_default();
        if let Some(index) = of_object.iter().find(|index| is_same(&kept[**index], &change)) {
            merge(&mut kept[*index], change);
            continue;
        }
        of_object.push(kept.len());
        kept.push(change);
    }
    kept.sort_by_key(|change| std::cmp::Reverse(change.at));
    kept.truncate(KEPT);
    kept
}

/// Whether a change is the same noise as an earlier one.
pub(super) fn is_same_noise(held: &Change, change: &Change) -> bool {
    change.class.folds()
        && held.class == change.class
        && held.object == change.object
        && held.what == change.what
        && change.at.duration_since(held.at) <= ONE_NOISE
}

/// Where the noise stands that is told so far.
#[derive(Debug, Default)]
pub(super) struct Noise(HashMap<(ChangeClass, Whose, Text), usize>);

/// Whose noise it is.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Whose {
    /// That of a service, whichever of its pods makes it.
    Service(ServiceId),
    /// That of one object.
    Object(ObjectRef),
}

impl Noise {
    /// Adds noise to what is told, or counts it with the same noise. It must come newest first, and what is told must
    /// keep its places.
    pub(super) fn take(&mut self, told: &mut Vec<Change>, noise: Change) {
        let whose = match &noise.service {
            // Each piece of configuration is its own.
            Some(service) if noise.class != ChangeClass::Config => Whose::Service(ServiceId {
                cluster: noise.object.cluster.clone(),
                environment: noise.environment.clone(),
                name: service.clone(),
            }),
            _ => Whose::Object(noise.object.clone()),
        };
        let place = self.0.entry((noise.class, whose, noise.what.clone())).or_insert(told.len());
        if let Some(held) = told.get_mut(*place)
            && held.at.duration_since(noise.at) <= ONE_NOISE
        {
            held.times += noise.times;
            return;
        }
        *place = told.len();
        told.push(noise);
    }
}

/// Whether two changes of one object are one that was heard twice.
fn is_same(held: &Change, other: &Change) -> bool {
    if held.class != other.class || held.at.duration_since(other.at).abs() > SAME {
        return false;
    }
    held.what == other.what
        || match held.class {
            ChangeClass::Scale => held.aim.is_some() && held.aim == other.aim,
            // A ControllerRevision and a ReplicaSet's number say less than the images do.
            ChangeClass::Rollout => has_begun(held) && has_begun(other) && (held.is_vague || other.is_vague),
            _ => false,
        }
}

/// Puts what two tellings of one change know together; the time is that of the first.
fn merge(held: &mut Change, other: Change) {
    if held.is_vague && !other.is_vague {
        (held.what, held.aim) = (other.what, other.aim);
        held.is_vague = false;
    }
    held.by = held.by.take().or(other.by);
    held.why = held.why.take().or(other.why);
    held.at = held.at.min(other.at);
}

fn has_begun(change: &Change) -> bool {
    change.edge == Some(Edge::Began)
}
