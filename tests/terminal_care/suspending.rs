//! Suspended by ctrl-z or by somebody else, and continued: the shell gets its terminal, midwatch gets it back.

use std::fs;

use color_eyre::eyre::{Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::desk::{Desk, MIDWATCH, is_complete};
use crate::leaving::is_given_back;
use crate::terminal::Console;

/// A shell that controls jobs, in which lines are edited by the terminal and not by the shell.
fn shell(desk: &Desk) -> Result<Console> {
    let shell = desk.run("bash", &["--norc", "--noprofile", "--noediting", "-i"])?;
    shell.wait_for("shell>")?;
    Ok(shell)
}

fn desk() -> Result<Desk> {
    Ok(Desk::new()?.with("PS1", "shell> ").with("MIDWATCH", MIDWATCH))
}

/// Whether the whole overview is there, from its first line to its keys, and nothing above it. Its words may be other ones
/// by now: what is counted comes and grows old.
fn is_whole(screen: &str) -> bool {
    is_complete(screen)
        && screen.contains("What changed")
        && screen.contains("enter open")
        && !screen.contains("Keys")
        && !screen.contains("Stopped")
}

/// Continues and looks whether everything is drawn anew and keys work again.
fn goes_on(shell: &Console) -> Result<()> {
    let written = shell.written().len();
    shell.type_text("fg\n")?;
    shell.wait_until("everything again", is_whole)?;
    ensure!(shell.painted().alternate_screen() && shell.is_raw()?, "the terminal was not taken again");
    let anew = String::from_utf8_lossy(&shell.written()[written..]).into_owned();
    ensure!(anew.contains("\x1b[2J") && anew.contains("chat-service"), "not everything is drawn: {anew:?}");
    shell.press("?")?;
    shell.wait_for("Keys")?;
    shell.press("esc")?;
    shell.wait_until("the overview alone", is_whole)
}

#[test]
fn ctrl_z_returns_to_the_shell_and_fg_comes_back() -> Result<()> {
    // A program between the shell and midwatch, such as cargo, has to stop with it, or the shell would wait for ever.
    for starts in [r#""$MIDWATCH""#, r#"sh -c '"$MIDWATCH"; true'"#] {
        let desk = desk()?;
        let shell = shell(&desk)?;
        shell.type_text(&format!("{starts}\n"))?;
        shell.wait_until("the whole overview", is_complete)?;
        shell.wait_for_silence(std::time::Duration::from_millis(500))?;
        for time in 1..=2 {
            shell.press("ctrl-z")?;
            // What the shell said the time before is seen again as soon as midwatch leaves the screen.
            shell.wait_until("the shell, once more", |screen| {
                screen.matches("Stopped").count() == time && screen.trim_end().ends_with("shell>")
            })?;
            is_given_back(&shell)?;
            goes_on(&shell)?;
        }
        shell.press("q")?;
        shell.wait_until("the shell", |screen| screen.trim_end().ends_with("shell>"))?;
        shell.type_text("echo \"code $?\"\n")?;
        shell.wait_for("code 0")?;
        is_given_back(&shell)?;
    }
    Ok(())
}

#[test]
fn whoever_stops_it_from_outside_may_leave_the_terminal_in_any_mode() -> Result<()> {
    let desk = desk()?;
    let shell = shell(&desk)?;
    let pid_file = desk.file("pid");
    shell.type_text(&format!("sh -c 'echo $$ >{}; exec \"$MIDWATCH\"'\n", pid_file.display()))?;
    shell.wait_until("the whole overview", is_complete)?;
    shell.wait_for_silence(std::time::Duration::from_millis(500))?;
    let pid = Pid::from_raw(fs::read_to_string(pid_file)?.trim().parse()?).expect("no process has the number 0");
    kill_process(pid, Signal::STOP)?;
    shell.wait_for("Stopped")?;
    ensure!(!shell.is_raw()?, "the shell has set its own modes");
    goes_on(&shell)?;
    shell.press("q")?;
    shell.wait_until("the shell", |screen| screen.trim_end().ends_with("shell>"))?;
    is_given_back(&shell)
}
