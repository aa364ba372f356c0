//! What a line says where it is written for machines: an object of JSON, or pairs of logfmt.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::CharIndices;

use crate::domain::text::sanitize;

mod json;

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
pub struct Field<'a> {
    /// The name; of an object within an object with both names: `http.status`.
    pub name: Cow<'a, str>,
    /// The value.
    pub value: Cow<'a, str>,
}

/// What a line says, borrowed from it as far as it is written there as it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What a person is meant to read; may be empty.
    pub message: Cow<'a, str>,
    /// Everything, in the order in which it was written.
    pub fields: Vec<Field<'a>>,
}

impl<'a> Entry<'a> {
    /// Reads a line; none where it is only words.
    pub fn read(line: &'a str) -> Option<Self> {
        let line = line.trim();
        let fields = if line.starts_with('{') { json::fields(line)? } else { logfmt(line)? };
        let message = MESSAGES.iter().find_map(|name| fields.iter().find(|field| field.name == *name));
        let message = message.map(|field| field.value.clone()).unwrap_or_default();
        Some(Self { message, fields })
    }

    /// The same, to be kept longer than the line.
    pub fn into_owned(self) -> Entry<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let fields = self.fields.into_iter().map(|Field { name, value }| Field { name: own(name), value: own(value) });
        Entry { message: own(self.message), fields: fields.collect() }
    }

    /// The fields that neither a column nor the message tells.
    pub fn others(&self) -> impl Iterator<Item = &Field<'a>> {
        let message = MESSAGES.into_iter().find(|name| self.fields.iter().any(|field| field.name == *name));
        self.fields.iter().filter(move |field| {
            Some(&*field.name) != message && !TOLD.iter().any(|told| field.name.eq_ignore_ascii_case(told))
        })
    }

    /// The value of a field, in whatever case its name is written.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        found.map(|field| &*field.value)
    }
}

/// A field of what was written, which escapes may have hidden until it was read.
fn field<'a>(name: Cow<'a, str>, value: Cow<'a, str>) -> Field<'a> {
    let value = if value.contains('\n') {
        let lines: Vec<_> = value.lines().map(sanitize).collect();
        Cow::Owned(lines.join("\n"))
    } else {
        clean(value)
    };
    Field { name: clean(name), value }
}

/// One line, harmless.
fn clean(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => sanitize(text),
        Cow::Owned(text) => match sanitize(&text) {
            Cow::Borrowed(_) => Cow::Owned(text),
            Cow::Owned(clean) => Cow::Owned(clean),
        },
    }
}

/// The fields of `name=value name="more words"`; none where anything else stands between, or there is only one pair,
/// because sentences have such in them too.
fn logfmt(line: &str) -> Option<Vec<Field<'_>>> {
    let mut letters = line.char_indices().peekable();
    let mut fields = Vec::new();
    while let Some((start, _)) = letters.peek().copied() {
        let end = skip(&mut letters, |letter| letter != '=' && letter != ' ' && letter != '"', line);
        if end == start || letters.next().is_none_or(|(_, letter)| letter != '=') {
            return None;
        }
        let value = value(&mut letters, line)?;
        if fields.len() < MOST {
            fields.push(field(Cow::Borrowed(&line[start..end]), value));
        }
        skip(&mut letters, |letter| letter == ' ', line);
    }
    (fields.len() > 1).then_some(fields)
}

/// A value, in quotes or up to the next blank.
fn value<'a>(letters: &mut Peekable<CharIndices<'_>>, line: &'a str) -> Option<Cow<'a, str>> {
    let start = letters.peek().map_or(line.len(), |(at, _)| *at);
    if letters.next_if(|(_, letter)| *letter == '"').is_none() {
        let end = skip(letters, |letter| letter != ' ', line);
        return Some(Cow::Borrowed(&line[start..end]));
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
    let inner = &quoted[1..quoted.len() - 1];
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    // The quotes of Go, which are nearly those of JSON.
    Some(serde_json::from_str(quoted).map_or(Cow::Borrowed(inner), Cow::Owned))
}

/// Passes over letters of a kind; where the next one stands.
fn skip(letters: &mut Peekable<CharIndices<'_>>, kind: impl Fn(char) -> bool, line: &str) -> usize {
    while letters.next_if(|(_, letter)| kind(*letter)).is_some() {}
    letters.peek().map_or(line.len(), |(at, _)| *at)
}

#[cfg(test)]
mod tests;
