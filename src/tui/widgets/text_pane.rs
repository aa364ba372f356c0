//! Lines to read: scrolled, searched, wrapped or cut. Only the lines that are visible are looked at for drawing.

use std::borrow::Cow;

use ratatui::layout::Rect;
use regex::{Regex, RegexBuilder};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::sanitize;
use crate::tui::command::Command;
use crate::tui::effect::{Asked, Effect, Outcome, Prompt};
use crate::tui::paint::{Painter, Span, cells, span};
use crate::tui::theme::Role;

/// How far one step to the side goes.
const STEP: usize = 8;

/// One line of words with their meanings.
pub type Line = Vec<Span<'static>>;

/// A line of one meaning.
pub fn line(role: Role, text: impl Into<String>) -> Line {
    vec![span(role, text.into())]
}

/// What a line says, without its meanings.
fn text_of(line: &[Span<'_>]) -> String {
    line.iter().map(|span| span.text.as_ref()).collect()
}

/// A text and where one stands in it.
#[derive(Default)]
pub struct TextPane {
    lines: Vec<Line>,
    top: usize,
    left: usize,
    height: usize,
    does_wrap: bool,
    search: Option<Search>,
}

/// What is looked for, and the lines in which it stands.
struct Search {
    text: String,
    expression: Regex,
    hits: Vec<usize>,
    /// Which of them one was taken to last.
    at: usize,
}

impl TextPane {
    /// Puts other lines in place of those that are shown; where one stands is kept. They are made harmless here, because
    /// they are not only drawn: they are saved, searched and measured too.
    pub fn set(&mut self, mut lines: Vec<Line>) {
        for span in lines.iter_mut().flatten() {
            if let Cow::Owned(clean) = sanitize(&span.text) {
                span.text = clean.into();
            }
        }
        self.lines = lines;
        if let Some(search) = self.search.take() {
            let at = search.at;
            self.look_for(&search.text);
            if let Some(search) = &mut self.search {
                search.at = at.min(search.hits.len().saturating_sub(1));
            }
        }
    }

    /// How many lines there are below what is shown.
    pub fn below(&self) -> usize {
        self.lines.len().saturating_sub(self.top + self.height)
    }

    /// How many lines there are in all.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The whole text.
    pub fn text(&self) -> String {
        let mut text = self.lines.iter().map(|line| text_of(line)).collect::<Vec<_>>().join("\n");
        text.push('\n');
        text
    }

    /// Takes a command about the text, which is saved under this name.
    pub fn handle(&mut self, command: Command, about: &str) -> Outcome {
        let page = self.height.saturating_sub(1).max(1);
        match command {
            Command::SelectNext => self.top += 1,
            Command::SelectPrevious => self.top = self.top.saturating_sub(1),
            Command::SelectFirst => self.top = 0,
            Command::SelectLast => self.top = self.lines.len(),
            Command::PageDown => self.top += page,
            Command::PageUp => self.top = self.top.saturating_sub(page),
            Command::HalfPageDown => self.top += page.div_ceil(2),
            Command::HalfPageUp => self.top = self.top.saturating_sub(page.div_ceil(2)),
            Command::ScrollRight if !self.does_wrap => self.left += STEP,
            Command::ScrollLeft => self.left = self.left.saturating_sub(STEP),
            Command::Wrap => {
                self.does_wrap = !self.does_wrap;
                self.left = 0;
            }
            Command::NextMatch => self.turn(true),
            Command::PreviousMatch => self.turn(false),
            Command::Search => {
                let text = self.search.as_ref().map(|search| search.text.clone()).unwrap_or_default();
                return Outcome::Ask(Effect::Prompt(Prompt {
                    asked: Asked::Search,
                    about: String::new(),
                    text,
                    change: None,
                }));
            }
            Command::Save => {
                return Outcome::Ask(Effect::Save { about: about.to_owned(), text: self.text() });
            }
            Command::Back if self.search.is_some() => self.search = None,
            _ => return Outcome::Ignored,
        }
        self.top = self.top.min(self.last_top());
        Outcome::Redraw
    }

    /// Takes the text of a search; other questions are none of the pane's.
    pub fn answer(&mut self, asked: Asked, text: &str) -> Outcome {
        if asked != Asked::Search {
            return Outcome::Ignored;
        }
        self.look_for(text);
        Outcome::Redraw
    }

    /// Looks for a text from where one stands, and goes to it.
    pub fn look_for(&mut self, text: &str) {
        let built = RegexBuilder::new(&regex::escape(text)).case_insensitive(true).build();
        self.search = built.ok().filter(|_| !text.is_empty()).map(|expression| {
            let is_hit = |line: &Line| expression.is_match(&text_of(line));
            let hits: Vec<usize> = (0..self.lines.len()).filter(|at| is_hit(&self.lines[*at])).collect();
            let at = hits.iter().position(|hit| *hit >= self.top).unwrap_or_default();
            Search { text: text.to_owned(), expression, hits, at }
        });
        self.show_hit();
    }

    /// To the next hit or the one before, and round at the ends.
    fn turn(&mut self, is_forward: bool) {
        if let Some(search) = &mut self.search
            && !search.hits.is_empty()
        {
            let len = search.hits.len();
            search.at = if is_forward { search.at + 1 } else { search.at + len - 1 } % len;
            self.show_hit();
        }
    }

    fn show_hit(&mut self) {
        let hit = self.search.as_ref().and_then(|search| search.hits.get(search.at).copied());
        if let Some(hit) = hit
            && !(self.top..self.top + self.height.max(1)).contains(&hit)
        {
            self.top = hit.saturating_sub(self.height / 3).min(self.last_top());
        }
    }

    /// What a heading says of it: what is looked for, and how much there is.
    pub fn told(&self) -> Vec<Span<'static>> {
        match &self.search {
            None => Vec::new(),
            Some(search) if search.hits.is_empty() => {
                vec![span(Role::Attention, format!("   nothing says {}", search.text))]
            }
            Some(search) => {
                let (at, all) = (search.at + 1, search.hits.len());
                vec![span(Role::Accent, format!("   {} ", search.text)), span(Role::Muted, format!("{at} of {all}"))]
            }
        }
    }

    /// Prepares to be drawn in so many rows.
    pub fn settle(&mut self, height: u16) {
        self.height = height.into();
        self.top = self.top.min(self.last_top());
    }

    /// The line on top when the end is shown. Wrapped lines take more room: then the last line can come up to the top.
    fn last_top(&self) -> usize {
        let below = if self.does_wrap { 1 } else { self.height.max(1) };
        self.lines.len().saturating_sub(below)
    }

    /// Draws the lines that are visible.
    pub fn render(&self, painter: &mut Painter<'_>, area: Rect) {
        let mut y = area.y;
        let current = self.search.as_ref().and_then(|search| search.hits.get(search.at).copied());
        for (index, line) in self.lines.iter().enumerate().skip(self.top) {
            let letters = letters(line, self.search.as_ref().map(|search| &search.expression));
            let rows = if self.does_wrap { wrapped(&letters, area.width) } else { vec![cut(&letters, self.left)] };
            for row in rows {
                if y >= area.bottom() {
                    return;
                }
                if Some(index) == current {
                    painter.fill(Rect { y, height: 1, ..area }, Role::Selection);
                    painter.set_ground(Some(Role::Selection));
                }
                painter.spans(area.x, y, area.width, &joined(row));
                painter.set_ground(None);
                y += 1;
            }
        }
    }
}

