//! The table of all pods while it stands: its memory, at rest, under changes, and filtered.

use std::thread::sleep;
use std::time::{Duration, Instant};

use color_eyre::eyre::Result;
use midwatch::domain::kind::Kind;

use crate::command::Seat;
use crate::console::Console;
use crate::figures::{FRAMES, Figures, KILOBYTES, MEBIBYTES, OF_A_CORE, PER_SECOND, Spread};
use crate::plane::{Plane, User};
use crate::process::Process;
use crate::start::{SIZE, pods_on};
use crate::updates::Patcher;
use crate::{Bench, fixture, keys};

/// How many pods change in a second.
const CHANGES: u32 = 100;

/// Measures.
pub(crate) fn measure(bench: &Bench, plane: &Plane, figures: &mut Figures) -> Result<()> {
    let pods = fixture::count(plane, Kind::Pod)?;
    let seat = Seat::new(plane, User::Admin)?;
    if bench.wants("idle") {
        memory(bench, &seat, pods, figures)?;
    }
    let console = seat.console(SIZE, &[])?;
    pods_on(&console, pods)?;
    let process = Process(console.pid()?);
    process.rests()?;
    if bench.wants("filter") {
        keys::filter(bench, &console, figures)?;
    }
    if bench.wants("idle") {
        rest(bench, &console, process, figures)?;
    }
    if bench.wants("updates") {
        let mut patcher = Patcher::new(plane)?;
        let length = Duration::from_secs(if bench.is_quick { 5 } else { 15 });
        let (mut shares, mut drawn, mut rates) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..bench.times() {
            let before = console.drawn();
            let (share, made) = process.share(|| patcher.patch(CHANGES, length))?;
            shares.push(share.percent());
            rates.push(f64::from(made) / length.as_secs_f64());
            #[expect(clippy::cast_precision_loss, reason = "a terminal does not take that much")]
            drawn.push((console.drawn().bytes - before.bytes) as f64 / 1000.0 / length.as_secs_f64());
            process.rests()?;
        }
        patcher.heal()?;
        figures.note("changes of pods that the server took", Spread::of(rates), PER_SECOND);
        figures.at_most("100 changes/s", Spread::of(shares), OF_A_CORE, 4.0);
        figures.note("100 changes/s, drawn", Spread::of(drawn), KILOBYTES);
        figures.note("memory after that", process.resident()?, MEBIBYTES);
    }
    console.quit()?;
    Ok(())
}

/// The memory with every kind watched, of processes that have done nothing else.
fn memory(bench: &Bench, seat: &Seat, pods: u64, figures: &mut Figures) -> Result<()> {
    let (mut resident, mut peak) = (Vec::new(), Vec::new());
    for _ in 0..bench.times() {
        let console = seat.console(SIZE, &[])?;
        pods_on(&console, pods)?;
        let process = Process(console.pid()?);
        process.rests()?;
        resident.push(process.resident()?);
        peak.push(process.peak()?);
        console.quit()?;
    }
    figures.at_most("memory, all kinds watched", Spread::of(resident), MEBIBYTES, 45.0);
    figures.note("memory, at its most", Spread::of(peak), MEBIBYTES);
    Ok(())
}

/// What is drawn and done although nothing happens.
fn rest(bench: &Bench, console: &Console, process: Process, figures: &mut Figures) -> Result<()> {
    let length = Duration::from_secs(if bench.is_quick { 15 } else { 60 });
    let (before, begun) = (console.drawn(), Instant::now());
    let (share, ()) = process.share(|| {
        sleep(length);
        Ok(())
    })?;
    let after = console.drawn();
    #[expect(clippy::cast_precision_loss, reason = "nothing is drawn that often")]
    let frames = (after.frames - before.frames) as f64 * 60.0 / begun.elapsed().as_secs_f64();
    // The clock turns once a minute; that a part of one is measured makes no second frame of it.
    figures.at_most(
        "idle, drawn",
        if after.frames - before.frames <= 1 { frames.min(1.0) } else { frames },
        FRAMES,
        1.0,
    );
    figures.at_most("idle", share.percent(), OF_A_CORE, 0.5);
    Ok(())
}
