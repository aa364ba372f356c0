//! Which lines are shown: those of a level, with some words, without others.

use super::said;
use crate::domain::logs::{Level, Needle, Shape};
use crate::state::logs::{Choice, Record, is_like};

/// What narrows the lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters {
    /// Only lines with this.
    pub(super) include: Option<Needle>,
    /// No lines with this.
    pub(super) exclude: Option<Needle>,
    /// Only lines of this level or graver.
    pub(super) least: Option<Level>,
    /// Only lines like this, and a word that all of them hold.
    pub(super) like: Option<(Shape, Option<Needle>)>,
}

impl Filters {
    /// Whether every line is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.include.is_none() && self.exclude.is_none() && self.least.is_none() && self.like.is_none()
    }

    /// Takes only the lines of a pattern.
    pub(super) fn set_like(&mut self, shape: &Shape) {
        let needle = shape.longest_word().and_then(|word| Needle::parse(word).ok().flatten());
        self.like = Some((shape.clone(), needle));
    }

    /// Takes what was typed for the lines to be shown: a level such as `warn+`, or words.
    pub(super) fn set_include(&mut self, typed: &str) -> Result<(), String> {
        let typed = typed.trim();
        if let Some(level) = typed.strip_suffix('+').and_then(|word| Level::named(word.as_bytes())) {
            self.least = Some(level);
            return Ok(());
        }
        let needle = Needle::parse(typed)?;
        if needle.is_none() {
            self.least = None;
        }
        self.include = needle;
        Ok(())
    }
}

/// Marks of ours are always shown: they tell how to read the others.
impl Choice for Filters {
    fn takes(&self, record: &Record<'_>, holds: bool) -> bool {
        record.is_mark
            || (self.least.is_none_or(|least| record.level.is_some_and(|level| level >= least))
                && self.include.as_ref().is_none_or(|needle| holds || said::holds(needle, record))
                && !self.exclude.as_ref().is_some_and(|needle| said::holds(needle, record))
                && self.like.as_ref().is_none_or(|(shape, _)| is_like(shape, record)))
    }

    fn needle(&self) -> Option<&Needle> {
        self.include.as_ref().or_else(|| self.like.as_ref()?.1.as_ref())
    }
}

/// Lines among those that are shown in which something is found.
pub(super) struct Found<'a> {
    pub(super) filters: &'a Filters,
    pub(super) needle: &'a Needle,
}

impl Choice for Found<'_> {
    fn takes(&self, record: &Record<'_>, holds: bool) -> bool {
        !record.is_mark && (holds || said::holds(self.needle, record)) && self.filters.takes(record, false)
    }

    fn needle(&self) -> Option<&Needle> {
        Some(self.needle)
    }
}
