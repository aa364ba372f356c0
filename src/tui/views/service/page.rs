//! The page of a service: sections with a bold word each, how many lines each of them gets, and what lies under a click.

use ratatui::layout::Rect;

use super::Key;
use crate::tui::paint::{Painter, Span};
use crate::tui::theme::Role;
use crate::tui::widgets::table::{self, Cell, Column, Widths};

/// One line below the heading of a section.
pub(super) enum Line {
    /// Something that can be selected.
    Row(Key, Vec<Cell<'static>>),
    /// Cells below the same headings that cannot be selected.
    Told(Vec<Cell<'static>>),
    /// Words about what stands above, or on their own.
    Words(Vec<Span<'static>>),
}

impl Line {
    /// Its cells, where it has columns.
    pub(super) fn cells(&self) -> Option<&[Cell<'static>]> {
        match self {
            Self::Row(_, cells) | Self::Told(cells) => Some(cells),
            Self::Words(_) => None,
        }
    }
}

/// Some lines under one bold word.
pub(super) struct Section {
    pub(super) area: Rect,
    pub(super) title: &'static str,
    /// Quiet words behind the title.
    pub(super) note: String,
    /// The columns of its rows; none for words.
    pub(super) columns: &'static [Column],
    pub(super) widths: Widths,
    pub(super) lines: Vec<Line>,
}

impl Section {
    /// Draws the heading with the names of the columns, and the lines.
    pub(super) fn render(&self, painter: &mut Painter<'_>, selected: Option<&Key>) {
        let area = self.area;
        if area.height == 0 {
            return;
        }
        table::header(painter, Rect { height: 1, ..area }, self.columns, &self.widths, None);
        let end = painter.text(area.x, area.y, area.width, Role::Title, self.title);
        painter.text(end + 1, area.y, (area.right()).saturating_sub(end + 1), Role::Muted, &self.note);
        for (line, y) in self.lines.iter().zip(area.y + 1..area.bottom()) {
            match line {
                Line::Row(key, cells) => {
                    let row = Rect { y, height: 1, ..area };
                    table::row(painter, row, self.columns, &self.widths, cells, selected == Some(key));
                }
                Line::Told(cells) => {
                    table::row(painter, Rect { y, height: 1, ..area }, self.columns, &self.widths, cells, false);
                }
                Line::Words(spans) => drop(painter.spans(area.x, y, area.width, spans)),
            }
        }
    }

    /// What lies at a place of the screen.
    pub(super) fn at(&self, x: u16, y: u16) -> Option<&Key> {
        if !self.area.contains((x, y).into()) {
            return None;
        }
        match self.lines.get(usize::from(y - self.area.y).checked_sub(1)?)? {
            Line::Row(key, _) => Some(key),
            Line::Told(_) | Line::Words(_) => None,
        }
    }
}

/// How many lines a section needs and could use, its heading included. Of rank 0 is what is never left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) rank: u8,
    pub(super) least: u16,
    pub(super) most: u16,
}

/// Shares lines among sections that stand one below the other with an empty line between. Where there is too little
/// room those of the highest rank get none; what is left over goes round.
pub(super) fn share(height: u16, wishes: &[Wish]) -> Vec<u16> {
    let mut given = vec![0; wishes.len()];
    let mut order: Vec<usize> = (0..wishes.len()).filter(|index| wishes[*index].most > 0).collect();
    order.sort_by_key(|index| wishes[*index].rank);
    let mut left = height + 1;
    for &index in &order {
        let least = wishes[index].least.min(wishes[index].most);
        if least < left {
            given[index] = least;
            left -= least + 1;
        } else if wishes[index].rank == 0 {
            given[index] = left.saturating_sub(1);
            left = 0;
        }
    }
    while left > 0 {
        let before = left;
        for &index in &order {
            if left > 0 && given[index] > 0 && given[index] < wishes[index].most {
                given[index] += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    given
}

/// Which rows of a section are visible: a window that follows the selection. With too little room for all, one line is
/// kept to say how many more there are.
pub(super) fn window(top: &mut usize, len: usize, room: usize, selected: Option<usize>) -> std::ops::Range<usize> {
    let shown = if len <= room { room } else { room.saturating_sub(1) };
    if let Some(selected) = selected {
        *top = (*top).clamp((selected + 1).saturating_sub(shown.max(1)), selected);
    }
    *top = (*top).min(len.saturating_sub(shown));
    *top..(*top + shown).min(len)
}

#[cfg(test)]
mod tests;
