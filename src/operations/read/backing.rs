//! What is behind the Services that a change of traffic is about: their endpoints, pods and revisions, read fresh.

use futures::future::join_all;
use serde_json::Value;

use super::super::ports::{ControlPlane, ReadError};
use super::or_gap;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::{Labels, ObjectRef};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Hint};
use crate::domain::workload::version_of;

/// The label by which an EndpointSlice names its Service.
pub(in crate::operations) const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// A Service with what is behind it, or would be by another selector.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backing {
    /// Its namespace.
    pub namespace: Text,
    /// Its name.
    pub name: Text,
    /// The Service itself; none where there is none.
    pub service: Option<Value>,
    /// Its EndpointSlices.
    pub slices: Vec<Value>,
    /// The pods that are selected.
    pub pods: Vec<Value>,
    /// The ReplicaSets whose pods are selected.
    pub revisions: Vec<Value>,
}

impl Backing {
    /// The addresses of it that take requests, by the family of addresses that has most of them.
    fn addresses(&self) -> Vec<&str> {
        let families = ["IPv4", "IPv6", "FQDN"];
        let of = |family: &str| {
            let slices = self.slices.iter().filter(|slice| slice["addressType"] == family);
            slices.flat_map(addresses_in).collect::<Vec<&str>>()
        };
        families.iter().map(|family| of(family)).max_by_key(Vec::len).unwrap_or_default()
    }

    /// How many take requests: by the slices, or where there are none to be read, by the pods.
    pub(in crate::operations) fn ready(&self) -> usize {
        if self.slices.is_empty() { self.ready_pods().count() } else { self.addresses().len() }
    }

    /// The version that most of its pods have.
    pub(in crate::operations) fn version(&self) -> Text {
        let mut versions: Vec<Text> = self.pods.iter().map(version).collect();
        versions.sort();
        let runs = versions.chunk_by(PartialEq::eq);
        runs.max_by_key(|run| run.len()).and_then(|run| run.first()).cloned().unwrap_or_default()
    }

    /// What tells which part it plays as an arm of a route.
    pub(in crate::operations) fn hint(&self) -> Hint {
        let labels = || self.pods.iter().chain(&self.revisions).map(|object| labels(&object["metadata"]["labels"]));
        let said = ArmRole::of_name(&self.name).or_else(|| labels().find_map(|labels| ArmRole::of_labels(&labels)));
        let is_in_use = |set: &&Value| set["status"]["replicas"].as_u64().unwrap_or_default() > 0;
        let made = |set: &Value| set["metadata"]["creationTimestamp"].as_str()?.parse().ok();
        Hint { said, version: self.version(), made: self.revisions.iter().filter(is_in_use).filter_map(made).max() }
    }

    /// The pods that are ready and not on their way out.
    pub(in crate::operations) fn ready_pods(&self) -> impl Iterator<Item = &Value> {
        let is_ready =
            |pod: &&Value| super::super::converge::is_ready(pod) && pod["metadata"]["deletionTimestamp"].is_null();
        self.pods.iter().filter(is_ready)
    }
}

/// The addresses of a slice that take requests; where nothing is said about one, it does.
pub(in crate::operations) fn addresses_in(slice: &Value) -> impl Iterator<Item = &str> {
    let endpoints = slice["endpoints"].as_array().into_iter().flatten();
    let ready = endpoints.filter(|endpoint| endpoint["conditions"]["ready"] != false);
    ready.flat_map(|endpoint| endpoint["addresses"].as_array().into_iter().flatten().filter_map(Value::as_str))
}

/// The version of a pod.
fn version(pod: &Value) -> Text {
    let image = pod["spec"]["containers"][0]["image"].as_str().map(Text::from_untrusted);
    version_of(&labels(&pod["metadata"]["labels"]), image.as_ref())
}

fn labels(value: &Value) -> Labels {
    let pairs = value.as_object().into_iter().flatten();
    let text = |(key, value): (&String, &Value)| {
        (Text::from_untrusted(key), Text::from_untrusted(value.as_str().unwrap_or_default()))
    };
    pairs.map(text).collect::<Vec<_>>().into()
}

