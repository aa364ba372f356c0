//! Matchers: what an alert must be like to be kept quiet, with the meaning that Alertmanager gives them.

use std::fmt::{self, Write as _};

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::object::{Labels, label};
use crate::domain::text::Text;

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// It is the same.
    #[serde(rename = "=")]
    Equal,
    /// It is another one.
    #[serde(rename = "!=")]
    NotEqual,
    /// A pattern takes all of it.
    #[serde(rename = "=~")]
    Like,
    /// A pattern does not take all of it.
    #[serde(rename = "!~")]
    Unlike,
}

impl Operator {
    /// Every operator; one that another begins with comes after it.
    const ALL: [Self; 4] = [Self::Like, Self::Unlike, Self::NotEqual, Self::Equal];

    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Like => "=~",
            Self::Unlike => "!~",
        }
    }

    fn is_pattern(self) -> bool {
        matches!(self, Self::Like | Self::Unlike)
    }

    fn is_positive(self) -> bool {
        matches!(self, Self::Equal | Self::Like)
    }
}

/// One condition on a label. A label that is missing is an empty one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Matcher {
    /// The label.
    pub name: Text,
    /// How its value is compared.
    pub operator: Operator,
    /// With what.
    pub value: Text,
}

impl Matcher {
    /// The label has this value.
    pub fn equal(name: impl Into<Text>, value: impl Into<Text>) -> Self {
        Self { name: name.into(), operator: Operator::Equal, value: value.into() }
    }

    /// Reads a matcher as an Alertmanager tells it; what it leaves out is as it was before there was a choice.
    pub fn read(told: &Value) -> Option<Self> {
        let operator = match (told["isEqual"].as_bool().unwrap_or(true), told["isRegex"].as_bool().unwrap_or(false)) {
            (true, false) => Operator::Equal,
            (false, false) => Operator::NotEqual,
            (true, true) => Operator::Like,
            (false, true) => Operator::Unlike,
        };
        let text = |value: &Value| value.as_str().map(Text::from_untrusted);
        Some(Self { name: text(&told["name"])?, operator, value: text(&told["value"])? })
    }

    /// Whether it takes a value of its label. A pattern that is none takes nothing.
    pub fn is_met(&self, value: &str) -> bool {
        let is_so = match self.operator {
            Operator::Equal | Operator::NotEqual => self.value == *value,
            Operator::Like | Operator::Unlike => anchored(&self.value).is_ok_and(|pattern| pattern.is_match(value)),
        };
        is_so == self.operator.is_positive()
    }

    /// As an Alertmanager is told.
    pub fn json(&self) -> Value {
        json!({
            "name": self.name, "value": self.value,
            "isRegex": self.operator.is_pattern(), "isEqual": self.operator.is_positive(),
        })
    }
}

impl fmt::Display for Matcher {
    /// As it is typed; the value in quotes where it needs them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |letter: char| letter.is_alphanumeric() || "_-.:/".contains(letter);
        let (name, sign, value) = (&self.name, self.operator.sign(), &self.value);
        if !value.is_empty() && value.chars().all(is_plain) {
            return write!(f, "{name}{sign}{value}");
        }
        write!(f, "{name}{sign}\"")?;
        for letter in value.chars() {
            if matches!(letter, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(letter)?;
        }
        f.write_char('"')
    }
}

/// Matchers that can be applied.
#[derive(Clone, Debug)]
pub struct Matchers {
    all: Vec<(Matcher, Option<Regex>)>,
}

impl Matchers {
    /// Makes ready what is to be applied, or says what Alertmanager would not take either.
    pub fn new(matchers: &[Matcher]) -> Result<Self, String> {
        let ready = |matcher: &Matcher| {
            let pattern = matcher.operator.is_pattern().then(|| anchored(&matcher.value)).transpose()?;
            Ok((matcher.clone(), pattern))
        };
        let all = matchers.iter().map(ready).collect::<Result<Vec<_>, String>>()?;
        let made = Self { all };
        if made.all.is_empty() {
            return Err("a silence needs a matcher".to_owned());
        }
        if made.take(|_name| "") {
            return Err("it would take an alert without any label: one matcher has to name something".to_owned());
        }
        Ok(made)
    }

