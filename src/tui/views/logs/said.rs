//! A line as a person reads it: the message first, then the fields that no column tells; and opened, field by field.

use std::borrow::Cow;
use std::ops::Range;

use crate::domain::logs::{Entry, Field, Needle};
use crate::state::logs::Record;

/// How a value of several lines is shown within one.
const BREAK: &str = " / ";

/// A line made legible.
pub(super) struct Said<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where the message ends and the fields begin.
    pub(super) message: usize,
}

impl<'a> Said<'a> {
    /// A line as it was written.
    pub(super) fn raw(record: &Record<'a>) -> Self {
        Self { text: Cow::Borrowed(record.text), message: record.text.len() }
    }

    /// A line read; with `chosen` fields in columns of their own the others are left out.
    pub(super) fn of(entry: &Entry<'_>, chosen: &[String]) -> Self {
        let mut text = entry.message.replace('\n', BREAK);
        let message = text.len();
        if chosen.is_empty() || text.is_empty() {
            for field in entry.others().filter(|field| !chosen.iter().any(|name| *name == field.name)) {
                if !text.is_empty() {
                    text.push_str(if text.len() == message { "  " } else { " " });
                }
                push(&mut text, field);
            }
        }
        Self { text: Cow::Owned(text), message }
    }
}

/// Writes a field as logfmt does.
fn push(text: &mut String, Field { name, value }: &Field<'_>) {
    let value = value.replace('\n', BREAK);
    let quote = if value.contains(' ') || value.is_empty() { "\"" } else { "" };
    text.extend([name, "=", quote, &value, quote]);
}

/// Whether something is in a line, as it was written or as it is shown.
pub(super) fn holds(needle: &Needle, record: &Record<'_>) -> bool {
    // Reading a line is dear, and only what spans a name and its value, or was escaped, differs.
    needle.is_in(record.text)
        || needle.spans_fields()
            && Entry::read(record.text).is_some_and(|entry| needle.is_in(&Said::of(&entry, &[]).text))
}

/// One row of a line that is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Detail {
    /// The name of the field, on its first row.
    pub(super) name: String,
    pub(super) value: String,
}

/// The rows of a line that is opened, at most so many, and at the end how much of it is withheld.
pub(super) fn details(entry: &Entry<'_>, withheld: u8, width: u16, most: usize) -> Vec<Detail> {
    let mut rows = Vec::new();
    for field in &entry.fields {
        let mut name = field.name.to_string();
        for line in field.value.split('\n') {
            for piece in wrap(line, width.saturating_sub(NAME + 2).max(8), usize::MAX) {
                rows.push(Detail { name: std::mem::take(&mut name), value: line[piece].to_owned() });
            }
        }
    }
    if withheld > 0 {
        let parts = if withheld == 1 { "1 part".to_owned() } else { format!("{withheld} parts") };
        rows.push(Detail { name: "not shown".to_owned(), value: format!("{parts} of this line, by a rule") });
    }
    let more = rows.len().saturating_sub(most);
    if more > 0 {
        rows.truncate(most.saturating_sub(1));
        rows.push(Detail { name: String::new(), value: format!("{} more rows; c copies the line", more + 1) });
    }
    rows
}

/// How wide the names of fields are in a line that is opened.
pub(super) const NAME: u16 = 16;

/// A line broken into pieces that fit, at most so many.
pub(super) fn wrap(text: &str, width: u16, most: usize) -> Vec<Range<usize>> {
    use unicode_width::UnicodeWidthChar;
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, letter) in text.char_indices() {
        let wide = letter.width().unwrap_or(0);
        if used + wide > usize::from(width) && at > start {
            pieces.push(start..at);
            if pieces.len() >= most {
                return pieces;
            }
            (start, used) = (at, 0);
        }
        used += wide;
    }
    pieces.push(start..text.len());
    pieces
}

/// The part of a line that is visible when it is not wrapped: a little more than fits, so that it is seen to go on.
pub(super) fn cut(text: &str, shift: usize, width: u16) -> Range<usize> {
    let start = text.char_indices().nth(shift).map_or(text.len(), |(at, _)| at);
    let end = text[start..].char_indices().nth(usize::from(width) * 2 + 1).map_or(text.len(), |(at, _)| start + at);
    start..end
}

/// How many characters are left out at the beginning of a line that is not wrapped: as many as one has gone to the side,
/// else as many as it takes to see what was looked for.
pub(super) fn shift(text: &str, shift: usize, width: u16, search: Option<&Needle>) -> usize {
    let width = usize::from(width);
    let Some(search) = search.filter(|_| shift == 0 && text.len() > width) else { return shift };
    let Some(place) = search.places(text).into_iter().next() else { return 0 };
    let (start, end) = (text[..place.start].chars().count(), text[..place.end].chars().count());
    if end < width { 0 } else { start.saturating_sub(width / 3) }
}

#[cfg(test)]
mod tests;
