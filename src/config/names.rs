//! Words that a configuration may hold: what makes each one valid, and what to say of one that is not.

use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;

use super::assets::unknown;
use crate::domain::alert::Priorities;
use crate::domain::moment::read_span;
use crate::domain::nearest::nearest;
use crate::domain::object::ClusterName;
use crate::domain::text::Text;

/// The longest name that Kubernetes gives a namespace, in characters.
const MAX_NAMESPACE: usize = 63;
/// The longest time that makes sense for watching one change.
const MAX_TIME: SignedDuration = SignedDuration::from_hours(24);

/// A name that people gave: not empty, and shown as it is written, so that no two look alike.
fn name(word: &str) -> Result<Text, String> {
    let text = Text::from_untrusted(word);
    match text.as_str() {
        "" => Err("a name is empty".to_owned()),
        shown if shown != word => Err(format!("`{word}` holds characters that cannot be shown")),
        _ => Ok(text),
    }
}

/// A context of the kubeconfig.
pub(super) fn context(word: &str) -> Result<ClusterName, String> {
    name(word).map(ClusterName)
}

/// An environment: not the star by which roles mean all of them.
pub(super) fn environment(word: &str) -> Result<Text, String> {
    if word == "*" { Err("an environment cannot be called `*`".to_owned()) } else { name(word) }
}

/// A namespace as Kubernetes allows it.
pub(super) fn namespace(word: &str) -> Result<Text, String> {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if word.is_empty() || word.len() > MAX_NAMESPACE || !word.chars().all(is_plain) {
        let most = format!("at most {MAX_NAMESPACE} lower-case letters, digits and hyphens");
        return Err(format!("`{word}` cannot be a namespace; those have {most}"));
    }
    Ok(Text::from_untrusted(word))
}

/// A program by its place.
pub(super) fn program(word: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(word);
    if path.is_absolute() { Ok(path) } else { Err(format!("`{word}` is no absolute path; write it from `/` on")) }
}

/// A time: "30s", "5m", "1h 30m".
pub(super) fn time(word: &str) -> Result<Duration, String> {
    let time = read_span(word)?;
    match Duration::try_from(time) {
        Ok(length) if !length.is_zero() && time <= MAX_TIME => Ok(length),
        _ => Err(format!("`{word}` is out of range; times are longer than nothing and at most a day")),
    }
}

/// The same, as the span between two moments.
pub(super) fn span(word: &str) -> Result<SignedDuration, String> {
    // At most a day, which fits.
    time(word).map(|time| SignedDuration::try_from(time).unwrap_or(MAX_TIME))
}

/// A part of all in percent.
pub(super) fn part(word: &str) -> Result<f64, String> {
    let wrong = || format!("`{word}` is no part of all; write it like `1 %` or `0.5 %`");
    let number = word.trim().strip_suffix('%').ok_or_else(wrong)?.trim();
    let percent: f64 = number.parse().map_err(|_odd| wrong())?;
    if (0.0..=100.0).contains(&percent) { Ok(percent / 100.0) } else { Err(wrong()) }
}

/// A word out of a known few.
pub(super) fn choice(what: &str, word: &str, known: &[impl AsRef<str>]) -> Result<String, String> {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    if known.contains(&word) {
        return Ok(word.to_owned());
    }
    Err(format!("{}; there are {}", unknown(what, word, known.iter().copied()), known.join(", ")))
}

/// A word by which an alert is urgent or not, as it is known.
pub(super) fn severity(word: &str, priorities: &Priorities) -> Result<Text, String> {
    if priorities.knows(word) {
        return Ok(Text::from_untrusted(word));
    }
    let known: Vec<&str> = priorities.words().collect();
    let what = unknown("severity", word, known.iter().copied());
    Err(format!("{what}; there are {}; others belong to `high`, `medium` or `low` under [alerts]", known.join(", ")))
}

/// A word that people choose freely, unless it is all but one of some usual ones.
pub(super) fn no_slip<'a>(what: &str, word: &str, usual: impl Iterator<Item = &'a str>) -> Result<Text, String> {
    let usual: Vec<&str> = usual.collect();
    // Of short ones, such as p1 and p2, the next is another word.
    let is_short = word.chars().count() < 4;
    if is_short || usual.iter().any(|known| known.eq_ignore_ascii_case(word)) {
        return Ok(Text::from_untrusted(word));
    }
    match nearest(word, usual.iter().copied()) {
        Some(_) => Err(unknown(what, word, usual.iter().copied())),
        None => Ok(Text::from_untrusted(word)),
    }
}
