//! Objects that no server would accept: every name, label and sentence of them is an attack.

use serde_json::{Value, json};

use crate::attack::Payload;

/// The kinds of which each attack makes one object.
pub(crate) const EACH: [&str; 4] = ["deploy", "rs", "po", "ev"];

/// The kinds among which the attacks are shared out.
pub(crate) const SHARED: [&str; 14] = [
    "sts",
    "ds",
    "controllerrevisions",
    "hpa",
    "pdb",
    "jobs",
    "cj",
    "svc",
    "endpointslices",
    "ing",
    "no",
    "cm",
    "secrets",
    "ns",
];

/// The attacks that a shared kind gets.
pub(crate) fn share<'a>(payloads: &'a [Payload], kind: &str) -> impl Iterator<Item = &'a Payload> {
    let place = SHARED.iter().position(|known| *known == kind).unwrap_or_default();
    payloads.iter().skip(place).step_by(SHARED.len())
}

/// Every object.
pub(crate) fn objects(payloads: &[Payload]) -> Vec<Value> {
    let mut objects: Vec<Value> = payloads.iter().flat_map(|payload| stack(&payload.mark, &payload.text())).collect();
    for kind in SHARED {
        objects.extend(share(payloads, kind).map(|payload| shared(kind, &payload.mark, &payload.text())));
    }
    objects
}

/// Metadata in which every word is the attack.
fn meta(kind: &str, mark: &str, evil: &str) -> Value {
    json!({
        "name": evil, "namespace": "staging", "uid": format!("{kind}-{mark}"), "creationTimestamp": "2026-11-21T08:00:00Z",
        "labels": {"app.kubernetes.io/name": evil, "app.kubernetes.io/managed-by": "Helm", evil: evil},
        "annotations": {
            "kubernetes.io/change-cause": evil, "deployment.kubernetes.io/revision": "1", "meta.helm.sh/release-name": evil,
            evil: evil,
        },
    })
}

/// The same with an owner.
fn owned(kind: &str, mark: &str, evil: &str, owner: (&str, &str)) -> Value {
    let mut meta = meta(kind, mark, evil);
    meta["ownerReferences"] =
        json!([{"apiVersion": "apps/v1", "kind": owner.0, "name": evil, "uid": owner.1, "controller": true}]);
    meta
}

fn template(evil: &str) -> Value {
    json!({
        "metadata": {"labels": {"app": evil}},
        "spec": {"containers": [{"name": evil, "image": format!("registry.example/{evil}:{evil}")}]},
    })
}

/// A release in trouble: a Deployment, its ReplicaSet, its pod, and what is told about that.
fn stack(mark: &str, evil: &str) -> [Value; 4] {
    let condition = json!({
        "type": evil, "status": "False", "reason": evil, "message": evil, "lastTransitionTime": "2026-11-21T08:00:00Z",
    });
    let spec = json!({"replicas": 1, "selector": {"matchLabels": {"app": evil}}, "template": template(evil)});
    let ended = json!({"reason": evil, "message": evil, "exitCode": 137, "finishedAt": "2026-11-21T08:00:00Z"});
    [
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("deploy", mark, evil), "spec": spec,
            "status": {"replicas": 1, "updatedReplicas": 1, "conditions": [condition]},
        }),
        json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "spec": spec, "status": {"replicas": 1},
            "metadata": owned("rs", mark, evil, ("Deployment", &format!("deploy-{mark}"))),
        }),
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": owned("po", mark, evil, ("ReplicaSet", &format!("rs-{mark}"))),
            "spec": {"nodeName": evil, "containers": template(evil)["spec"]["containers"]},
            "status": {"phase": evil, "podIP": evil, "conditions": [condition], "containerStatuses": [{
                "name": evil, "ready": false, "restartCount": 3, "lastState": {"terminated": ended},
                "state": {"waiting": {"reason": evil, "message": evil}},
            }]},
        }),
        json!({
            "apiVersion": "v1", "kind": "Event", "metadata": meta("ev", mark, evil), "type": "Warning", "reason": evil,
            "message": evil, "count": 2, "source": {"component": evil}, "lastTimestamp": "2026-11-21T08:00:00Z",
            "involvedObject": {"kind": "Pod", "name": evil, "namespace": "staging", "uid": format!("po-{mark}")},
        }),
    ]
}

