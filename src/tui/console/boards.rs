//! When services and changes are computed: only for who shows them, and not for each fact anew.

use jiff::{SignedDuration, Timestamp};

use super::{Console, Overlay};
use crate::state::Changed;

/// Facts are gathered for so long before services are computed again; until all was heard once, for less.
const GATHER: SignedDuration = SignedDuration::from_secs(1);
/// See [`GATHER`].
const GATHER_FIRST: SignedDuration = SignedDuration::from_millis(200);

/// When the boards were made.
#[derive(Default)]
pub(super) struct Made {
    at: Option<Timestamp>,
    is_stale: bool,
}

impl Console {
    /// Whether services are to be seen: in the view, or by name in the palette.
    fn shows_services(&self) -> bool {
        self.screen.view().shows_services() || matches!(self.overlay, Some(Overlay::Palette(_)))
    }

    /// Takes note that facts have come; whether the view that is shown has to be drawn for them now.
    pub(super) fn moved(&mut self, changed: Changed) -> bool {
        if changed.is_nothing() {
            return false;
        }
        self.made.is_stale = true;
        let now = self.session.clock().now();
        let view = self.screen.view();
        let shows = if view.shows_services() {
            self.boards_due_at().is_none_or(|due| due <= now)
        } else {
            view.depends_on(changed)
        };
        // The header counts what pages.
        shows || changed.touches_sources() || changed.touches_alerts()
    }

    /// When the boards are to be made again; none when nothing has come or nobody looks.
    pub(super) fn boards_due_at(&self) -> Option<Timestamp> {
        if !self.made.is_stale || !self.shows_services() {
            return None;
        }
        let is_known = self.board.is_complete() && self.session.knows_signals();
        let gather = if is_known { GATHER } else { GATHER_FIRST };
        Some(self.made.at.map_or(Timestamp::MIN, |made| made.saturating_add(gather).unwrap_or(Timestamp::MAX)))
    }

    /// Makes the boards where they are shown and due. What only time changes costs nothing to ask for.
    pub(super) fn make_boards(&mut self, now: Timestamp) {
        let is_due = !self.made.is_stale || self.boards_due_at().is_some_and(|due| due <= now);
        if !is_due || !self.shows_services() {
            return;
        }
        self.board.refresh(self.session.state(), now);
        self.timeline.refresh(self.session.state(), now);
        self.made = Made { at: Some(now), is_stale: false };
    }
}
