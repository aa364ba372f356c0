//! Which rollouts and routes are shown, in which order.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::entry::{self, Entry};
use crate::domain::change::{ChangeClass, Edge};
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::rollout::{Phase, Rollout};
use crate::domain::route::Steering;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::domain::traffic::Split;
use crate::tui::views::ground::Ground;
use crate::tui::views::joined::Joined;
use crate::tui::widgets::filter::Filter;

/// A rollout that came to its end is shown for so long.
const FINISHED: SignedDuration = SignedDuration::from_hours(1);

/// The lines, and how many of them are not of what is finished.
pub(super) fn entries(ground: &Ground<'_>, joined: &mut Joined, filter: &Filter, width: u16) -> (Vec<Entry>, usize) {
    let takes = |object: &ObjectRef, service: &ServiceId, phase: &str| {
        filter.takes_all(&[&object.name, &service.name, &service.environment, &object.namespace, phase])
    };
    let (moving, done) = rollouts(ground);
    let splits = splits(ground, joined, &moving)
        .into_iter()
        .filter(|(service, split)| takes(&split.router, service, "split"))
        .map(|(service, split)| entry::of_split(service, split, ground, width));
    let (doubtful, calm): (Vec<Entry>, Vec<Entry>) = splits.partition(|entry| entry.health == Health::Attention);
    let moving: Vec<&Rollout> = moving
        .into_iter()
        .filter(|rollout| takes(&rollout.workload, &rollout.service, rollout.status.phase.word()))
        .collect();
    let held = moving.partition_point(|rollout| rollout.status.phase != Phase::Progressing);
    let mut entries: Vec<Entry> =
        moving.into_iter().map(|rollout| entry::of_rollout(rollout, None, ground, joined, width)).collect();
    // What only moves needs nobody.
    entries.splice(held..held, doubtful);
    entries.extend(calm);
    let moving = entries.len();
    entries.extend(
        done.into_iter()
            .filter(|(rollout, _)| takes(&rollout.workload, &rollout.service, rollout.status.phase.word()))
            .map(|(rollout, at)| entry::of_rollout(rollout, Some(at), ground, joined, width)),
    );
    (entries, moving)
}

/// What moves or needs somebody, then what came to its end lately, the newest first. Of what waits, that which waits
/// for a person stands above that which waits for time.
fn rollouts<'a>(ground: &Ground<'a>) -> (Vec<&'a Rollout>, Vec<(&'a Rollout, Timestamp)>) {
    let mut finished: HashMap<&ObjectRef, Timestamp> = HashMap::new();
    for change in ground.timeline.changes() {
        let is_end = change.class == ChangeClass::Rollout && change.edge == Some(Edge::Ended);
        if is_end && ground.now.duration_since(change.at) < FINISHED {
            finished.entry(&change.object).or_insert(change.at);
        }
    }
    let (mut moving, still): (Vec<&Rollout>, Vec<&Rollout>) =
        ground.board.rollouts().iter().partition(|rollout| rollout.status.phase != Phase::Stable);
    moving.sort_by_key(|rollout| (Reverse(rollout.status.phase), !rollout.status.waits_for_somebody()));
    let mut done: Vec<_> = still.into_iter().filter_map(|it| Some((it, *finished.get(&it.workload)?))).collect();
    done.sort_by_key(|(_, at)| Reverse(*at));
    (moving, done)
}

/// The routes that split requests, without those that a rollout which is shown steers.
fn splits<'a>(ground: &Ground<'a>, joined: &mut Joined, moving: &[&Rollout]) -> Vec<(&'a ServiceId, Split)> {
    let routed: HashSet<(&ClusterName, &Text)> = ground
        .state
        .clusters()
        .flat_map(|(name, cluster)| cluster.rows(Kind::HttpRoute).rows().map(move |row| (name, &row.meta().namespace)))
        .collect();
    if routed.is_empty() {
        return Vec::new();
    }
    let services = ground.board.services().iter().map(|service| (service, &service.id));
    services
        .filter(|(service, id)| service.namespaces.iter().any(|namespace| routed.contains(&(&id.cluster, namespace))))
        .flat_map(|(_, id)| joined.splits(id, ground.state).to_vec().into_iter().map(move |split| (id, split)))
        .filter(|(id, split)| {
            let is_steered = split.router.kind == Kind::Rollout || split.steered_by == Some(Steering::ArgoRollouts);
            let is_told = is_steered && moving.iter().any(|rollout| rollout.service == **id);
            !is_told && is_splitting(split)
        })
        .collect()
}

/// Whether more than one arm gets requests, or is to get them.
fn is_splitting(split: &Split) -> bool {
    split.arms.iter().filter(|arm| arm.desired > 0.0 || arm.observed.is_some_and(|seen| seen > 0.0)).count() > 1
}
