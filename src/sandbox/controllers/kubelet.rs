//! The scheduler and the kubelets: pods are bound, start, become ready, crash, back off and end.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::sandbox::object::{
    self, at, list, name, namespace, next_condition, number, seconds_since, set, stamp, text, uid,
};
use crate::sandbox::random::hash;
use crate::sandbox::releases::{Fault::Starving, bad};
use crate::sandbox::world::World;

/// How long a terminating pod takes to be gone.
const ENDING_SECONDS: i64 = 2;
const LONGEST_BACK_OFF_SECONDS: i64 = 300;
const BACK_OFF_REPORT_SECONDS: i64 = 15;
/// When the probe of a container that does not get ready is reported.
const UNREADY_REPORT_SECONDS: i64 = 8;

/// How a container of a faulty pod fails.
struct Fault {
    /// Seconds from a start of the container to its end.
    survives: i64,
    reason: &'static str,
    exit_code: i64,
}

/// Moves every pod by one second.
pub(super) fn tick(world: &mut World) {
    for pod in world.store.list("pods") {
        step(world, &pod);
    }
}

fn step(world: &mut World, pod: &Arc<Value>) {
    let now = world.now;
    let container = at(pod, "status.containerStatuses.0");
    let state = &container["state"];
    if object::is_terminating(pod) {
        if seconds_since(pod, "metadata.deletionTimestamp", now) + super::pods::GRACE_SECONDS >= ENDING_SECONDS {
            world.broken.remove(uid(pod));
            world.store.remove("pods", pod);
        }
    } else if container.is_null() {
        bind(world, pod);
    } else if state.get("running").is_some() {
        watch_over(world, pod, container);
    } else if text(state, "waiting.reason") == "CrashLoopBackOff" {
        let down = seconds_since(container, "lastState.terminated.finishedAt", now);
        if down >= back_off(number(container, "restartCount")) {
            start(world, pod);
        } else if down % BACK_OFF_REPORT_SECONDS == 0 {
            report_back_off(world, pod);
        }
    } else if text(state, "waiting.reason") == "ContainerCreating" {
        start(world, pod);
    }
}

/// Probes a running container: it crashes, complains, becomes ready, or simply runs on.
fn watch_over(world: &mut World, pod: &Value, container: &Value) {
    let age = |world: &World| seconds_since(container, "state.running.startedAt", world.now);
    match fault(world, pod) {
        None if container["ready"] == true => {}
        None if age(world) >= warm_up(pod) => run(world, pod, true),
        Some(fault) if age(world) >= fault.survives => crash(world, pod, &fault),
        Some(_) if age(world) == UNREADY_REPORT_SECONDS => report_unready(world, pod),
        _ => {}
    }
}

/// Says what is wrong with a pod: its image, or the pod itself.
fn fault(world: &World, pod: &Value) -> Option<Fault> {
    if let Some(&Starving(survives)) = bad(text(pod, "spec.containers.0.image")).map(|release| &release.fault) {
        return Some(Fault { survives, reason: "OOMKilled", exit_code: 137 });
    }
    world.broken.contains(uid(pod)).then_some(Fault { survives: 9, reason: "Error", exit_code: 1 })
}

fn back_off(restarts: i64) -> i64 {
    let doublings = u32::try_from(restarts.clamp(0, 5)).unwrap_or(5);
    (10 * 2_i64.pow(doublings)).min(LONGEST_BACK_OFF_SECONDS)
}

/// Seconds from the start of a container to its first successful probe.
fn warm_up(pod: &Value) -> i64 {
    let jitter = i64::try_from(hash(uid(pod)) % 3).unwrap_or_default();
    number(pod, "spec.containers.0.readinessProbe.initialDelaySeconds") + jitter
}

fn bind(world: &mut World, pod: &Value) {
    let pods = world.store.list("pods");
    let load = |node: &Value| pods.iter().filter(|pod| text(pod, "spec.nodeName") == name(node)).count();
    let nodes = world.store.list("nodes");
    let wanted = text(pod, "spec.nodeName");
    let fitting = nodes.iter().filter(|node| wanted.is_empty() || wanted == name(node));
    let Some(node) = fitting.min_by_key(|node| load(node)).map(Arc::clone) else { return };
    let mut bound = pod.clone();
    set(&mut bound, "spec.nodeName", json!(name(&node)));
    bound["status"] = status(world, &bound, &json!({"waiting": {"reason": "ContainerCreating"}}), false);
    let bound = world.store.put("pods", bound);
    let message = format!("Successfully assigned {}/{} to {}", namespace(pod), name(pod), name(&node));
    world.report(&bound, "default-scheduler", "Normal", "Scheduled", &message);
}

fn start(world: &mut World, pod: &Value) {
    let image = text(pod, "spec.containers.0.image");
    let message = format!("Container image \"{image}\" already present on machine");
    world.report(pod, "kubelet", "Normal", "Pulled", &message);
    let message = format!("Started container {}", text(pod, "spec.containers.0.name"));
    world.report(pod, "kubelet", "Normal", "Started", &message);
    run(world, pod, false);
}

