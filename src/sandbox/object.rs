//! Reading and writing fields of an API object kept as a JSON value.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// Returns the value at a dotted path such as `spec.replicas` (numbers index lists), or null.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |inner, step| match inner {
        Value::Array(list) => step.parse().ok().and_then(|index: usize| list.get(index)).unwrap_or(&Value::Null),
        _ => inner.get(step).unwrap_or(&Value::Null),
    })
}

/// Returns the text at a dotted path, or nothing as an empty string.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).as_str().unwrap_or_default()
}

/// Returns the number at a dotted path; an absent number is 0, as in Kubernetes.
pub(crate) fn number(value: &Value, path: &str) -> i64 {
    at(value, path).as_i64().unwrap_or_default()
}

/// Returns the time at a dotted path.
pub(crate) fn time(value: &Value, path: &str) -> Option<Timestamp> {
    text(value, path).parse().ok()
}

/// Returns the list at a dotted path, empty when it is absent.
pub(crate) fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    at(value, path).as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Sets the value at a dotted path of objects, making those that are missing.
pub(crate) fn set(value: &mut Value, path: &str, new: Value) {
    let mut inner = value;
    for step in path.split('.') {
        if !inner.is_object() {
            *inner = Value::Object(Map::new());
        }
        inner = &mut inner[step];
    }
    *inner = new;
}

/// Returns the name of an object.
pub(crate) fn name(object: &Value) -> &str {
    text(object, "metadata.name")
}

/// Returns the namespace of an object, empty when it has none.
pub(crate) fn namespace(object: &Value) -> &str {
    text(object, "metadata.namespace")
}

/// Returns the identity of an object.
pub(crate) fn uid(object: &Value) -> &str {
    text(object, "metadata.uid")
}

/// Says whether deletion of an object has begun.
pub(crate) fn is_terminating(object: &Value) -> bool {
    !at(object, "metadata.deletionTimestamp").is_null()
}

/// Returns the whole seconds between a time in an object and `now`.
pub(crate) fn seconds_since(object: &Value, path: &str, now: Timestamp) -> i64 {
    time(object, path).map_or(0, |then| now.duration_since(then).as_secs())
}

/// Returns `now` moved by some seconds, as text.
pub(crate) fn stamp(now: Timestamp, seconds: i64) -> String {
    (now + SignedDuration::from_secs(seconds)).to_string()
}

/// Returns the condition of a type in a status.
pub(crate) fn condition<'a>(status: &'a Value, kind: &str) -> &'a Value {
    list(status, "conditions").iter().find(|condition| text(condition, "type") == kind).unwrap_or(&Value::Null)
}

/// Makes a condition; it keeps the transition time of the same condition in the old status while its answer is the same.
pub(crate) fn next_condition(
    old: &Value,
    now: Timestamp,
    kind: &str,
    status: &str,
    reason: &str,
    message: &str,
) -> Value {
    let before = condition(old, kind);
    let since = if text(before, "status") == status { text(before, "lastTransitionTime") } else { "" };
    let since = if since.is_empty() { now.to_string() } else { since.to_owned() };
    let mut made = json!({"type": kind, "status": status, "lastTransitionTime": since});
    for (key, words) in [("reason", reason), ("message", message)] {
        if !words.is_empty() {
            made[key] = json!(words);
        }
    }
    made
}

/// Makes a reference to the object that controls another.
pub(crate) fn owner_reference(owner: &Value) -> Value {
    json!({
        "apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": name(owner), "uid": uid(owner),
        "controller": true, "blockOwnerDeletion": true,
    })
}

/// Makes a status of counts, leaving out those that are 0 as Kubernetes does.
pub(crate) fn counts(pairs: &[(&str, i64)]) -> Value {
    pairs.iter().filter(|(_, count)| *count != 0).map(|(key, count)| ((*key).to_owned(), json!(count))).collect()
}
