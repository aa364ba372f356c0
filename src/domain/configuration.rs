//! The configuration that the pods of a template read, and that is no part of the template.

use std::collections::BTreeSet;

use serde_json::Value;

use super::kind::Kind;
use super::text::Text;

/// The ConfigMaps and Secrets that a pod template names, each of them once.
pub fn configuration_of(template: &Value) -> BTreeSet<(Kind, Text)> {
    let mut found = BTreeSet::new();
    let mut note =
        |kind: Kind, name: &Value| found.extend(name.as_str().map(|name| (kind, Text::from_untrusted(name))));
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let spec = &template["spec"];
    for container in list(&spec["initContainers"]).iter().chain(&list(&spec["containers"])) {
        let variables = list(&container["env"]);
        for source in list(&container["envFrom"]).iter().chain(variables.iter().map(|one| &one["valueFrom"])) {
            note(Kind::ConfigMap, &source["configMapRef"]["name"]);
            note(Kind::ConfigMap, &source["configMapKeyRef"]["name"]);
            note(Kind::Secret, &source["secretRef"]["name"]);
            note(Kind::Secret, &source["secretKeyRef"]["name"]);
        }
    }
    for volume in list(&spec["volumes"]) {
        note(Kind::Secret, &volume["secret"]["secretName"]);
        let projected = list(&volume["projected"]["sources"]);
        for source in std::iter::once(&volume).chain(&projected) {
            note(Kind::ConfigMap, &source["configMap"]["name"]);
            note(Kind::Secret, &source["secret"]["name"]);
        }
    }
    found
}

#[cfg(test)]
mod tests;