fn run(world: &mut World, pod: &Value, ready: bool) {
    let running = at(pod, "status.containerStatuses.0.state.running.startedAt");
    let since = if ready { running.clone() } else { json!(world.now.to_string()) };
    let status = status(world, pod, &json!({"running": {"startedAt": since}}), ready);
    world.set_status(pod, status);
}

fn crash(world: &mut World, pod: &Value, fault: &Fault) {
    let restarts = number(pod, "status.containerStatuses.0.restartCount");
    let message = format!(
        "back-off {}s restarting failed container={} pod={}_{}({})",
        back_off(restarts),
        text(pod, "spec.containers.0.name"),
        name(pod),
        namespace(pod),
        uid(pod)
    );
    let mut status = status(world, pod, &json!({"waiting": {"reason": "CrashLoopBackOff", "message": message}}), false);
    let started = at(pod, "status.containerStatuses.0.state.running.startedAt");
    status["containerStatuses"][0]["lastState"] = json!({"terminated": {
        "exitCode": fault.exit_code, "reason": fault.reason, "startedAt": started,
        "finishedAt": world.now.to_string(), "containerID": container_id(pod, 0, restarts),
    }});
    world.set_status(pod, status);
    report_back_off(world, pod);
}

fn report_back_off(world: &mut World, pod: &Value) {
    let container = text(pod, "spec.containers.0.name");
    let (space, pod_name, pod_uid) = (namespace(pod), name(pod), uid(pod));
    let message = format!("Back-off restarting failed container {container} in pod {pod_name}_{space}({pod_uid})");
    world.report(pod, "kubelet", "Warning", "BackOff", &message);
}

fn report_unready(world: &mut World, pod: &Value) {
    let (address, port) = (text(pod, "status.podIP"), number(pod, "spec.containers.0.ports.0.containerPort"));
    let message = format!(
        "Readiness probe failed: Get \"http://{address}:{port}/readyz\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    );
    world.report(pod, "kubelet", "Warning", "Unhealthy", &message);
}

/// Makes the whole status of a bound pod whose first container is in `state`; the others always run.
fn status(world: &World, pod: &Value, state: &Value, ready: bool) -> Value {
    let (old, now) = (at(pod, "status"), world.now);
    let started = at(old, "startTime").as_str().map_or_else(|| stamp(now, 0), str::to_owned);
    let containers = list(pod, "spec.containers");
    let unready = format!("containers with unready status: [{}]", text(pod, "spec.containers.0.name"));
    let (answer, reason, message) =
        if ready { ("True", "", "") } else { ("False", "ContainersNotReady", unready.as_str()) };
    let phase = if state["waiting"]["reason"] == "ContainerCreating" { "Pending" } else { "Running" };
    let address = format!("10.64.{}.{}", hash(text(pod, "spec.nodeName")) % 250, hash(uid(pod)) % 250 + 2);
    let statuses: Vec<Value> =
        containers.iter().enumerate().map(|(index, spec)| container_status(pod, index, spec, state, ready)).collect();
    json!({
        "phase": phase, "qosClass": "Burstable", "startTime": started,
        "observedGeneration": at(pod, "metadata.generation"),
        "hostIP": format!("192.0.2.{}", hash(text(pod, "spec.nodeName")) % 250), "podIP": address, "podIPs": [{"ip": address}],
        "conditions": [
            next_condition(old, now, "PodReadyToStartContainers", "True", "", ""),
            next_condition(old, now, "Initialized", "True", "", ""),
            next_condition(old, now, "Ready", answer, reason, message),
            next_condition(old, now, "ContainersReady", answer, reason, message),
            next_condition(old, now, "PodScheduled", "True", "", ""),
        ],
        "containerStatuses": statuses,
    })
}

fn container_status(pod: &Value, index: usize, spec: &Value, state: &Value, ready: bool) -> Value {
    let old = &at(pod, "status.containerStatuses")[index];
    let is_sidecar = index > 0 && old["state"].get("running").is_some();
    let (state, ready) = if is_sidecar { (&old["state"], true) } else { (state, ready) };
    let is_running = state.get("running").is_some();
    let starts_again = is_running && old["state"]["waiting"]["reason"] == "CrashLoopBackOff";
    let restarts = number(old, "restartCount") + i64::from(starts_again);
    let image = text(spec, "image");
    json!({
        "name": spec["name"], "image": image, "ready": ready, "started": is_running, "restartCount": restarts,
        "imageID": format!("{}@sha256:{:016x}{:016x}", image.split(':').next().unwrap_or_default(), hash(image), !hash(image)),
        "containerID": container_id(pod, index, restarts), "state": state,
        "lastState": old.get("lastState").cloned().unwrap_or_else(|| json!({})),
    })
}

fn container_id(pod: &Value, index: usize, restarts: i64) -> String {
    format!("containerd://{:016x}", hash(&format!("{}{index}{restarts}", uid(pod))))
}
