//! Who answers at which address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::pods::{PORT, Pod};
use crate::tally::Tally;

/// How long a pod that is gone still answers who has not heard of it.
const GRACE: Duration = Duration::from_secs(5);

/// A pod and what it has answered. KWOK gives an address to one pod after another, so that what counts is the uid.
#[derive(Clone, Debug)]
pub(crate) struct Played {
    pub(crate) pod: Pod,
    tally: Arc<Mutex<Tally>>,
    gone: Option<Instant>,
}

impl Played {
    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All pods, by address.
#[derive(Debug, Default)]
pub(crate) struct Fleet(Mutex<HashMap<IpAddr, Played>>);

impl Fleet {
    /// Takes over what the cluster tells.
    pub(crate) fn refresh(&self, mut pods: Vec<Pod>) {
        pods.sort_by(|one, other| (one.is_ready, &one.created).cmp(&(other.is_ready, &other.created)));
        let mut known = self.lock();
        let mut before: HashMap<String, Played> =
            known.drain().map(|(_, played)| (played.pod.uid.clone(), played)).collect();
        let now = Instant::now();
        let mut next = HashMap::new();
        for pod in pods {
            let tally =
                before.remove(&pod.uid).map_or_else(|| Arc::new(Mutex::new(Tally::new(&pod))), |played| played.tally);
            // Of two pods with one address the older one is on its way out.
            next.insert(pod.address, Played { pod, tally, gone: None });
        }
        for (_, mut played) in before {
            let gone = *played.gone.get_or_insert(now);
            played.pod.is_ready = false;
            if now - gone < GRACE {
                next.entry(played.pod.address).or_insert(played);
            }
        }
        *known = next;
    }

    /// Who answers at an address.
    pub(crate) fn at(&self, address: IpAddr) -> Option<Played> {
        self.lock().get(&address).cloned()
    }

    /// All that are there, by address.
    pub(crate) fn present(&self) -> Vec<Played> {
        let mut all: Vec<Played> = self.lock().values().filter(|played| played.gone.is_none()).cloned().collect();
        all.sort_by_key(|played| played.pod.address);
        all
    }

    /// The targets for Prometheus.
    pub(crate) fn targets(&self) -> Value {
        let target = |Played { pod, .. }: &Played| {
            json!({
                "targets": [format!("{}:{PORT}", pod.address)],
                "labels": {
                    "namespace": pod.namespace, "pod": pod.name, "app": pod.app, "hash": pod.hash,
                    "version": pod.version,
                },
            })
        };
        self.present().iter().filter(|played| played.pod.serves).map(target).collect()
    }

    /// The pods that requests may go to, for whoever makes them.
    pub(crate) fn endpoints(&self) -> Value {
        let endpoint = |Played { pod, .. }: &Played| {
            json!({
                "namespace": pod.namespace, "service": pod.app, "version": pod.version,
                "address": format!("{}:{PORT}", pod.address),
            })
        };
        self.present().iter().filter(|played| played.pod.serves && played.pod.is_ready).map(endpoint).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Played>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
