//! Facts below each other: a quiet word in front, and the text beside it, broken where there is no room.

use crate::tui::paint::{Span, span, wrap};
use crate::tui::theme::Role;

/// The lines of one fact: its word stands before the first of them, and each text begins `indent` cells further on.
pub fn fact(word: &str, indent: usize, role: Role, text: &str, room: usize) -> Vec<Vec<Span<'static>>> {
    let pieces = wrap(text, room).into_iter().enumerate();
    let line = |(at, piece): (usize, String)| {
        let word = if at == 0 { word } else { "" };
        vec![span(Role::Muted, format!("{word:<indent$}")), span(role, piece)]
    };
    pieces.map(line).collect()
}
