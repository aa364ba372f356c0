//! The traffic of a rollout: the pods behind its two Services, and the weights of the route that it owns.

use std::sync::Arc;

use serde_json::{Value, json};

use super::sets::{HASH_LABEL, wanted};
use super::{CONTROLLER, Case, steps};
use crate::sandbox::object::{at, list, name, namespace, number, set, text};
use crate::sandbox::world::World;

/// All of the traffic.
pub(super) const MOST: i64 = 100;
/// On a Service whose selector the controller sets.
const MANAGED_BY: &str = "argo-rollouts.argoproj.io/managed-by-rollouts";
/// On a route while its weights are the controller's.
const IN_PROGRESS: &str = "rollouts.argoproj.io/gatewayapi-canary";
/// The plugin that knows routes of the Gateway API.
const PLUGIN: &str = "argoproj-labs/gatewayAPI";

/// Points the Services at their pods and the route at the Services. Whoever else writes them is set right.
pub(super) fn route(world: &mut World, case: &mut Case) {
    let canary = at(&case.rollout, "spec.strategy.canary").clone();
    let (stable, hash) = (case.stable().to_owned(), case.hash.clone());
    let behind = if stable.is_empty() { &hash } else { &stable };
    select(world, case, text(&canary, "stableService"), behind);
    // It moves to pods that are there, and not before.
    if case.sets.available(&hash) > 0 {
        select(world, case, text(&canary, "canaryService"), &hash);
    }
    let plugin = &at(&canary, "trafficRouting.plugins")[PLUGIN];
    let Some(route) = world.store.get("httproutes", namespace(&case.rollout), text(plugin, "httpRoute")) else {
        return;
    };
    let weight = desired(case);
    set_weights(world, &route, (text(&canary, "stableService"), text(&canary, "canaryService")), weight);
    let weights = json!({
        "canary": {"weight": weight, "serviceName": canary["canaryService"], "podTemplateHash": hash},
        "stable": {"weight": MOST - weight, "serviceName": canary["stableService"], "podTemplateHash": behind},
    });
    let before = at(case.said("canary"), "weights");
    if *before != weights {
        let from = if before.is_null() { String::new() } else { format!("from {} ", weight_said(case)) };
        if before.is_null() || weight_said(case) != weight {
            case.report(world, "TrafficWeightUpdated", &format!("Traffic weight updated {from}to {weight}"));
        }
        let mut told = case.said("canary").clone();
        set(&mut told, "weights", weights);
        case.status.insert("canary".to_owned(), told);
    }
}

/// The weight that the canary has by the status.
pub(super) fn weight_said(case: &Case) -> i64 {
    number(case.said("canary"), "weights.canary.weight")
}

/// The weight that the canary is to have: never more than its pods are there for.
fn desired(case: &Case) -> i64 {
    let is_there = case.sets.available(&case.hash) > 0;
    if case.is_fully_promoted() || case.stable().is_empty() || case.is_set("abort") || !is_there {
        return 0;
    }
    if case.is_set("promoteFull") {
        return weight_said(case);
    }
    let index = case.index();
    if is_at_wanted_size(case) {
        return steps::weight_at(&case.steps, index);
    }
    if index == 0 { 0 } else { steps::weight_at(&case.steps, index - 1) }
}

/// Whether the canary has the pods of its step, and the stable revision all of its own.
pub(super) fn is_at_wanted_size(case: &Case) -> bool {
    let has = |hash: &str, wanted: i64| {
        case.sets
            .find(hash)
            .is_some_and(|set| number(set, "spec.replicas") == wanted && case.sets.available(hash) >= wanted)
    };
    has(&case.hash, wanted(case)) && (case.stable().is_empty() || has(case.stable(), case.replicas()))
}

fn select(world: &mut World, case: &Case, service: &str, hash: &str) {
    let Some(service) = world.store.get("services", namespace(&case.rollout), service) else { return };
    if at(&service, "spec.selector")[HASH_LABEL] == hash {
        return;
    }
    let owner = name(&case.rollout).to_owned();
    world.edit(&service, CONTROLLER, |service| {
        service["spec"]["selector"][HASH_LABEL] = json!(hash);
        let mut annotations = at(service, "metadata.annotations").as_object().cloned().unwrap_or_default();
        annotations.insert(MANAGED_BY.to_owned(), json!(owner));
        set(service, "metadata.annotations", Value::Object(annotations));
    });
    let message = format!("Switched selector for service '{}' to value '{hash}'", name(&service));
    case.report(world, "SwitchService", &message);
}

/// Sets both weights in every rule that names both Services.
fn set_weights(world: &mut World, route: &Arc<Value>, (stable, canary): (&str, &str), weight: i64) {
    let mut rules = list(route, "spec.rules").to_vec();
    for rule in &mut rules {
        let names = |service: &str| list(rule, "backendRefs").iter().any(|backend| backend["name"] == service);
        if !names(stable) || !names(canary) {
            continue;
        }
        for backend in rule["backendRefs"].as_array_mut().into_iter().flatten() {
            if backend["name"] == stable {
                backend["weight"] = json!(MOST - weight);
            } else if backend["name"] == canary {
                backend["weight"] = json!(weight);
            }
        }
    }
    let is_marked = at(route, "metadata.labels").get(IN_PROGRESS).is_some();
    if *at(route, "spec.rules") == json!(rules) && is_marked == (weight > 0) {
        return;
    }
    world.edit(route, CONTROLLER, |route| {
        set(route, "spec.rules", json!(rules));
        let mut labels = at(route, "metadata.labels").as_object().cloned().unwrap_or_default();
        if weight > 0 {
            labels.insert(IN_PROGRESS.to_owned(), json!("in-progress"));
        } else {
            labels.shift_remove(IN_PROGRESS);
        }
        set(route, "metadata.labels", Value::Object(labels));
    });
}
