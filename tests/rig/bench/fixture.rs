//! The cluster that is measured on: twenty teams with five hundred Deployments of twenty pods, each with its Service,
//! autoscaler and ConfigMap, and a namespace of ten pods. It is made once and kept: making it takes minutes.

use std::fs;
use std::path::Path;
use std::time::Duration;

use color_eyre::eyre::{OptionExt, Result, ensure};
use midwatch::domain::kind::Kind;
use serde_json::{Value, json};

use crate::plane::{Plane, User, wait_until};
use crate::tell;

/// The namespace of ten pods.
pub(crate) const SMALL: &str = "small";

/// The Deployment in there whose only pod has one container.
pub(crate) const SPEAKER: &str = "speaker";

/// How many namespaces there are besides.
const TEAMS: usize = 20;

/// What each team runs.
const SERVICES: [&str; 25] = [
    "account-api",
    "audit-writer",
    "basket-api",
    "billing-worker",
    "catalog-api",
    "checkout-api",
    "coupon-api",
    "delivery-planner",
    "email-sender",
    "fraud-scorer",
    "geo-index",
    "image-resizer",
    "inventory-sync",
    "ledger-api",
    "notification-hub",
    "order-api",
    "payment-gateway",
    "price-engine",
    "profile-api",
    "recommender",
    "review-api",
    "search-api",
    "session-store",
    "shipment-tracker",
    "tax-calculator",
];

/// How many pods each Deployment has.
const PODS: usize = 20;

/// How many nodes there are besides the three of the rig.
const NODES: usize = 100;

/// How long it may take until everything runs.
const PATIENCE: Duration = Duration::from_mins(15);

/// Raised when what is made here changes, so that a cluster of before is made anew.
const VERSION: &str = "made-2";

/// Starts the cluster, and makes it where there is none yet.
pub(crate) fn ready(folder: &Path) -> Result<Plane> {
    let dir = folder.join("cluster");
    let made = dir.join(VERSION);
    if !made.exists() {
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        fs::create_dir_all(&dir)?;
        let plane = Plane::start_in(&dir, "15s")?;
        make(&plane)?;
        drop(plane);
        fs::write(&made, "")?;
    }
    // Homes of before hold journals, which would be read.
    let _ = fs::remove_dir_all(dir.join("home"));
    // The autoscalers have looked once. There are no metrics, so each time they would make a thousand events.
    let plane = Plane::start_in(&dir, "24h")?;
    let counts: Vec<String> = Kind::ALL.iter().map(|kind| counted(&plane, *kind)).collect::<Result<_>>()?;
    tell(&format!("the cluster holds {}", counts.join(", ")));
    Ok(plane)
}

/// How many objects of a kind there are, by the server's own account.
pub(crate) fn count(plane: &Plane, kind: Kind) -> Result<u64> {
    if kind.is_custom() {
        // Nobody made its definition here.
        return Ok(0);
    }
    let answer = plane.kubectl(User::Admin, &["get", "--raw", &format!("{}?limit=1", kind.path(None))])?;
    let page: Value = serde_json::from_str(&answer)?;
    let first = page["items"].as_array().map_or(0, Vec::len) as u64;
    Ok(first + page["metadata"]["remainingItemCount"].as_u64().unwrap_or_default())
}

fn counted(plane: &Plane, kind: Kind) -> Result<String> {
    Ok(format!("{} {}", count(plane, kind)?, kind.plural()))
}

fn make(plane: &Plane) -> Result<()> {
    tell("making the cluster, which takes some minutes and is kept");
    create(plane, (0..NODES).map(node).collect())?;
    for team in 0..TEAMS {
        let namespace = format!("team-{team:02}");
        create(plane, vec![json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})])?;
        let objects = SERVICES.iter().flat_map(|name| service(&namespace, name, PODS));
        create(plane, objects.collect())?;
    }
    create(plane, vec![json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SMALL}})])?;
    let mut small = service(SMALL, "order-api", 9).to_vec();
    small.extend(service(SMALL, SPEAKER, 1));
    // All containers of a pod say the same here, so the one that is listened to has only one.
    if let Some(containers) = small[7].pointer_mut("/spec/template/spec/containers").and_then(Value::as_array_mut) {
        containers.truncate(1);
    }
    create(plane, small)?;
    let wanted = TEAMS * SERVICES.len() * PODS + 10;
    wait_until("all pods to be ready", PATIENCE, || {
        let ready = list(plane, "deployments", "{.items[*].status.readyReplicas}")?;
        let ready: usize = ready.split(' ').filter_map(|number| number.parse::<usize>().ok()).sum();
        ensure!(ready == wanted, "{ready} of {wanted}");
        Ok(())
    })?;
    wait_until("all autoscalers to have looked", PATIENCE, || {
        let looked = list(plane, "horizontalpodautoscalers", "{.items[*].status.conditions[0].type}")?;
        let (looked, wanted) = (looked.split(' ').count(), TEAMS * SERVICES.len() + 2);
        ensure!(looked == wanted, "{looked} of {wanted}");
        Ok(())
    })
}

