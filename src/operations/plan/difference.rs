//! What differs between two templates in a sentence, and what they read besides.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::configuration;
use crate::domain::text::Text;

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
    configuration::configuration_of(template).iter().map(|(kind, name)| Text::from(format!("{kind} {name}"))).collect()
}
