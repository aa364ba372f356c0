//! One file of an archive before it is packed: lines of JSON that can be made fewer.

use super::{Moment, Part, path};

/// Which lines of a group stay where not all can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The first: the worst pods.
    First,
    /// The last: what was said last.
    Last,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Lines of one group stand together, such as those of one container: each group keeps some.
    pub group: u32,
    /// A document of JSON on one line, without its end.
    pub text: String,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Of when; none where it belongs to the change as a whole.
    pub moment: Option<Moment>,
    /// What it holds.
    pub part: Part,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Which of them stay where not all can.
    pub keeps: End,
}

impl Piece {
    /// Its path in an archive.
    pub fn path(&self) -> String {
        path(self.moment, self.part)
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> usize {
        self.lines.iter().map(|line| line.text.len() + 1).sum()
    }

    /// Its content.
    pub fn content(&self) -> Vec<u8> {
        let mut content = Vec::with_capacity(self.bytes());
        for line in &self.lines {
            content.extend_from_slice(line.text.as_bytes());
            content.push(b'\n');
        }
        content
    }

    /// Leaves out half of each group; how many lines that was.
    pub fn halve(&mut self) -> usize {
        let before = self.lines.len();
        let mut kept = Vec::with_capacity(before / 2 + 1);
        for group in self.lines.chunk_by(|one, other| one.group == other.group) {
            let half = group.len() / 2;
            kept.extend_from_slice(match self.keeps {
                End::First => &group[..half],
                End::Last => &group[group.len() - half..],
            });
        }
        self.lines = kept;
        before - self.lines.len()
    }
}
