//! What an object's managed fields tell about the past: of a workload, and of the ConfigMaps that its pods use.
//!
//! Rows leave these fields out, since they are the larger half of every object; so they are fetched when somebody asks.

use serde_json::Value;

use crate::clients::kubernetes::Reader;
use crate::domain::configuration::configuration_of;
use crate::domain::difference;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::text::Text;
use crate::domain::update::Update;
use crate::domain::writing::{Writing, is_controller};

/// Reads who wrote a workload and the ConfigMaps that it names. What cannot be read tells nothing.
pub async fn past(reader: &Reader, workload: &ObjectRef) -> Vec<Update> {
    let Ok(object) = reader.get_object(workload).await else { return Vec::new() };
    let mut updates = vec![Update::Written(workload.clone(), writings(&object))];
    // Of a Secret not even who wrote it is worth reading it for.
    let used = configuration_of(&difference::template_of(workload.kind, &object));
    for (kind, name) in used.into_iter().filter(|(kind, _)| *kind == Kind::ConfigMap) {
        let config = ObjectRef { kind, name, ..workload.clone() };
        if let Ok(object) = reader.get_object(&config).await {
            updates.push(Update::Written(config, writings(&object)));
        }
    }
    updates
}

/// Each manager's last write, except of status and by controllers.
fn writings(object: &Value) -> Vec<Writing> {
    let entries = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    let told = entries.filter(|entry| entry["subresource"] != "status");
    let told = told.filter_map(|entry| {
        let manager = entry["manager"].as_str().filter(|manager| !is_controller(manager))?;
        Some(Writing {
            at: entry["time"].as_str()?.parse().ok()?,
            by: Text::from_untrusted(manager),
            parts: parts(&entry["fieldsV1"]),
        })
    });
    told.collect()
}

/// What a set of fields is, in the words of those who write them; labels and annotations only where there is nothing
/// else.
fn parts(fields: &Value) -> Vec<Text> {
    let spec = &fields["f:spec"];
    let pod = &spec["f:template"]["f:spec"];
    let mut parts: Vec<Text> = Vec::new();
    parts.extend(names(&fields["f:data"]));
    parts.extend(names(spec).filter(|name| !["template", "selector"].contains(&name.as_str())));
    for list in ["f:containers", "f:initContainers"] {
        let containers = pod[list].as_object().into_iter().flat_map(serde_json::Map::values);
        parts.extend(containers.flat_map(names).filter(|name| name != "name"));
    }
    parts.extend(names(pod).filter(|name| !["containers", "initContainers"].contains(&name.as_str())));
    if parts.is_empty() {
        for meta in [&fields["f:metadata"], &spec["f:template"]["f:metadata"]] {
            parts.extend(names(meta));
        }
    }
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// The names of the fields directly below.
fn names(fields: &Value) -> impl Iterator<Item = Text> {
    let keys = fields.as_object().into_iter().flat_map(serde_json::Map::keys);
    keys.filter_map(|key| key.strip_prefix("f:")).map(Text::from_untrusted)
}

#[cfg(test)]
mod tests;
