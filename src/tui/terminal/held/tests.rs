#![expect(clippy::unwrap_used, reason = "tests")]

use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::*;

#[test]
fn a_frame_that_changes_nothing_is_not_written() {
    let mut held = Held::default();
    let viewport = Viewport::Fixed(Rect::new(0, 0, 20, 2));
    let options = TerminalOptions { viewport };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(held.clone()), options).unwrap();
    let mut is_written = |words: &str| {
        held.begin().unwrap();
        terminal.draw(|frame| frame.render_widget(words, frame.area())).unwrap();
        held.end().unwrap() > 0
    };
    assert!(is_written("chat"));
    assert!(!is_written("chat"));
    assert!(is_written("chats"));
}
