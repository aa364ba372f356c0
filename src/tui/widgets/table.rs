//! A table that builds only the rows that are visible, and lets columns fall away where there is no room.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::tui::paint::{Painter, cells, shorten_middle};
use crate::tui::theme::Role;

/// The gap between two columns.
const GAP: u16 = 2;

/// On which side a column's words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// What is left out of a cell that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Its end.
    End,
    /// Its middle: names differ at both ends.
    Middle,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The heading.
    pub title: &'static str,
    /// On which side.
    pub align: Align,
    /// The least width; with less room the column falls away.
    pub min: u16,
    /// The most width that its contents may ask for.
    pub max: u16,
    /// Columns of a higher number fall away first; 0 stays.
    pub rank: u8,
    /// What is left out of a long cell.
    pub cut: Cut,
}

impl Column {
    /// A column of words that stays.
    pub const fn words(title: &'static str, min: u16, max: u16) -> Self {
        Self { title, align: Align::Left, min, max, rank: 0, cut: Cut::End }
    }

    /// A column of numbers that stays.
    pub const fn number(title: &'static str, min: u16, max: u16) -> Self {
        Self { title, align: Align::Right, min, max, rank: 0, cut: Cut::End }
    }

    /// The same column, cut in the middle.
    #[must_use]
    pub const fn named(mut self) -> Self {
        self.cut = Cut::Middle;
        self
    }

    /// The same column, which falls away before those of a lower rank.
    #[must_use]
    pub const fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }
}

/// A cell: words and what they mean.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// The words.
    pub text: Cow<'a, str>,
    /// What they mean.
    pub role: Role,
}

/// Words with a meaning.
pub fn cell<'a>(role: Role, text: impl Into<Cow<'a, str>>) -> Cell<'a> {
    Cell { text: text.into(), role }
}

/// How wide each column is now; 0 for one that has fallen away. It remembers the widest that was seen, so that columns
/// do not dance while one scrolls.
#[derive(Clone, Debug, Default)]
pub struct Widths {
    wanted: Vec<u16>,
    /// What each column gets.
    pub given: Vec<u16>,
}

impl Widths {
    /// Fits the columns into a width, given what is visible.
    pub fn fit<'c>(&mut self, columns: &[Column], width: u16, visible: impl IntoIterator<Item = &'c [Cell<'c>]>) {
        self.wanted.resize(columns.len(), 0);
        for (wanted, column) in self.wanted.iter_mut().zip(columns) {
            *wanted = (*wanted).max(column.min).max(u16_of(cells(column.title))).min(column.max.max(column.min));
        }
        for row in visible {
            for ((wanted, column), cell) in self.wanted.iter_mut().zip(columns).zip(row) {
                *wanted = (*wanted).max(u16_of(cells(&cell.text)).min(column.max));
            }
        }
        self.given.clone_from(&self.wanted);
        self.drop_columns(columns, width);
        self.squeeze(columns, width);
    }

    /// Whether any column has less than it would like to.
    pub fn is_cut(&self) -> bool {
        self.given.iter().zip(&self.wanted).any(|(given, wanted)| given < wanted)
    }

    /// Forgets what was widest, for another kind of rows.
    pub fn forget(&mut self) {
        self.wanted.clear();
    }

    /// How much the columns take with their gaps.
    fn total(&self) -> u16 {
        let shown = self.given.iter().filter(|&&width| width > 0);
        shown.fold(0u16, |sum, width| sum.saturating_add(*width).saturating_add(GAP)).saturating_sub(GAP)
    }

    /// Lets columns fall away, those of the highest rank first, until the least widths fit.
    fn drop_columns(&mut self, columns: &[Column], width: u16) {
        loop {
            let least: u16 = columns
                .iter()
                .zip(&self.given)
                .filter(|(_, given)| **given > 0)
                .map(|(column, given)| column.min.min(*given) + GAP)
                .sum();
            if least <= width + GAP {
                return;
            }
            let last = columns.iter().enumerate().filter(|(index, column)| column.rank > 0 && self.given[*index] > 0);
            let Some((index, _)) = last.max_by_key(|(_, column)| column.rank) else { return };
            self.given[index] = 0;
        }
    }

    /// Takes from the columns that have more than their least until all fit: the widest gives first.
    fn squeeze(&mut self, columns: &[Column], width: u16) {
        while self.total() > width {
            let spare = columns.iter().enumerate().filter(|(index, column)| self.given[*index] > column.min);
            let Some((index, _)) = spare.max_by_key(|(index, column)| self.given[*index] - column.min) else { return };
            self.given[index] -= 1;
        }
    }
}

/// Draws the headings. A sorted column is marked with a glyph.
pub fn header(
    painter: &mut Painter<'_>,
    area: Rect,
    columns: &[Column],
    widths: &Widths,
    sorted: Option<(usize, &str)>,
) {
    let mut x = area.x;
    for (index, (column, &width)) in columns.iter().zip(&widths.given).enumerate().filter(|(_, (_, width))| **width > 0)
    {
        let (title, role) = match sorted {
            Some((sorted, mark)) if sorted == index => (format!("{}{mark}", column.title), Role::Text),
            _ => (column.title.to_owned(), Role::Muted),
        };
        // The mark stands in the gap, so that it takes no letter from the title.
        let room = if role == Role::Text { width + 1 } else { width };
        place(painter, x, area.y, room, column, role, &title);
        x += width + GAP;
    }
}

/// Draws one row.
pub fn row(
    painter: &mut Painter<'_>,
    line: Rect,
    columns: &[Column],
    widths: &Widths,
    cells: &[Cell<'_>],
    is_selected: bool,
) {
    on_band(painter, line, is_selected, |painter| in_columns(painter, line, columns, widths, cells));
}

/// Draws cells, each in its column.
pub fn in_columns(painter: &mut Painter<'_>, line: Rect, columns: &[Column], widths: &Widths, cells: &[Cell<'_>]) {
    let mut x = line.x;
    for ((column, &width), cell) in columns.iter().zip(&widths.given).zip(cells) {
        if width > 0 {
            place(painter, x, line.y, width, column, cell.role, &cell.text);
            x += width + GAP;
        }
    }
}

/// Draws what stands in a line; if it is selected, upon a band that reaches one cell further on both sides.
pub fn on_band(painter: &mut Painter<'_>, line: Rect, is_selected: bool, draw: impl FnOnce(&mut Painter<'_>)) {
    if is_selected {
        painter.fill(Rect { x: line.x.saturating_sub(1), width: line.width + 2, ..line }, Role::Selection);
        painter.set_ground(Some(Role::Selection));
    }
    draw(painter);
    painter.set_ground(None);
}

/// Draws one cell.
fn place(painter: &mut Painter<'_>, x: u16, y: u16, width: u16, column: &Column, role: Role, text: &str) {
    let text = match column.cut {
        Cut::Middle => shorten_middle(text, width.into(), painter.glyphs().ellipsis),
        Cut::End => Cow::Borrowed(text),
    };
    match column.align {
        Align::Left => drop(painter.text(x, y, width, role, &text)),
        Align::Right => painter.right(x + width, y, width, role, &text),
    }
}

fn u16_of(width: usize) -> u16 {
    u16::try_from(width).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
