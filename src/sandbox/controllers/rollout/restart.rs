//! Restarting a rollout's pods: those older than the wish go one after the other, each waiting for the one before.

use serde_json::json;

use super::{Case, sets};
use crate::sandbox::controllers::is_available;
use crate::sandbox::object::{at, text, time};
use crate::sandbox::world::World;

/// Ends the next pod that is older than the wish, or notes that none is left.
pub(super) fn step(world: &mut World, case: &mut Case) {
    let wish = at(&case.rollout, "spec.restartAt");
    let Some(since) = time(&case.rollout, "spec.restartAt").filter(|since| *since <= world.now) else { return };
    if case.said("restartedAt") == wish {
        return;
    }
    let pods = sets::pods(world, &case.sets);
    let old = pods.iter().find(|pod| time(pod, "metadata.creationTimestamp").is_some_and(|made| made < since));
    let Some(old) = old else {
        case.status.insert("restartedAt".to_owned(), json!(text(&case.rollout, "spec.restartAt")));
        return;
    };
    let wanted = sets::sum(&case.sets, "spec.replicas");
    let is_whole =
        i64::try_from(pods.len()).is_ok_and(|count| count >= wanted) && pods.iter().all(|pod| is_available(pod));
    if is_whole || !is_available(old) {
        let owner = case.sets.iter().find(|set| at(old, "metadata.ownerReferences.0.uid") == at(set, "metadata.uid"));
        if let Some(owner) = owner {
            world.terminate_for(owner, old);
        }
    }
}