/// The Services that a route sends requests to, each once, by namespace and name.
fn backends(route: &Value) -> Vec<(String, String)> {
    let own = route["metadata"]["namespace"].as_str().unwrap_or_default();
    let rules = route["spec"]["rules"].as_array().into_iter().flatten();
    let refs = rules.flat_map(|rule| rule["backendRefs"].as_array().into_iter().flatten());
    let mut found = Vec::new();
    for one in refs.filter(|one| one["kind"].as_str().is_none_or(|kind| kind == "Service")) {
        let namespace = one["namespace"].as_str().unwrap_or(own).to_owned();
        let name = one["name"].as_str().unwrap_or_default().to_owned();
        if !found.contains(&(namespace.clone(), name.clone())) {
            found.push((namespace, name));
        }
    }
    found
}

/// Reads what a change of traffic rests on: of a route each Service that it names; of a Service itself what its selector
/// selects, and what it will.
pub(super) async fn read(
    intent: &Intent,
    target: &Value,
    plane: &dyn ControlPlane,
    gaps: &mut Vec<Problem>,
) -> Vec<Backing> {
    let read = match intent {
        Intent::Shift { target: route, .. } | Intent::GuardedShift { target: route, .. }
            if route.kind == Kind::HttpRoute =>
        {
            join_all(backends(target).into_iter().map(|(namespace, name)| named(route, namespace, name, plane))).await
        }
        Intent::Switch { target: service, to } if service.kind == Kind::Service => {
            let (now, then) = (target["spec"]["selector"].clone(), switched(&target["spec"]["selector"], to));
            let of = |selector| behind(service, Some(target.clone()), selector, plane);
            let (blue, green) = futures::join!(of(now), of(then));
            vec![blue, green]
        }
        _ => Vec::new(),
    };
    let mut backings = Vec::new();
    for (backing, missing) in read {
        gaps.extend(missing.into_iter().filter(|gap| !gaps.contains(gap)).collect::<Vec<_>>());
        backings.push(backing);
    }
    backings
}

/// A Service's selector as a query spells it; empty where it selects nothing.
pub fn query_of(selector: &Value) -> String {
    let pairs = selector.as_object().into_iter().flatten();
    let words: Vec<String> = pairs.filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?))).collect();
    words.join(",")
}

/// A selector with some labels replaced.
pub(in crate::operations) fn switched(selector: &Value, to: &[(Text, Text)]) -> Value {
    let mut selector = selector.clone();
    for (key, value) in to {
        selector[key.as_str()] = Value::from(value.as_str());
    }
    selector
}

/// A Service by its name, with what is behind it.
async fn named(
    route: &ObjectRef,
    namespace: String,
    name: String,
    plane: &dyn ControlPlane,
) -> (Backing, Vec<Problem>) {
    let service = ObjectRef {
        cluster: route.cluster.clone(),
        kind: Kind::Service,
        namespace: Text::from_untrusted(&namespace),
        name: Text::from_untrusted(&name),
    };
    match plane.get(&service).await {
        Ok(found) => {
            let selector = found["spec"]["selector"].clone();
            behind(&service, Some(found), selector, plane).await
        }
        Err(error) => {
            let gap = match error {
                ReadError::NotFound => None,
                ReadError::Forbidden(problem) | ReadError::Failed(problem) => Some(problem),
            };
            let backing = Backing { namespace: service.namespace, name: service.name, ..Backing::default() };
            (backing, gap.into_iter().collect())
        }
    }
}

/// What a selector selects behind a Service.
async fn behind(
    service: &ObjectRef,
    found: Option<Value>,
    selector: Value,
    plane: &dyn ControlPlane,
) -> (Backing, Vec<Problem>) {
    let (namespace, words) = (service.namespace.as_str(), query_of(&selector));
    let of_service = format!("{SERVICE_NAME}={}", service.name);
    let mut gaps = Vec::new();
    // An empty selector selects nothing, and an empty question everything.
    let words = words.as_str();
    let list =
        |kind| async move { if words.is_empty() { Ok(Vec::new()) } else { plane.list(kind, namespace, words).await } };
    let (slices, pods, revisions) = futures::join!(
        plane.list(Kind::EndpointSlice, namespace, &of_service),
        list(Kind::Pod),
        list(Kind::ReplicaSet),
    );
    let backing = Backing {
        namespace: service.namespace.clone(),
        name: service.name.clone(),
        service: found,
        slices: or_gap(slices, &mut gaps),
        pods: or_gap(pods, &mut gaps),
        revisions: or_gap(revisions, &mut gaps),
    };
    (backing, gaps)
}
