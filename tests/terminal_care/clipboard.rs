//! Copying: a sequence that the terminal understands, also through tmux and screen.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use color_eyre::eyre::{OptionExt, Result, ensure};

use crate::desk::Desk;

/// What a sequence copies: it stands between `before` and `after`.
fn copied(written: &str, before: &str, after: &str) -> Result<String> {
    let rest = written.split_once(before).ok_or_eyre(format!("no {before:?} in {written:?}"))?.1;
    let encoded = rest.split_once(after).ok_or_eyre(format!("no {after:?}"))?.0;
    Ok(String::from_utf8(STANDARD.decode(encoded)?)?)
}

#[test]
fn what_is_copied_reaches_the_terminal_whatever_lies_between() -> Result<()> {
    let plain = ("\x1b]52;c;", "\x07");
    let tmux = ("\x1bPtmux;\x1b\x1b]52;c;", "\x07\x1b\\");
    let screen = ("\x1bP\x1b]52;c;", "\x07\x1b\\");
    for (variable, value, (before, after)) in [
        ("TERM", "xterm-256color", plain),
        ("TMUX", "/tmp/tmux-0/default,1,0", tmux),
        ("STY", "1234.pts-0.host", screen),
        ("TERM", "screen", screen),
    ] {
        let desk = Desk::new()?.with(variable, value);
        let console = desk.overview()?;
        console.press("c")?;
        console.wait_for("copied: chat-service")?;
        // What is read of a frame may end within a character.
        let written = String::from_utf8_lossy(&console.written()).into_owned();
        ensure!(copied(&written, before, after)? == "chat-service", "{variable}");
        // The command line of a plan is copied from the review as well.
        console.press("b")?;
        console.wait_for("Way back")?;
        let before_command = console.written().len();
        console.type_text("\x1bOQ")?;
        let written = console.wait_for_written(before_command, after)?;
        let command = copied(&written.replace("\x1b\\\x1bP", ""), before, after)?;
        ensure!(command.starts_with("midwatch rollback chat-service"), "{variable}: {command}");
        console.press("esc")?;
        console.wait_until("the review to be closed", |screen| !screen.contains("Way back"))?;
        console.quit()?;
    }
    Ok(())
}
