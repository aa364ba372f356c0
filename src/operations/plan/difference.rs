//! What differs between two templates, in a sentence; the lines are those of `domain::difference`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::text::Text;

pub(super) use crate::domain::difference::of;

/// What differs, in a few words: "image, 2 environment variables, limits".
pub(super) fn summary(before: &Value, after: &Value) -> Text {
    let mut parts = Vec::new();
    let (old, new) = (containers(before), containers(after));
    if old.iter().map(image).ne(new.iter().map(image)) {
        parts.push(if new.len() > 1 { "images".to_owned() } else { "image".to_owned() });
    }
    let variables = differing(&old, &new, "env");
    match variables {
        0 => {}
        1 => parts.push("1 environment variable".to_owned()),
        count => parts.push(format!("{count} environment variables")),
    }
    for (field, name) in [
        ("resources", "limits"),
        ("command", "command"),
        ("args", "arguments"),
        ("ports", "ports"),
        ("readinessProbe", "readiness probe"),
        ("livenessProbe", "liveness probe"),
        ("envFrom", "environment sources"),
        ("volumeMounts", "mounts"),
    ] {
        if old.iter().map(|container| &container[field]).ne(new.iter().map(|container| &container[field])) {
            parts.push(name.to_owned());
        }
    }
    if before["spec"]["volumes"] != after["spec"]["volumes"] {
        parts.push("volumes".to_owned());
    }
    if parts.is_empty() {
        parts.push("labels and annotations of the pods".to_owned());
    }
    parts.join(", ").into()
}

/// The containers of a template.
fn containers(template: &Value) -> Vec<Value> {
    template["spec"]["containers"].as_array().cloned().unwrap_or_default()
}

/// The image of a container.
fn image(container: &Value) -> Option<&str> {
    container["image"].as_str()
}

/// How many named entries of a list differ over all containers.
fn differing(old: &[Value], new: &[Value], field: &str) -> usize {
    let entries = |containers: &[Value]| -> BTreeSet<String> {
        let all = containers.iter().filter_map(|container| container[field].as_array()).flatten();
        all.map(ToString::to_string).collect()
    };
    let names = |entries: BTreeSet<&String>| -> BTreeSet<String> {
        let parsed = entries.into_iter().filter_map(|entry| serde_json::from_str::<Value>(entry).ok());
        parsed.filter_map(|entry| entry["name"].as_str().map(ToOwned::to_owned)).collect()
    };
    let (old, new) = (entries(old), entries(new));
    names(old.symmetric_difference(&new).collect()).len()
}

/// Config maps and secrets that a template reads: they are not part of it and stay as they are.
pub(super) fn configuration_of(template: &Value) -> Vec<Text> {
    let mut found = BTreeSet::new();
    for container in containers(template) {
        let from = container["envFrom"].as_array().cloned().unwrap_or_default();
        let variables = container["env"].as_array().cloned().unwrap_or_default();
        for source in from.iter().chain(variables.iter().map(|variable| &variable["valueFrom"])) {
            found.extend(named("ConfigMap", &source["configMapRef"]["name"]));
            found.extend(named("ConfigMap", &source["configMapKeyRef"]["name"]));
            found.extend(named("Secret", &source["secretRef"]["name"]));
            found.extend(named("Secret", &source["secretKeyRef"]["name"]));
        }
    }
    for volume in template["spec"]["volumes"].as_array().into_iter().flatten() {
        found.extend(named("ConfigMap", &volume["configMap"]["name"]));
        found.extend(named("Secret", &volume["secret"]["secretName"]));
    }
    found.into_iter().map(Text::from).collect()
}

/// A kind and a name, where there is one.
fn named(kind: &str, name: &Value) -> Option<String> {
    name.as_str().map(|name| format!("{kind} {name}"))
}
