//! The program ends by itself when its terminal is gone: the window is closed, the connection is lost.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{OptionExt, Result, ensure};

use crate::desk::{Desk, MIDWATCH, is_complete};

/// Makes [`holds_a_terminal_until_it_is_killed`] a terminal; it names what runs in it.
const RUNS: &str = "MIDWATCH_TEST_TERMINAL_RUNS";
/// Where the number of midwatch is written.
const PID: &str = "MIDWATCH_TEST_PID";

/// How long it may take on a machine that has other things to do; two seconds are what is promised.
const PATIENCE: Duration = Duration::from_secs(90);

/// How much of a processor's time it may use from then on, in hundredths of a second.
const FRUGAL: u64 = 100;

/// Waits for a terminal to vanish under midwatch, which a shell starts in some way.
fn ends_when_its_terminal_vanishes(starts: &str) -> Result<()> {
    let desk = Desk::new()?;
    let pid_file = desk.file("pid");
    let mut terminal = Command::new(std::env::current_exe()?)
        .args(["--exact", "vanishing::holds_a_terminal_until_it_is_killed"])
        .env(RUNS, starts)
        .env(PID, &pid_file)
        .spawn()?;
    let begun = Instant::now();
    let shown = desk.file("pid.shown");
    while !shown.exists() {
        ensure!(begun.elapsed() < PATIENCE, "it is never shown");
        ensure!(terminal.try_wait()?.is_none(), "the terminal ended by itself");
        thread::sleep(Duration::from_millis(20));
    }
    let pid = fs::read_to_string(&pid_file)?.trim().to_owned();
    let before = used(&pid).ok_or_eyre("it has ended already")?;
    terminal.kill()?;
    terminal.wait()?;
    let (begun, mut last) = (Instant::now(), before);
    while let Some(used) = used(&pid) {
        ensure!(begun.elapsed() < PATIENCE, "it outlives its terminal and has used {} ticks", used - before);
        last = used;
        thread::sleep(Duration::from_millis(5));
    }
    ensure!(last - before <= FRUGAL, "it used {} hundredths of a second", last - before);
    Ok(())
}

/// The processor's time that a process has used, in hundredths of a second; none when it has ended.
fn used(pid: &str) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program stands in parentheses and may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    (*fields.first()? != "Z").then_some(())?;
    Some(number(11)? + number(12)?)
}

#[test]
fn with_a_signal_of_its_own() -> Result<()> {
    ends_when_its_terminal_vanishes(r#"echo $$ >"$PID_FILE"; exec "$MIDWATCH""#)
}

/// In a session of its own nobody sends it a signal: it has to notice by itself.
#[test]
fn without_any_signal() -> Result<()> {
    ends_when_its_terminal_vanishes(r#"setsid sh -c 'echo $$ >"$PID_FILE"; exec "$MIDWATCH"'; true"#)
}

/// No test of its own: a terminal for the tests above, in a process that can be killed.
#[test]
fn holds_a_terminal_until_it_is_killed() -> Result<()> {
    let (Some(runs), Some(pid_file)) = (std::env::var_os(RUNS), std::env::var_os(PID)) else { return Ok(()) };
    let (runs, pid_file) = (runs.to_string_lossy().into_owned(), pid_file.to_string_lossy().into_owned());
    let desk = Desk::new()?.with("PID_FILE", &pid_file).with("MIDWATCH", MIDWATCH);
    let console = desk.run("bash", &["-c", &runs])?;
    console.wait_until("the whole overview", is_complete)?;
    fs::write(format!("{pid_file}.shown"), "")?;
    loop {
        thread::park();
    }
}
