//! A tour through every view of the sandbox, at three sizes of window. It fails when a view does not show what it is
//! for; with `MIDWATCH_PICTURES=write` it leaves what it saw in `screenshots/`.

mod svg;
#[path = "../terminal/mod.rs"]
mod terminal;
mod tour;

use std::ffi::OsString;

use color_eyre::eyre::Result;

use terminal::{Console, Size};

#[test]
fn every_view_shows_what_it_is_for_in_a_small_window() -> Result<()> {
    tour_at((80, 24))
}

#[test]
fn every_view_shows_what_it_is_for_in_a_usual_window() -> Result<()> {
    tour_at((120, 40))
}

#[test]
fn every_view_shows_what_it_is_for_in_a_large_window() -> Result<()> {
    tour_at((200, 60))
}

/// Goes through the views at one size.
fn tour_at(size: Size) -> Result<()> {
    let home = tempfile::tempdir()?;
    let environment: Vec<(&'static str, OsString)> = vec![
        ("HOME", home.path().into()),
        ("TERM", "xterm-256color".into()),
        ("COLORTERM", "truecolor".into()),
        ("LANG", "C.UTF-8".into()),
        ("PATH", std::env::var_os("PATH").unwrap_or_default()),
    ];
    let console = Console::run(env!("CARGO_BIN_EXE_midwatch"), &["demo"], environment, size)?;
    let name = |name: &str| format!("{name}-{}x{}.svg", size.0, size.1);
    tour::take(&console, true, size, tour::folder().as_deref(), name)
}
