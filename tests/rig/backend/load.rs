//! The load: requests at a steady rate to every service, round its ready pods, or to one service through a gateway, counted
//! by what came back.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use color_eyre::eyre::{Result, bail};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{MissedTickBehavior, interval};

use crate::Load;

/// How often the pods are looked up.
const LOOK: Duration = Duration::from_millis(250);

/// How long the other part may be away before the rig is taken to have ended.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many requests may be under way; more are not made, so that nothing piles up.
const AT_ONCE: usize = 512;

/// An answer: the second in which it came, whose it was, and whether it was a failure.
type Seen = (u64, String, String, bool);

/// The addresses of each service's ready pods, and whose turn it is.
type Rounds = BTreeMap<String, (Vec<String>, usize)>;

/// Asks until nobody is there to be asked.
pub(crate) async fn run(args: Load) -> Result<()> {
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
    let (saw, seen) = mpsc::channel(AT_ONCE);
    let file = OpenOptions::new().create(true).append(true).open(&args.count)?;
    tokio::spawn(keep(file, seen));
    let under_way = Arc::new(Semaphore::new(AT_ONCE));
    let (mut look, mut tick) = (interval(LOOK), interval(Duration::from_secs(1) / args.rate.max(1)));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut rounds, mut heard) = (Rounds::new(), Instant::now());
    loop {
        tokio::select! {
            _ = look.tick() => match endpoints(&client, &args).await {
                Ok(found) => {
                    heard = Instant::now();
                    turn_to(&mut rounds, found);
                }
                Err(error) if heard.elapsed() > PATIENCE => bail!("nobody plays the pods: {error:#}"),
                Err(_) => {}
            },
            _ = tick.tick() => for (service, (addresses, turn)) in &mut rounds {
                let Ok(permit) = Arc::clone(&under_way).try_acquire_owned() else { break };
                *turn = (*turn + 1) % addresses.len();
                let saw = saw.clone();
                let mut request = client.get(format!("http://{}/", addresses[*turn]));
                if let Some(host) = &args.host {
                    request = request.header("Host", host);
                }
                let service = service.clone();
                tokio::spawn(async move {
                    let (version, failed) = ask(request).await;
                    // Whoever counts is gone only at the end.
                    drop(saw.send((second(), service, version, failed)).await);
                    drop(permit);
                });
            },
        }
    }
}

/// One request: the version that answered, and whether it failed.
async fn ask(request: RequestBuilder) -> (String, bool) {
    let Ok(answer) = request.send().await else { return ("nobody".to_owned(), true) };
    let version = answer.headers().get("x-version").and_then(|version| version.to_str().ok());
    (version.unwrap_or("nobody").to_owned(), answer.status().is_server_error())
}

/// Who is to be asked, by service: its ready pods in the namespace, or the gateway in front of it.
async fn endpoints(client: &Client, args: &Load) -> Result<BTreeMap<String, Vec<String>>> {
    let answer = client.get(format!("http://{}/endpoints", args.backend)).send().await?.error_for_status()?;
    let all: Vec<Value> = serde_json::from_slice(&answer.bytes().await?)?;
    if let (Some(gateway), Some(service)) = (args.through, &args.service) {
        return Ok(BTreeMap::from([(service.clone(), vec![gateway.to_string()])]));
    }
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for one in all.iter().filter(|one| one["namespace"] == *args.namespace) {
        if let (Some(service), Some(address)) = (one["service"].as_str(), one["address"].as_str()) {
            found.entry(service.to_owned()).or_default().push(address.to_owned());
        }
    }
    Ok(found)
}

/// Takes over who is there now, and goes on where each round was.
fn turn_to(rounds: &mut Rounds, found: BTreeMap<String, Vec<String>>) {
    let before = std::mem::take(rounds);
    for (service, addresses) in found {
        let turn = before.get(&service).map_or(0, |(_, turn)| *turn);
        rounds.insert(service, (addresses, turn));
    }
}

/// Counts what was seen, and writes down each second once nothing can be added to it any more.
async fn keep(mut file: File, mut seen: mpsc::Receiver<Seen>) -> Result<()> {
    let mut counts = BTreeMap::<(u64, String, String), (u64, u64)>::new();
    let mut flush = interval(Duration::from_millis(500));
    loop {
        tokio::select! {
            answer = seen.recv() => {
                let Some((second, service, version, failed)) = answer else { return Ok(()) };
                let (requests, errors) = counts.entry((second, service, version)).or_default();
                *requests += 1;
                *errors += u64::from(failed);
            }
            _ = flush.tick() => {
                let open = counts.split_off(&(second().saturating_sub(1), String::new(), String::new()));
                for ((second, service, version), (requests, errors)) in std::mem::replace(&mut counts, open) {
                    let line = json!({
                        "second": second, "service": service, "version": version,
                        "requests": requests, "errors": errors,
                    });
                    writeln!(file, "{line}")?;
                }
            }
        }
    }
}

/// Now, in seconds since 1970.
fn second() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
