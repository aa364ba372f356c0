//! Changes of pods through the API server: every other one turns the readiness of a pod over, the rest count restarts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use color_eyre::eyre::{OptionExt, Result, ensure};
use http::Request;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::plane::{Plane, User};

/// How often each second changes are sent.
const TICKS: u32 = 50;

/// One pod, as far as it is changed.
struct Target {
    path: String,
    /// Which of its conditions says whether it is ready.
    ready_at: usize,
    is_ready: bool,
}

/// A client of its own with pods to change, spread over the whole cluster.
pub(crate) struct Patcher {
    runtime: Runtime,
    client: Client,
    targets: Vec<Target>,
    /// How many changes were made so far.
    made: u32,
}

impl Patcher {
    pub(crate) fn new(plane: &Plane) -> Result<Self> {
        midwatch::clients::install_crypto();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let kubeconfig = Kubeconfig::read_from(plane.kubeconfig(User::Admin))?;
        let client = runtime.block_on(async {
            let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
            Ok::<_, color_eyre::Report>(Client::try_from(config)?)
        })?;
        let list = Request::get("/api/v1/pods?limit=20000").body(Vec::new())?;
        let list: Value = runtime.block_on(client.request(list))?;
        let pods = list["items"].as_array().ok_or_eyre("there are no pods")?;
        let mut targets = pods.iter().map(Target::of).collect::<Result<Vec<_>>>()?;
        spread(&mut targets);
        Ok(Self { runtime, client, targets, made: 0 })
    }

    /// Changes so many pods each second for a while; how many the server took.
    pub(crate) fn patch(&mut self, each_second: u32, length: Duration) -> Result<u32> {
        let Self { runtime, client, targets, made } = self;
        runtime.block_on(async {
            let (taken, mut under_way) = (Arc::new(AtomicU32::new(0)), JoinSet::new());
            let mut ticks = interval(Duration::from_secs(1) / TICKS);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
            let end = Instant::now() + length;
            while Instant::now() < end {
                ticks.tick().await;
                for _ in 0..each_second / TICKS {
                    let at = *made as usize % targets.len();
                    let request = targets[at].change(*made)?;
                    *made += 1;
                    let (client, taken) = (client.clone(), Arc::clone(&taken));
                    under_way.spawn(async move {
                        let answer: Result<Value, _> = client.request(request).await;
                        taken.fetch_add(u32::from(answer.is_ok()), Ordering::Relaxed);
                    });
                }
            }
            while let Some(done) = under_way.join_next().await {
                done?;
            }
            let taken = taken.load(Ordering::Relaxed);
            ensure!(taken > 0, "the server takes no change");
            Ok(taken)
        })
    }

    /// Leaves the pods as they are wanted: all ready.
    pub(crate) fn heal(&mut self) -> Result<()> {
        let Self { runtime, client, targets, .. } = self;
        runtime.block_on(async {
            for target in targets.iter_mut().filter(|target| !target.is_ready) {
                let _: Value = client.request(target.turn()?).await?;
            }
            Ok(())
        })
    }
}

impl Target {
    fn of(pod: &Value) -> Result<Self> {
        let word = |path: &str| pod.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let conditions =
            pod.pointer("/status/conditions").and_then(Value::as_array).ok_or_eyre("a pod is not there")?;
        let ready_at = conditions.iter().position(|one| one["type"] == "Ready").ok_or_eyre("a pod is not reported")?;
        let path = format!("/api/v1/namespaces/{}/pods/{}/status", word("/metadata/namespace"), word("/metadata/name"));
        Ok(Self { path, ready_at, is_ready: conditions[ready_at]["status"] == "True" })
    }

    /// The change of this number.
    fn change(&mut self, number: u32) -> Result<Request<Vec<u8>>, http::Error> {
        if number.is_multiple_of(2) {
            return self.turn();
        }
        self.replace(&[("/status/containerStatuses/0/restartCount", json!(number))])
    }

    /// Ready, if it is not, and the other way round.
    fn turn(&mut self) -> Result<Request<Vec<u8>>, http::Error> {
        self.is_ready = !self.is_ready;
        let word = if self.is_ready { "True" } else { "False" };
        let condition = format!("/status/conditions/{}/status", self.ready_at);
        self.replace(&[(&condition, json!(word)), ("/status/containerStatuses/0/ready", json!(self.is_ready))])
    }

    fn replace(&self, values: &[(&str, Value)]) -> Result<Request<Vec<u8>>, http::Error> {
        let operation = |(path, value): &(&str, Value)| json!({"op": "replace", "path": path, "value": value});
        let operations: Vec<Value> = values.iter().map(operation).collect();
        Request::patch(&self.path)
            .header("content-type", "application/json-patch+json")
            .body(Value::from(operations).to_string().into_bytes())
    }
}

/// Puts neighbours far apart, in the same order each time.
fn spread(targets: &mut [Target]) {
    let mut dice = crate::keys::Dice::default();
    for index in (1..targets.len()).rev() {
        targets.swap(index, dice.below(index + 1));
    }
}
