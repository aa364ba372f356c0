//! A namespace of ten pods: what midwatch takes where there is little to show.

use color_eyre::eyre::Result;

use crate::Bench;
use crate::command::Seat;
use crate::figures::{Figures, MEBIBYTES, Spread};
use crate::fixture::SMALL;
use crate::plane::{Plane, User};
use crate::process::Process;
use crate::start::{SIZE, pods_on};

/// Measures.
pub(crate) fn measure(bench: &Bench, plane: &Plane, figures: &mut Figures) -> Result<()> {
    let seat = Seat::new(plane, User::Admin)?;
    let mut resident = Vec::new();
    for _ in 0..bench.times() {
        let console = seat.console(SIZE, &["--namespace", SMALL])?;
        pods_on(&console, 10)?;
        let process = Process(console.pid()?);
        process.rests()?;
        resident.push(process.resident()?);
        console.quit()?;
    }
    figures.at_most("memory, a namespace of ten pods", Spread::of(resident), MEBIBYTES, 20.0);
    Ok(())
}
