//! What a line says where it is written for machines: an object of JSON, or pairs of logfmt.

use std::iter::Peekable;
use std::str::CharIndices;

use serde_json::{Map, Value};

use crate::domain::text::sanitize;

/// Names under which libraries write what a person is meant to read, the usual ones first.
const MESSAGES: [&str; 7] = ["msg", "message", "@message", "event", "log", "text", "body"];

/// Names of what has a column of its own: when it was said, and how grave it is.
const TOLD: [&str; 12] = [
    "time",
    "ts",
    "timestamp",
    "@timestamp",
    "t",
    "date",
    "datetime",
    "level",
    "lvl",
    "severity",
    "loglevel",
    "log.level",
];

/// More fields than this are not read.
const MOST: usize = 200;

/// A field. Both are sanitised; the value may have several lines, as a stack has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name; of an object within an object with both names: `http.status`.
    pub name: String,
    /// The value.
    pub value: String,
}

/// What a line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What a person is meant to read; may be empty.
    pub message: String,
    /// Everything, in the order in which it was written.
    pub fields: Vec<Field>,
}

impl Entry {
    /// Reads a line; none where it is only words.
    pub fn read(line: &str) -> Option<Self> {
        let line = line.trim();
        let fields = if line.starts_with('{') { json(line)? } else { logfmt(line)? };
        let message = MESSAGES.iter().find_map(|name| fields.iter().find(|field| field.name == *name));
        let message = message.map(|field| field.value.clone()).unwrap_or_default();
        Some(Self { message, fields })
    }

    /// The fields that neither a column nor the message tells.
    pub fn others(&self) -> impl Iterator<Item = &Field> {
        let message = MESSAGES.into_iter().find(|name| self.fields.iter().any(|field| field.name == *name));
        self.fields.iter().filter(move |field| {
            Some(field.name.as_str()) != message && !TOLD.iter().any(|told| field.name.eq_ignore_ascii_case(told))
        })
    }

    /// The value of a field, in whatever case its name is written.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        found.map(|field| field.value.as_str())
    }
}

/// The fields of an object.
fn json(line: &str) -> Option<Vec<Field>> {
    let object: Map<String, Value> = serde_json::from_str(line).ok()?;
    let mut fields = Vec::new();
    flatten("", &object, &mut fields);
    Some(fields)
}

fn flatten(before: &str, object: &Map<String, Value>, fields: &mut Vec<Field>) {
    for (name, value) in object {
        if fields.len() >= MOST {
            return;
        }
        let name = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
        match value {
            Value::Object(inner) if !inner.is_empty() => flatten(&name, inner, fields),
            Value::String(text) => fields.push(field(&name, text)),
            value => fields.push(field(&name, &value.to_string())),
        }
    }
}

/// A field of what was written, which escapes may have hidden until it was read.
fn field(name: &str, value: &str) -> Field {
    let lines: Vec<_> = value.lines().map(sanitize).collect();
    Field { name: sanitize(name).into_owned(), value: lines.join("\n") }
}

/// The fields of `name=value name="more words"`; none where anything else stands between, or there is only one pair,
/// because sentences have such in them too.
fn logfmt(line: &str) -> Option<Vec<Field>> {
    let mut letters = line.char_indices().peekable();
    let mut fields = Vec::new();
    while let Some((start, _)) = letters.peek().copied() {
        let end = skip(&mut letters, |letter| letter != '=' && letter != ' ' && letter != '"', line);
        if end == start || letters.next().is_none_or(|(_, letter)| letter != '=') {
            return None;
        }
        let value = value(&mut letters, line)?;
        if fields.len() < MOST {
            fields.push(field(&line[start..end], &value));
        }
        skip(&mut letters, |letter| letter == ' ', line);
    }
    (fields.len() > 1).then_some(fields)
}

/// A value, in quotes or up to the next blank.
fn value(letters: &mut Peekable<CharIndices<'_>>, line: &str) -> Option<String> {
    let start = letters.peek().map_or(line.len(), |(at, _)| *at);
    if letters.next_if(|(_, letter)| *letter == '"').is_none() {
        let end = skip(letters, |letter| letter != ' ', line);
        return Some(line[start..end].to_owned());
    }
    let mut is_escaped = false;
    let (end, _) = letters.find(|(_, letter)| {
        let is_end = *letter == '"' && !is_escaped;
        is_escaped = *letter == '\\' && !is_escaped;
        is_end
    })?;
    let quoted = &line[start..=end];
    // What stands behind it belongs to it, or this is something else.
    letters.peek().is_none_or(|(_, letter)| *letter == ' ').then_some(())?;
    // The quotes of Go, which are nearly those of JSON.
    Some(serde_json::from_str(quoted).unwrap_or_else(|_other| quoted[1..quoted.len() - 1].to_owned()))
}

/// Passes over letters of a kind; where the next one stands.
fn skip(letters: &mut Peekable<CharIndices<'_>>, kind: impl Fn(char) -> bool, line: &str) -> usize {
    while letters.next_if(|(_, letter)| kind(*letter)).is_some() {}
    letters.peek().map_or(line.len(), |(at, _)| *at)
}

#[cfg(test)]
mod tests;
