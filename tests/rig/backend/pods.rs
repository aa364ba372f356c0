//! The pods of the cluster as the API server tells them, and what their annotations say of their behaviour.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use color_eyre::eyre::{OptionExt, Result};
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::Value;

/// The port on which a pod answers that has one.
pub(crate) const PORT: u16 = 8080;

/// How fast a pod answers that says nothing about it.
const LATENCY: Duration = Duration::from_millis(20);

/// What a container may take that has no limit.
const MEMORY: u64 = 128 * 1024 * 1024;

/// A pod that runs.
#[derive(Clone, Debug)]
pub(crate) struct Pod {
    pub(crate) uid: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// The label `app.kubernetes.io/name`.
    pub(crate) app: String,
    /// Of its template, as the workload's controller labels it.
    pub(crate) hash: String,
    /// The tag of its first image.
    pub(crate) version: String,
    pub(crate) address: IpAddr,
    pub(crate) created: String,
    /// It is ready and not on its way out.
    pub(crate) is_ready: bool,
    /// It has the port on which services answer.
    pub(crate) serves: bool,
    /// Of ten thousand requests, how many fail.
    pub(crate) errors: u32,
    pub(crate) latency: Duration,
    /// The containers with the memory that each may take, 0 where there is no limit.
    pub(crate) containers: Vec<(String, u64)>,
}

impl Pod {
    /// What it may take in fact.
    pub(crate) fn allowance(limit: u64) -> u64 {
        if limit == 0 { MEMORY } else { limit }
    }
}

/// A cluster whose pods are asked for.
pub(crate) struct Cluster(kube::Client);

impl Cluster {
    pub(crate) async fn new(kubeconfig: &Path) -> Result<Self> {
        let file = Kubeconfig::read_from(kubeconfig)?;
        let config = kube::Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await?;
        Ok(Self(kube::Client::try_from(config)?))
    }

    /// All pods that run, those that are on their way out included.
    pub(crate) async fn pods(&self) -> Result<Vec<Pod>> {
        let request = http::Request::get("/api/v1/pods").body(Vec::new())?;
        let answer: Value = serde_json::from_str(&self.0.request_text(request).await?)?;
        let items = answer["items"].as_array().ok_or_eyre("the list of pods is none")?;
        Ok(items.iter().filter_map(read).collect())
    }
}

fn read(pod: &Value) -> Option<Pod> {
    if pod["status"]["phase"] != "Running" {
        return None;
    }
    let (meta, spec) = (&pod["metadata"], &pod["spec"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let label = |name: &str| text(&meta["labels"][name]);
    let annotation = |name: &str| meta["annotations"][name].as_str();
    let containers = || spec["containers"].as_array().into_iter().flatten();
    let image = text(&spec["containers"][0]["image"]);
    let is_ready = pod["status"]["conditions"]
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one["type"] == "Ready" && one["status"] == "True"));
    let hash = label("rollouts-pod-template-hash");
    Some(Pod {
        uid: text(&meta["uid"]),
        namespace: text(&meta["namespace"]),
        name: text(&meta["name"]),
        app: label("app.kubernetes.io/name"),
        hash: if hash.is_empty() { label("pod-template-hash") } else { hash },
        version: image.rsplit_once(':').map_or_else(String::new, |(_, tag)| tag.to_owned()),
        address: pod["status"]["podIP"].as_str()?.parse().ok()?,
        created: text(&meta["creationTimestamp"]),
        is_ready: is_ready && meta["deletionTimestamp"].is_null(),
        serves: containers()
            .flat_map(|container| container["ports"].as_array().into_iter().flatten())
            .any(|port| port["containerPort"] == PORT),
        errors: annotation("rig.errors").and_then(ten_thousandths).unwrap_or_default(),
        latency: annotation("rig.latency").and_then(milliseconds).unwrap_or(LATENCY),
        containers: containers()
            .map(|it| (text(&it["name"]), it["resources"]["limits"]["memory"].as_str().map_or(0, bytes)))
            .collect(),
    })
}

/// A percentage with up to two digits after the point: "10", "0.25".
fn ten_thousandths(percent: &str) -> Option<u32> {
    let (whole, part) = percent.split_once('.').unwrap_or((percent, ""));
    let part = format!("{part:0<2}");
    Some((whole.parse::<u32>().ok()? * 100 + part.get(..2)?.parse::<u32>().ok()?).min(10_000))
}

/// "200ms" or "2s".
fn milliseconds(text: &str) -> Option<Duration> {
    let whole = |digits: &str| digits.parse().ok();
    match text.strip_suffix("ms") {
        Some(digits) => whole(digits).map(Duration::from_millis),
        None => text.strip_suffix('s').and_then(whole).map(Duration::from_secs),
    }
}

/// "256Mi", "1Gi" or a plain number.
fn bytes(quantity: &str) -> u64 {
    let units = [("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10), ("", 1)];
    let read = units.iter().find_map(|(unit, factor)| Some(quantity.strip_suffix(unit)?.parse::<u64>().ok()? * factor));
    read.unwrap_or_default()
}
