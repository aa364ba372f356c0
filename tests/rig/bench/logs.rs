//! Logs through the rig: one pod says twenty thousand lines a second, by way of KWOK and the API server.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use color_eyre::eyre::{OptionExt, Result};
use jiff::{SignedDuration, Timestamp};

use crate::Bench;
use crate::command::Seat;
use crate::console::Console;
use crate::figures::{Figures, KILOBYTES, LINES, MEBIBYTES, OF_A_CORE, PER_SECOND};
use crate::fixture::{SMALL, SPEAKER};
use crate::plane::{Plane, User};
use crate::process::Process;
use crate::start::{SIZE, pods_on};

/// How many lines are said in a second, and how often each second.
const RATE: u64 = 20_000;
const TICKS: u64 = 100;

/// How long what was said may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// Measures.
pub(crate) fn measure(bench: &Bench, plane: &Plane, figures: &mut Figures) -> Result<()> {
    let selector = format!("--selector=app.kubernetes.io/name={SPEAKER}");
    let names = ["get", "pods", "--namespace", SMALL, &selector, "--output=jsonpath={.items[0].metadata.name}"];
    let pod = plane.kubectl(User::Admin, &names)?;
    let file = plane.dir().join(format!("logs/{SMALL}.{pod}.log"));
    let _ = fs::remove_file(&file);
    plane.say(SMALL, &pod, "here begins what is counted")?;

    let console = Seat::new(plane, User::Admin)?.console(SIZE, &["--namespace", SMALL])?;
    pods_on(&console, 10)?;
    console.type_text(&format!("/{pod}\r"))?;
    console.wait_for(&format!("/{pod}"))?;
    console.press("l")?;
    console.wait_for("here begins what is counted")?;
    let process = Process(console.pid()?);
    process.rests()?;

    let seconds = if bench.is_quick { 10 } else { 60 };
    let (before, begun) = (console.drawn(), Instant::now());
    let (share, sent) = process.share(|| speak(&file, seconds))?;
    let took = begun.elapsed().as_secs_f64();
    let after = console.drawn();
    // The line at the beginning counts too.
    let sent = sent + 1;
    let (delivered, dropped) = arrived(&console, sent)?;

    #[expect(clippy::cast_precision_loss, reason = "so many lines are not said")]
    {
        figures.note("logs: lines said", (sent - 1) as f64 / took, PER_SECOND);
        figures.note("logs: lines dropped and counted", dropped as f64, LINES);
        figures.at_most("logs", share.percent(), OF_A_CORE, 15.0);
        figures.at_most("logs, drawn", (after.bytes - before.bytes) as f64 / 1000.0 / took, KILOBYTES, 30.0);
    }
    let told = format!("{delivered} + {dropped} of {sent}");
    figures.holds("logs: delivered + dropped = said", told, "equal", delivered + dropped == sent);
    figures.note("logs: memory after that", process.resident()?, MEBIBYTES);
    console.quit()?;
    fs::remove_file(&file)?;
    Ok(())
}

/// Says lines for some seconds, as a container runtime keeps them; how many.
fn speak(file: &Path, seconds: u64) -> Result<u64> {
    let mut file: File = OpenOptions::new().append(true).open(file)?;
    let begun = Instant::now();
    let mut said = 0;
    for tick in 0..seconds * TICKS {
        let due = Duration::from_millis(1000 / TICKS) * u32::try_from(tick)?;
        sleep(due.saturating_sub(begun.elapsed()));
        let now = Timestamp::now();
        let mut lines = String::new();
        for line in 0..RATE / TICKS {
            let at = now + SignedDuration::from_micros(i64::try_from(line)?);
            let level = if said % 50 == 49 { "warn" } else { "info" };
            writeln!(
                lines,
                "{at:.9} stdout F level={level} msg=\"order placed\" order={said:08} customer=c-{:05} items={} \
                 latency_ms={} trace=4bf92f3577b34da6a3ce929d0e0e4736",
                said * 7 % 90_000,
                said % 9 + 1,
                said * 13 % 400,
            )?;
            said += 1;
        }
        file.write_all(lines.as_bytes())?;
    }
    Ok(said)
}

/// What the title counts as delivered and as dropped, once it is all that was said or nothing more comes.
fn arrived(console: &Console, sent: u64) -> Result<(u64, u64)> {
    let end = Instant::now() + PATIENCE;
    loop {
        let screen = console.screen();
        let before = |word: &str| {
            let words: Vec<&str> = screen.split_whitespace().collect();
            let at = words.iter().position(|it| *it == word)?;
            words[at.checked_sub(1)?].replace(',', "").parse::<u64>().ok()
        };
        let counts = (before("kept").ok_or_eyre(screen.clone())?, before("dropped").ok_or_eyre(screen.clone())?);
        if counts.0 + counts.1 >= sent || Instant::now() > end {
            return Ok(counts);
        }
        sleep(Duration::from_millis(200));
    }
}
