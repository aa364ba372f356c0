//! What is withheld of lines before anybody keeps them: secrets, and what tells of people.
//!
//! A secret leaves a mark. What tells of people leaves one with a tag: in one run equal values have equal tags, so that
//! two lines can be compared, and nobody learns the value from it.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use memchr::memmem;
use regex::Regex;
use sha2::{Digest, Sha256};

use crate::domain::redaction;
use crate::domain::text::Text;

mod pairs;
mod personal;

/// What stands in the place of a secret.
const MARK: &str = "<not shown>";

/// What a line holds of which a part may have to be withheld. Most lines hold nothing of it, and are looked at no further.
static TRIGGER: LazyLock<Regex> = LazyLock::new(|| {
    let words = "passw|passphrase|secret|token|credential|key|pass|pwd|pw|dsn|auth|salt|cookie|bearer|basic";
    let forms = "-----BEGIN|eyJ|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|sk_live_|AKIA|ASIA|AIza";
    let personal = r"@|\+[1-9][0-9 ()-]{8}|[2-6][0-9]{12}|[3-6][0-9]{3}[ -][0-9]{4}";
    Regex::new(&format!("(?i-u:{words})|(?-u:{forms}|{personal})")).expect("it is a constant")
});

/// What the tags of this run are made with: from the one source of chance that the language brings along.
static KEY: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());

/// How many lines a private key may have.
const KEY_LINES: u16 = 200;

/// A rule of the configuration.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What the mark says: "customer".
    pub name: Text,
    /// What is withheld: the group `secret`, or all of it where there is none.
    pub pattern: Regex,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.pattern.as_str() == other.pattern.as_str()
    }
}

impl Eq for Rule {}

/// All rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Those of the configuration.
    pub own: Vec<Rule>,
    /// Whether e-mail addresses and the numbers of telephones and cards are withheld. Secrets always are.
    pub masks_personal: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { own: Vec::new(), masks_personal: true }
    }
}

/// A part of a line that is withheld, and the name of what it is; none for a secret.
type Part<'a> = (Range<usize>, Option<&'a str>);

/// Withholds what must not be kept of the lines of one stream.
#[derive(Clone, Debug, Default)]
pub struct Withholder {
    rules: Arc<Rules>,
    /// How many more lines a private key may have that has begun.
    key_lines: u16,
}

impl Withholder {
    /// For one stream.
    pub fn new(rules: Arc<Rules>) -> Self {
        Self { rules, key_lines: 0 }
    }

    /// A line without what must not be kept, and of how many parts that is.
    pub fn of<'a>(&mut self, line: &'a str) -> (Cow<'a, str>, u8) {
        let plain = unescaped(line);
        let mut parts = Vec::new();
        if self.key_lines > 0 {
            self.key_line(&plain, &mut parts);
        }
        if TRIGGER.is_match(&plain) {
            self.rules.look(&plain, &mut parts);
            if memmem::find(plain.as_bytes(), b"-----BEGIN ").is_some_and(|at| is_begun(&plain[at..])) {
                self.key_lines = KEY_LINES;
            }
        }
        self.rules.look_for_own(&plain, &mut parts);
        if parts.is_empty() {
            return (Cow::Borrowed(line), 0);
        }
        let (shown, count) = without(&plain, parts);
        (Cow::Owned(shown), count)
    }

    /// A line that may belong to a private key that began before.
    fn key_line(&mut self, line: &str, parts: &mut Vec<Part<'_>>) {
        self.key_lines -= 1;
        if line.contains("-----END ") {
            self.key_lines = 0;
        }
        let is_code = |letter: char| letter.is_ascii_alphanumeric() || "+/=".contains(letter);
        let is_all = line.trim().chars().all(is_code);
        let mut at = 0;
        for word in line.split_inclusive(|letter| !is_code(letter)) {
            let length = word.trim_end_matches(|letter| !is_code(letter)).len();
            if length >= 16 || is_all && length > 0 {
                parts.push((at..at + length, None));
            }
            at += word.len();
        }
    }
}

