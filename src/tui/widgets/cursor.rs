//! Where one stands in a list that moves: by identity, never by row number.

use crate::tui::command::Command;

/// The selected row and the part that is visible.
#[derive(Clone, Debug)]
pub struct Cursor<K> {
    selected: Option<K>,
    index: usize,
    top: usize,
    height: usize,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self { selected: None, index: 0, top: 0, height: 1 }
    }
}

impl<K: Clone + PartialEq> Cursor<K> {
    /// What is selected.
    pub fn selected(&self) -> Option<&K> {
        self.selected.as_ref()
    }

    /// The row of what is selected.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The first visible row.
    pub fn top(&self) -> usize {
        self.top
    }

    /// The visible rows of so many.
    pub fn window(&self, len: usize) -> std::ops::Range<usize> {
        self.top.min(len)..self.top.saturating_add(self.height).min(len)
    }

    /// Selects by identity; the row follows when the list settles.
    pub fn select(&mut self, key: K) {
        self.selected = Some(key);
    }

    /// Goes back to the first row: nobody has chosen one yet, and the list is still growing.
    pub fn restart(&mut self) {
        (self.selected, self.index, self.top) = (None, 0, 0);
    }

    /// Follows the list: what is selected stays selected wherever it stands now; when it is gone, its row is taken by
    /// whatever stands there.
    pub fn settle(&mut self, len: usize, height: usize, find: impl Fn(&K) -> Option<usize>, at: impl Fn(usize) -> K) {
        self.height = height.max(1);
        if len == 0 {
            (self.selected, self.index, self.top) = (None, 0, 0);
            return;
        }
        if let Some(index) = self.selected.as_ref().and_then(find) {
            self.index = index;
        } else {
            self.index = self.index.min(len - 1);
            self.selected = Some(at(self.index));
        }
        if self.index < self.top {
            self.top = self.index;
        } else if self.index >= self.top + self.height {
            self.top = self.index + 1 - self.height;
        }
        self.top = self.top.min(len.saturating_sub(self.height));
    }

    /// Moves by a command; whether it was one that moves.
    pub fn moves(&mut self, command: Command, len: usize, at: impl Fn(usize) -> K) -> bool {
        let last = len.saturating_sub(1);
        let page = self.height.saturating_sub(1).max(1);
        let to = match command {
            Command::SelectNext => self.index.saturating_add(1),
            Command::SelectPrevious => self.index.saturating_sub(1),
            Command::SelectFirst => 0,
            Command::SelectLast => last,
            Command::PageDown => self.index.saturating_add(page),
            Command::PageUp => self.index.saturating_sub(page),
            Command::HalfPageDown => self.index.saturating_add(page.div_ceil(2)),
            Command::HalfPageUp => self.index.saturating_sub(page.div_ceil(2)),
            _ => return false,
        };
        if len > 0 {
            self.index = to.min(last);
            self.selected = Some(at(self.index));
        }
        true
    }
}

#[cfg(test)]
mod tests;
