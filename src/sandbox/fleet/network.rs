//! What stands around the workloads: services, the ingress, the autoscaler, budgets, configuration and secrets.

use serde_json::{Value, json};

use super::catalogue::{PRODUCTION, SERVICES, Service};
use super::workloads::labels;
use crate::sandbox::signals::{NAMESPACE, SERVERS};
use crate::sandbox::world::World;

const APPLY: &str = "kubectl-client-side-apply";

/// Creates everything around the workloads of a namespace.
pub(super) fn create(world: &mut World, namespace: &str) {
    // Behind a route every arm has a Service of its own.
    for service in SERVICES.iter().filter(|service| service.is_in(namespace) && service.host_in(namespace).is_none()) {
        create_service(world, namespace, service);
    }
    create_configuration(world, namespace);
    create_ingress(world, namespace);
    if namespace == PRODUCTION {
        create_guards(world);
    }
}

/// Creates the ways to the servers of signals, which live outside the fleet.
pub(super) fn create_signals(world: &mut World) {
    for (name, port) in SERVERS {
        let body = json!({
            "metadata": metadata(NAMESPACE, name, name),
            "spec": {
                "type": "ClusterIP", "clusterIP": format!("10.96.30.{}", port % 250), "sessionAffinity": "None",
                "ports": [{"name": "web", "port": port, "targetPort": port, "protocol": "TCP"}],
            },
            "status": {"loadBalancer": {}},
        });
        world.create("services", APPLY, body);
    }
}

fn metadata(namespace: &str, name: &str, app: &str) -> Value {
    let labels = json!({"app.kubernetes.io/name": app, "app.kubernetes.io/part-of": "messaging"});
    json!({"name": name, "namespace": namespace, "labels": labels})
}

fn create_service(world: &mut World, namespace: &str, service: &Service) {
    let address = format!("10.96.{}.{}", if namespace == PRODUCTION { 10 } else { 20 }, service.port % 250);
    let body = json!({
        "metadata": {
            "name": service.name, "namespace": namespace,
            "labels": labels(service.name, service.releases[0].version, service.manager),
        },
        "spec": {
            "type": "ClusterIP", "clusterIP": address, "clusterIPs": [address],
            "selector": {"app.kubernetes.io/name": service.name}, "sessionAffinity": "None",
            "ports": [{"name": "http", "port": 80, "targetPort": service.port, "protocol": "TCP"}],
        },
        "status": {"loadBalancer": {}},
    });
    world.create("services", service.manager, body);
}

fn create_configuration(world: &mut World, namespace: &str) {
    let chat =
        json!({"REDIS_ADDRESS": "redis:6379", "REDIS_POOL_SIZE": "64", "REDIS_TIMEOUT": "500ms", "HISTORY_DAYS": "90"});
    let gateway = json!({"RATE_LIMIT_RPS": "200", "UPSTREAM_TIMEOUT": "2s"});
    for (name, app, data) in [("chat-config", "chat-service", chat), ("gateway-config", "api-gateway", gateway)] {
        world.create("configmaps", APPLY, json!({"metadata": metadata(namespace, name, app), "data": data}));
    }
    let database = json!({
        "metadata": metadata(namespace, "messaging-db", "messaging"), "type": "Opaque",
        "data": {"url": "cG9zdGdyZXM6Ly9tZXNzYWdpbmc6bm90LWEtcmVhbC1wYXNzd29yZEBkYi9tZXNzYWdpbmc=", "password": "bm90LWEtcmVhbC1wYXNzd29yZA=="},
    });
    world.create("secrets", APPLY, database);
    let release = json!({
        "metadata": {
            "name": "sh.helm.release.v1.notification-service.v3", "namespace": namespace,
            "labels": {"name": "notification-service", "owner": "helm", "status": "deployed", "version": "3"},
        },
        "type": "helm.sh/release.v1", "data": {"release": "SDRzSUFBQUFBQUFBLw=="},
    });
    world.create("secrets", "helm", release);
}

fn create_ingress(world: &mut World, namespace: &str) {
    let host = if namespace == PRODUCTION { "chat.example.com" } else { "chat.staging.example.com" };
    let backend = json!({"service": {"name": "api-gateway", "port": {"number": 80}}});
    let body = json!({
        "metadata": metadata(namespace, "api-gateway", "api-gateway"),
        "spec": {
            "ingressClassName": "nginx", "tls": [{"hosts": [host], "secretName": "chat-tls"}],
            "rules": [{"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}],
        },
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.80"}]}},
    });
    world.create("ingresses", APPLY, body);
}

/// Creates the autoscaler, the disruption budgets and the service of the stateful set, in production only.
fn create_guards(world: &mut World) {
    let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "api-gateway"});
    let cpu = json!({"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}});
    let autoscaler = json!({
        "metadata": metadata("production", "api-gateway", "api-gateway"),
        "spec": {"scaleTargetRef": target, "minReplicas": 4, "maxReplicas": 12, "metrics": [{"type": "Resource", "resource": cpu}]},
        "status": {},
    });
    world.create("horizontalpodautoscalers", APPLY, autoscaler);
    for (app, least) in [("api-gateway", 4), ("redis", 3)] {
        let budget = json!({
            "metadata": metadata("production", app, app),
            "spec": {"minAvailable": least, "selector": {"matchLabels": {"app.kubernetes.io/name": app}}},
            "status": {},
        });
        world.create("poddisruptionbudgets", APPLY, budget);
    }
    let redis = json!({
        "metadata": metadata("production", "redis", "redis"),
        "spec": {
            "type": "ClusterIP", "clusterIP": "None", "clusterIPs": ["None"], "selector": {"app.kubernetes.io/name": "redis"},
            "ports": [{"name": "redis", "port": 6379, "targetPort": 6379, "protocol": "TCP"}],
        },
        "status": {"loadBalancer": {}},
    });
    world.create("services", APPLY, redis);
}
