//! Which lines are shown: those of a level, with some words, without others.

use super::pattern::Pattern;
use super::said;
use crate::domain::logs::Level;
use crate::state::logs::Record;

/// What narrows the lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters {
    /// Only lines with this.
    pub(super) include: Option<Pattern>,
    /// No lines with this.
    pub(super) exclude: Option<Pattern>,
    /// Only lines of this level or graver.
    pub(super) least: Option<Level>,
}

impl Filters {
    /// Whether every line is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.include.is_none() && self.exclude.is_none() && self.least.is_none()
    }

    /// Whether a line is shown. Marks of ours always are: they tell how to read the others.
    pub(super) fn take(&self, record: &Record<'_>) -> bool {
        record.is_mark
            || (self.least.is_none_or(|least| record.level.is_some_and(|level| level >= least))
                && self.include.as_ref().is_none_or(|pattern| said::holds(pattern, record))
                && !self.exclude.as_ref().is_some_and(|pattern| said::holds(pattern, record)))
    }

    /// Takes what was typed for the lines to be shown: a level such as `warn+`, or words.
    pub(super) fn set_include(&mut self, typed: &str) -> Result<(), String> {
        let typed = typed.trim();
        if let Some(level) = typed.strip_suffix('+').and_then(|word| Level::named(word.as_bytes())) {
            self.least = Some(level);
            return Ok(());
        }
        let pattern = Pattern::parse(typed)?;
        if pattern.is_none() {
            self.least = None;
        }
        self.include = pattern;
        Ok(())
    }
}
