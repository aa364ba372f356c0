//! Evidence of one service among ten thousand pods: how long it takes to keep, how large it is, and what it takes of
//! memory.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, ensure, eyre};
use midwatch::domain::evidence::{Moment, Part};

use crate::command::{MIDWATCH, Seat};
use crate::figures::{Figures, MEBIBYTES, SECONDS, Spread};
use crate::generator::ONE;
use crate::many::Generator;
use crate::plane::{Plane, User};
use crate::process::Process;
use crate::{Bench, tell};

/// Measures.
pub(crate) fn measure(bench: &Bench, plane: &Plane, figures: &mut Figures) -> Result<()> {
    let seat = Seat::new(plane, User::Admin)?;
    let (mut times, mut sizes, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..bench.times() {
        let archive = seat.home().join(format!("evidence-{round}.tar.gz"));
        let (time, peak) = collect(&seat, ["order-api", "team-07"], &archive)?;
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

/// How many pods the largest service has.
const PODS: u64 = 10_000;

/// Measures the same where all pods are of one service in eight revisions, and have logs and numbers.
pub(crate) fn measure_full(bench: &Bench, home: &Path, figures: &mut Figures) -> Result<()> {
    let generator = Generator::start(PODS, ONE)?;
    let seat = generator.seat(home)?;
    seat.write_config("config.toml", &format!("[prometheus.main]\nurl = \"http://127.0.0.1:{}\"\n", generator.port))?;
    let (mut times, mut sizes, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    let (mut lines, mut series) = (0, 0);
    for round in 0..bench.times() {
        let archive = seat.home().join(format!("evidence-{round}.tar.gz"));
        let (time, peak) = collect(&seat, ["service-00000", "team-000"], &archive)?;
        let bundle = midwatch::operations::evidence::open(&archive).map_err(|problem| eyre!("{problem}"))?;
        ensure!(bundle.is_whole(), "{}", archive.display());
        let count = |part| bundle.lines(Some(Moment::Now), part).map_or(0, Iterator::count);
        ensure!(count(Part::Pods) as u64 == PODS, "{} pods are in it", count(Part::Pods));
        (lines, series) = (count(Part::Logs), count(Part::Metrics));
        ensure!(lines > 0 && series > 0, "{:#?}", bundle.manifest.missing);
        if round == 0 {
            bundle.manifest.missing.iter().for_each(|one| tell(&format!("missing: {}: {}", one.part.word(), one.why)));
        }
        #[expect(clippy::cast_precision_loss, reason = "an archive is small")]
        sizes.push(fs::metadata(&archive)?.len() as f64 / 1024.0 / 1024.0);
        times.push(time);
        peaks.push(peak);
    }
    figures.at_most("evidence of 10,000 pods with logs and numbers", Spread::of(times), SECONDS, 10.0);
    figures.at_most("evidence of 10,000 pods: the archive", Spread::of(sizes), MEBIBYTES, 20.0);
    figures.note("evidence of 10,000 pods: memory at most", Spread::of(peaks), MEBIBYTES);
    tell(&format!("it holds {lines} lines of logs and {series} series"));
    Ok(())
}

/// Has an archive made; how long that took, and the most memory that was seen.
fn collect(seat: &Seat, [service, environment]: [&str; 2], archive: &Path) -> Result<(f64, f64)> {
    let begun = Instant::now();
    let mut child = Command::new(MIDWATCH)
        .args(["evidence", "collect", service, "-e", environment, "--out"])
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
