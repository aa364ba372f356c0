//! Which rows of a table are shown: words, their opposite, labels, columns and regular expressions, all of which must hold.

use std::borrow::Cow;
use std::cell::RefCell;

use crate::domain::text::Text;
use crate::tui::command::Command;
use crate::tui::effect::{Asked, Effect, Outcome, Prompt};
use crate::tui::paint::{Span, span};
use crate::tui::theme::Role;

mod parse;
mod selector;
mod term;

use term::{Scratch, Term};

/// A row that can be searched. Nothing is built for it: words are lent one after the other.
pub trait Searchable {
    /// Whether a test holds for any of its words.
    fn any_word(&self, test: &mut dyn FnMut(&str) -> bool) -> bool;

    /// Its labels.
    fn labels(&self) -> &[(Text, Text)];

    /// What stands in the column of this name, in whatever case it is written; none when there is no such column.
    fn column(&self, name: &str) -> Option<Cow<'_, str>>;
}

/// What was typed to narrow a table.
#[derive(Default)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
    /// What of it cannot be understood and is left out.
    fault: Option<String>,
    /// What matching writes on; there is one where there are terms.
    scratch: Option<RefCell<Scratch>>,
}

impl Filter {
    /// Reads what was typed.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let (terms, fault) = parse::terms(text);
        let scratch = (!terms.is_empty()).then(RefCell::default);
        Self { text: text.to_owned(), terms, fault, scratch }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a row is shown.
    pub fn takes(&self, row: &dyn Searchable) -> bool {
        self.scratch.as_ref().is_none_or(|scratch| {
            let scratch = &mut *scratch.borrow_mut();
            self.terms.iter().all(|term| term.takes(row, scratch))
        })
    }

    /// Whether a row that consists of these words is shown.
    pub fn takes_all(&self, words: &[&str]) -> bool {
        self.takes(&Words(words))
    }

    /// Whether it shows only rows that another one shows too, so that only those need to be looked at.
    pub fn narrows(&self, other: &Self) -> bool {
        self.terms.len() >= other.terms.len()
            && self.terms.iter().zip(&other.terms).all(|(mine, theirs)| mine.narrows(theirs))
    }

    /// Takes the commands that are about filtering: to type a filter, and to let go of it before one goes back.
    pub fn handle(&mut self, command: Command) -> Outcome {
        match command {
            Command::Filter => {
                let text = self.text().to_owned();
                Outcome::Ask(Effect::Prompt(Prompt { asked: Asked::Filter, about: String::new(), text, change: None }))
            }
            Command::Back if !self.is_empty() => {
                *self = Self::default();
                Outcome::Redraw
            }
            _ => Outcome::Ignored,
        }
    }

    /// What the heading says of it.
    pub fn told(&self) -> Vec<Span<'static>> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut spans = vec![span(Role::Accent, format!("   /{}", self.text))];
        if let Some(fault) = &self.fault {
            spans.push(span(Role::Attention, format!(" {fault}")));
        }
        spans
    }
}

impl Clone for Filter {
    fn clone(&self) -> Self {
        Self::parse(&self.text)
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Filter {}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Filter").field(&self.text).finish()
    }
}

/// A row of words alone.
struct Words<'a>(&'a [&'a str]);

impl Searchable for Words<'_> {
    fn any_word(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.0.iter().any(|word| test(word))
    }

    fn labels(&self) -> &[(Text, Text)] {
        &[]
    }

    fn column(&self, _name: &str) -> Option<Cow<'_, str>> {
        None
    }
}

#[cfg(test)]
mod tests;
