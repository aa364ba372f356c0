//! What brings traffic to pods: Services, EndpointSlices and Ingresses.

use serde::Deserialize;

use super::Project;
use super::interner::Interner;
use super::meta::{ObjectMeta, meta};
use super::values::{Pair, pairs};
use crate::domain::platform;
use crate::domain::row::Row;
use crate::domain::text::Text;

/// A Service.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Service {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<ServiceSpec>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServiceSpec {
    #[prost(message, repeated, tag = "1")]
    ports: Vec<ServicePort>,
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "pairs")]
    selector: Vec<Pair>,
    #[prost(string, tag = "3")]
    #[serde(rename = "clusterIP")]
    cluster_ip: String,
    #[prost(string, tag = "4")]
    #[serde(rename = "type")]
    class: String,
}

/// One of its ports.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServicePort {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    protocol: String,
    #[prost(int32, tag = "3")]
    port: i32,
}

impl Project for Service {
    fn project(self, interner: &mut Interner) -> Row {
        let spec = self.spec.unwrap_or_default();
        Row::Service(Box::new(platform::Service {
            meta: meta(self.metadata.as_ref(), interner),
            class: interner.text(&spec.class),
            cluster_ip: interner.text(&spec.cluster_ip),
            ports: spec.ports.iter().map(|port| interner.text(&port.spelled())).collect(),
            selector: interner.labels(&spec.selector),
        }))
    }
}

impl ServicePort {
    /// The port as people write it: "http 80/TCP".
    fn spelled(&self) -> String {
        let space = if self.name.is_empty() { "" } else { " " };
        format!("{}{space}{}/{}", self.name, self.port, self.protocol)
    }
}

/// An EndpointSlice.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct EndpointSlice {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, repeated, tag = "2")]
    endpoints: Vec<Endpoint>,
    #[prost(string, tag = "4")]
    address_type: String,
}

/// One endpoint; its addresses are alike.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Endpoint {
    #[prost(string, repeated, tag = "1")]
    addresses: Vec<String>,
    #[prost(message, optional, tag = "2")]
    conditions: Option<EndpointConditions>,
}

/// How an endpoint is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct EndpointConditions {
    #[prost(bool, optional, tag = "1")]
    ready: Option<bool>,
}

impl Project for EndpointSlice {
    fn project(self, interner: &mut Interner) -> Row {
        // An endpoint about which nothing is said takes traffic: so the API defines it.
        let is_ready = |endpoint: &&Endpoint| {
            endpoint.conditions.as_ref().is_none_or(|conditions| conditions.ready != Some(false))
        };
        let addresses = |endpoint: &Endpoint| endpoint.addresses.len();
        Row::EndpointSlice(Box::new(platform::EndpointSlice {
            meta: meta(self.metadata.as_ref(), interner),
            address_type: interner.text(&self.address_type),
            ready: self.endpoints.iter().filter(is_ready).map(addresses).sum(),
            total: self.endpoints.iter().map(addresses).sum(),
        }))
    }
}

/// An Ingress.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Ingress {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<IngressSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<IngressStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct IngressSpec {
    #[prost(message, optional, tag = "1")]
    default_backend: Option<Backend>,
    #[prost(message, repeated, tag = "3")]
    rules: Vec<Rule>,
    #[prost(string, tag = "4")]
    ingress_class_name: String,
}

/// A rule for one host.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Rule {
    #[prost(string, tag = "1")]
    host: String,
    #[prost(message, optional, tag = "2")]
    #[serde(flatten)]
    value: Option<RuleValue>,
}

/// The ways of a rule; JSON has them in the rule itself.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RuleValue {
    #[prost(message, optional, tag = "1")]
    http: Option<HttpRule>,
}

/// See [`RuleValue`].
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct HttpRule {
    #[prost(message, repeated, tag = "1")]
    paths: Vec<HttpPath>,
}

/// Where one path leads.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct HttpPath {
    #[prost(message, optional, tag = "2")]
    backend: Option<Backend>,
}

/// What serves; it may be something else than a service.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Backend {
    #[prost(message, optional, tag = "4")]
    service: Option<BackendService>,
}

/// A service that serves.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BackendService {
    #[prost(string, tag = "1")]
    name: String,
}

/// How an Ingress is.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct IngressStatus {
    #[prost(message, optional, tag = "1")]
    load_balancer: Option<LoadBalancer>,
}

/// See [`IngressStatus`].
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LoadBalancer {
    #[prost(message, repeated, tag = "1")]
    ingress: Vec<Address>,
}

/// An address by number or by name.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Address {
    #[prost(string, tag = "1")]
    ip: String,
    #[prost(string, tag = "2")]
    hostname: String,
}

impl Project for Ingress {
    fn project(self, interner: &mut Interner) -> Row {
        let metadata = self.metadata.unwrap_or_default();
        let spec = self.spec.unwrap_or_default();
        let addresses = self.status.unwrap_or_default().load_balancer.unwrap_or_default().ingress;
        let hosts = spec.rules.iter().map(|rule| rule.host.as_str());
        Row::Ingress(Box::new(platform::Ingress {
            meta: metadata.project(interner),
            class: if spec.ingress_class_name.is_empty() {
                metadata.annotation("kubernetes.io/ingress.class")
            } else {
                interner.text(&spec.ingress_class_name)
            },
            hosts: distinct(hosts, interner),
            backends: distinct(spec.services(), interner),
            addresses: distinct(addresses.iter().flat_map(|at| [at.ip.as_str(), at.hostname.as_str()]), interner),
        }))
    }
}

impl IngressSpec {
    /// The names of the services behind it.
    fn services(&self) -> impl Iterator<Item = &str> {
        let rules = self.rules.iter().filter_map(|rule| rule.value.as_ref()?.http.as_ref());
        let paths = rules.flat_map(|http| &http.paths).filter_map(|path| path.backend.as_ref());
        let backends = self.default_backend.iter().chain(paths);
        backends.filter_map(|backend| backend.service.as_ref()).map(|service| service.name.as_str())
    }
}

/// The words that are not empty, each once, in their order.
fn distinct<'a>(words: impl Iterator<Item = &'a str>, interner: &mut Interner) -> Box<[Text]> {
    let mut seen: Vec<Text> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let text = interner.text(word);
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen.into()
}
