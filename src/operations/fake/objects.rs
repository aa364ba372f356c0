//! Objects as a server gives them, small enough to read.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::plan::Plan;
use crate::domain::traffic::Bounds;
use crate::domain::update::Identity;
use crate::operations::plan::Place;
use crate::operations::ports::Review;
use crate::operations::read::Snapshot;

/// When everything is read.
pub(in crate::operations) fn now() -> Timestamp {
    "2026-11-21T03:12:00.5Z".parse().expect("a time")
}

/// The target of a kind.
pub(in crate::operations) fn target(kind: Kind) -> ObjectRef {
    ObjectRef {
        cluster: ClusterName("prod-eu".into()),
        kind,
        namespace: "production".into(),
        name: if kind == Kind::Pod { "chat-service-1".into() } else { "chat-service".into() },
    }
}

/// A protected environment.
pub(in crate::operations) fn place() -> Place {
    Place {
        service: "chat-service".into(),
        environment: "production".into(),
        is_protected: true,
        traffic: Bounds::default(),
    }
}

/// Who asks.
pub(in crate::operations) fn alice() -> Identity {
    Identity { user: "alice".into(), groups: vec!["developers".into()] }
}

/// A rollback without or with a pin.
pub(in crate::operations) fn rollback(kind: Kind, to: Option<&str>) -> Intent {
    Intent::Rollback { target: target(kind), to: to.map(Into::into) }
}

/// A template of version `tag`.
pub(in crate::operations) fn template(tag: &str) -> Value {
    json!({
        "metadata": { "labels": { "app": "chat" }, "annotations": { "team": "messaging" } },
        "spec": {
            "initContainers": [{ "name": "migrate", "image": "registry.example/migrate:2" }],
            "containers": [{
                "name": "chat",
                "image": format!("registry.example/chat:{tag}"),
                "env": [{ "name": "RELEASE", "value": tag }],
                "envFrom": [{ "configMapRef": { "name": "chat-config" } }],
            }],
        },
    })
}

/// A finished workload of version `tag` with 4 pods, of revision 7.
pub(in crate::operations) fn workload(kind: Kind, tag: &str) -> Value {
    let mut object = json!({
        "metadata": {
            "name": "chat-service", "namespace": "production", "uid": "uid-chat", "generation": 7,
            "annotations": { "kubernetes.io/change-cause": "release" },
        },
        "spec": { "selector": { "matchLabels": { "app": "chat" } }, "revisionHistoryLimit": 10, "template": template(tag) },
        "status": { "observedGeneration": 7 },
    });
    let (spec, status) = match kind {
        Kind::Deployment => (
            json!({ "replicas": 4, "strategy": { "type": "RollingUpdate" } }),
            json!({
                "replicas": 4, "updatedReplicas": 4, "readyReplicas": 4, "availableReplicas": 4,
                "conditions": [{ "type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable" }],
            }),
        ),
        Kind::StatefulSet => (
            json!({
                "replicas": 4, "podManagementPolicy": "OrderedReady",
                "updateStrategy": { "type": "RollingUpdate", "rollingUpdate": { "partition": 0 } },
            }),
            json!({
                "replicas": 4, "updatedReplicas": 4, "readyReplicas": 4, "availableReplicas": 4,
                "currentRevision": "chat-service-bad", "updateRevision": "chat-service-bad",
            }),
        ),
        _ => (
            json!({ "updateStrategy": { "type": "RollingUpdate" } }),
            json!({ "desiredNumberScheduled": 4, "updatedNumberScheduled": 4, "numberAvailable": 4 }),
        ),
    };
    merge(&mut object["spec"], spec);
    merge(&mut object["status"], status);
    object
}

/// The workload in the middle of a rollout that fails: 1 pod of the new revision, and it is not ready.
pub(in crate::operations) fn failing(kind: Kind, tag: &str) -> Value {
    let mut object = workload(kind, tag);
    let status = match kind {
        Kind::Deployment => json!({
            "replicas": 5, "updatedReplicas": 1, "unavailableReplicas": 1,
            "conditions": [{ "type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated" }],
        }),
        Kind::StatefulSet => json!({
            "updatedReplicas": 1, "readyReplicas": 3, "availableReplicas": 3,
            "currentRevision": "chat-service-good", "updateRevision": "chat-service-bad",
        }),
        _ => json!({ "updatedNumberScheduled": 1, "numberAvailable": 3 }),
    };
    merge(&mut object["status"], status);
    object
}

