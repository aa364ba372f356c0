//! The benchmark: how fast and how small midwatch is on ten thousand pods of the real Kubernetes of `tests/rig`, beside
//! curl and kubectl on the same server, and on fifty thousand pods of a generator.
//!
//! `cargo bench --bench rig [-- [--quick] [WHAT...]]`. It measures and judges, and fails only where it cannot measure.

#[path = "../../live/alertmanager.rs"]
mod alertmanager;
#[allow(dead_code, reason = "the live suite uses the rest")]
#[path = "../../live/command.rs"]
mod command;
#[path = "../../terminal/mod.rs"]
mod console;
#[allow(dead_code, reason = "the live suite uses the rest")]
#[path = "../../live/plane.rs"]
mod plane;

mod alerts;
mod evidence;
mod figures;
mod fixture;
mod generator;
mod keys;
mod lines;
mod logs;
mod many;
mod message;
mod process;
mod said;
mod screen;
mod small;
mod start;
mod updates;

use std::io::{self, Write};
use std::path::PathBuf;

use color_eyre::eyre::{OptionExt, Result, bail};

use crate::command::MIDWATCH;
use crate::figures::{Figures, MEBIBYTES};
use crate::plane::Plane;

/// What can be measured, in the order in which it is.
const PARTS: [&str; 12] = [
    "size",
    "lines",
    "start",
    "idle",
    "updates",
    "filter",
    "small",
    "logs",
    "evidence",
    "evidence-full",
    "alerts",
    "many",
];

/// What is to be measured, and how thoroughly.
pub(crate) struct Bench {
    parts: Vec<String>,
    /// Once instead of five times, and for a shorter time: to try the benchmark itself.
    pub(crate) is_quick: bool,
}

impl Bench {
    fn from_arguments() -> Result<Self> {
        let mut bench = Self { parts: Vec::new(), is_quick: false };
        for argument in std::env::args().skip(1) {
            match argument.as_str() {
                // Cargo says so to every benchmark.
                "--bench" => {}
                "--quick" => bench.is_quick = true,
                part if PARTS.contains(&part) => bench.parts.push(argument),
                _ => bail!("usage: cargo bench --bench rig [-- [--quick] [{}]...]", PARTS.join("|")),
            }
        }
        Ok(bench)
    }

    /// Whether a part is asked for; all are when none is named.
    pub(crate) fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|it| it == part)
    }

    /// How often what varies is measured.
    pub(crate) fn times(&self) -> usize {
        if self.is_quick { 1 } else { 5 }
    }
}

fn main() -> Result<()> {
    if let [_, role, pods, kind] = &*std::env::args().collect::<Vec<_>>()
        && role == generator::ROLE
    {
        return generator::serve(pods.parse()?, kind == generator::ONE);
    }
    let bench = Bench::from_arguments()?;
    let mut figures = Figures::default();
    if bench.wants("size") {
        #[expect(clippy::cast_precision_loss, reason = "a program is small")]
        let size = std::fs::metadata(MIDWATCH)?.len() as f64;
        figures.at_most("the program, stripped", size / 1024.0 / 1024.0, MEBIBYTES, 25.0);
    }
    if bench.wants("lines") {
        lines::measure(&bench, &mut figures)?;
    }
    if ["start", "idle", "updates", "filter", "small", "logs", "evidence"].iter().any(|part| bench.wants(part)) {
        let plane = fixture::ready(&folder()?)?;
        on_the_rig(&bench, &plane, &mut figures)?;
    }
    if bench.wants("evidence-full") {
        evidence::measure_full(&bench, &folder()?.join("evidence"), &mut figures)?;
    }
    if bench.wants("alerts") {
        alerts::measure(&bench, &folder()?.join("alerts"), &mut figures)?;
    }
    if bench.wants("many") {
        many::measure(&bench, &folder()?.join("many"), &mut figures)?;
    }
    writeln!(io::stdout(), "\n{}", figures.table())?;
    Ok(())
}

/// What is measured on the real Kubernetes.
fn on_the_rig(bench: &Bench, plane: &Plane, figures: &mut Figures) -> Result<()> {
    if bench.wants("start") {
        start::measure(bench, plane, figures)?;
    }
    if ["idle", "updates", "filter"].iter().any(|part| bench.wants(part)) {
        screen::measure(bench, plane, figures)?;
    }
    if bench.wants("small") {
        small::measure(bench, plane, figures)?;
    }
    if bench.wants("logs") {
        logs::measure(bench, plane, figures)?;
    }
    if bench.wants("evidence") {
        evidence::measure(bench, plane, figures)?;
    }
    Ok(())
}

/// Where the cluster with its pods is kept between runs.
fn folder() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("MIDWATCH_BENCH_DIR") {
        return Ok(folder.into());
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    Ok(cache.ok_or_eyre("set MIDWATCH_BENCH_DIR to a folder for the cluster")?.join("midwatch-bench"))
}

/// Says how far it is, to whoever waits.
pub(crate) fn tell(words: &str) {
    // Nobody may be there to hear it.
    let _ = writeln!(io::stderr(), "bench: {words}");
}