    /// Whether all of them take labels, by whatever finds the value of one.
    pub fn take<'a>(&self, label: impl Fn(&str) -> &'a str) -> bool {
        self.all.iter().all(|(matcher, pattern)| {
            let value = label(&matcher.name);
            let is_met = pattern.as_ref().map_or_else(|| matcher.value == *value, |pattern| pattern.is_match(value));
            is_met == matcher.operator.is_positive()
        })
    }

    /// Whether all of them take labels.
    pub fn take_labels(&self, labels: &Labels) -> bool {
        self.take(|name| label(labels, name).map_or("", Text::as_str))
    }
}

/// A pattern that has to take the whole of a value.
fn anchored(pattern: &str) -> Result<Regex, String> {
    Regex::new(&format!("^(?:{pattern})$")).map_err(|error| {
        let why = error.to_string();
        format!("{pattern:?} is no pattern: {}", why.lines().last().unwrap_or_default().trim())
    })
}

/// Reads matchers as they are typed: `ChatErrorRate service="chat-service" pod=~"chat-.*"`, with spaces or commas between
/// them. A word without an operator is the name of an alert.
pub fn parse(text: &str) -> Result<Vec<Matcher>, String> {
    let mut rest = text.trim();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner.strip_suffix('}').ok_or("a `{` is not closed")?;
    }
    let mut matchers = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ',');
        if rest.is_empty() {
            return Ok(matchers);
        }
        let (matcher, after) = one(rest)?;
        matchers.push(matcher);
        rest = after;
    }
}

/// Reads one matcher as a word of a command line, whose quotes a shell has taken away.
pub fn one_matcher(word: &str) -> Result<Matcher, String> {
    let (matcher, rest) = one(word.trim())?;
    if rest.is_empty() {
        return Ok(matcher);
    }
    // A value without quotes of its own goes on to the end. A bare name has none.
    let value =
        word.trim().strip_prefix(matcher.name.as_str()).and_then(|rest| rest.strip_prefix(matcher.operator.sign()));
    match value {
        Some(value) if !value.starts_with('"') => Ok(Matcher { value: as_it_is(value)?, ..matcher }),
        _ => Err(format!("{:?} is more than one matcher: one word is one matcher", Text::from_untrusted(word.trim()))),
    }
}

/// Reads the first matcher of a text; what follows it.
fn one(text: &str) -> Result<(Matcher, &str), String> {
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '=' | '!');
    let name = &text[..text.find(ends).unwrap_or(text.len())];
    let rest = &text[name.len()..];
    let Some(operator) = Operator::ALL.into_iter().find(|operator| rest.starts_with(operator.sign())) else {
        if rest.starts_with('!') || name.is_empty() {
            return Err(format!("{:?} is no matcher; write alertname=NAME", text.chars().take(20).collect::<String>()));
        }
        return Ok((Matcher::equal("alertname", as_it_is(name.trim_matches('"'))?), rest));
    };
    if name.is_empty() {
        return Err(format!("`{}` follows no label", operator.sign()));
    }
    let (value, rest) = value(&rest[operator.sign().len()..])?;
    Ok((Matcher { name: as_it_is(name)?, operator, value: as_it_is(&value)? }, rest))
}

/// A word as it was typed; one that cannot be shown so would match something else than is shown.
fn as_it_is(word: &str) -> Result<Text, String> {
    let text = Text::from_untrusted(word);
    if text == *word { Ok(text) } else { Err(format!("{:?} holds characters that cannot be shown", text.as_str())) }
}

/// Reads a value, in quotes or up to a space; what follows it.
fn value(text: &str) -> Result<(String, &str), String> {
    let Some(quoted) = text.strip_prefix('"') else {
        let ends = |letter: char| letter.is_whitespace() || letter == ',';
        let end = text.find(ends).unwrap_or(text.len());
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((value, &quoted[at + 1..])),
            // Other escapes are the pattern's own.
            '\\' => match letters.next() {
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                Some((_, other)) => value.extend(['\\', other]),
                None => break,
            },
            other => value.push(other),
        }
    }
    Err("a quote is not closed".to_owned())
}
