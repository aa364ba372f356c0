//! Which lines are visible: the newest ones while one follows, else those round the one that is selected.

use std::ops::Range;

use crate::state::logs::{Index, LineId, LogStore};

/// Where one stands among the lines.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// Whether the newest line is selected, whatever comes.
    pub(super) follows: bool,
    /// The selected line.
    pub(super) selected: Option<LineId>,
    /// The first visible line.
    top: Option<LineId>,
    /// The visible lines, by their position.
    pub(super) visible: Range<usize>,
    /// The position of the selected line.
    pub(super) at: usize,
}

impl Default for Window {
    fn default() -> Self {
        Self { follows: true, selected: None, top: None, visible: 0..0, at: 0 }
    }
}

impl Window {
    /// Follows the lines: what is selected stays selected, and visible, wherever it stands now.
    pub(super) fn settle(
        &mut self,
        index: &Index,
        store: &LogStore,
        height: usize,
        mut rows: impl FnMut(LineId) -> usize,
    ) {
        let ids = index.ids();
        let Some(last) = ids.len().checked_sub(1) else {
            (self.visible, self.at, self.selected, self.top) = (0..0, 0, None, None);
            return;
        };
        let place = |id: LineId| index.position(store, id).unwrap_or_else(|near| near).min(last);
        self.at = if self.follows { last } else { self.selected.map_or(last, place) };
        let top = self.top.map_or(0, place).min(self.at);
        // As many lines before the selected one as fit, but none before the old top.
        let (mut start, mut used) = (self.at, rows(ids[self.at]));
        while start > 0 && (self.follows || start > top) {
            let more = rows(ids[start - 1]);
            if used + more > height {
                break;
            }
            used += more;
            start -= 1;
        }
        let mut end = self.at + 1;
        while end <= last && used < height {
            used += rows(ids[end]);
            end += 1;
        }
        // At the end of the lines there may still be room above.
        while start > 0 && used + rows(ids[start - 1]) <= height {
            start -= 1;
            used += rows(ids[start]);
        }
        self.visible = start..end;
        self.selected = Some(ids[self.at]);
        self.top = Some(ids[start]);
    }

    /// Selects by position; only [`Self::follow`] follows again.
    pub(super) fn select(&mut self, index: &Index, position: usize) {
        let position = position.min(index.ids().len().saturating_sub(1));
        self.selected = index.ids().get(position).copied();
        self.at = position;
        self.follows = false;
    }

    /// Selects by position, with so many lines to be seen before it.
    pub(super) fn stand(&mut self, index: &Index, position: usize, before: usize) {
        self.select(index, position);
        self.top = index.ids().get(self.at.saturating_sub(before)).copied();
    }

    /// Stays with the newest line.
    pub(super) fn follow(&mut self) {
        self.follows = true;
    }

    /// How many lines are visible.
    pub(super) fn page(&self) -> usize {
        self.visible.len().max(1)
    }
}
