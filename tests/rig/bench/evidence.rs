//! Evidence of one service among ten thousand pods: how long it takes to keep, how large it is, and what it takes of
//! memory.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, ensure};

use crate::Bench;
use crate::command::{MIDWATCH, Seat};
use crate::figures::{Figures, MEBIBYTES, SECONDS, Spread};
use crate::plane::{Plane, User};
use crate::process::Process;

/// Measures.
pub(crate) fn measure(bench: &Bench, plane: &Plane, figures: &mut Figures) -> Result<()> {
    let seat = Seat::new(plane, User::Admin)?;
    let (mut times, mut sizes, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..bench.times() {
        let archive = seat.home().join(format!("evidence-{round}.tar.gz"));
        let (time, peak) = collect(&seat, &archive)?;
        #[expect(clippy::cast_precision_loss, reason = "an archive is small")]
        let size = fs::metadata(&archive)?.len() as f64;
        let bundle = midwatch::operations::evidence::open(&archive);
        ensure!(bundle.is_ok_and(|bundle| bundle.is_whole()), "{}", archive.display());
        times.push(time);
        sizes.push(size / 1024.0 / 1024.0);
        peaks.push(peak);
    }
    figures.at_most("evidence: exec → archive", Spread::of(times), SECONDS, 10.0);
    figures.at_most("evidence: the archive", Spread::of(sizes), MEBIBYTES, 20.0);
    figures.note("evidence: memory at most", Spread::of(peaks), MEBIBYTES);
    Ok(())
}

/// Has an archive made; how long that took, and the most memory that was seen.
fn collect(seat: &Seat, archive: &PathBuf) -> Result<(f64, f64)> {
    let begun = Instant::now();
    let mut child = Command::new(MIDWATCH)
        .args(["evidence", "collect", "order-api", "-e", "team-07", "--out"])
        .arg(archive)
        .env_clear()
        .envs(seat.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak = peak.max(Process(child.id()).peak().unwrap_or_default());
        sleep(Duration::from_millis(5));
    };
    ensure!(status.success(), "{status}");
    Ok((begun.elapsed().as_secs_f64(), peak))
}
