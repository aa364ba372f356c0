//! The controllers of the simulated cluster: once a second each brings its objects a step nearer to their spec.

mod autoscaler;
mod daemon_set;
mod deployment;
mod disruption;
mod endpoints;
mod gateway;
mod kubelet;
mod pipeline;
mod pods;
mod progress;
mod replica_set;
mod revisions;
mod rollout;
mod stateful_set;

pub(crate) use pods::is_available;

use super::object;
use super::world::World;

/// How long events are kept, as on a real server.
const EVENT_LIFE_SECONDS: i64 = 3_600;
/// Controllers look again after this time even when nothing changed, for what only time brings about.
const RESYNC_SECONDS: i64 = 5;

/// Lives through one second, which `world.now` already shows.
pub(crate) fn tick(world: &mut World) {
    kubelet::tick(world);
    let second = world.now.as_second();
    if world.reconciled != world.store.stirred() || second % RESYNC_SECONDS == 0 {
        world.reconciled = world.store.stirred();
        pipeline::tick(world);
        autoscaler::tick(world);
        replica_set::tick(world);
        deployment::tick(world);
        rollout::tick(world);
        stateful_set::tick(world);
        daemon_set::tick(world);
        disruption::tick(world);
        gateway::tick(world);
        endpoints::tick(world);
    }
    if second % 60 == 0 {
        expire_events(world);
    }
}

fn expire_events(world: &mut World) {
    for event in world.store.list("events") {
        if object::seconds_since(&event, "lastTimestamp", world.now) > EVENT_LIFE_SECONDS {
            world.store.remove("events", &event);
        }
    }
}
