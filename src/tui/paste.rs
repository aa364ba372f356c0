//! Text that is pasted into a field: one line of it, and nothing that a terminal would obey.

use tui_input::{Input, InputRequest};

use crate::domain::text::sanitize;

/// How much of it is taken, in characters.
const MOST: usize = 500;

/// What is pasted as one line.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    sanitize(&words.join(" ")).chars().take(MOST).collect()
}

/// Puts it where the cursor stands.
pub(super) fn into(input: &mut Input, line: &str) {
    for letter in line.chars() {
        input.handle(InputRequest::InsertChar(letter));
    }
}
