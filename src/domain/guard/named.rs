//! Guards by their names: the built-in one, and those of the configuration.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::Guard;
use crate::domain::nearest::nearest;
use crate::domain::problem::Problem;
use crate::domain::text::Text;

/// All guards that there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guards(BTreeMap<Text, Guard>);

impl Default for Guards {
    fn default() -> Self {
        Self::new([])
    }
}

impl Guards {
    /// The name of the built-in one.
    pub const DEFAULT: &'static str = "default";

    /// The guards of a configuration, beside the built-in one, which one of them may replace.
    pub fn new(own: impl IntoIterator<Item = Guard>) -> Self {
        let all = [Guard::default()].into_iter().chain(own);
        Self(all.map(|guard| (guard.name.clone(), guard)).collect())
    }

    /// The guard of a name.
    pub fn named(&self, name: &str) -> Result<&Guard, Problem> {
        self.all().find(|guard| guard.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.0.keys().map(Text::as_str).collect();
            let meant = nearest(name, known.iter().copied()).map(|near| format!("did you mean {near}? "));
            let there = format!("{}there are {}", meant.unwrap_or_default(), known.join(", "));
            let hint = "a guard of your own stands in the configuration under [guards.NAME]";
            Problem::new(format!("there is no guard {}", Text::from_untrusted(name)), there, hint)
        })
    }

    /// The one that judges where nobody named one: the built-in one, or what the configuration has in its place.
    pub fn usual(&self) -> &Guard {
        &self.0[Self::DEFAULT]
    }

    /// Over how long any of them counts, at the most.
    pub fn longest_window(&self) -> SignedDuration {
        self.all().map(|guard| guard.window).max().unwrap_or_default()
    }

    /// Every guard, by its name.
    pub fn all(&self) -> impl Iterator<Item = &Guard> {
        self.0.values()
    }
}
