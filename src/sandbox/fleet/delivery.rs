//! What is delivered in steps: a canary whose weights a person sets at its route, and one that Argo Rollouts brings on.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::catalogue::{PRODUCTION, Release, SEARCH, Service, image};
use super::workloads::{labels, pod_spec};
use crate::sandbox::controllers::tick;
use crate::sandbox::object::{at, set};
use crate::sandbox::world::World;

const TRACK: &str = "track";
const CAUSE: &str = "kubernetes.io/change-cause";

/// Creates the search service with its first release, and the way to it.
pub(super) fn create_search(world: &mut World) {
    create_way(world, &SEARCH);
    create_arm(world, SEARCH.name, "stable", SEARCH.replicas.0, 0);
}

/// Creates a service that Argo Rollouts brings on with its first release, and the way to it.
pub(super) fn create(world: &mut World, service: &Service) {
    create_way(world, service);
    create_rollout(world, service);
}

/// The route of a service, and a Service for each of its arms.
fn create_way(world: &mut World, service: &Service) {
    for arm in ["stable", "canary"] {
        create_service(world, service, arm);
    }
    create_route(world, service);
}

/// The Service of one arm. That of a Rollout finds its pods by the hash that the controller adds.
fn create_service(world: &mut World, service: &Service, arm: &str) {
    let address = format!("10.96.11.{}", service.port % 125 * 2 + u16::from(arm == "canary"));
    let mut selector = json!({"app.kubernetes.io/name": service.name});
    if service.name == SEARCH.name {
        selector[TRACK] = json!(arm);
    }
    let body = json!({
        "metadata": {
            "name": format!("{}-{arm}", service.name), "namespace": PRODUCTION,
            "labels": labels(service.name, service.releases[0].version, service.manager),
        },
        "spec": {
            "type": "ClusterIP", "clusterIP": address, "clusterIPs": [address], "selector": selector,
            "sessionAffinity": "None",
            "ports": [{"name": "http", "port": 80, "targetPort": service.port, "protocol": "TCP"}],
        },
        "status": {"loadBalancer": {}},
    });
    world.create("services", service.manager, body);
}

/// The route in front of both arms; all goes to the stable one.
fn create_route(world: &mut World, service: &Service) {
    let backend = |arm: &str, weight: u8| json!({"group": "", "kind": "Service", "name": format!("{}-{arm}", service.name), "port": 80, "weight": weight});
    let parent =
        json!({"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "messaging", "sectionName": "https"});
    let body = json!({
        "metadata": {
            "name": service.name, "namespace": PRODUCTION,
            "labels": labels(service.name, service.releases[0].version, service.manager),
        },
        "spec": {
            "parentRefs": [parent], "hostnames": [service.host],
            "rules": [{
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [backend("stable", 100), backend("canary", 0)],
            }],
        },
    });
    world.create("httproutes", service.manager, body);
}

/// The Deployment of one arm of the search service.
fn create_arm(world: &mut World, name: &str, arm: &str, replicas: i64, release: usize) {
    let release = &SEARCH.releases[release];
    let mut labels = labels(SEARCH.name, release.version, SEARCH.manager);
    labels[TRACK] = json!(arm);
    let body = json!({
        "metadata": {"name": name, "namespace": PRODUCTION, "annotations": {CAUSE: release.cause}, "labels": labels},
        "spec": {
            "replicas": replicas, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {"app.kubernetes.io/name": SEARCH.name, TRACK: arm}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(&SEARCH, release.version)},
        },
        "status": {},
    });
    world.create("deployments", SEARCH.manager, body);
}

/// Brings up the canary of the search service; nothing goes to it yet.
pub(super) fn bring_up_canary(world: &mut World) {
    create_arm(world, "search-service-canary", "canary", 1, 2);
}

/// Sends a tenth of the searches to the canary.
pub(super) fn begin_canary(world: &mut World) {
    let Some(route) = world.store.get("httproutes", PRODUCTION, SEARCH.name) else { return };
    world.edit(&route, SEARCH.manager, |route| {
        let backends = &mut route["spec"]["rules"][0]["backendRefs"];
        backends[0]["weight"] = json!(90);
        backends[1]["weight"] = json!(10);
    });
}

fn create_rollout(world: &mut World, service: &Service) {
    let release = &service.releases[0];
    let labels = labels(service.name, release.version, service.manager);
    let routing =
        json!({"plugins": {"argoproj-labs/gatewayAPI": {"httpRoute": service.name, "namespace": PRODUCTION}}});
    let canary = json!({
        "stableService": format!("{}-stable", service.name), "canaryService": format!("{}-canary", service.name),
        "trafficRouting": routing,
        "analysis": {"startingStep": 1, "templates": [{"templateName": "error-ratio"}]},
        "steps": [
            {"setWeight": 20}, {"pause": {}}, {"setWeight": 40}, {"pause": {"duration": "5m"}}, {"setWeight": 100},
        ],
    });
    let body = json!({
        "metadata": {
            "name": service.name, "namespace": PRODUCTION, "annotations": {CAUSE: release.cause}, "labels": labels,
        },
        "spec": {
            "replicas": service.replicas.0, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {"app.kubernetes.io/name": service.name}},
            "strategy": {"canary": canary},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(service, release.version)},
        },
    });
    world.create("rollouts", service.manager, body);
}

/// Releases a version of a service that Argo Rollouts brings on; it waits at its first gate.
pub(super) fn release(world: &mut World, service: &Service, release: &Release) {
    let Some(rollout) = world.store.get("rollouts", PRODUCTION, service.name) else { return };
    world.edit(&rollout, service.manager, |rollout| {
        rollout["metadata"]["annotations"][CAUSE] = json!(release.cause);
        rollout["metadata"]["labels"]["app.kubernetes.io/version"] = json!(release.version);
        let template = &mut rollout["spec"]["template"];
        template["metadata"]["labels"]["app.kubernetes.io/version"] = json!(release.version);
        template["spec"]["containers"][0]["image"] = json!(image(service.name, release.version));
    });
}

/// Takes the release that is on its way to everybody, as somebody did in the past.
pub(super) fn promote(world: &mut World, service: &Service) {
    // It is seen first: what was wished before that is forgotten.
    world.now += SignedDuration::from_secs(3);
    tick(world);
    let Some(rollout) = world.store.get("rollouts", PRODUCTION, service.name) else { return };
    let mut status = at(&rollout, "status").clone();
    set(&mut status, "promoteFull", json!(true));
    world.set_status(&rollout, status);
}

/// Whether the rollout of the past has come to its end.
pub(super) fn is_settled(world: &World) -> bool {
    let is_healthy = |rollout: &Value| at(rollout, "status.phase") == "Healthy";
    world.store.list("rollouts").iter().all(|rollout| is_healthy(rollout))
}
