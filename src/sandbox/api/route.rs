//! What a request is about: the object or list its path names, and its query parameters.

use axum::http::Method;
use serde::Deserialize;

use crate::sandbox::access::Attributes;
use crate::sandbox::kinds::{KINDS, Kind, Scope};

/// A path below `/api` or `/apis`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) kind: &'static Kind,
    /// Empty for all namespaces and for cluster-wide kinds.
    pub(crate) namespace: String,
    /// Empty for a list.
    pub(crate) name: String,
    pub(crate) subresource: String,
}

impl Route {
    /// Reads a path; none when it names nothing that is served.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
        let (group, version, rest) = match steps.as_slice() {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, plural, rest @ ..] => (*namespace, [&[*plural], rest].concat()),
            _ => ("", rest.to_vec()),
        };
        let (plural, name, subresource) = match rest.as_slice() {
            [plural] => (*plural, "", ""),
            [plural, name] => (*plural, *name, ""),
            [plural, name, subresource] => (*plural, *name, *subresource),
            _ => return None,
        };
        let served = |kind: &&Kind| kind.group == group && kind.version == version && kind.plural == plural;
        let kind = KINDS.iter().find(served)?;
        let is_named_fully =
            namespace.is_empty() == (kind.scope == Scope::Cluster) || (namespace.is_empty() && name.is_empty());
        let owned = str::to_owned;
        is_named_fully.then(|| Self {
            kind,
            namespace: owned(namespace),
            name: owned(name),
            subresource: owned(subresource),
        })
    }

    /// Returns what the access rules are asked about a request.
    pub(crate) fn attributes(&self, method: &Method, parameters: &Parameters) -> Attributes {
        let verb = match method.as_str() {
            "GET" if is_set(&parameters.watch) => "watch",
            "GET" if self.name.is_empty() => "list",
            "GET" => "get",
            "PUT" => "update",
            "POST" => "create",
            "PATCH" => "patch",
            _ => "delete",
        };
        Attributes {
            verb: verb.to_owned(),
            group: self.kind.group.to_owned(),
            resource: self.kind.plural.to_owned(),
            subresource: self.subresource.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }
}

/// The query parameters that are understood; absent ones are empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Parameters {
    pub(crate) label_selector: String,
    pub(crate) field_selector: String,
    pub(crate) limit: Option<usize>,
    #[serde(rename = "continue")]
    pub(crate) token: String,
    pub(crate) resource_version: String,
    pub(crate) watch: String,
    pub(crate) allow_watch_bookmarks: String,
    pub(crate) send_initial_events: String,
    pub(crate) timeout_seconds: Option<u64>,
    pub(crate) dry_run: String,
    pub(crate) field_manager: String,
    pub(crate) container: String,
    pub(crate) follow: String,
    pub(crate) previous: String,
    pub(crate) timestamps: String,
    pub(crate) tail_lines: Option<usize>,
    pub(crate) since_time: String,
    pub(crate) since_seconds: Option<i64>,
}

/// Says whether a flag in a query is on.
pub(crate) fn is_set(flag: &str) -> bool {
    matches!(flag, "1" | "true")
}
