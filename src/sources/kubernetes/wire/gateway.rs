//! What the Gateway API keeps: routes and their weights. Custom objects come as JSON only.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::ProjectJson;
use super::conditions::CoreCondition;
use super::interner::Interner;
use super::meta::{ObjectMeta, meta};
use crate::domain::route::{self, Backend, ParentStatus, Rule, Steering};
use crate::domain::row::Row;
use crate::domain::text::Text;

/// The label that Argo Rollouts puts on a route while it sets its weights.
const IN_PROGRESS: &str = "rollouts.argoproj.io/gatewayapi-canary";

/// An `HTTPRoute`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct HttpRoute {
    metadata: Option<ObjectMeta>,
    spec: Spec,
    status: Status,
}

/// Its wish.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    hostnames: Vec<String>,
    parent_refs: Vec<ParentRef>,
    rules: Vec<RouteRule>,
}

/// A parent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ParentRef {
    name: String,
}

/// One rule.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RouteRule {
    name: String,
    matches: Vec<Map<String, Value>>,
    backend_refs: Vec<BackendRef>,
}

/// Where its requests go.
#[derive(Deserialize)]
#[serde(default)]
struct BackendRef {
    kind: String,
    name: String,
    namespace: String,
    weight: u32,
}

impl Default for BackendRef {
    fn default() -> Self {
        Self { kind: "Service".to_owned(), name: String::new(), namespace: String::new(), weight: 1 }
    }
}

/// What is said about it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    parents: Vec<Parent>,
}

/// What one parent's controller says.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Parent {
    parent_ref: ParentRef,
    conditions: Vec<Condition>,
}

/// A condition with the generation that it is about.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Condition {
    observed_generation: i64,
    #[serde(flatten)]
    of: CoreCondition,
}

impl ProjectJson for HttpRoute {
    fn read(object: &Value, interner: &mut Interner) -> Result<Row, serde_json::Error> {
        Ok(Self::deserialize(object)?.project(interner))
    }
}

impl HttpRoute {
    fn project(self, interner: &mut Interner) -> Row {
        let meta = meta(self.metadata.as_ref(), interner);
        let flagger = meta.owner.as_ref().filter(|owner| owner.kind == "Canary").map(|owner| owner.name.clone());
        let argo = meta.label(IN_PROGRESS).map(|_| Steering::ArgoRollouts);
        Row::HttpRoute(Box::new(route::HttpRoute {
            hosts: self.spec.hostnames.iter().map(|host| Text::from_untrusted(host)).collect(),
            parents: self.spec.parent_refs.iter().map(|parent| interner.text(&parent.name)).collect(),
            rules: self.spec.rules.iter().map(|rule| rule.project(interner)).collect(),
            status: self.status.parents.iter().map(|parent| parent.project(interner)).collect(),
            steered_by: argo.or(flagger.map(Steering::Flagger)),
            meta,
        }))
    }
}

impl RouteRule {
    fn project(&self, interner: &mut Interner) -> Rule {
        let is_selective = |matched: &Map<String, Value>| {
            ["headers", "method", "queryParams"].iter().any(|field| matched.contains_key(*field))
        };
        Rule {
            name: interner.text(&self.name),
            // One match without conditions lets everything in.
            is_selective: !self.matches.is_empty() && self.matches.iter().all(is_selective),
            backends: self.backend_refs.iter().map(|backend| backend.project(interner)).collect(),
        }
    }
}

impl BackendRef {
    fn project(&self, interner: &mut Interner) -> Backend {
        let name = if self.kind == "Service" { self.name.clone() } else { format!("{}/{}", self.kind, self.name) };
        Backend { service: interner.text(&name), namespace: interner.text(&self.namespace), weight: self.weight }
    }
}

impl Parent {
    fn project(&self, interner: &mut Interner) -> ParentStatus {
        ParentStatus {
            parent: interner.text(&self.parent_ref.name),
            conditions: self.conditions.iter().map(|condition| condition.of.project(interner)).collect(),
            observed_generation: self.conditions.iter().map(|one| one.observed_generation).min().unwrap_or_default(),
        }
    }
}
