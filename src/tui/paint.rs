//! Drawing text by meaning: the only place that puts characters on the screen.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::look::Look;
use super::theme::{Glyphs, Role};
use crate::domain::text::sanitize;

/// How many cells a character is looked for that may reach over an edge.
const WIDEST: u16 = 8;

/// Text with one meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// The words.
    pub text: Cow<'a, str>,
    /// What they mean.
    pub role: Role,
}

/// Words with a meaning.
pub fn span<'a>(role: Role, text: impl Into<Cow<'a, str>>) -> Span<'a> {
    Span { text: text.into(), role }
}

/// A part of the screen to draw on.
pub struct Painter<'a> {
    buffer: &'a mut Buffer,
    /// The look.
    pub look: &'a Look,
    /// A ground that lies under every role, such as that of the selected row.
    ground: Option<Style>,
}

impl<'a> Painter<'a> {
    /// Draws on a buffer in a look.
    pub fn new(buffer: &'a mut Buffer, look: &'a Look) -> Self {
        Self { buffer, look, ground: None }
    }

    /// The glyphs.
    pub fn glyphs(&self) -> &'static Glyphs {
        self.look.glyphs
    }

    /// Takes the ground of a role for what is drawn from now on; none for that of the screen.
    pub fn set_ground(&mut self, role: Option<Role>) {
        self.ground = role.map(|role| self.look.theme.style(role));
    }

    fn style(&self, role: Role) -> Style {
        // What may be overlooked cannot be read upon a ground of its own.
        let role = if self.ground.is_some() && role == Role::Faint { Role::Muted } else { role };
        let style = self.look.theme.style(role);
        match self.ground {
            Some(ground) => {
                let under = style.bg.is_none().then_some(ground.bg).flatten();
                let mut style = style.add_modifier(ground.add_modifier);
                style.bg = style.bg.or(under);
                style
            }
            None => style,
        }
    }

    /// Fills an area with the ground of a role.
    pub fn fill(&mut self, area: Rect, role: Role) {
        let style = self.look.theme.style(role);
        for y in area.top()..area.bottom() {
            self.split(area.left(), y);
            self.split(area.right(), y);
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// Draws text, cut to a width; returns the column after it.
    pub fn text(&mut self, x: u16, y: u16, width: u16, role: Role, text: &str) -> u16 {
        let style = self.style(role);
        let clean = sanitize(text);
        let short = shorten(&clean, width.into(), self.glyphs().ellipsis);
        let area = self.buffer.area;
        if y >= area.bottom() || x >= area.right() || width == 0 {
            return x;
        }
        self.split(x, y);
        let used = u16::try_from(cells(&short)).unwrap_or(width);
        self.split(x.saturating_add(used), y);
        self.buffer.set_stringn(x, y, &*short, width.into(), style).0
    }

    /// Takes a wide character away that reaches over an edge at which something else begins: a terminal cannot show the
    /// half of it, and would move or hide what stands beside it.
    fn split(&mut self, x: u16, y: u16) {
        let width_at = |buffer: &Buffer, x| buffer.cell((x, y)).map_or(0, |cell| cells(cell.symbol()));
        // Some scripts make one character of several that are each a cell wide.
        let reaches_over = |back: &u16| width_at(self.buffer, x - back) > usize::from(*back);
        let Some(back) = (1..=x.min(WIDEST)).find(reaches_over) else { return };
        let start = x - back;
        let width = u16::try_from(width_at(self.buffer, start)).unwrap_or(WIDEST);
        let Some(cell) = self.buffer.cell_mut((start, y)) else { return };
        cell.set_symbol(" ");
        let style = cell.style();
        for x in start + 1..start.saturating_add(width) {
            if let Some(cell) = self.buffer.cell_mut((x, y)) {
                cell.set_style(style);
            }
        }
    }

    /// Draws text that ends at a column.
    pub fn right(&mut self, end: u16, y: u16, width: u16, role: Role, text: &str) {
        let clean = sanitize(text);
        let used = cells(&clean).min(width.into());
        let start = end.saturating_sub(u16::try_from(used).unwrap_or(width));
        self.text(start, y, end - start, role, &clean);
    }

    /// Draws spans one after the other, cut to a width; returns the column after them.
    pub fn spans(&mut self, x: u16, y: u16, width: u16, spans: &[Span<'_>]) -> u16 {
        let end = x.saturating_add(width);
        spans.iter().fold(x, |at, span| self.text(at, y, end.saturating_sub(at), span.role, &span.text))
    }

    /// Draws the same glyph along a row.
    pub fn repeat(&mut self, x: u16, y: u16, width: u16, role: Role, glyph: &str) {
        self.text(x, y, width, role, &glyph.repeat(width.into()));
    }
}

/// How many cells a text takes.
pub fn cells(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// A text cut at its end to a width, with a mark where something is missing.
pub fn shorten<'a>(text: &'a str, width: usize, ellipsis: &str) -> Cow<'a, str> {
    if cells(text) <= width {
        return Cow::Borrowed(text);
    }
    let room = width.saturating_sub(cells(ellipsis));
    let mut short = take_cells(text, room).to_owned();
    short.push_str(if room == 0 { take_cells(ellipsis, width) } else { ellipsis });
    Cow::Owned(short)
}

/// A text cut in its middle to a width: names differ at both ends.
pub fn shorten_middle<'a>(text: &'a str, width: usize, ellipsis: &str) -> Cow<'a, str> {
    if cells(text) <= width {
        return Cow::Borrowed(text);
    }
    let room = width.saturating_sub(cells(ellipsis));
    let head = take_cells(text, room.div_ceil(2));
    let tail_room = room - cells(head).min(room);
    let mut tail_start = text.len();
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += cells(grapheme);
        if used > tail_room {
            break;
        }
        tail_start = at;
    }
    Cow::Owned(format!("{head}{ellipsis}{}", &text[tail_start..]))
}

/// Breaks text into lines of at most a width, between words where there are any.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word;
        loop {
            let line = lines.last_mut().expect("there is always a line");
            let gap = usize::from(!line.is_empty());
            if cells(line) + gap + cells(word) <= width {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(word);
                break;
            }
            if line.is_empty() {
                let at = word.char_indices().map(|(at, _)| at).take_while(|at| cells(&word[..*at]) <= width).last();
                let at = at.filter(|at| *at > 0).unwrap_or(word.len());
                line.push_str(&word[..at]);
                word = &word[at..];
                if word.is_empty() {
                    break;
                }
            }
            lines.push(String::new());
        }
    }
    lines
}

/// The longest beginning of a text that fits.
fn take_cells(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += cells(grapheme);
        if used > width {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests;