impl Rules {
    /// Looks for everything that is built in.
    fn look(&self, line: &str, parts: &mut Vec<Part<'_>>) {
        for form in redaction::forms() {
            let found = form.captures_iter(line).filter_map(|found| found.name("secret"));
            parts.extend(found.map(|secret| (secret.range(), None)));
        }
        pairs::find(line, |secret| parts.push((secret, None)));
        if self.masks_personal {
            personal::mails(line, |mail| parts.push((mail, Some("e-mail"))));
            personal::phones(line, |phone| parts.push((phone, Some("phone"))));
            personal::cards(line, |card| parts.push((card, Some("card"))));
        }
    }

    /// Looks for what the configuration names.
    fn look_for_own<'a>(&'a self, line: &str, parts: &mut Vec<Part<'a>>) {
        for rule in &self.own {
            for found in rule.pattern.captures_iter(line) {
                let part = found.name("secret").or_else(|| found.get(0)).filter(|part| !part.is_empty());
                parts.extend(part.map(|part| (part.range(), Some(rule.name.as_str()))));
            }
        }
    }
}

/// A line in which marks stand for some parts, and how many they are.
fn without(line: &str, mut parts: Vec<Part<'_>>) -> (String, u8) {
    // Where two meet, the one that begins first stands, and of those the longer one.
    parts.sort_by_key(|(part, _)| (part.start, std::cmp::Reverse(part.end)));
    let (mut shown, mut done, mut count) = (String::with_capacity(line.len() + 16), 0, 0_u8);
    for (part, name) in parts {
        if part.start < done {
            // What reaches beyond is withheld with it.
            done = done.max(part.end);
            continue;
        }
        shown.push_str(&line[done..part.start]);
        let quote = if is_bare(line, &part) { "\"" } else { "" };
        shown.push_str(quote);
        match name {
            Some(name) => tag(name, &line[part.clone()], &mut shown),
            None => shown.push_str(MARK),
        }
        shown.push_str(quote);
        done = part.end;
        count = count.saturating_add(1);
    }
    shown.push_str(&line[done..]);
    (shown, count)
}

/// Writes the mark of a value: equal ones have the same.
fn tag(name: &str, value: &str, shown: &mut String) {
    let hash = Sha256::new().chain_update(KEY.to_le_bytes()).chain_update(name).chain_update(value).finalize();
    let _ = write!(shown, "<{name} {:02x}{:02x}{:02x}>", hash[0], hash[1], hash[2]);
}

/// Whether a private key has begun here and not ended.
fn is_begun(line: &str) -> bool {
    line.lines().next().is_some_and(|line| line.contains("PRIVATE KEY-----")) && !line.contains("-----END ")
}

/// Whether a part is a value of JSON without quotes: a mark in its place needs some.
fn is_bare(line: &str, part: &Range<usize>) -> bool {
    let before = line[..part.start].trim_end();
    line.starts_with('{')
        && before.ends_with("\":")
        && !before.ends_with("\\\":")
        && line[part.end..].trim_start().starts_with([',', '}'])
}

/// A line of JSON without the escapes in which names and values could hide: those of printable ASCII.
fn unescaped(line: &str) -> Cow<'_, str> {
    let is_hiding = |at: &usize| line[*at..].starts_with(r"\u00") || line[*at..].starts_with(r"\/");
    if !line.starts_with('{') || !memchr::memchr_iter(b'\\', line.as_bytes()).any(|at| is_hiding(&at)) {
        return Cow::Borrowed(line);
    }
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let code = rest.strip_prefix(r"\u00").and_then(|code| u8::from_str_radix(code.get(..2)?, 16).ok());
        match code.map(char::from).filter(|letter| matches!(letter, ' '..='~') && !matches!(letter, '"' | '\\')) {
            Some(letter) => {
                plain.push(letter);
                rest = &rest[6..];
            }
            None if rest.starts_with(r"\/") => {
                plain.push('/');
                rest = &rest[2..];
            }
            None => {
                // Whatever is escaped belongs to its backslash.
                let end = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                plain.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests;
