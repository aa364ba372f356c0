//! The alerts of the simulated fleet: they follow what happens to it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::sandbox::object::{at, list, name, namespace, number, stamp, time, uid};
use crate::sandbox::signals::Samples;
use crate::sandbox::world::World;

/// How long a condition holds before its alert fires.
const FOR: SignedDuration = SignedDuration::from_mins(2);

/// The part of the requests to chat-service in production that fail.
const ERRORS_OF_CHAT: &str = "sum(rate(http_requests_total{namespace=\"production\",app=\"chat-service\",code=~\"5..\"}[1m])) / sum(rate(http_requests_total{namespace=\"production\",app=\"chat-service\"}[1m]))";

/// How much of them may, of 1.
const MOST_ERRORS: f64 = 0.01;

/// What Prometheus found at its last evaluation of the rule about errors.
#[derive(Debug, Clone, Default)]
pub(crate) struct Errors {
    part: f64,
    /// Since when it is more than the rule allows.
    since: Option<Timestamp>,
}

impl Errors {
    /// Evaluates the rule.
    pub(crate) fn evaluate(&mut self, samples: &Samples, now: Timestamp) {
        self.part = super::value(samples, ERRORS_OF_CHAT, now).unwrap_or_default();
        self.since = (self.part > MOST_ERRORS).then(|| self.since.unwrap_or(now));
    }
}

/// An alert of the rules that the platform has.
struct Alert {
    name: &'static str,
    severity: &'static str,
    namespace: &'static str,
    labels: Value,
    summary: String,
    /// Since when its condition holds.
    since: Timestamp,
}

/// What Alertmanager tells.
pub(super) fn of_alertmanager(world: &World) -> Value {
    let alerts = alerts(world);
    alerts.iter().filter(|alert| is_due(alert, world.now)).map(|alert| alertmanagers(alert, world)).collect()
}

/// What Prometheus tells.
pub(super) fn of_prometheus(world: &World) -> Value {
    alerts(world).iter().map(|alert| prometheus(alert, world.now)).collect()
}

/// The rules that the platform has: names, severities and what they ask.
fn rules() -> [(&'static str, &'static str, String); 3] {
    [
        ("ChatErrorRate", "critical", format!("{ERRORS_OF_CHAT} > {MOST_ERRORS}")),
        ("PodCrashLooping", "warning", "increase(kube_pod_container_status_restarts_total[15m]) > 3".to_owned()),
        ("CertificateExpiresSoon", "info", "(x509_cert_not_after - time()) / 86400 < 30".to_owned()),
    ]
}

/// How the rules stand, as Prometheus tells it.
pub(super) fn rules_of_prometheus(world: &World) -> Value {
    let all = alerts(world);
    let rules = rules().into_iter().map(|(rule, severity, query)| {
        let own: Vec<&Alert> = all.iter().filter(|alert| alert.name == rule).collect();
        let state = match own.iter().map(|alert| is_due(alert, world.now)).max() {
            Some(true) => "firing",
            Some(false) => "pending",
            None => "inactive",
        };
        let told: Vec<Value> = own.iter().map(|alert| prometheus(alert, world.now)).collect();
        json!({
            "type": "alerting", "name": rule, "query": query, "duration": FOR.as_secs(), "state": state,
            "labels": { "severity": severity }, "annotations": {}, "alerts": told, "health": "ok",
            "lastError": "", "evaluationTime": 0.001, "lastEvaluation": world.now.to_string(),
        })
    });
    let recorded = json!({
        "type": "recording", "name": "namespace:http_requests:rate2m", "health": "ok", "lastError": "",
        "query": "sum by (namespace) (rate(http_requests_total[2m]))", "lastEvaluation": world.now.to_string(),
    });
    let rules: Vec<Value> = rules.chain([recorded]).collect();
    json!({ "groups": [{ "name": "platform", "file": "/etc/rules.yml", "interval": 15, "rules": rules }] })
}

