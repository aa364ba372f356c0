//! `managedFields`: who last wrote which fields of an object, and when.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::object;

/// Notes in `new` that `manager` changed it just now; an unchanged object stays as it is.
pub(crate) fn record(manager: &str, now: Timestamp, old: &Value, new: &mut Value) {
    let Some(fields) = changed(old, new) else { return };
    let entry = json!({
        "manager": manager, "operation": "Update", "apiVersion": new["apiVersion"], "time": now.to_string(),
        "fieldsType": "FieldsV1", "fieldsV1": fields,
    });
    let mut entries = object::list(old, "metadata.managedFields").to_vec();
    match entries.iter_mut().find(|known| object::text(known, "manager") == manager) {
        Some(known) => *known = entry,
        None => entries.push(entry),
    }
    object::set(new, "metadata.managedFields", Value::Array(entries));
}

/// Returns the changed fields in the notation of `FieldsV1`; a list counts as one field.
fn changed(old: &Value, new: &Value) -> Option<Value> {
    if old == new {
        return None;
    }
    let fields = new.as_object().into_iter().flatten().filter(|(key, _)| !is_kept_by_the_server(key));
    let inner = fields.filter_map(|(key, value)| {
        let before = old.get(key).unwrap_or(&Value::Null);
        changed(before, value).map(|fields| (format!("f:{key}"), fields))
    });
    Some(Value::Object(inner.collect::<Map<_, _>>()))
}

fn is_kept_by_the_server(key: &str) -> bool {
    matches!(
        key,
        "apiVersion"
            | "kind"
            | "name"
            | "namespace"
            | "uid"
            | "resourceVersion"
            | "generation"
            | "creationTimestamp"
            | "managedFields"
    )
}