/// Sets the members of one object in another, and of what is in it.
pub(in crate::operations) fn merge(into: &mut Value, members: Value) {
    match members {
        Value::Object(members) => members.into_iter().for_each(|(name, value)| merge(&mut into[name], value)),
        other => *into = other,
    }
}

/// A revision of a workload, as its kind keeps it; `hash` ends its name.
pub(in crate::operations) fn revision(kind: Kind, number: i64, hash: &str, tag: &str) -> Value {
    let meta = json!({
        "name": format!("chat-service-{hash}"),
        "labels": { "pod-template-hash": hash },
        "annotations": { "deployment.kubernetes.io/revision": number.to_string() },
        "ownerReferences": [{ "controller": true, "uid": "uid-chat" }],
    });
    let mut template = template(tag);
    if kind == Kind::Deployment {
        template["metadata"]["labels"]["pod-template-hash"] = json!(hash);
        return json!({ "metadata": meta, "spec": { "template": template }, "status": { "replicas": 0 } });
    }
    template["$patch"] = json!("replace");
    json!({ "metadata": meta, "revision": number, "data": { "spec": { "template": template } } })
}

/// A pod of a revision.
pub(in crate::operations) fn pod(name: &str, revision: &str, is_ready: bool) -> Value {
    json!({
        "metadata": {
            "name": name, "uid": format!("uid-{name}"), "resourceVersion": "41",
            "labels": { "app": "chat", "controller-revision-hash": revision },
            "ownerReferences": [{ "controller": true, "kind": "StatefulSet", "name": "chat-service", "uid": "uid-chat" }],
        },
        "spec": { "nodeName": "node-3", "terminationGracePeriodSeconds": 60 },
        "status": {
            "phase": "Running",
            "conditions": [{ "type": "Ready", "status": if is_ready { "True" } else { "False" } }],
        },
    })
}

/// An autoscaler of the Deployment, between 2 and 6.
pub(in crate::operations) fn autoscaler() -> Value {
    json!({
        "metadata": { "name": "chat-hpa", "uid": "uid-hpa" },
        "spec": {
            "scaleTargetRef": { "kind": "Deployment", "name": "chat-service" }, "minReplicas": 2, "maxReplicas": 6,
        },
    })
}

/// A disruption budget of the chat pods.
pub(in crate::operations) fn budget(allowed: i64) -> Value {
    json!({
        "metadata": { "name": "chat-pdb" },
        "spec": { "selector": { "matchLabels": { "app": "chat" } } },
        "status": { "disruptionsAllowed": allowed },
    })
}

/// A snapshot of a target without revisions.
pub(in crate::operations) fn snapshot(target: Value) -> Snapshot {
    Snapshot {
        target,
        environment: None,
        revisions: Vec::new(),
        pods: Vec::new(),
        autoscalers: Vec::new(),
        budgets: Vec::new(),
        backings: Vec::new(),
        lease: None,
        lease_unchanged: std::time::Duration::ZERO,
        is_in_doubt: false,
        takes_back: false,
        identity: Ok(alice()),
        reviews: Vec::new(),
        gaps: Vec::new(),
        asked: now(),
        taken: now(),
    }
}

/// A workload of revision 7 (1.5.0, `bad`) with the two before it: 6 (1.4.1, `good`) and 5 (1.4.0, `older`).
pub(in crate::operations) fn with_history(kind: Kind, target: Value) -> Snapshot {
    let revisions = [(6, "good", "1.4.1"), (7, "bad", "1.5.0"), (5, "older", "1.4.0")];
    Snapshot {
        revisions: revisions.map(|(number, hash, tag)| revision(kind, number, hash, tag)).into(),
        ..snapshot(target)
    }
}

/// Lets the cluster allow all that a plan needs.
pub(in crate::operations) fn allow(snapshot: &mut Snapshot, plan: &Plan) {
    snapshot.reviews = plan.access.iter().map(|access| (access.clone(), Review::Allowed)).collect();
}
