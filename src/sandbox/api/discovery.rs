//! Discovery: the version, the API groups and their resources.

use serde_json::{Value, json};

use crate::sandbox::kinds::{KINDS, Kind, Scope};

/// Returns the discovery document at a path, if it is one.
pub(super) fn document(path: &str) -> Option<Value> {
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    match steps.as_slice() {
        ["version"] => Some(json!({
            "major": "1", "minor": "36", "gitVersion": "v1.36.3", "gitCommit": "sandbox", "gitTreeState": "clean",
            "buildDate": "2026-07-01T00:00:00Z", "goVersion": "go1.26", "compiler": "gc", "platform": "linux/amd64",
        })),
        ["api"] => Some(json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})),
        ["apis"] => Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups()})),
        ["api", version] => resources("", version),
        ["apis", group, version] => resources(group, version),
        _ => None,
    }
}

fn groups() -> Value {
    let mut names: Vec<(&str, &str)> = KINDS.iter().map(|kind| (kind.group, kind.version)).collect();
    names.dedup();
    let served = names.into_iter().filter(|(group, _)| !group.is_empty());
    served
        .map(|(group, version)| {
            let version = json!({"groupVersion": format!("{group}/{version}"), "version": version});
            json!({"name": group, "versions": [version], "preferredVersion": version})
        })
        .collect()
}

fn resources(group: &str, version: &str) -> Option<Value> {
    let kinds: Vec<&Kind> = KINDS.iter().filter(|kind| kind.group == group && kind.version == version).collect();
    let resources: Vec<Value> =
        kinds.iter().flat_map(|kind| [Some(resource(kind)), scale(kind), status(kind)]).flatten().collect();
    let group_version = kinds.first()?.api_version();
    Some(json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}))
}

/// The status as a resource of its own, with rights of its own.
fn status(kind: &Kind) -> Option<Value> {
    kind.has_status().then(|| {
        json!({
            "name": format!("{}/status", kind.plural), "singularName": "", "namespaced": kind.scope == Scope::Namespaced,
            "kind": kind.name, "verbs": ["get", "patch"],
        })
    })
}

fn scale(kind: &Kind) -> Option<Value> {
    kind.scales().then(|| {
        json!({
            "name": format!("{}/scale", kind.plural), "singularName": "", "namespaced": true, "group": "autoscaling",
            "version": "v1", "kind": "Scale", "verbs": ["get", "patch", "update"],
        })
    })
}

fn resource(kind: &Kind) -> Value {
    let short: Vec<&str> = Some(kind.short).filter(|short| !short.is_empty()).into_iter().collect();
    json!({
        "name": kind.plural, "singularName": kind.name.to_lowercase(), "namespaced": kind.scope == Scope::Namespaced,
        "kind": kind.name, "verbs": ["get", "list", "patch", "watch"], "shortNames": short,
    })
}
