//! An object of any kind as JSON for scripts and archives: its members keep their names, whatever we call them.

use serde_json::{Map, Value, json};

use super::alert::Alert;
use super::condition::{Truth, find};
use super::json::merge;
use super::object::{Labels, Meta, ObjectRef};
use super::pod::{Container, ContainerState, Pod};
use super::row::Row;
use super::service::Service;
use super::workload::Workload;

/// An object with its identity and what its kind adds.
pub fn describe(row: &Row, object: &ObjectRef) -> Value {
    let mut described = identity(row.meta(), object);
    merge(&mut described, members(row));
    described
}

/// How a service is.
pub fn condition(service: &Service) -> Value {
    json!({
        "health": service.verdict.health.word(),
        "reason": service.verdict.reason,
        "since": service.verdict.since,
        "version": service.version.now,
        "nextVersion": service.version.next,
        "ready": service.ready,
        "desired": service.desired,
        "restarts": service.restarts,
    })
}

/// What an alert says for people to read, and where that comes from.
pub fn announcement(alert: &Alert) -> Value {
    json!({
        "summary": alert.summary(),
        "runbook": alert.runbook(),
        "labels": labels(&alert.labels),
        "annotations": labels(&alert.annotations),
        "silencedBy": alert.silenced_by,
        "evaluatedByMidwatch": alert.evaluated.is_some(),
    })
}

/// What every object has.
fn identity(meta: &Meta, object: &ObjectRef) -> Value {
    json!({
        "cluster": object.cluster,
        "resource": object.kind.plural(),
        "namespace": meta.namespace,
        "name": meta.name,
        "uid": meta.uid,
        "created": meta.created,
        "deleted": meta.deleted,
        "labels": labels(&meta.labels),
        "owner": meta.owner.as_ref().map(|owner| json!({ "kind": owner.kind, "name": owner.name })),
    })
}

/// What its kind adds.
fn members(row: &Row) -> Value {
    match row {
        Row::Namespace(row) => json!({ "phase": row.phase }),
        Row::Deployment(row) | Row::StatefulSet(row) | Row::DaemonSet(row) => workload(row),
        Row::Rollout(row) => rollout(row),
        Row::HttpRoute(row) => json!({
            "hosts": row.hosts, "parents": row.parents, "weights": row.weights(), "rules": row.rules,
            "steeredBy": row.steered_by,
        }),
        Row::AnalysisRun(row) => json!({
            "phase": row.phase, "message": row.message,
            "metrics": row.metrics.iter().map(|one| json!({
                "name": one.name, "phase": one.phase, "count": one.count, "failed": one.failed, "value": one.value,
                "measured": one.measured,
            })).collect::<Vec<_>>(),
        }),
        Row::Pod(row) => pod(row),
        Row::ReplicaSet(row) => json!({
            "revision": row.revision, "hash": row.hash(), "desired": row.desired, "ready": row.ready, "images": row.images,
            "changeCause": row.change_cause,
        }),
        Row::Autoscaler(row) => json!({
            "target": format!("{}/{}", row.target_kind.to_lowercase(), row.target_name),
            "min": row.min, "max": row.max, "current": row.current, "desired": row.desired,
        }),
        Row::DisruptionBudget(row) => json!({
            "minAvailable": row.min_available, "maxUnavailable": row.max_unavailable, "allowed": row.allowed,
            "healthy": row.healthy, "expected": row.expected,
        }),
        Row::Job(row) => json!({
            "completions": row.completions, "succeeded": row.succeeded, "failed": row.failed, "active": row.active,
            "started": row.started, "finished": row.finished,
        }),
        Row::CronJob(row) => json!({
            "schedule": row.schedule, "suspended": row.is_suspended, "active": row.active, "last": row.last,
        }),
        Row::Service(row) => json!({
            "class": row.class, "clusterIp": row.cluster_ip, "ports": row.ports, "selector": labels(&row.selector),
        }),
        Row::EndpointSlice(row) => json!({ "addressType": row.address_type, "ready": row.ready, "total": row.total }),
        Row::Ingress(row) => json!({
            "class": row.class, "hosts": row.hosts, "backends": row.backends, "addresses": row.addresses,
        }),
        Row::Node(row) => {
            let ready = find(&row.conditions, "Ready").map(|ready| ready.truth);
            let status = match ready {
                Some(Truth::True) => "Ready",
                Some(Truth::False) => "NotReady",
                _ => "Unknown",
            };
            json!({ "status": status, "cordoned": row.is_cordoned, "version": row.version, "ip": row.ip })
        }
        Row::Event(row) => json!({
            "class": row.class, "reason": row.reason, "message": row.message, "count": row.count, "source": row.source,
            "about": format!("{}/{}", row.about_kind.to_lowercase(), row.about_name), "first": row.first, "last": row.last,
        }),
        Row::Lease(row) => json!({ "holder": row.holder, "renewed": row.renewed, "about": row.about }),
        Row::Unreadable(row) => json!({ "unreadable": row.why }),
        Row::ControllerRevision(_) | Row::ConfigMap(_) | Row::Secret(_) => Value::Null,
    }
}

fn workload(row: &Workload) -> Value {
    json!({
        "desired": row.desired, "current": row.current, "updated": row.updated, "ready": row.ready,
        "available": row.available, "paused": row.is_paused, "images": row.images, "version": row.version(),
        "revision": row.revision, "changeCause": row.change_cause,
    })
}

fn rollout(row: &Workload) -> Value {
    let (Value::Object(mut members), Some(argo)) = (workload(row), row.argo.as_deref()) else { return workload(row) };
    members.insert("phase".to_owned(), json!(argo.phase));
    members.insert("step".to_owned(), json!(argo.progress().map(|(at, of)| format!("{at}/{of}"))));
    members.insert("weight".to_owned(), json!(argo.weights.map(|weights| weights.canary)));
    members.insert("argo".to_owned(), json!(argo));
    Value::Object(members)
}

fn pod(row: &Pod) -> Value {
    let (ready, all) = row.readiness();
    json!({
        "readiness": format!("{ready}/{all}"), "status": row.status(), "phase": row.phase, "restarts": row.restarts(),
        "node": row.node, "ip": row.ip, "containers": row.containers.iter().map(container).collect::<Vec<_>>(),
    })
}

fn container(container: &Container) -> Value {
    let (state, reason) = match &container.state {
        ContainerState::Unreported => ("unreported", None),
        ContainerState::Waiting { reason, .. } => ("waiting", Some(reason)),
        ContainerState::Running { .. } => ("running", None),
        ContainerState::Terminated(end) => ("terminated", Some(&end.reason)),
    };
    let last =
        container.last.as_ref().map(|end| json!({ "reason": end.reason, "exitCode": end.exit_code, "at": end.at }));
    json!({
        "name": container.name, "image": container.image, "ready": container.ready, "restarts": container.restarts,
        "state": state, "reason": reason, "lastTermination": last,
    })
}

/// Labels or annotations as an object.
pub fn labels(labels: &Labels) -> Value {
    labels.iter().map(|(key, value)| (key.to_string(), Value::from(value.as_str()))).collect::<Map<_, _>>().into()
}