/// One letter with its meaning.
type Letter<'a> = (&'a str, Role);

/// The letters of a line; those that are looked for mean that.
fn letters<'a>(line: &'a [Span<'_>], wanted: Option<&Regex>) -> Vec<Letter<'a>> {
    let hits: Vec<std::ops::Range<usize>> =
        wanted.map(|wanted| wanted.find_iter(&text_of(line)).map(|hit| hit.range()).collect()).unwrap_or_default();
    let mut letters = Vec::new();
    let mut start = 0;
    for span in line {
        for (at, letter) in span.text.grapheme_indices(true) {
            let at = start + at;
            let role = if hits.iter().any(|hit| hit.contains(&at)) { Role::Match } else { span.role };
            letters.push((letter, role));
        }
        start += span.text.len();
    }
    letters
}

/// What is left of a line when so many cells at its left are out of sight.
fn cut<'a, 'b>(letters: &'b [Letter<'a>], left: usize) -> &'b [Letter<'a>] {
    let mut used = 0;
    let first = letters.iter().position(|(letter, _)| {
        let is_seen = used >= left;
        used += cells(letter);
        is_seen
    });
    first.map_or(&[], |first| &letters[first..])
}

/// A line in rows of a width; an empty line takes one row too.
fn wrapped<'a, 'b>(letters: &'b [Letter<'a>], width: u16) -> Vec<&'b [Letter<'a>]> {
    let (mut rows, mut start, mut used) = (Vec::new(), 0, 0);
    for (at, (letter, _)) in letters.iter().enumerate() {
        let wide = cells(letter);
        if used + wide > usize::from(width) && at > start {
            rows.push(&letters[start..at]);
            (start, used) = (at, 0);
        }
        used += wide;
    }
    rows.push(&letters[start..]);
    rows
}

/// Letters as spans: one for each run of one meaning.
fn joined(letters: &[Letter<'_>]) -> Vec<Span<'static>> {
    let runs = letters.chunk_by(|one, other| one.1 == other.1);
    runs.map(|run| span(run[0].1, run.iter().map(|(letter, _)| *letter).collect::<String>())).collect()
}

#[cfg(test)]
mod tests;
