//! How the requests of a service are split between its pods: by the weights of the route in front of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::sandbox::controllers::is_available;
use crate::sandbox::object::{at, list, namespace, text, uid};
use crate::sandbox::selector::matches_labels;
use crate::sandbox::store::Store;

/// The shares of a service's requests, of 1.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// What each pod gets, by its identity.
    by_pod: BTreeMap<String, f64>,
    /// What a gateway answers itself, because no pod is there for it.
    pub(super) lost: f64,
}

impl Split {
    /// The split that a route makes of the requests of a service; none without a route.
    pub(super) fn of(store: &Store, space: &str, app: &str, pods: &[&Arc<Value>]) -> Option<Self> {
        let routes = store.list_in("httproutes", space);
        let rules = routes.iter().flat_map(|route| list(route, "spec.rules").iter().map(move |rule| (route, rule)));
        let mut arms = rules.map(|(route, rule)| arms(store, route, rule, app)).find(|arms| !arms.is_empty())?;
        arms.retain(|(_, weight)| *weight > 0.0);
        let total: f64 = arms.iter().map(|(_, weight)| weight).sum();
        // A rule whose weights are all 0 answers every request with an error.
        let mut split = Self { lost: if total > 0.0 { 0.0 } else { 1.0 }, ..Self::default() };
        for (selector, weight) in arms {
            let ready: Vec<_> = pods.iter().filter(|pod| is_available(pod) && matches_labels(&selector, pod)).collect();
            if ready.is_empty() {
                split.lost += weight / total;
            }
            for pod in &ready {
                *split.by_pod.entry(uid(pod).to_owned()).or_default() += weight / total / count(ready.len());
            }
        }
        Some(split)
    }

    /// The share of one pod.
    pub(super) fn share(&self, pod: &Value) -> f64 {
        self.by_pod.get(uid(pod)).copied().unwrap_or_default()
    }
}

/// The selectors of the Services of a rule and their weights, where the rule is about a service.
fn arms(store: &Store, route: &Value, rule: &Value, app: &str) -> Vec<(Value, f64)> {
    let arm = |backend: &Value| {
        let space = at(backend, "namespace").as_str().unwrap_or_else(|| namespace(route));
        let service = store.get("services", space, text(backend, "name"));
        let selector = service.map_or(Value::Null, |service| at(&service, "spec.selector").clone());
        (selector, at(backend, "weight").as_f64().unwrap_or(1.0))
    };
    let arms: Vec<_> = list(rule, "backendRefs").iter().map(arm).collect();
    let is_about = arms.iter().any(|(selector, _)| selector["app.kubernetes.io/name"] == app);
    if is_about { arms } else { Vec::new() }
}

#[expect(clippy::cast_precision_loss, reason = "a service has few pods")]
fn count(pods: usize) -> f64 {
    pods as f64
}
