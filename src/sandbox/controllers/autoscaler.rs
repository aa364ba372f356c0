//! Horizontal pod autoscalers: they own the replicas of their target and set them back every fifteen seconds.

use serde_json::{Value, json};

use crate::sandbox::object::{self, at, next_condition, number, set, text};
use crate::sandbox::world::World;

const SYNC_SECONDS: i64 = 15;
/// The share of the target that the simulated load uses, in percent of what is asked for.
const UTILIZATION: i64 = 58;
/// Replicas that the simulated load calls for.
const WANTED: i64 = 6;

/// Scales the target of every autoscaler into its bounds.
pub(super) fn tick(world: &mut World) {
    if world.now.as_second() % SYNC_SECONDS != 0 {
        return;
    }
    for autoscaler in world.store.list("horizontalpodautoscalers") {
        let target = text(&autoscaler, "spec.scaleTargetRef.name");
        let Some(target) = world.store.get("deployments", object::namespace(&autoscaler), target) else { continue };
        let current = number(&target, "spec.replicas");
        let (least, most) = (number(&autoscaler, "spec.minReplicas").max(1), number(&autoscaler, "spec.maxReplicas"));
        let desired = if current == 0 { 0 } else { WANTED.clamp(least, most.max(least)) };
        if desired != current {
            world.edit(&target, "kube-controller-manager", |target| target["spec"]["replicas"] = json!(desired));
            let why = if desired > current { "above target" } else { "below target" };
            let message =
                format!("New size: {desired}; reason: cpu resource utilization (percentage of request) {why}");
            world.report(&autoscaler, "horizontal-pod-autoscaler", "Normal", "SuccessfulRescale", &message);
        }
        let status = status(world, &autoscaler, current, desired);
        world.set_status(&autoscaler, status);
    }
}

fn status(world: &World, autoscaler: &Value, current: i64, desired: i64) -> Value {
    let (old, now) = (at(autoscaler, "status"), world.now);
    let active = if current == 0 {
        ("False", "ScalingDisabled", "scaling is disabled since the replica count of the target is zero")
    } else {
        (
            "True",
            "ValidMetricFound",
            "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)",
        )
    };
    let mut status = json!({
        "currentReplicas": current, "desiredReplicas": desired,
        "currentMetrics": [{"type": "Resource", "resource": {
            "name": "cpu", "current": {"averageUtilization": UTILIZATION, "averageValue": "145m"},
        }}],
        "conditions": [
            next_condition(old, now, "AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"),
            next_condition(old, now, "ScalingActive", active.0, active.1, active.2),
            next_condition(old, now, "ScalingLimited", "False", "DesiredWithinRange", "the desired count is within the acceptable range"),
        ],
    });
    if current != desired {
        set(&mut status, "lastScaleTime", json!(now.to_string()));
    } else if let Some(last) = old.get("lastScaleTime") {
        status["lastScaleTime"] = last.clone();
    }
    status
}
