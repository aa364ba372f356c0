//! An object as YAML, line by line.

use serde_json::Value;

use crate::domain::difference::yaml;
use crate::domain::text::sanitize;
use crate::tui::paint::span;
use crate::tui::theme::Role;
use crate::tui::widgets::text_pane::Line;

/// The lines of an object. What machines note about who wrote which field is left out unless it is asked for.
pub(super) fn lines(value: &Value, with_managed_fields: bool) -> Vec<Line> {
    let mut value = value.clone();
    if !with_managed_fields && let Some(meta) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        meta.shift_remove("managedFields");
    }
    plain_lines(&value)
}

/// The lines of any value.
pub(super) fn plain_lines(value: &Value) -> Vec<Line> {
    yaml(value).lines().map(told).collect()
}

/// One line: the key stands back, so that the values can be read down the page.
fn told(text: &str) -> Line {
    let text = sanitize(text).into_owned();
    let start = text.find(|letter| letter != ' ' && letter != '-').unwrap_or(0);
    let is_key = |key: &str| !key.is_empty() && !key.contains([' ', '"', '\'', '{', '[']);
    let end = match text[start..].split_once(": ") {
        Some((key, _)) if is_key(key) => Some(start + key.len() + 1),
        None if text.ends_with(':') && is_key(&text[start..text.len() - 1]) => Some(text.len()),
        _ => None,
    };
    match end {
        Some(end) => vec![span(Role::Muted, text[..end].to_owned()), span(Role::Text, text[end..].to_owned())],
        None => vec![span(Role::Text, text)],
    }
}
