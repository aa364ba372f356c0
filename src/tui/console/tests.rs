use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::domain::kind::Kind;
use crate::domain::row::Row;
use crate::tui::test_support::{Stage, pod};

/// A console over a world with some pods.
fn console(pods: &[&str]) -> Console {
    let mut stage = Stage::new();
    stage.list(Kind::Pod, pods.iter().map(|name| Row::Pod(Box::new(pod("production", name)))).collect());
    Console::new(stage.session, stage.settings, stage.look, None)
}

fn type_keys(console: &mut Console, keys: &str) {
    for key in keys.chars() {
        let code = if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) };
        console.event(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }
}

#[tokio::test]
async fn a_key_that_is_typed_ahead_acts_on_what_the_keys_before_it_left() {
    let mut console = console(&["chat-1", "redis-1", "store-1"]);
    let mut terminal = Terminal::new(TestBackend::new(100, 30)).unwrap();
    type_keys(&mut console, ":po\n");
    terminal.draw(|frame| console.draw(frame)).unwrap();
    type_keys(&mut console, "/redis\nc");
    let copied = console.errands().into_iter().find_map(|errand| match errand {
        Errand::Copy(text) => Some(text),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some("redis-1"));
}
