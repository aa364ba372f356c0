//! JSON as servers write it, and as it is written to be read by people too.

use std::fmt::Write as _;

use serde_json::Value;

use super::text::sanitize;

/// Takes fields that are `null` out of an object: JSON says so where protobuf says nothing.
pub fn strip_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(strip_nulls);
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(strip_nulls);
        }
        _ => {}
    }
}

/// Escapes what could deceive a reader or drive a terminal. JSON holds such characters within strings only.
pub fn escaped(json: &str) -> String {
    if json.is_ascii() && !json.contains('\u{7f}') {
        return json.to_owned();
    }
    let mut escaped = String::with_capacity(json.len() + 32);
    for character in json.chars() {
        let is_harmless = matches!(character, ' '..='~' | '\n') || {
            let mut bytes = [0; 4];
            let text: &str = character.encode_utf8(&mut bytes);
            sanitize(text) == text
        };
        if is_harmless {
            escaped.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

/// Puts the members of one object behind those of another.
pub fn merge(object: &mut Value, members: Value) {
    if let (Value::Object(object), Value::Object(members)) = (object, members) {
        object.extend(members);
    }
}
