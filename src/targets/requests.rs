//! Who counts the requests of each Service of a cluster: Prometheus, by what gateways and meshes tell it, else by what the
//! pods do.

use std::sync::{Arc, PoisonError, RwLock};

use serde::Deserialize;

use crate::clients::kubernetes::Reader;
use crate::clients::signals::Endpoint;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::problem::Problem;
use crate::domain::signal::SignalServer;
use crate::domain::text::Text;
use crate::domain::traffic::is_counted_as;
use crate::domain::uri::encode;
use crate::operations::read::query_of;

/// What gateways and meshes count for each Service.
const OF_GATEWAYS: &str = "sum by (service, exported_service) (traefik_service_requests_total{SCOPE}) or \
     sum by (destination_service_name, destination_service_namespace) (istio_requests_total{SCOPEreporter=\"source\"})";

/// The counters of pods that are usual.
const OF_PODS: &str =
    "http_requests_total|http_server_request_duration_seconds_count|http_server_requests_seconds_count";

/// The servers of numbers of one cluster, as far as they are known by now.
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<RwLock<Vec<Arc<Counter>>>>);

/// One of them, and what narrows its series to this cluster.
#[derive(Debug)]
struct Counter {
    endpoint: Endpoint,
    matchers: Text,
}

#[derive(Debug, Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    #[serde(default)]
    result: Vec<Counted>,
}

/// A counter and its value now.
#[derive(Debug, Deserialize)]
struct Counted {
    #[serde(default)]
    metric: std::collections::BTreeMap<String, String>,
    value: (f64, String),
}

impl Counted {
    fn value(&self) -> f64 {
        self.value.1.parse::<f64>().ok().filter(|value| value.is_finite()).unwrap_or_default()
    }

    fn label(&self, name: &str) -> &str {
        self.metric.get(name).map_or("", String::as_str)
    }

    /// Whether it counts what was sent to a Service.
    fn is_of(&self, service: &ObjectRef) -> bool {
        let composed = |label: &str| is_counted_as(self.label(label), &service.namespace, &service.name);
        composed("exported_service")
            || composed("service")
            || (self.label("destination_service_name") == service.name.as_str()
                && self.label("destination_service_namespace") == service.namespace.as_str())
    }
}

impl Counters {
    /// Takes one in.
    pub fn learn(&self, server: &SignalServer, endpoint: Endpoint) {
        let one = Arc::new(Counter { endpoint, matchers: server.matchers.clone() });
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(one);
    }

    /// How many requests each Service has been sent so far, by the first that counts any of them; what has never been sent
    /// one has no counter.
    pub(super) async fn read(&self, services: &[ObjectRef], reader: &Reader) -> Option<Vec<f64>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        for one in &all {
            if let Ok(told) = one.ask(OF_GATEWAYS).await
                && let Some(counts) = by_service(&told, services)
            {
                return Some(counts);
            }
        }
        for one in &all {
            if let Some(counts) = one.by_pods(services, reader).await {
                return Some(counts);
            }
        }
        None
    }
}

impl Counter {
    async fn ask(&self, query: &str) -> Result<Vec<Counted>, Problem> {
        let matchers = if self.matchers.is_empty() { String::new() } else { format!("{},", self.matchers) };
        let path = format!("/api/v1/query?query={}", encode(&query.replace("SCOPE", &matchers)));
        self.endpoint.get::<Answer>(&path).await.map(|answer| answer.data.result)
    }

    /// What the pods behind each Service have answered.
    async fn by_pods(&self, services: &[ObjectRef], reader: &Reader) -> Option<Vec<f64>> {
        let mut counts = Vec::new();
        let mut is_any = false;
        for service in services {
            let found = reader.get_object(service).await.ok()?;
            let words = query_of(&found["spec"]["selector"]);
            if words.is_empty() {
                return None;
            }
            let pods = reader.list_objects(Kind::Pod, &service.namespace, &words).await.ok()?;
            let names: Vec<&str> = pods.iter().filter_map(|pod| pod["metadata"]["name"].as_str()).collect();
            // Names of pods hold nothing that means anything else in a pattern but the point.
            let pattern = names.join("|").replace('.', "\\\\.");
            let namespace = &service.namespace;
            let query = format!("sum ({{SCOPE__name__=~\"{OF_PODS}\",namespace=\"{namespace}\",pod=~\"{pattern}\"}})");
            let told = if names.is_empty() { Vec::new() } else { self.ask(&query).await.ok()? };
            is_any |= !told.is_empty();
            counts.push(told.iter().map(Counted::value).sum());
        }
        is_any.then_some(counts)
    }
}

/// The counts of Services by what gateways tell; none where they tell of none of them.
fn by_service(told: &[Counted], services: &[ObjectRef]) -> Option<Vec<f64>> {
    let of = |service: &ObjectRef| told.iter().filter(|one| one.is_of(service)).map(Counted::value).sum();
    let is_any = services.iter().any(|service| told.iter().any(|one| one.is_of(service)));
    is_any.then(|| services.iter().map(of).collect())
}

#[cfg(test)]
mod tests;
