//! A route and the Services behind it as a server gives them.

use serde_json::{Value, json};

use super::objects::{merge, snapshot, target};
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::operations::read::{Backing, Snapshot};

/// A pod of an arm with an address.
pub(in crate::operations) fn pod(arm: &str, id: usize, version: &str, is_ready: bool) -> Value {
    let mut pod = super::objects::pod(&format!("chat-{arm}-{id}"), "r", is_ready);
    merge(
        &mut pod,
        json!({
            "metadata": { "labels": { "arm": arm, "version": version } },
            "spec": { "containers": [{ "image": format!("registry.example/chat:{version}") }] },
            "status": { "podIP": format!("10.0.{}.{id}", arm.len()) },
        }),
    );
    pod
}

/// A Service with so many ready pods of a version behind it.
pub(in crate::operations) fn backing(arm: &str, version: &str, ready: usize) -> Backing {
    let pods: Vec<Value> = (0..ready).map(|id| pod(arm, id, version, true)).collect();
    let endpoints: Vec<Value> = pods
        .iter()
        .map(|pod| json!({ "addresses": [pod["status"]["podIP"]], "conditions": { "ready": true } }))
        .collect();
    Backing {
        namespace: "production".into(),
        name: format!("chat-{arm}").into(),
        service: Some(json!({ "spec": { "selector": { "app": "chat", "arm": arm } } })),
        slices: vec![json!({ "addressType": "IPv4", "endpoints": endpoints })],
        pods,
        revisions: Vec::new(),
    }
}

/// One rule that splits between the two.
pub(in crate::operations) fn rule(stable: u64, canary: u64) -> Value {
    json!({ "backendRefs": [
        { "kind": "Service", "name": "chat-stable", "port": 80, "weight": stable },
        { "kind": "Service", "name": "chat-canary", "port": 80, "weight": canary },
    ] })
}

/// A route of these rules, taken by its only parent.
pub(in crate::operations) fn route(rules: Vec<Value>) -> Value {
    let rules = Value::from(rules);
    let condition = |about: &str| json!({ "type": about, "status": "True", "observedGeneration": 3 });
    json!({
        "metadata": { "name": "chat-service", "namespace": "production", "uid": "uid-route", "generation": 3 },
        "spec": { "parentRefs": [{ "name": "edge", "namespace": "edge" }], "rules": rules },
        "status": { "parents": [{
            "parentRef": { "name": "edge", "namespace": "edge" },
            "conditions": [condition("Accepted"), condition("ResolvedRefs")],
        }] },
    })
}

/// The route with three stable pods and two of the canary.
pub(in crate::operations) fn split(rules: Vec<Value>) -> Snapshot {
    Snapshot { backings: vec![backing("stable", "1.4.1", 3), backing("canary", "1.5.0", 2)], ..snapshot(route(rules)) }
}

/// The wish for a share of the canary.
pub(in crate::operations) fn shift(percent: u8) -> Intent {
    Intent::Shift { target: target(Kind::HttpRoute), arm: "chat-canary".into(), percent }
}

/// A Service that selects blue, with three pods of it ready and as many of green as given.
pub(in crate::operations) fn blue_green(green: usize) -> Snapshot {
    let service = json!({
        "metadata": { "name": "chat-service", "namespace": "production", "uid": "uid-service" },
        "spec": { "type": "ClusterIP", "clusterIP": "10.9.0.7", "selector": { "app": "chat", "arm": "blue" } },
    });
    Snapshot { backings: vec![backing("blue", "1.4.1", 3), backing("green", "1.5.0", green)], ..snapshot(service) }
}

/// The wish for other pods.
pub(in crate::operations) fn switch(arm: &str) -> Intent {
    Intent::Switch { target: target(Kind::Service), to: vec![("arm".into(), arm.into())] }
}
