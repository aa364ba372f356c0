//! Which rows of a table are shown.

use crate::tui::paint::{Span, span};
use crate::tui::theme::Role;

/// What was typed to narrow a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
}

impl Filter {
    /// Reads what was typed.
    pub fn parse(text: &str) -> Self {
        Self { text: text.trim().to_owned() }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether every row is shown.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a row of these words is shown.
    pub fn takes_all(&self, words: &[&str]) -> bool {
        let wanted = self.text.to_lowercase();
        wanted.is_empty() || words.iter().any(|word| word.to_lowercase().contains(&wanted))
    }

    /// What the heading says of it.
    pub fn told(&self) -> Vec<Span<'static>> {
        if self.is_empty() { Vec::new() } else { vec![span(Role::Accent, format!("   /{}", self.text))] }
    }
}
