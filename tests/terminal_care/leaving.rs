//! The terminal is given back as it was, however the program ends; and nothing else is left behind.

use color_eyre::eyre::{Result, ensure};
use rustix::process::Signal;
use vt100::MouseProtocolMode;

use crate::desk::{Desk, is_complete};
use crate::terminal::Console;

/// Leaves the alternate screen.
const LEAVE: &str = "\x1b[?1049l";

/// The terminal is midwatch's own: another screen, raw keys, the mouse, pastes in brackets.
fn is_taken(console: &Console) -> Result<()> {
    let screen = console.painted();
    ensure!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste(), "not taken");
    ensure!(screen.mouse_protocol_mode() == MouseProtocolMode::AnyMotion, "{:?}", screen.mouse_protocol_mode());
    ensure!(console.is_raw()?, "keys are not raw");
    Ok(())
}

/// The terminal is as it was before.
pub(crate) fn is_given_back(console: &Console) -> Result<()> {
    let screen = console.painted();
    ensure!(!screen.alternate_screen(), "the alternate screen is still shown");
    ensure!(!screen.hide_cursor(), "the cursor is hidden");
    ensure!(!screen.bracketed_paste(), "pastes come in brackets");
    ensure!(screen.mouse_protocol_mode() == MouseProtocolMode::None, "the mouse is captured");
    ensure!(!console.is_raw()?, "keys are raw");
    let written = String::from_utf8_lossy(&console.written()).into_owned();
    let count = |sequence: &str| written.matches(sequence).count();
    ensure!(count("\x1b[22;2t") == count("\x1b[23;2t"), "the title of the window is not given back");
    let is_open = written.rfind("\x1b[?2026h") > written.rfind("\x1b[?2026l");
    ensure!(!is_open, "a frame was left open: the terminal would wait for its end");
    let after = written.rsplit(LEAVE).next().unwrap_or_default();
    ensure!(!after.contains("\x1b[?2026h"), "something is drawn after the end: {after:?}");
    Ok(())
}

/// Ends midwatch in some way and looks at what is left.
fn after(mut console: Console, leave: impl FnOnce(&Console) -> Result<()>, code: u32) -> Result<Console> {
    console.wait_until("the whole overview", is_complete)?;
    is_taken(&console)?;
    leave(&console)?;
    let ended = console.end()?;
    ensure!(ended == code, "exit code {ended}:\n{}", console.screen());
    is_given_back(&console)?;
    Ok(console)
}

#[test]
fn by_a_key() -> Result<()> {
    let desk = Desk::new()?;
    for key in ["q", "ctrl-c"] {
        let console = after(desk.midwatch(&[])?, |console| console.press(key), 0)?;
        ensure!(console.screen().trim().is_empty(), "it says goodbye:\n{}", console.screen());
    }
    Ok(())
}

#[test]
fn by_a_signal() -> Result<()> {
    let desk = Desk::new()?;
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let console = after(desk.midwatch(&[])?, |console| console.signal(signal), code)?;
        ensure!(console.screen().trim().is_empty(), "it says something:\n{}", console.screen());
    }
    Ok(())
}

#[test]
fn by_a_panic_while_it_draws() -> Result<()> {
    let desk = Desk::new()?.with("MIDWATCH_PANIC_AT", "frame");
    let mut console = desk.midwatch(&[])?;
    ensure!(console.end()? == 70, "{}", console.screen());
    is_given_back(&console)?;
    console.wait_for("MIDWATCH_PANIC_AT asks for a panic at frame")
}

#[test]
fn by_a_panic_of_another_thread() -> Result<()> {
    let desk = Desk::new()?.with("MIDWATCH_PANIC_AT", "key");
    let console = after(desk.midwatch(&[])?, |console| console.press("j"), 70)?;
    console.wait_for("MIDWATCH_PANIC_AT asks for a panic at key")
}

/// The simulated platform writes files, which go with it.
#[test]
fn with_the_simulated_platform() -> Result<()> {
    for (panics, key, code) in [("", "q", 0), ("key", "j", 70)] {
        let desk = Desk::new()?.with("MIDWATCH_PANIC_AT", panics);
        let console = desk.midwatch(&["demo"])?;
        let leave = |console: &Console| {
            console.wait_for("DEMO")?;
            ensure!(!desk.temporary_files()?.is_empty(), "it writes somewhere else");
            console.press(key)
        };
        after(console, leave, code)?;
        ensure!(desk.temporary_files()?.is_empty(), "left behind: {:?}", desk.temporary_files()?);
    }
    Ok(())
}

#[test]
fn before_it_was_ever_taken() -> Result<()> {
    let desk = Desk::new()?;
    for (args, says) in [
        (["demo", "--theme", "midnigth"], "midnight"),
        (["demo", "--keymap", "emacs"], "emacs"),
        (["demo", "--as", "mallory"], "mallory"),
    ] {
        let mut console = desk.midwatch(&args)?;
        let ended = console.end()?;
        ensure!(ended == 2, "{args:?}: exit code {ended}:\n{}", console.screen());
        is_given_back(&console)?;
        ensure!(!String::from_utf8_lossy(&console.written()).contains("\x1b[?1049h"), "{args:?}: it was taken");
        console.wait_for(says)?;
    }
    ensure!(desk.temporary_files()?.is_empty(), "left behind: {:?}", desk.temporary_files()?);
    Ok(())
}