/// An object of a kind that has nothing to do with the others.
fn shared(kind: &str, mark: &str, evil: &str) -> Value {
    let spec = json!({"replicas": 1, "selector": {"matchLabels": {"app": evil}}, "template": template(evil)});
    let (name, more) = match kind {
        "sts" => ("StatefulSet", json!({"spec": spec, "status": {"currentRevision": evil, "updateRevision": evil}})),
        "ds" => ("DaemonSet", json!({"spec": spec, "status": {"desiredNumberScheduled": 1}})),
        "controllerrevisions" => {
            ("ControllerRevision", json!({"revision": 1, "data": {"spec": {"template": template(evil)}}}))
        }
        "hpa" => (
            "HorizontalPodAutoscaler",
            json!({
                "spec": {"scaleTargetRef": {"kind": "Deployment", "name": evil}, "maxReplicas": 2},
                "status": {"conditions": [{"type": evil, "status": evil, "reason": evil, "message": evil}]},
            }),
        ),
        "pdb" => ("PodDisruptionBudget", json!({"spec": {"minAvailable": evil}})),
        "jobs" => ("Job", json!({"status": {"conditions": [{"type": "Failed", "status": "True", "message": evil}]}})),
        "cj" => ("CronJob", json!({"spec": {"schedule": evil}})),
        "svc" => (
            "Service",
            json!({"spec": {
                "type": evil, "clusterIP": evil, "selector": {"app": evil}, "ports": [{"name": evil, "port": 1, "protocol": evil}],
            }}),
        ),
        "endpointslices" => ("EndpointSlice", json!({"addressType": evil, "endpoints": [{"addresses": [evil]}]})),
        "ing" => (
            "Ingress",
            json!({
                "spec": {"ingressClassName": evil, "rules": [{"host": evil}], "defaultBackend": {"service": {"name": evil}}},
                "status": {"loadBalancer": {"ingress": [{"hostname": evil}]}},
            }),
        ),
        "no" => (
            "Node",
            json!({"status": {
                "nodeInfo": {"kubeletVersion": evil}, "addresses": [{"type": "InternalIP", "address": evil}],
                "conditions": [{"type": "Ready", "status": "False", "reason": evil, "message": evil}],
            }}),
        ),
        "cm" => ("ConfigMap", json!({})),
        "secrets" => ("Secret", json!({})),
        _ => ("Namespace", json!({"status": {"phase": evil}})),
    };
    let mut object = more;
    object["kind"] = name.into();
    object["metadata"] = meta(kind, mark, evil);
    if ["no", "ns"].contains(&kind) {
        object["metadata"].as_object_mut().map(|meta| meta.remove("namespace"));
    }
    object
}

/// A Deployment and its pod whose names are sound, so that they can be read whole, and that carry every attack.
pub(crate) fn sound(payloads: &[Payload]) -> Vec<Value> {
    let text = |payload: &Payload| payload.text();
    let pairs = |about: &str| -> serde_json::Map<String, Value> {
        payloads.iter().map(|payload| (format!("{about}-{}", payload.text()), text(payload).into())).collect()
    };
    let evils: Vec<String> = payloads.iter().map(text).collect();
    let environment: Vec<Value> = evils.iter().map(|evil| json!({"name": evil, "value": evil})).collect();
    let conditions: Vec<Value> = evils
        .iter()
        .map(|evil| json!({"type": evil, "status": "False", "reason": evil, "message": format!("{evil}\n{evil}")}))
        .collect();
    let containers: Vec<Value> = evils
        .iter()
        .map(
            |evil| json!({"name": evil, "image": evil, "env": environment[..3], "resources": {"limits": {evil: evil}}}),
        )
        .collect();
    let mut meta = json!({
        "name": "sound", "namespace": "staging", "creationTimestamp": "2026-11-21T08:00:00Z",
        "labels": pairs("label"), "annotations": pairs("annotation"), "finalizers": evils,
    });
    meta["labels"]["app.kubernetes.io/name"] = "sound".into();
    meta["annotations"]["meta.helm.sh/release-name"] = evils[0].clone().into();
    meta["annotations"]["argocd.argoproj.io/tracking-id"] = evils[1].clone().into();
    let with_uid = |uid: &str| {
        let mut meta = meta.clone();
        meta["uid"] = uid.into();
        meta
    };
    let template = json!({"metadata": {"labels": {"app": "sound"}}, "spec": {"containers": containers}});
    let spec = json!({"replicas": 1, "selector": {"matchLabels": {"app": "sound"}}, "template": template});
    vec![
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": with_uid("sound-deploy"), "spec": spec,
            "status": {"replicas": 1, "conditions": conditions},
        }),
        json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": with_uid("sound-po"), "spec": template["spec"],
            "status": {"phase": "Running", "conditions": conditions, "message": evils[2]},
        }),
    ]
}
