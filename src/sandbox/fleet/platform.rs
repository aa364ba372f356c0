//! The ground the fleet stands on: namespaces, nodes, and the nightly job.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::workloads::{container, pod_spec_of};
use crate::sandbox::object::{name, owner_reference, stamp};
use crate::sandbox::world::World;

/// How long the cron job has existed.
const CRON_JOB_HOURS: i64 = 987;

/// Creates the namespaces.
pub(super) fn create_namespaces(world: &mut World) {
    for name in ["kube-system", "monitoring", "production", "staging"] {
        let body = json!({
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"},
        });
        world.create("namespaces", "kubectl-create", body);
    }
}

/// Creates three healthy nodes.
pub(super) fn create_nodes(world: &mut World) {
    for (index, name) in ["node-a", "node-b", "node-c"].iter().enumerate() {
        let room = json!({"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi"});
        let condition = |kind: &str, status: &str, reason: &str| {
            json!({
                "type": kind, "status": status, "reason": reason, "message": "", "lastHeartbeatTime": stamp(world.now, 0),
                "lastTransitionTime": stamp(world.now, 0),
            })
        };
        let body = json!({
            "metadata": {"name": name, "labels": {
                "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "topology.kubernetes.io/zone": format!("zone-{}", index + 1),
            }},
            "spec": {"podCIDR": format!("10.64.{index}.0/24")},
            "status": {
                "capacity": room, "allocatable": room,
                "addresses": [{"type": "InternalIP", "address": format!("192.0.2.{}", 11 + index)}, {"type": "Hostname", "address": name}],
                "conditions": [
                    condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
                    condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
                    condition("PIDPressure", "False", "KubeletHasSufficientPID"),
                    condition("Ready", "True", "KubeletReady"),
                ],
                "nodeInfo": {
                    "kubeletVersion": "v1.36.3", "osImage": "Debian GNU/Linux 13 (trixie)", "kernelVersion": "6.12.0",
                    "containerRuntimeVersion": "containerd://2.2.0", "architecture": "amd64", "operatingSystem": "linux",
                },
            },
        });
        world.create("nodes", "kubelet", body);
    }
}

fn digest_pod() -> Value {
    pod_spec_of(
        &[container("nightly-digest", "registry.example.com/messaging/nightly-digest:1.1.0", 8090, "128Mi")],
        "OnFailure",
    )
}

/// Creates the nightly job: its schedule, and its last run at two in the morning with the pod that did it.
pub(super) fn create_nightly_job(world: &mut World) {
    let labels = json!({"app.kubernetes.io/name": "nightly-digest", "app.kubernetes.io/part-of": "messaging"});
    let now = world.now;
    let since_two = (now.as_second() - 2 * 3_600).rem_euclid(24 * 3_600);
    let ran = now - SignedDuration::from_secs(since_two);
    let template = json!({"metadata": {"labels": labels}, "spec": digest_pod()});
    world.now = now - SignedDuration::from_hours(CRON_JOB_HOURS);
    let cron_job = world.create("cronjobs", "kubectl-client-side-apply", json!({
        "metadata": {"name": "nightly-digest", "namespace": "production", "labels": labels},
        "spec": {
            "schedule": "0 2 * * *", "timeZone": "Etc/UTC", "concurrencyPolicy": "Forbid", "suspend": false,
            "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1, "jobTemplate": {"spec": {"template": template}},
        },
        "status": {"lastScheduleTime": stamp(ran, 0), "lastSuccessfulTime": stamp(ran, 74)},
    }));

    world.now = ran;
    let job_name = format!("nightly-digest-{}", ran.as_second() / 60);
    let completed = json!({"type": "Complete", "status": "True", "reason": "CompletionsReached", "lastProbeTime": stamp(ran, 74), "lastTransitionTime": stamp(ran, 74)});
    let job = world.create("jobs", "kube-controller-manager", json!({
        "metadata": {"name": job_name, "namespace": "production", "labels": labels, "ownerReferences": [owner_reference(&cron_job)]},
        "spec": {"parallelism": 1, "completions": 1, "backoffLimit": 6, "completionMode": "NonIndexed", "template": template},
        "status": {"startTime": stamp(ran, 0), "completionTime": stamp(ran, 74), "succeeded": 1, "ready": 0, "terminating": 0, "conditions": [completed]},
    }));

    let pod_name = format!("{job_name}-{}", world.random.suffix());
    let mut spec = digest_pod();
    spec["nodeName"] = json!("node-b");
    let done = |kind: &str, status: &str| json!({"type": kind, "status": status, "reason": "PodCompleted", "lastTransitionTime": stamp(ran, 74)});
    let terminated =
        json!({"exitCode": 0, "reason": "Completed", "startedAt": stamp(ran, 2), "finishedAt": stamp(ran, 74)});
    let mut pod_labels = labels.clone();
    pod_labels["batch.kubernetes.io/job-name"] = json!(name(&job));
    world.create("pods", "kube-controller-manager", json!({
        "metadata": {"name": pod_name, "namespace": "production", "labels": pod_labels, "ownerReferences": [owner_reference(&job)]},
        "spec": spec,
        "status": {
            "phase": "Succeeded", "startTime": stamp(ran, 0), "podIP": "10.64.1.77", "podIPs": [{"ip": "10.64.1.77"}], "qosClass": "Burstable",
            "conditions": [done("Initialized", "True"), done("Ready", "False"), done("ContainersReady", "False"), done("PodScheduled", "True")],
            "containerStatuses": [{
                "name": "nightly-digest", "image": spec["containers"][0]["image"], "imageID": "", "ready": false, "started": false,
                "restartCount": 0, "state": {"terminated": terminated}, "lastState": {},
            }],
        },
    }));
    world.now = now;
}
