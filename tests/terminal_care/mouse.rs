//! The mouse: clicks choose rows, and texts are left to the terminal's own selection.

use color_eyre::eyre::{OptionExt, Result};
use vt100::{MouseProtocolMode, Screen};

use crate::desk::{Desk, is_complete};
use crate::terminal::Console;

/// Where a text stands on the screen, in columns and rows from 1.
fn place(console: &Console, text: &str) -> Result<(usize, usize)> {
    let screen = console.screen();
    let mut rows = screen.lines().zip(1..);
    let (row, number) = rows.find(|(row, _)| row.contains(text)).ok_or_eyre(format!("no {text}:\n{screen}"))?;
    let before = row.split(text).next().unwrap_or_default();
    Ok((before.chars().count() + 1, number))
}

/// Clicks on a text.
fn click(console: &Console, text: &str) -> Result<()> {
    let (column, row) = place(console, text)?;
    console.type_text(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"))
}

/// Turns the wheel over a text.
fn wheel_down(console: &Console, text: &str) -> Result<()> {
    let (column, row) = place(console, text)?;
    console.type_text(&format!("\x1b[<65;{column};{row}M"))
}

/// Waits until the mouse is captured, or free.
fn wait_for_mouse(console: &Console, is_captured: bool) -> Result<()> {
    let is_so = |screen: &Screen| (screen.mouse_protocol_mode() != MouseProtocolMode::None) == is_captured;
    console.wait_for_state(if is_captured { "capture of the mouse" } else { "mouse that is free" }, is_so)
}

#[test]
fn a_click_chooses_a_row_and_another_opens_it() -> Result<()> {
    let desk = Desk::new()?;
    let console = desk.overview()?;
    click(&console, "api-gateway")?;
    console.press("enter")?;
    console.wait_for("Overview › api-gateway")?;
    console.press("esc")?;
    console.wait_until("the whole overview", is_complete)?;
    click(&console, "redis")?;
    wheel_down(&console, "redis")?;
    console.press("enter")?;
    console.wait_until("the service below it", |screen| {
        screen.contains("Overview › ") && !screen.contains("Overview › redis")
    })?;
    console.press("esc")?;
    console.wait_until("the whole overview", is_complete)?;
    click(&console, "Rollouts")?;
    console.wait_until("the tab that was clicked", |screen| !is_complete(screen))?;
    console.quit()?;
    Ok(())
}

#[test]
fn it_is_left_to_the_terminal_where_there_is_text_to_mark() -> Result<()> {
    let desk = Desk::new()?;
    let console = desk.overview()?;
    wait_for_mouse(&console, true)?;
    for (keys, shows) in [("l", "chat-service › Logs"), (":po\ry", "apiVersion"), (":po\rd", "in words")] {
        console.type_text(keys)?;
        console.wait_for(shows)?;
        wait_for_mouse(&console, false)?;
        console.type_text(":overview\r")?;
        console.wait_until("the whole overview", is_complete)?;
        wait_for_mouse(&console, true)?;
    }
    console.type_text(":toggle-mouse\r")?;
    wait_for_mouse(&console, false)?;
    console.quit()?;
    Ok(())
}
