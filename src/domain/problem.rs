//! What went wrong, told so that a person can act on it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text::Text;

/// A failure as a person reads it: what failed, why, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What failed, as a lower-case fragment: "no access: pods in payments".
    pub what: Text,
    /// Why, in the words of whoever refused; empty where there is nothing to add.
    pub why: Text,
    /// What else is wrong, where one answer tells several faults: each on a line of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Text>,
    /// What to do next; empty where nothing can be done.
    pub hint: Text,
    /// Whether somebody answered and refused it, for want of a right: to try again is of no use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_denial: bool,
}

impl Problem {
    /// Makes a problem of untrusted parts; each is sanitised.
    pub fn new(what: impl AsRef<str>, why: impl AsRef<str>, hint: impl AsRef<str>) -> Self {
        Self {
            what: Text::from_untrusted(what.as_ref()),
            why: Text::from_untrusted(why.as_ref()),
            more: Vec::new(),
            hint: Text::from_untrusted(hint.as_ref()),
            is_denial: false,
        }
    }

    /// Makes a problem of several faults that were found at once.
    pub fn of_faults(what: impl AsRef<str>, faults: &[String], hint: impl AsRef<str>) -> Self {
        let (first, more) = faults.split_first().map_or(("", [].as_slice()), |(first, more)| (first.as_str(), more));
        let more = more.iter().map(|fault| Text::from_untrusted(fault)).collect();
        Self { more, ..Self::new(what, first, hint) }
    }

    /// The same, where somebody answered and refused it.
    #[must_use]
    pub fn denied(self) -> Self {
        Self { is_denial: true, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if !self.why.is_empty() {
            write!(f, ": {}", self.why)?;
        }
        for more in &self.more {
            write!(f, "; {more}")?;
        }
        if !self.hint.is_empty() {
            write!(f, " ({})", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
