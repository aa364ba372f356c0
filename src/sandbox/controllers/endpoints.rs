//! Endpoint slices: the addresses behind every service.

use serde_json::{Value, json};

use super::pods::is_available;
use crate::sandbox::object::{self, at, is_terminating, name, namespace, text, uid};
use crate::sandbox::world::World;

/// What slices depend on.
const KINDS: [&str; 3] = ["endpointslices", "pods", "services"];

/// Brings the slices of all services up to date, where anything that they depend on has changed.
pub(super) fn tick(world: &mut World) {
    if world.sliced == world.store.newest(&KINDS) {
        return;
    }
    update(world);
    world.sliced = world.store.newest(&KINDS);
}

fn update(world: &mut World) {
    for service in world.store.list("services") {
        let mut behind = world.selected_pods(namespace(&service), at(&service, "spec.selector"));
        behind.retain(|pod| !text(pod, "status.podIP").is_empty());
        let endpoints: Value = behind.iter().map(|pod| endpoint(pod)).collect();
        match world.store.owned(&service, "endpointslices").first() {
            Some(slice) if slice["endpoints"] == endpoints => {}
            Some(slice) => {
                world.edit(slice, "kube-controller-manager", |slice| slice["endpoints"] = endpoints);
            }
            None => create(world, &service, &endpoints),
        }
    }
}

fn endpoint(pod: &Value) -> Value {
    let (ready, ending) = (is_available(pod), is_terminating(pod));
    json!({
        "addresses": [text(pod, "status.podIP")], "nodeName": at(pod, "spec.nodeName"),
        "conditions": {"ready": ready && !ending, "serving": ready, "terminating": ending},
        "targetRef": {"kind": "Pod", "namespace": namespace(pod), "name": name(pod), "uid": uid(pod)},
    })
}

fn create(world: &mut World, service: &Value, endpoints: &Value) {
    let port = at(service, "spec.ports.0");
    let body = json!({
        "metadata": {
            "name": format!("{}-{}", name(service), world.random.suffix()), "namespace": namespace(service),
            "labels": {
                "kubernetes.io/service-name": name(service),
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            },
            "ownerReferences": [object::owner_reference(service)],
        },
        "addressType": "IPv4", "endpoints": endpoints,
        "ports": [{"name": port["name"], "port": port["targetPort"], "protocol": "TCP"}],
    });
    world.create("endpointslices", "kube-controller-manager", body);
}