fn list(plane: &Plane, kind: &str, path: &str) -> Result<String> {
    plane.kubectl(User::Admin, &["get", kind, "--all-namespaces", &format!("--output=jsonpath={path}")])
}

fn create(plane: &Plane, items: Vec<Value>) -> Result<()> {
    let first = items.first().ok_or_eyre("there is nothing to create")?;
    tell(&format!("creating {} objects, the first of them {}", items.len(), first["metadata"]["name"]));
    let mut list = json!({"apiVersion": "v1", "kind": "List"});
    list["items"] = Value::Array(items);
    plane.kubectl_stdin(User::Admin, &["create", "--filename=-"], &list.to_string())?;
    Ok(())
}

fn node(number: usize) -> Value {
    let (name, zone) = (format!("worker-{number:03}"), format!("zone-{}", number % 3 + 1));
    let labels =
        json!({"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "topology.kubernetes.io/zone": zone});
    json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": {}})
}

/// A Deployment with all that belongs to it.
fn service(namespace: &str, name: &str, pods: usize) -> [Value; 4] {
    let own = json!({"app.kubernetes.io/name": name});
    let labels = json!({
        "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop", "app.kubernetes.io/version": "2.14.3",
        "team": namespace,
    });
    let meta = json!({"name": name, "namespace": namespace, "labels": labels});
    let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": name});
    let data: serde_json::Map<String, Value> =
        (0..12).map(|key| (format!("setting.{key}"), json!("a value of usual length"))).collect();
    [
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {
            "selector": own, "ports": [{"name": "http", "port": 80, "targetPort": 8080}],
        }}),
        json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": {
            "scaleTargetRef": target, "minReplicas": pods, "maxReplicas": pods * 2,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {
                "type": "Utilization", "averageUtilization": 70,
            }}}],
        }}),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": {
            "replicas": pods, "revisionHistoryLimit": 5, "selector": {"matchLabels": own},
            "template": {"metadata": {"labels": labels, "annotations": {
                "prometheus.io/scrape": "true", "prometheus.io/port": "9090", "prometheus.io/path": "/metrics",
                "checksum/config": "5f1d7a84db00d2fce00b31a7fc73224f81d7a84db00d2fce00b31a7fc73224f8",
            }}, "spec": {
                "terminationGracePeriodSeconds": 45,
                "containers": [container(name, 8080), container("proxy", 15090)],
                "volumes": [{"name": "config", "configMap": {"name": name}}, {"name": "scratch", "emptyDir": {}}],
            }},
        }}),
    ]
}

/// A container of usual size: some settings, probes, resources, volumes.
fn container(name: &str, port: u16) -> Value {
    let mut settings: Vec<Value> = (0..37)
        .map(|number| json!({"name": format!("SETTING_{number:02}"), "value": format!("value-of-setting-{number}")}))
        .collect();
    for (name, path) in [("POD_NAME", "metadata.name"), ("POD_IP", "status.podIP"), ("NODE_NAME", "spec.nodeName")] {
        settings.push(json!({"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}));
    }
    let probe =
        |path: &str| json!({"httpGet": {"path": path, "port": "http"}, "periodSeconds": 10, "timeoutSeconds": 3});
    json!({
        "name": name, "image": format!("registry.example.com/shop/{name}:2.14.3"), "env": settings,
        "ports": [{"name": "http", "containerPort": port}],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
        "livenessProbe": probe("/healthz"), "readinessProbe": probe("/readyz"), "startupProbe": probe("/startz"),
        "volumeMounts": [
            {"name": "config", "mountPath": "/etc/config", "readOnly": true}, {"name": "scratch", "mountPath": "/tmp"},
        ],
        "securityContext": {"allowPrivilegeEscalation": false, "runAsNonRoot": true, "readOnlyRootFilesystem": true},
    })
}
