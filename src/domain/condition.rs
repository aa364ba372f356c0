//! A condition: what a controller says about an object, and since when.

use jiff::Timestamp;

use super::text::Text;

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Truth {
    /// It does.
    True,
    /// It does not.
    False,
    /// The controller cannot tell.
    #[default]
    Unknown,
}

/// One condition of an object's status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// What it is about: "Available", "Progressing", "Ready".
    pub about: Text,
    /// Whether it holds.
    pub truth: Truth,
    /// Why, in one word.
    pub reason: Text,
    /// Why, in a sentence.
    pub message: Text,
    /// When its truth last changed.
    pub changed: Option<Timestamp>,
    /// When the controller last looked; the deadline of a rollout counts from here.
    pub updated: Option<Timestamp>,
}

/// The condition about something.
pub fn find<'a>(conditions: &'a [Condition], about: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.about == about)
}
