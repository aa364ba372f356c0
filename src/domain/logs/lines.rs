//! Lines of one container that arrived together: one buffer for the words of all, because there are many.

use jiff::Timestamp;

use super::{Level, Withholder};
use crate::domain::text::sanitize;

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// When the node received it.
    pub at: Timestamp,
    /// How grave it is, where it says so.
    pub level: Option<Level>,
    /// Its words, sanitised.
    pub text: &'a str,
    /// How many parts of it are withheld.
    pub withheld: u8,
}

/// A line without its words.
#[derive(Clone, Copy, Debug)]
struct Head {
    at: Timestamp,
    level: Option<Level>,
    withheld: u8,
    /// Where its words end in the buffer.
    end: usize,
}

/// Lines in the order in which they were said.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    text: String,
    heads: Vec<Head>,
}

impl Lines {
    /// Adds a line of untrusted words and an ending of our own, without what must not be kept.
    pub fn push(&mut self, at: Timestamp, untrusted: &str, ending: &str, withholder: &mut Withholder) {
        let start = self.text.len();
        let clean = sanitize(untrusted);
        let (shown, withheld) = withholder.of(&clean);
        self.text.push_str(&shown);
        self.text.push_str(ending);
        let level = Level::of(&self.text[start..]);
        self.heads.push(Head { at, level, withheld, end: self.text.len() });
    }

    /// The lines.
    pub fn iter(&self) -> impl Iterator<Item = Line<'_>> {
        let mut start = 0;
        self.heads.iter().map(move |head| {
            let text = &self.text[start..head.end];
            start = head.end;
            Line { at: head.at, level: head.level, text, withheld: head.withheld }
        })
    }

    /// How many lines.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// How many bytes the words take.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}
