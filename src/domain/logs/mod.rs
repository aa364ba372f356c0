//! Logs: whose are asked for, what a follower tells, and how it stands.

use jiff::Timestamp;

use super::object::ObjectRef;
use super::problem::Problem;
use super::text::Text;

mod complaints;
mod entry;
mod level;
mod lines;
mod needle;
mod rules;
mod shape;

pub use complaints::Complaints;
pub use entry::{Entry, Field};
pub use level::Level;
pub use lines::{Line, Lines};
pub use needle::Needle;
pub use rules::{Rule, Rules, Withholder};
pub use shape::Shape;

/// How much is kept of what one query brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lines.
    pub lines: usize,
    /// Bytes of their words.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { lines: 1_000_000, bytes: 256 * 1024 * 1024 }
    }
}

/// From where on a container is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backlog {
    /// So many lines of what it has said already.
    Tail(u32),
    /// What it has said since a moment.
    Since(Timestamp),
    /// Everything that is kept.
    All,
}

/// Whether more is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// What comes later is read too, until somebody stops it.
    Follow,
    /// Only what has been said by now.
    Once,
}

/// Whose logs are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// A workload, whose pods are followed as they come and go, or one pod.
    pub object: ObjectRef,
    /// Only this container; every one that serves where none is named.
    pub container: Option<Text>,
    /// Of the containers before their last restart.
    pub previous: bool,
    /// From where on.
    pub backlog: Backlog,
    /// Whether more is waited for.
    pub patience: Patience,
}

impl LogQuery {
    /// Whether what was said at a moment is asked for, as far as somebody still has it.
    pub fn reaches(&self, at: Timestamp) -> bool {
        match self.backlog {
            Backlog::Tail(_) => false,
            Backlog::Since(since) => since <= at,
            Backlog::All => true,
        }
    }
}

/// One container of one pod, by its number within a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u32);

/// How a stream stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is being opened.
    Opening,
    /// It is open.
    Following,
    /// There is nothing to read yet, for the reason given by the server.
    Waiting(Text),
    /// The connection broke; it is resumed where it broke off.
    Lost(Problem),
    /// There will be no more.
    Ended,
    /// It may not or cannot be read.
    Refused(Problem),
}

/// What is heard of a stream.
#[derive(Clone, Debug)]
pub enum LogFact {
    /// Lines, in the order of the stream.
    Lines(Lines),
    /// So many lines were read and thrown away, because nobody could take them in.
    Dropped(u64),
    /// How the stream stands.
    Standing(Standing),
    /// It goes on after it was lost.
    Resumed {
        /// Whether the last line that was read before was seen again, so that nothing is missing between.
        is_gapless: bool,
    },
}
