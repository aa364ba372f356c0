//! From what was typed to terms.

use nucleo_matcher::pattern::AtomKind;
use regex::RegexBuilder;

use super::selector;
use super::term::{Fuzzy, Term, Test, Value, atom};

/// How much memory one expression may take when it is compiled.
const EXPRESSION_SIZE: usize = 1 << 20;

/// The terms, and what of the text cannot be understood.
pub(super) fn terms(text: &str) -> (Vec<Term>, Option<String>) {
    let mut terms = Vec::new();
    let mut fault = None;
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (is_inverse, body) = match rest.strip_prefix('!') {
            Some(body) => (true, body),
            None => (false, rest),
        };
        let (text, test, after) = term(body);
        match test {
            Ok(Some(test)) => terms.push(Term { text: text.to_owned(), is_inverse, test }),
            Ok(None) => {}
            Err(why) => fault = fault.or(Some(why)),
        }
        rest = after.trim_start();
    }
    (terms, fault)
}

/// The first term of a text: as it stands there, what it tests, and what comes after it.
fn term(text: &str) -> (&str, Result<Option<Test>, String>, &str) {
    if let Some(body) = text.strip_prefix('/') {
        return expression(text, body);
    }
    if text == "-l" || text.starts_with("-l ") {
        return labels(text);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, Ok((!word.is_empty()).then(|| word_or_column(word))), rest)
}

/// `/regex/`; while it is typed, the second slash may be missing.
fn expression<'a>(text: &'a str, body: &'a str) -> (&'a str, Result<Option<Test>, String>, &'a str) {
    let mut is_escaped = false;
    let end = body.char_indices().find(|(_, letter)| {
        let ends = *letter == '/' && !is_escaped;
        is_escaped = *letter == '\\' && !is_escaped;
        ends
    });
    let (pattern, used) = end.map_or((body, text.len()), |(at, _)| (&body[..at], at + 2));
    let test = if pattern.is_empty() {
        Ok(None)
    } else {
        let built = RegexBuilder::new(pattern).size_limit(EXPRESSION_SIZE).case_insensitive(true).build();
        built.map(|expression| Some(Test::Expression(expression))).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "is too large an expression, so it is left out".to_owned(),
            _ => "is not a regular expression yet, so it is left out".to_owned(),
        })
    };
    (&text[..used], test, &text[used..])
}

/// `-l selector`.
fn labels(text: &str) -> (&str, Result<Option<Test>, String>, &str) {
    let mut end = "-l".len();
    while let Some(word) = text[end..].split_whitespace().next() {
        if !selector::goes_on(&text["-l".len()..end], word) {
            break;
        }
        end = text[end..].find(word).map_or(text.len(), |at| end + at + word.len());
    }
    let (own, rest) = text.split_at(end);
    let body = own["-l".len()..].trim();
    let test = match (body, selector::parse(body)) {
        ("", _) => Ok(None),
        (_, Some(requirements)) => Ok(Some(Test::Labels(requirements))),
        (_, None) => Err("is not a label selector yet, so it is left out".to_owned()),
    };
    (own, test, rest)
}

/// `word`, `column:part` or `column:=value`.
fn word_or_column(word: &str) -> Test {
    match word.split_once(':') {
        Some((name, value))
            if !name.is_empty() && name.chars().all(|letter| letter.is_alphabetic() || letter == '-') =>
        {
            let value = match value.strip_prefix('=') {
                Some(whole) => Value::Exactly(whole.to_owned()),
                None => Value::Part(atom(value, AtomKind::Substring)),
            };
            Test::Column { name: name.to_owned(), value, whole: Fuzzy::new(word) }
        }
        _ => Test::Words(Fuzzy::new(word)),
    }
}
