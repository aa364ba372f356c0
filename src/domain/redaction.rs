//! What is withheld of what is shown: values that are secret, and those that look so by their name or their form.
//!
//! This is the one place that decides it. What is sent to a cluster is never redacted; what a screen, a file or a script
//! gets to see is. A value that is withheld leaves a mark with a number: equal values have equal numbers, so that a
//! difference still shows whether a secret changed, and nothing else of it.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

/// How what stands in the place of a secret begins, here and in lines of logs.
const MARK: &str = "<not shown";

/// Words that make a name that of a secret wherever they stand in it.
const ANYWHERE: [&str; 9] =
    ["password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "privatekey", "accesskey"];

/// Words that do so only as a whole word of the name.
const WORDS: [&str; 9] = ["key", "keys", "pass", "pwd", "pw", "dsn", "auth", "authorization", "salt"];

/// Last words of names that only say where a secret is kept.
const PLACES: [&str; 4] = ["file", "path", "dir", "name"];

/// Members whose own members have names that anybody gives.
const TAGS: [&str; 2] = ["labels", "annotations"];

/// Shapes of values that are secrets whatever their name is; what is withheld is in the group `secret`.
static FORMS: LazyLock<[Regex; 5]> = LazyLock::new(|| {
    [
        // The password of an address.
        r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@]*:(?<secret>[^\s/@]+)@",
        // A header; a digit tells it from prose.
        r"(?i)\b(?:bearer|basic)\s+(?<secret>[a-z+/=._~-]*[0-9][a-z0-9+/=._~-]{4,})",
        r"(?<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z))",
        // A signed token.
        r"\b(?<secret>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)",
        r"\b(?<secret>(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|sk_live_|AKIA|ASIA|AIza)[A-Za-z0-9_-]{12,})",
    ]
    .map(|form| Regex::new(form).expect("the forms are constants"))
});

/// A name with its value, as arguments and data sources have them: `--password=…`, `host=db password=…`.
static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?<name>[A-Za-z0-9_.-]+)=(?<secret>"[^"]*"|'[^']*'|[^\s,;&"']+)"#).expect("it is a constant")
});

/// What every text holds of which a part may have to be withheld. Most texts hold nothing of it, and are looked at no
/// further.
static TRIGGER: LazyLock<Regex> = LazyLock::new(|| {
    let forms = "gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|sk_live_|AKIA|ASIA|AIza";
    Regex::new(&format!("(?-u:://|=|(?i:bearer|basic)|-----BEGIN|eyJ|{forms})")).expect("it is a constant")
});

/// The shapes of secrets, each with the group `secret`, for those who withhold them of something else than objects.
pub(super) fn forms() -> impl Iterator<Item = &'static Regex> {
    FORMS.iter()
}

/// Withholds the secrets of what is shown together, and remembers which of them are equal.
#[derive(Debug, Default)]
pub struct Redaction {
    seen: Vec<String>,
}

/// An object, or a part of one, without the values that look secret.
pub fn redacted(value: &Value) -> Value {
    Redaction::default().of(value)
}

/// Takes the values of a Secret away and leaves how long they were. Its annotations go as well: tools keep copies of the
/// whole object there, kubectl and others.
pub fn blank_secret(secret: &mut Value) {
    let values = |value: &mut Value, pointer: &str, shown: &dyn Fn(&Value) -> Value| {
        let members = value.pointer_mut(pointer).and_then(Value::as_object_mut);
        for value in members.into_iter().flat_map(serde_json::Map::values_mut) {
            *value = shown(value);
        }
    };
    for field in ["/data", "/stringData"] {
        values(secret, field, &|value| {
            // Base64 makes four characters of three bytes.
            let bytes = value.as_str().map_or(0, |text| text.trim_end_matches('=').len() * 3 / 4);
            format!("<{bytes} bytes, not read>").into()
        });
    }
    values(secret, "/metadata/annotations", &|_| "<not read>".into());
}

impl Redaction {
    /// The same value without what looks secret.
    pub fn of(&mut self, value: &Value) -> Value {
        let mut shown = value.clone();
        // The values of a Secret have been taken away where it was read.
        if shown["kind"] != "Secret" {
            self.data(&mut shown);
        }
        self.walk(&mut shown);
        shown
    }

