//! The gateway's controller: it says of every route whether it takes it and whether its backends are there.

use serde_json::{Value, json};

use crate::sandbox::object::{at, list, namespace, next_condition, number, text};
use crate::sandbox::world::World;

const CONTROLLER: &str = "traefik.io/gateway-controller";

/// Brings the status of every route up to date.
pub(super) fn tick(world: &mut World) {
    for route in world.store.list("httproutes") {
        let parents = list(&route, "spec.parentRefs").iter().map(|parent| status(world, &route, parent));
        let status = json!({"parents": parents.collect::<Vec<_>>()});
        world.set_status(&route, status);
    }
}

/// What is said about a route below one parent.
fn status(world: &World, route: &Value, parent: &Value) -> Value {
    let before = list(route, "status.parents").iter().find(|known| known["parentRef"] == *parent);
    let old = before.unwrap_or(&Value::Null);
    let lost = missing(world, route);
    let resolved = match &lost {
        None => ("True", "ResolvedRefs", String::new()),
        Some(service) => ("False", "BackendNotFound", format!("service {}/{service} not found", namespace(route))),
    };
    let told = |kind: &str, (answer, reason, message): (&str, &str, &str)| {
        let mut made = next_condition(old, world.now, kind, answer, reason, message);
        made["observedGeneration"] = json!(number(route, "metadata.generation"));
        made["message"] = json!(message);
        made
    };
    json!({
        "parentRef": parent, "controllerName": CONTROLLER,
        "conditions": [
            told("Accepted", ("True", "Accepted", "")),
            told("ResolvedRefs", (resolved.0, resolved.1, &resolved.2)),
        ],
    })
}

/// The first Service that a route names and that is not there.
fn missing(world: &World, route: &Value) -> Option<String> {
    let backends = list(route, "spec.rules").iter().flat_map(|rule| list(rule, "backendRefs"));
    let names = backends.map(|backend| {
        let space = at(backend, "namespace").as_str().unwrap_or_else(|| namespace(route));
        (space, text(backend, "name"))
    });
    let mut lost = names.filter(|(space, name)| world.store.get("services", space, name).is_none());
    lost.next().map(|(_, name)| name.to_owned())
}
