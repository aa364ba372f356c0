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
            hint: Text::from_untrusted(hint.as_ref()),
            is_denial: false,
        }
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
        if !self.hint.is_empty() {
            write!(f, " ({})", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
