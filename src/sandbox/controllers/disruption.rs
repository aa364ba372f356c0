//! Pod disruption budgets: how many pods may be evicted right now.

use serde_json::{Value, json};

use super::pods::{count, is_available};
use crate::sandbox::object::{self, at, next_condition, number};
use crate::sandbox::world::World;

/// Counts the healthy pods under every budget.
pub(super) fn tick(world: &mut World) {
    for budget in world.store.list("poddisruptionbudgets") {
        let labels = at(&budget, "spec.selector.matchLabels");
        let mut pods = world.selected_pods(object::namespace(&budget), labels);
        pods.retain(|pod| !object::is_terminating(pod));
        let (expected, healthy) = (count(&pods, |_| true), count(&pods, |pod| is_available(pod)));
        let desired =
            at(&budget, "spec.minAvailable").as_i64().unwrap_or(expected - number(&budget, "spec.maxUnavailable"));
        let allowed = (healthy - desired).max(0);
        let (answer, reason) = if allowed > 0 { ("True", "SufficientPods") } else { ("False", "InsufficientPods") };
        let old: &Value = at(&budget, "status");
        let allows = next_condition(old, world.now, "DisruptionAllowed", answer, reason, "");
        let status = json!({
            "currentHealthy": healthy, "desiredHealthy": desired, "disruptionsAllowed": allowed, "expectedPods": expected,
            "observedGeneration": number(&budget, "metadata.generation"), "conditions": [allows],
        });
        world.set_status(&budget, status);
    }
}
