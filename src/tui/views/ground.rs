//! What the rows of a view are made from: facts and the look, without the session that holds them.

use jiff::Timestamp;

use super::Seen;
use crate::state::{ServiceBoard, State, Timeline};
use crate::tui::look::Look;

/// Facts, the look, and what time it is.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) state: &'a State,
    pub(super) board: &'a ServiceBoard,
    pub(super) timeline: &'a Timeline,
    pub(super) look: &'a Look,
    pub(super) now: Timestamp,
}

impl<'a> Ground<'a> {
    /// Of what a view may see.
    pub(super) fn of(seen: &Seen<'a>) -> Self {
        Self { state: seen.session.state(), board: seen.board, timeline: seen.timeline, look: seen.look, now: seen.now }
    }
}
