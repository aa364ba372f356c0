//! Whether a label selector selects some labels, by Kubernetes' rules.

use serde_json::Value;

/// Whether all that a selector asks for holds. An empty one selects everything, an absent one nothing.
pub(super) fn selects(selector: &Value, labels: &Value) -> bool {
    let Some(parts) = selector.as_object() else { return false };
    let equal = parts.get("matchLabels").and_then(Value::as_object).into_iter().flatten();
    let mut expressions = parts.get("matchExpressions").and_then(Value::as_array).into_iter().flatten();
    equal.into_iter().all(|(key, value)| labels[key] == *value)
        && expressions.all(|expression| holds(expression, labels))
}

/// Whether one expression of a selector holds.
fn holds(expression: &Value, labels: &Value) -> bool {
    let label = &labels[expression["key"].as_str().unwrap_or_default()];
    let is_listed = expression["values"].as_array().is_some_and(|values| values.contains(label));
    match expression["operator"].as_str().unwrap_or_default() {
        "In" => is_listed,
        "NotIn" => !is_listed,
        "Exists" => !label.is_null(),
        "DoesNotExist" => label.is_null(),
        _ => false,
    }
}