    /// The entries of a ConfigMap have names of their own, as environment variables have.
    fn data(&mut self, object: &mut Value) {
        for (name, value) in object.get_mut("data").and_then(Value::as_object_mut).into_iter().flatten() {
            self.named(name, value);
        }
    }

    fn walk(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(shown) = self.text(text) {
                    *text = shown;
                }
            }
            Value::Array(items) => {
                self.arguments(items);
                for item in items {
                    self.walk(item);
                }
            }
            Value::Object(members) => {
                // An environment variable, a header, or whatever else has a name and a value.
                if let Some(name) = members.get("name").and_then(Value::as_str).map(ToOwned::to_owned)
                    && let Some(value) = members.get_mut("value")
                {
                    self.named(&name, value);
                }
                for (name, member) in members.iter_mut() {
                    if TAGS.contains(&name.as_str())
                        && let Value::Object(tags) = member
                    {
                        tags.iter_mut().for_each(|(name, value)| self.named(name, value));
                    }
                    self.walk(member);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Withholds a value whose name is that of a secret.
    fn named(&mut self, name: &str, value: &mut Value) {
        if let Value::String(text) = value
            && is_secret_name(name)
            && !["", "true", "false"].contains(&text.as_str())
        {
            *text = self.mark(text);
        }
    }

    /// Withholds the arguments that follow an option for a secret: `--password`, `hunter2`.
    fn arguments(&mut self, items: &mut [Value]) {
        let mut is_awaited = false;
        for item in items {
            let Value::String(text) = item else {
                is_awaited = false;
                continue;
            };
            let is_option = text.starts_with('-');
            if is_awaited && !is_option {
                *text = self.mark(text);
            }
            is_awaited = is_option && !text.contains('=') && is_secret_name(text);
        }
    }

    /// A text without the parts of it that look secret; none where there are none.
    fn text(&mut self, text: &str) -> Option<String> {
        // A copy of an object, as kubectl keeps one in an annotation.
        if text.starts_with('{')
            && let Ok(copy @ Value::Object(_)) = serde_json::from_str::<Value>(text)
        {
            let mut shown = copy.clone();
            if shown["kind"] == "Secret" {
                blank_secret(&mut shown);
            }
            let shown = self.of(&shown);
            return (shown != copy).then(|| shown.to_string());
        }
        if !TRIGGER.is_match(text) {
            return None;
        }
        let mut shown = text.to_owned();
        for form in FORMS.iter() {
            shown = self.without(form, &shown, |_| true);
        }
        let named = |found: &Captures<'_>| is_secret_name(&found["name"]);
        shown = self.without(&ASSIGNMENT, &shown, named);
        (shown != text).then_some(shown)
    }

    /// A text in which a form has left marks.
    fn without(&mut self, form: &Regex, text: &str, is_meant: impl Fn(&Captures<'_>) -> bool) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut end = 0;
        for found in form.captures_iter(text).filter(is_meant) {
            // What was withheld before, from a line of a log, is not withheld again.
            if let Some(secret) = found.name("secret")
                && !text[secret.start()..].starts_with(MARK)
            {
                shown.push_str(&text[end..secret.start()]);
                shown.push_str(&self.mark(secret.as_str()));
                end = secret.end();
            }
        }
        shown.push_str(&text[end..]);
        shown
    }

    /// What stands in the place of a secret.
    fn mark(&mut self, secret: &str) -> String {
        let known = self.seen.iter().position(|one| one == secret);
        let number = known.unwrap_or_else(|| {
            self.seen.push(secret.to_owned());
            self.seen.len() - 1
        });
        format!("{MARK} #{}>", number + 1)
    }
}

/// Whether a name is that of a secret: `DATABASE_PASSWORD`, `apiKey`, `--auth-token`; not `PASSWORD_FILE`.
pub(super) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    if words.last().is_some_and(|last| PLACES.contains(&last.as_str())) {
        return false;
    }
    let whole = words.concat();
    ANYWHERE.iter().any(|word| whole.contains(word)) || words.iter().any(|word| WORDS.contains(&word.as_str()))
}

/// The words of a name in lower case, whether it is written `A_B`, `a-b`, `a.b` or `aB`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = letter.is_lowercase();
        if letter.is_alphanumeric() {
            words.last_mut().expect("there is always one").extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests;
