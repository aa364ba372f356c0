//! What the simulated services count about themselves, sampled as Prometheus does.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::alerts::fails;
use super::traffic::Split;
use crate::sandbox::object::{at, list, name, namespace, text, uid};
use crate::sandbox::random::{hash, mix};
use crate::sandbox::releases::{Fault, bad};
use crate::sandbox::store::Store;

/// How often targets are scraped, in seconds.
pub(crate) const SCRAPED_EVERY: i64 = 15;

/// How long samples are kept, in seconds.
const KEPT: i64 = 3_900;

/// How far back the past is filled in when the sandbox begins.
const PAST: i64 = 3_000;

/// The bounds of the latency histogram, in seconds.
const BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// The labels of a series with its name, sorted.
pub(super) type Labels = Vec<(String, String)>;

/// The samples of one series, the oldest first: seconds and values.
pub(super) type Line = VecDeque<(i64, f64)>;

/// All series.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples {
    /// By the identity of the pod, in the order of [`series_of`].
    targets: BTreeMap<String, Vec<(Labels, Line)>>,
}

/// What a service is asked in a second, and how long its answers take, when all is well.
struct Load {
    name: &'static str,
    /// Requests per second in production.
    rate: f64,
    /// The part of them that fails even then, of 1.
    failing: f64,
    /// The latency that half of them stay below, in seconds.
    median: f64,
    /// Bytes that a container has in use.
    memory: f64,
}

const LOADS: [Load; 8] = [
    Load { name: "api-gateway", rate: 1_880.0, failing: 0.000_4, median: 0.021, memory: 141e6 },
    Load { name: "auth-service", rate: 240.0, failing: 0.000_1, median: 0.034, memory: 96e6 },
    Load { name: "user-service", rate: 310.0, failing: 0.000_2, median: 0.027, memory: 104e6 },
    Load { name: "chat-service", rate: 412.0, failing: 0.002_4, median: 0.048, memory: 188e6 },
    Load { name: "notification-service", rate: 88.0, failing: 0.000_9, median: 0.066, memory: 71e6 },
    Load { name: "task-service", rate: 61.0, failing: 0.0, median: 0.039, memory: 118e6 },
    Load { name: "search-service", rate: 154.0, failing: 0.000_8, median: 0.057, memory: 214e6 },
    Load { name: "media-service", rate: 126.0, failing: 0.000_6, median: 0.083, memory: 163e6 },
];

/// The part of production's load that staging has.
const STAGING: f64 = 0.03;

/// Clients try a pod that hardly starts less often than a good one.
const WEIGHT_OF_FAILING: f64 = 0.07;

/// The part of the requests to such a pod that fail.
const FAILING: f64 = 0.42;

impl Samples {
    /// Scrapes every pod once.
    pub(crate) fn scrape(&mut self, store: &Store, now: Timestamp) {
        for space in ["production", "staging"] {
            let pods: Vec<Arc<Value>> = store.list_in("pods", space);
            for load in &LOADS {
                let of_service: Vec<&Arc<Value>> = pods
                    .iter()
                    .filter(|pod| at(pod, "metadata.labels")["app.kubernetes.io/name"] == load.name)
                    .collect();
                let split = Split::of(store, space, load.name, &of_service);
                self.scrape_service(load, space, (&of_service, split.as_ref()), now);
            }
        }
        let oldest = now.as_second() - KEPT;
        for line in self.targets.values_mut().flatten().map(|(_, line)| line) {
            while line.front().is_some_and(|(at, _)| *at < oldest) {
                line.pop_front();
            }
        }
        self.targets.retain(|_, series| series.iter().any(|(_, line)| !line.is_empty()));
    }

    /// Fills in a past in which all was as it is now.
    pub(crate) fn fill_past(&mut self, store: &Store, now: Timestamp) {
        for back in (0..PAST / SCRAPED_EVERY).rev() {
            self.scrape(store, now - SignedDuration::from_secs(back * SCRAPED_EVERY));
        }
    }

    /// The series, by their labels.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Labels, &Line)> {
        self.targets.values().flatten().map(|(labels, line)| (labels, line)).filter(|(_, line)| !line.is_empty())
    }

    fn scrape_service(
        &mut self,
        load: &Load,
        space: &str,
        (pods, split): (&[&Arc<Value>], Option<&Split>),
        now: Timestamp,
    ) {
        let running: Vec<&&Arc<Value>> = pods.iter().filter(|pod| is_running(pod)).collect();
        let whole: f64 = running.iter().map(|pod| weight(pod)).sum();
        let scale = if space == "staging" { STAGING } else { 1.0 };
        let rate = load.rate * scale * wave(load.name, now);
        if let Some(split) = split {
            self.count_lost(load.name, space, rate * split.lost * seconds(), now);
        }
        for pod in running {
            let even = || if whole > 0.0 { weight(pod) / whole } else { 0.0 };
            let share = rate * split.map_or_else(even, |split| split.share(pod));
            let line = self
                .targets
                .entry(uid(pod).to_owned())
                .or_insert_with(|| series_of(pod, load.name).into_iter().map(|labels| (labels, Line::new())).collect());
            for ((_, line), sample) in line.iter_mut().zip(samples_of(pod, load, share, now)) {
                match sample {
                    Sample::None => {}
                    Sample::Gauge(value) => line.push_back((now.as_second(), value)),
                    Sample::Counted(more) => {
                        let last = line.back().map_or(0.0, |(_, value)| *value);
                        line.push_back((now.as_second(), last + more));
                    }
                }
            }
        }
    }

    /// Counts requests that a gateway refused for want of a pod, once there were any: they belong to a service and to
    /// no pod.
    fn count_lost(&mut self, app: &str, space: &str, lost: f64, now: Timestamp) {
        let target = format!("gateway/{space}/{app}");
        if lost <= 0.0 && !self.targets.contains_key(&target) {
            return;
        }
        let labels = [("app", app), ("code", "503"), ("job", "gateway"), ("method", "GET"), ("namespace", space)];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let series =
            || vec![(with(&labels, "http_requests_total", &[]), Line::from([(now.as_second() - SCRAPED_EVERY, 0.0)]))];
        for (_, line) in self.targets.entry(target).or_insert_with(series) {
            let last = line.back().map_or(0.0, |(_, value)| *value);
            line.push_back((now.as_second(), last + lost));
        }
    }
}

