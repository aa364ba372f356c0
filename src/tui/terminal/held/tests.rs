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
    let mut is_written = |words: &str, cursor: Option<(u16, u16)>| {
        held.begin().unwrap();
        let frame = terminal.draw(|frame| {
            frame.render_widget(words, frame.area());
            if let Some(cursor) = cursor {
                frame.set_cursor_position(cursor);
            }
        });
        frame.unwrap();
        held.end().unwrap() > 0
    };
    assert!(is_written("chat", None));
    assert!(!is_written("chat", None));
    // A cursor that comes, moves and goes is a change though no cell is.
    assert!(is_written("chat", Some((1, 0))));
    assert!(is_written("chat", Some((2, 0))));
    assert!(is_written("chat", None));
    assert!(!is_written("chat", None));
    assert!(is_written("chats", None));
}
