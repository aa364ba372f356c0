//! The workloads of the fleet as they are first applied, and how a release changes one.

use serde_json::{Value, json};

use super::catalogue::{Release, Service, image};
use crate::sandbox::object::{set, text};
use crate::sandbox::world::World;

/// Returns the labels of a service's objects.
pub(super) fn labels(name: &str, version: &str, manager: &str) -> Value {
    let managed_by = if manager == "helm" { "Helm" } else { "pipeline" };
    json!({
        "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "messaging",
        "app.kubernetes.io/version": version, "app.kubernetes.io/managed-by": managed_by,
    })
}

/// Creates the deployment of a service with its first release.
pub(super) fn create(world: &mut World, namespace: &str, service: &Service, release: &Release) {
    let mut annotations = json!({"kubernetes.io/change-cause": release.cause});
    if service.manager == "helm" {
        annotations["meta.helm.sh/release-name"] = json!(service.name);
        annotations["meta.helm.sh/release-namespace"] = json!(namespace);
    }
    let body = json!({
        "metadata": {
            "name": service.name, "namespace": namespace, "annotations": annotations,
            "labels": labels(service.name, release.version, service.manager),
        },
        "spec": {
            "replicas": service.replicas_in(namespace), "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {"app.kubernetes.io/name": service.name}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "template": {
                "metadata": {"labels": labels(service.name, release.version, service.manager)},
                "spec": pod_spec(service, release.version),
            },
        },
        "status": {},
    });
    world.create("deployments", service.manager, body);
}

/// Returns the pod spec of a version of a service.
pub(super) fn pod_spec(service: &Service, version: &str) -> Value {
    let config = format!("{}-config", service.name.trim_end_matches("-service").trim_start_matches("api-"));
    let mut main = container(service.name, &image(service.name, version), service.port, service.memory);
    main["envFrom"] = json!([{"configMapRef": {"name": config, "optional": true}}]);
    main["env"] =
        json!([{"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "messaging-db", "key": "url"}}}]);
    main["readinessProbe"] = json!({
        "httpGet": {"path": "/readyz", "port": service.port, "scheme": "HTTP"}, "initialDelaySeconds": service.warm_up,
        "timeoutSeconds": 1, "periodSeconds": 5, "successThreshold": 1, "failureThreshold": 3,
    });
    let mut containers = vec![main];
    if service.name == "api-gateway" {
        containers.push(container("envoy", "registry.example.com/edge/envoy:1.34.2", 9901, "64Mi"));
    }
    pod_spec_of(&containers, "Always")
}

/// Returns a container with the defaults that a server fills in.
pub(super) fn container(name: &str, image: &str, port: u16, memory: &str) -> Value {
    json!({
        "name": name, "image": image, "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "main", "containerPort": port, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "100m", "memory": memory}, "limits": {"memory": memory}},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    })
}

/// Returns a pod spec with the defaults that a server fills in.
pub(super) fn pod_spec_of(containers: &[Value], restart: &str) -> Value {
    json!({
        "containers": containers, "restartPolicy": restart, "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst", "securityContext": {}, "schedulerName": "default-scheduler",
    })
}

/// Releases a version of a deployment.
pub(super) fn roll_out(world: &mut World, namespace: &str, service: &Service, version: &str, cause: &str) {
    let Some(deployment) = world.store.get("deployments", namespace, service.name) else { return };
    world.edit(&deployment, service.manager, |deployment| {
        deployment["metadata"]["annotations"]["kubernetes.io/change-cause"] = json!(cause);
        deployment["metadata"]["labels"]["app.kubernetes.io/version"] = json!(version);
        let template = &mut deployment["spec"]["template"];
        template["metadata"]["labels"]["app.kubernetes.io/version"] = json!(version);
        template["spec"]["containers"][0]["image"] = json!(image(service.name, version));
    });
}

/// Restarts a deployment as `kubectl rollout restart` does.
pub(super) fn restart(world: &mut World, namespace: &str, name: &str) {
    let Some(deployment) = world.store.get("deployments", namespace, name) else { return };
    let now = world.now.to_string();
    world.edit(&deployment, "kubectl-rollout", |deployment| {
        set(deployment, "spec.template.metadata.annotations", json!({"kubectl.kubernetes.io/restartedAt": now}));
    });
}

/// Creates the stateful set, the daemon set, the cron job with its last job, and the cluster's own DNS.
pub(super) fn create_others(world: &mut World) {
    let redis = pod_spec_of(&[container("redis", "registry.example.com/library/redis:7.4.1", 6379, "512Mi")], "Always");
    let mut body = plain("redis", "production", &redis, "messaging");
    body["spec"]["replicas"] = json!(3);
    body["spec"]["serviceName"] = json!("redis");
    body["spec"]["podManagementPolicy"] = json!("OrderedReady");
    body["spec"]["updateStrategy"] = json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}});
    world.create("statefulsets", "kubectl-client-side-apply", body);

    let agent =
        pod_spec_of(&[container("log-agent", "registry.example.com/platform/log-agent:4.2.0", 2020, "64Mi")], "Always");
    let mut body = plain("log-agent", "kube-system", &agent, "platform");
    body["spec"]["updateStrategy"] =
        json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}});
    world.create("daemonsets", "kubectl-client-side-apply", body);

    let dns = pod_spec_of(&[container("coredns", "registry.example.com/k8s/coredns:1.12.4", 53, "170Mi")], "Always");
    let mut body = plain("coredns", "kube-system", &dns, "platform");
    body["spec"]["replicas"] = json!(2);
    body["spec"]["progressDeadlineSeconds"] = json!(600);
    body["spec"]["strategy"] =
        json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}});
    world.create("deployments", "kubeadm", body);
}

fn plain(name: &str, namespace: &str, pod: &Value, part_of: &str) -> Value {
    let version = text(pod, "containers.0.image").rsplit(':').next().unwrap_or_default();
    let labels = json!({
        "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": part_of, "app.kubernetes.io/version": version,
    });
    json!({
        "metadata": {"name": name, "namespace": namespace, "labels": labels, "annotations": {}},
        "spec": {
            "revisionHistoryLimit": 10, "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
        "status": {},
    })
}
