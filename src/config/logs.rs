//! What a configuration says about logs: how much of them is kept, and what of them is withheld.

use std::ops::RangeInclusive;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use toml::Spanned;

use super::table::{Document, Table};
use crate::domain::logs::{Limits, Rule, Rules};
use crate::domain::text::Text;

/// How many lines may be kept.
const LINES: RangeInclusive<u64> = 1_000..=20_000_000;

/// How many MiB of them.
const MEGABYTES: RangeInclusive<u64> = 1..=4_096;

/// The largest automaton that is made of one rule, in bytes.
const LARGEST: usize = 1024 * 1024;

/// How many rules there may be: each is asked about each line.
const MOST: usize = 50;

/// What a person may set about logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSettings {
    /// How much is kept of what one query brings.
    pub limits: Limits,
    /// What is withheld of each line before it is kept.
    pub rules: Rules,
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<String>,
    pattern: Spanned<String>,
}

/// Reads `[logs]`.
pub(super) fn read(document: &Document<'_>, mut table: Table<'_>) -> LogSettings {
    let usual = LogSettings::default();
    let mut number = |key, range| table.within(key, range).and_then(|number| usize::try_from(number).ok());
    let lines = number("lines", &LINES).unwrap_or(usual.limits.lines);
    let megabytes = number("megabytes", &MEGABYTES);
    let bytes = megabytes.map_or(usual.limits.bytes, |megabytes| megabytes * 1024 * 1024);
    let masks_personal = table.value("mask-personal").map_or(usual.rules.masks_personal, Spanned::into_inner);
    let written = table.value::<Vec<Written>>("redact").map(Spanned::into_inner).unwrap_or_default();
    table.finish();
    if let Some(rule) = written.get(MOST) {
        document
            .note(Some(rule.name.span()), format!("there are more than {MOST} rules; each is asked about each line"));
    }
    let own = written.iter().filter_map(|written| rule(document, written)).collect();
    LogSettings { limits: Limits { lines, bytes }, rules: Rules { own, masks_personal } }
}

/// A rule, if it is valid.
fn rule(document: &Document<'_>, written: &Written) -> Option<Rule> {
    let note = |word: &Spanned<String>, what: String| document.note(Some(word.span()), what);
    let name = written.name.get_ref();
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if name.is_empty() || name.len() > 20 || !name.chars().all(is_word) {
        note(&written.name, format!("`{name}` cannot name a rule; those have at most 20 letters, digits and hyphens"));
        return None;
    }
    let pattern = written.pattern.get_ref();
    match compile(pattern) {
        Ok(regex) if regex.is_match("") => {
            note(&written.pattern, format!("`{pattern}` is found in everything; say what has to be there"));
            None
        }
        Ok(pattern) => Some(Rule { name: Text::from_untrusted(name), pattern }),
        Err(error) => {
            // The last line of the error says what is wrong, those before it draw where.
            let told = error.to_string();
            let why = told.lines().last().unwrap_or_default().trim_start_matches("error: ");
            note(&written.pattern, format!("`{pattern}` is no regular expression: {why}"));
            None
        }
    }
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(LARGEST).build()
}

#[cfg(test)]
mod tests;