fn is_due(alert: &Alert, now: Timestamp) -> bool {
    now.duration_since(alert.since) >= FOR
}

fn alertmanagers(alert: &Alert, world: &World) -> Value {
    let (labels, now) = (labels(alert), world.now);
    let silenced = world.silences.over(&labels, now);
    json!({
        "labels": labels, "annotations": annotations(alert),
        "startsAt": (alert.since + FOR).to_string(), "endsAt": stamp(now, 240), "updatedAt": stamp(now, 0),
        "fingerprint": alert.name, "receivers": [{ "name": "on-call" }],
        "generatorURL": "http://prometheus.monitoring:9090/graph",
        "status": {
            "state": if silenced.is_empty() { "active" } else { "suppressed" },
            "silencedBy": silenced, "inhibitedBy": [], "mutedBy": [],
        },
    })
}

fn prometheus(alert: &Alert, now: Timestamp) -> Value {
    json!({
        "labels": labels(alert), "annotations": annotations(alert), "value": "1e+00",
        "state": if is_due(alert, now) { "firing" } else { "pending" }, "activeAt": alert.since.to_string(),
    })
}

fn labels(alert: &Alert) -> Value {
    let mut labels = alert.labels.clone();
    labels["alertname"] = alert.name.into();
    labels["severity"] = alert.severity.into();
    labels["namespace"] = alert.namespace.into();
    labels
}

fn annotations(alert: &Alert) -> Value {
    json!({ "summary": alert.summary, "runbook_url": format!("https://wiki.example.com/runbooks/{}", alert.name) })
}

/// The alerts whose conditions hold.
fn alerts(world: &World) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let pods = |namespace: &str, app: &str| -> Vec<Value> {
        let pods = world.store.list_in("pods", namespace);
        let is_of = |pod: &Value| at(pod, "metadata.labels")["app.kubernetes.io/name"] == app;
        pods.iter().filter(|pod| is_of(pod)).map(|pod| (**pod).clone()).collect()
    };
    if let Some(since) = world.errors.since {
        alerts.push(Alert {
            name: "ChatErrorRate",
            severity: "critical",
            namespace: "production",
            labels: json!({ "service": "chat-service" }),
            summary: format!("{:.1} % of its requests fail", world.errors.part * 100.0),
            since,
        });
    }
    for pod in pods("production", "notification-service").iter().filter(|pod| fails(pod)) {
        let Some(since) = first_back_off(world, pod) else { continue };
        alerts.push(Alert {
            name: "PodCrashLooping",
            severity: "warning",
            namespace: "production",
            labels: json!({ "pod": name(pod), "container": "notification-service" }),
            summary: format!("{} was started {} times", name(pod), restarts(pod)),
            since,
        });
    }
    if let Some(gateway) = world.store.get("deployments", "staging", "api-gateway")
        && let Some(made) = time(&gateway, "metadata.creationTimestamp")
    {
        alerts.push(Alert {
            name: "CertificateExpiresSoon",
            severity: "info",
            namespace: "staging",
            labels: json!({ "service": "api-gateway" }),
            summary: "the certificate of chat.staging.example.com expires in 19 days".to_owned(),
            since: made + SignedDuration::from_hours(24),
        });
    }
    alerts
}

/// When a pod was first kept from starting again at once.
fn first_back_off(world: &World, pod: &Value) -> Option<Timestamp> {
    let events = world.store.list_in("events", namespace(pod));
    let about = |event: &Value| at(event, "involvedObject.uid") == uid(pod) && event["reason"] == "BackOff";
    events.iter().filter(|event| about(event)).filter_map(|event| time(event, "firstTimestamp")).min()
}

/// Whether a pod is started again and again.
pub(super) fn fails(pod: &Value) -> bool {
    let is_ready = list(pod, "status.containerStatuses").iter().all(|container| container["ready"] == true);
    !is_ready && restarts(pod) > 0
}

fn restarts(pod: &Value) -> i64 {
    list(pod, "status.containerStatuses").iter().map(|container| number(container, "restartCount")).sum()
}