/// What one series says at a scrape.
enum Sample {
    None,
    /// So many more since the last one.
    Counted(f64),
    Gauge(f64),
}

/// How much of the load a pod gets. One that was good once is still tried; one that never gets ready is not.
fn weight(pod: &Value) -> f64 {
    match bad(text(pod, "spec.containers.0.image")).map(|release| &release.fault) {
        Some(Fault::Starving(_)) => 0.0,
        _ if fails(pod) => WEIGHT_OF_FAILING,
        _ => 1.0,
    }
}

/// The labels of the series that a pod has.
fn series_of(pod: &Value, app: &str) -> Vec<Labels> {
    let owned = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Labels>()
    };
    let own = owned(&[("app", app), ("namespace", namespace(pod)), ("pod", name(pod))]);
    let of_container = owned(&[("container", app), ("namespace", namespace(pod)), ("pod", name(pod))]);
    let mut all = Vec::new();
    for code in ["200", "500"] {
        all.push(with(&own, "http_requests_total", &[("code", code), ("method", "GET")]));
    }
    let bounds = BOUNDS.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
    all.extend(bounds.map(|bound| with(&own, "http_request_duration_seconds_bucket", &[("le", &bound)])));
    for series in
        ["container_cpu_usage_seconds_total", "container_memory_working_set_bytes", "container_spec_memory_limit_bytes"]
    {
        all.push(with(&of_container, series, &[]));
    }
    all
}

/// What they say, in the same order. Latencies have the shape of a log-logistic curve about their median.
fn samples_of(pod: &Value, load: &Load, share: f64, now: Timestamp) -> Vec<Sample> {
    let (ratio, median) = match bad(text(pod, "spec.containers.0.image")).map(|release| &release.fault) {
        _ if fails(pod) => (FAILING, load.median * 11.0),
        Some(Fault::Flawed(flaw)) => (flaw.failing, load.median * flaw.slower),
        _ => (load.failing, load.median),
    };
    let noise = noise(uid(pod), now);
    let (asked, failed) = (share * seconds(), share * seconds() * ratio * noise);
    let mut samples = vec![Sample::Counted(asked - failed)];
    samples.push(if ratio > 0.0 { Sample::Counted(failed) } else { Sample::None });
    samples.extend(BOUNDS.map(|bound| Sample::Counted(asked / (1.0 + (median / bound).powf(2.4)))));
    samples.push(Sample::Counted(asked));
    let limit = bytes(text(pod, "spec.containers.0.resources.limits.memory"));
    let used = if fails(pod) { limit.unwrap_or(load.memory) * 0.97 } else { load.memory * noise };
    samples.push(Sample::Counted((0.02 + share * 0.000_9) * seconds()));
    samples.push(Sample::Gauge(used));
    samples.push(limit.map_or(Sample::None, Sample::Gauge));
    samples
}

/// The time between two scrapes.
#[expect(clippy::cast_precision_loss, reason = "it is a few seconds")]
fn seconds() -> f64 {
    SCRAPED_EVERY as f64
}

/// Whether its main container runs or is started again: a pod that only just came has no target yet.
fn is_running(pod: &Value) -> bool {
    let container = &list(pod, "status.containerStatuses").first().cloned().unwrap_or_default();
    container["ready"] == true || fails(pod)
}

/// How many people are awake: it rises and falls over ten minutes, and a little at random.
#[expect(clippy::cast_precision_loss, reason = "both are small")]
fn wave(service: &str, now: Timestamp) -> f64 {
    let phase = (hash(service) % 600) as f64;
    let turn = (now.as_second() as f64 + phase) / 600.0 * std::f64::consts::TAU;
    (1.0 + 0.06 * turn.sin()) * noise(service, now)
}

/// A factor close to 1, the same for the same name and moment.
#[expect(clippy::cast_precision_loss, reason = "it is below a thousand")]
fn noise(of: &str, now: Timestamp) -> f64 {
    let chance = mix(hash(of) ^ (now.as_second().unsigned_abs() / 30));
    0.96 + (chance % 1_000) as f64 * 0.000_08
}

/// The labels of a series.
fn with(labels: &Labels, series: &str, more: &[(&str, &str)]) -> Labels {
    let mut all = labels.clone();
    all.push(("__name__".to_owned(), series.to_owned()));
    all.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    all.sort();
    all
}

/// A quantity of memory in bytes.
fn bytes(quantity: &str) -> Option<f64> {
    let (number, scale) = match quantity.strip_suffix("Gi") {
        Some(number) => (number, 1024.0 * 1024.0 * 1024.0),
        None => (quantity.strip_suffix("Mi")?, 1024.0 * 1024.0),
    };
    number.parse::<f64>().ok().map(|number| number * scale)
}
