//! Similar lines folded with their counts, and how the revisions compare. It looks at each line once, some at a time.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{LineId, LogStore, Record};
use crate::domain::logs::{Entry, Level, Shape, StreamId};
use crate::domain::text::Text;

/// How many patterns are told apart; lines that fit none of them are counted.
const MOST: usize = 1_000;

/// How many shapes of lines are known to belong to a pattern, so that most lines are looked up and not compared.
const KNOWN: usize = 8_192;

/// Similar lines.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What they have in common.
    pub shape: Shape,
    /// How many there are.
    pub count: u64,
    /// The gravest level among them.
    pub level: Option<Level>,
    /// When the first was said.
    pub first: Timestamp,
    /// When the last was said.
    pub last: Timestamp,
    /// How many each revision said, by its position among [`Patterns::sides`].
    counts: Vec<u64>,
}

/// What one revision said.
#[derive(Clone, Debug)]
pub struct Side {
    /// The revision and its version; empty where nothing is known of it.
    pub revision: Text,
    /// Lines.
    pub lines: u64,
    /// Lines that are errors or worse.
    pub errors: u64,
    /// When the first was said.
    pub first: Timestamp,
    /// When the last was said.
    pub last: Timestamp,
}

impl Side {
    /// The share of errors, from 0 to 1.
    pub fn share(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "so many lines are not kept")]
        let share = self.errors as f64 / self.lines.max(1) as f64;
        share
    }
}

/// The patterns of a store.
#[derive(Debug, Default)]
pub struct Patterns {
    all: Vec<Pattern>,
    /// The patterns that have so many words and this one first.
    families: HashMap<(usize, Box<str>), Vec<usize>>,
    known: HashMap<Shape, usize>,
    sides: Vec<Side>,
    /// Lines that fit none, because there are too many patterns.
    pub others: u64,
    /// How many lines have been looked at.
    pub lines: u64,
    next: LineId,
}

impl Patterns {
    /// The patterns, in the order in which they were found.
    pub fn all(&self) -> &[Pattern] {
        &self.all
    }

    /// What each revision said, in the order in which they were heard.
    pub fn sides(&self) -> &[Side] {
        &self.sides
    }

    /// Looks at so many lines more; whether there are others left.
    pub fn update(&mut self, store: &LogStore, most: usize) -> bool {
        let until = store.after(self.next, most);
        let said = store.choose(self.next, until, &|record: &Record<'_>| !record.is_mark);
        for record in said.into_iter().flatten().filter_map(|(_, id)| store.line(id)) {
            self.look_at(store, &record);
        }
        self.next = until;
        until < store.end()
    }

    fn look_at(&mut self, store: &LogStore, record: &Record<'_>) {
        self.lines += 1;
        let side = self.side(store, record);
        let Some(at) = self.pattern(record) else {
            self.others += 1;
            return;
        };
        let pattern = &mut self.all[at];
        pattern.count += 1;
        pattern.level = pattern.level.max(record.level);
        pattern.first = pattern.first.min(record.at);
        pattern.last = pattern.last.max(record.at);
        if pattern.counts.len() <= side {
            pattern.counts.resize(side + 1, 0);
        }
        pattern.counts[side] += 1;
    }

    /// Counts a line for its revision; the position of that.
    fn side(&mut self, store: &LogStore, record: &Record<'_>) -> usize {
        let revision = revision_of(store, record.stream);
        let known = self.sides.iter().position(|side| side.revision == *revision);
        let at = known.unwrap_or_else(|| {
            let (first, last) = (record.at, record.at);
            self.sides.push(Side { revision: revision.into(), lines: 0, errors: 0, first, last });
            self.sides.len() - 1
        });
        let side = &mut self.sides[at];
        side.lines += 1;
        side.errors += u64::from(record.level >= Some(Level::Error));
        side.first = side.first.min(record.at);
        side.last = side.last.max(record.at);
        at
    }

    /// The pattern of a line, a new one where there is room for it.
    fn pattern(&mut self, record: &Record<'_>) -> Option<usize> {
        let shape = shape_of(record);
        if let Some(at) = self.known.get(&shape) {
            return Some(*at);
        }
        let (length, first) = shape.family();
        let key = (length, Box::from(first));
        let family = self.families.get(&key).into_iter().flatten();
        let alike = family.filter_map(|at| Some((self.all[*at].shape.likeness(&shape)?, *at)));
        // The one that is most alike, and of those the one that was there first.
        let found = alike.max_by_key(|(same, at)| (*same, std::cmp::Reverse(*at))).map(|(_, at)| at);
        let at = match found {
            Some(at) => {
                self.all[at].shape.take_in(&shape);
                at
            }
            None if self.all.len() >= MOST => return None,
            None => {
                let (first, last) = (record.at, record.at);
                self.families.entry(key).or_default().push(self.all.len());
                self.all.push(Pattern { shape: shape.clone(), count: 0, level: None, first, last, counts: Vec::new() });
                self.all.len() - 1
            }
        };
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        self.known.insert(shape, at);
        Some(at)
    }

    /// The revisions in which a pattern is found, with how many lines each.
    pub fn revisions<'a>(&'a self, pattern: &'a Pattern) -> impl Iterator<Item = (&'a Text, u64)> {
        let counts = pattern.counts.iter().zip(&self.sides);
        counts.filter(|(count, _)| **count > 0).map(|(count, side)| (&side.revision, *count))
    }

    /// The patterns, rare ones first, and of those the gravest and latest.
    pub fn rare_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by_key(|at| {
            let pattern = &self.all[*at];
            (pattern.count, std::cmp::Reverse((pattern.level, pattern.last)), *at)
        });
        order
    }

    /// The patterns that one revision has and another one has not, the gravest first, and of those the frequent ones.
    pub fn only_in(&self, revision: &str, other: &str) -> Vec<usize> {
        let count = |pattern: &Pattern, wanted: &str| {
            let side = self.sides.iter().position(|side| side.revision == *wanted);
            side.and_then(|side| pattern.counts.get(side)).copied().unwrap_or_default()
        };
        let is_new = |at: &usize| count(&self.all[*at], revision) > 0 && count(&self.all[*at], other) == 0;
        let mut order: Vec<usize> = (0..self.all.len()).filter(is_new).collect();
        order.sort_by_key(|at| (std::cmp::Reverse((self.all[*at].level, self.all[*at].count)), *at));
        order
    }

    /// The newest two revisions that said something, the newer one first.
    pub fn newest_two(&self, store: &LogStore) -> Option<(&Side, &Side)> {
        let said = |revision: Text| self.sides.iter().find(|side| side.revision == revision);
        let mut sides = store.streams().revisions().into_iter().filter_map(said);
        Some((sides.next()?, sides.next()?))
    }
}

/// The shape of what a line says.
fn shape_of(record: &Record<'_>) -> Shape {
    match Entry::read(record.text) {
        Some(entry) if !entry.message.is_empty() => Shape::of(&entry.message),
        _ => Shape::of(record.text),
    }
}

/// Whether a line is one of a pattern.
pub fn is_like(shape: &Shape, record: &Record<'_>) -> bool {
    match Entry::read(record.text) {
        Some(entry) if !entry.message.is_empty() => shape.fits(&entry.message),
        _ => shape.fits(record.text),
    }
}

/// The revision of whoever spoke.
fn revision_of(store: &LogStore, stream: StreamId) -> &str {
    store.streams().get(stream).map_or("", |stream| &stream.facts.revision)
}

#[cfg(test)]
mod tests;
