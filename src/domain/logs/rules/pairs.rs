//! Secrets that are known by the name before them: `password=…`, `"apiKey": "…"`, `Authorization: …`.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memchr2_iter;
use regex::Regex;

use crate::domain::redaction::is_secret_name;

/// What a name of a secret holds. It is asked first, because most names hold none of it.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let words = "passw|passphrase|secret|token|credential|key|pass|pwd|pw|dsn|auth|salt|cookie";
    Regex::new(&format!("(?i-u:{words})")).expect("it is a constant")
});

/// Words that make a name one of a secret whatever stands behind it, also in prose.
const STRONG: [&str; 10] = [
    "passw",
    "passphrase",
    "secret",
    "credential",
    "apikey",
    "api_key",
    "api-key",
    "privatekey",
    "accesskey",
    "authorization",
];

/// Names of ours and of databases that have such a word and are mostly no secret: only what looks random is withheld.
const WEAK: [&str; 4] = ["key", "keys", "auth", "salt"];

/// Words before the secret of a header.
const SCHEMES: [&str; 5] = ["bearer", "basic", "token", "digest", "negotiate"];

/// Tells where the secrets of a line are.
pub(super) fn find(line: &str, mut each: impl FnMut(Range<usize>)) {
    let bytes = line.as_bytes();
    let mut done = 0;
    for at in memchr2_iter(b'=', b':', bytes) {
        if at < done {
            continue;
        }
        let Some((name, is_quoted)) = name_before(line, at) else { continue };
        if !NAME.is_match(name) {
            continue;
        }
        let is_cookie = ends_with(name, "cookie");
        let is_strong = STRONG.iter().any(|word| contains(name, word)) || is_cookie;
        let is_pair = bytes[at] == b'=' || is_quoted || is_strong;
        if !is_pair || !(is_cookie || is_secret_name(name)) {
            continue;
        }
        let Some(value) = value_after(line, at, is_cookie) else { continue };
        let words = &line[value.clone()];
        let is_prose = bytes[at] == b':' && !is_quoted && is_word_of_prose(line, &value);
        let is_weak = !is_strong && WEAK.iter().any(|word| ends_with(name, word)) && !looks_random(words);
        let is_path = ends_with(name, "pwd") && words.starts_with('/');
        let is_image = line[..at].strip_suffix(name).is_some_and(|before| before.ends_with('/')) && is_version(words);
        if is_harmless(words) || is_prose || is_weak || is_path || is_image {
            continue;
        }
        done = value.end;
        each(value);
    }
}

/// The name before a sign, and whether it stands in quotes.
fn name_before(line: &str, at: usize) -> Option<(&str, bool)> {
    let before = line[..at].trim_end_matches(' ');
    let bare = before.strip_suffix(['"', '\'']).map(|name| name.trim_end_matches('\\'));
    let name = bare.unwrap_or(before);
    // At most one blank, or several where quotes say what is meant.
    if bare.is_none() && at - before.len() > 1 {
        return None;
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let length = name.bytes().rev().take_while(is_part).count();
    (length > 1).then(|| (&name[name.len() - length..], bare.is_some()))
}

/// The value behind a sign.
fn value_after(line: &str, at: usize, is_header: bool) -> Option<Range<usize>> {
    let sign = line.as_bytes()[at];
    let mut start = at + 1;
    // The arrow of Ruby; and what only begins like a sign.
    if sign == b'=' && line[start..].starts_with('>') {
        start += 1;
    } else if line[start..].starts_with([':', '=', '~']) {
        return None;
    }
    start += line[start..].bytes().take(4).take_while(|byte| *byte == b' ').count();
    let rest = &line[start..];
    let slashes = rest.bytes().take_while(|byte| *byte == b'\\').count();
    match rest.as_bytes().get(slashes)? {
        quote @ (b'"' | b'\'') => {
            let start = start + slashes + 1;
            Some(start..end_of_quoted(line, start, *quote, slashes))
        }
        // A list of secrets; an object has names of its own.
        b'[' if slashes == 0 => Some(start + 1..start + rest.find(']').unwrap_or(rest.len())),
        b'{' => None,
        _ if is_header => Some(start..start + rest.find(['"', '\'']).unwrap_or(rest.len())),
        _ => Some(behind_scheme(line, bare(line, start))),
    }
    .map(|value| if line[..value.start].ends_with(['"', '\'']) { behind_scheme(line, value) } else { value })
    .filter(|value| !value.is_empty())
}

/// Where a text ends that began behind a quote with so many backslashes before it.
fn end_of_quoted(line: &str, start: usize, quote: u8, slashes: usize) -> usize {
    let mut escapes = 0;
    for (at, byte) in line.bytes().enumerate().skip(start) {
        match byte {
            b'\\' => escapes += 1,
            // In a text within a text each quote is escaped once more than the one that ends it.
            _ if byte == quote && escapes <= slashes && (slashes > 0 || escapes % 2 == 0) => return at - escapes,
            _ if byte == quote && slashes == 0 && escapes % 2 == 0 => return at,
            _ => escapes = 0,
        }
    }
    line.len()
}

/// A value without quotes. What closes a bracket around it does not belong to it.
fn bare(line: &str, start: usize) -> Range<usize> {
    let end = line[start..].find([' ', '\t', ',', ';', '&', '"', '\'']).unwrap_or(line.len() - start);
    let value = line[start..start + end].trim_end_matches([')', '}', ']', '>', '\\']);
    start..start + value.len()
}

/// What stands behind the word for the kind of a header: `Bearer …`.
fn behind_scheme(line: &str, value: Range<usize>) -> Range<usize> {
    let word = line[value.start..].split(' ').next().unwrap_or_default();
    if !SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme)) || line[value.start..].len() <= word.len() + 1 {
        return value;
    }
    let start = value.start + word.len() + 1;
    if start < value.end { start..value.end } else { bare(line, start) }
}

/// Whether a value gives nothing away.
fn is_harmless(value: &str) -> bool {
    let is_masked = value.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-'));
    let is_small = value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit());
    let words = ["true", "false", "null", "nil", "none", "undefined", "<nil>", "[redacted]", "redacted", "<not"];
    is_masked || is_small || value.starts_with('$') || words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether a value is a word of a sentence that goes on: "secret: not found".
fn is_word_of_prose(line: &str, value: &Range<usize>) -> bool {
    let is_word = line[value.clone()].bytes().all(|byte| byte.is_ascii_lowercase());
    is_word && line[value.end..].starts_with(' ')
}

/// Whether a value is that of an image behind its name, and nothing more: "registry.example/secret-store:1.4.2".
fn is_version(value: &str) -> bool {
    let value = value.strip_prefix('v').unwrap_or(value);
    let end = value.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(value.len());
    let (numbers, rest) = value.split_at(end);
    let is_numbered = numbers.contains('.') && numbers.split('.').all(|number| !number.is_empty());
    is_numbered && (rest.is_empty() || rest.starts_with(['-', '+', '@']) && !looks_random(rest))
}

/// Whether a value looks as if it was drawn by lot.
fn looks_random(value: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| value.bytes().any(|byte| kind(&byte));
    value.len() >= 12 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && !value.contains([':', '/', ' '])
}

fn contains(name: &str, word: &str) -> bool {
    name.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

fn ends_with(name: &str, word: &str) -> bool {
    name.len() >= word.len() && name.as_bytes()[name.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
}
