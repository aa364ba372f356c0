//! The live suite: tests against the real Kubernetes of `tests/rig`, one after another on one control plane.
//!
//! It runs in a network namespace of its own, where what is called on a pod's address reaches this machine. Where none may
//! be made the tests that need it are skipped, with the reason.
//!
//! `MIDWATCH_LIVE` says what happens: `required` makes a failure of a rig that is not built, `off` skips the suite.

mod alertmanager;
mod alerts;
mod argo;
#[path = "../hostile/attack/mod.rs"]
mod attack;
mod change;
mod command;
#[path = "../terminal/mod.rs"]
mod console;
mod disk;
mod evidence;
mod guarded;
mod hostile;
mod login;
mod namespace;
mod overtaken;
mod pictures;
mod plane;
mod protobuf;
mod resume;
mod rig;
mod rules;
#[path = "../scenarios/runner.rs"]
mod runner;
mod scenarios;
mod secrets;
mod sets;
mod signals;
mod silences;
#[path = "../pictures/svg.rs"]
mod svg;
#[path = "../pictures/tour.rs"]
mod tour;
mod traffic;
mod verbs;
mod walk;
mod wires;

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use color_eyre::eyre::{Result, eyre};

use crate::plane::Plane;
use console as terminal;

/// One test: what it finds wrong is its error.
type Test = fn(&Plane) -> Result<()>;

/// Makes the list of a module's tests, each under its full name.
macro_rules! tests {
    ($($test:ident),* $(,)?) => {
        pub(crate) const TESTS: &[(&str, crate::Test)] =
            &[$((concat!(module_path!(), "::", stringify!($test)), $test)),*];
    };
}
use tests;

/// Every module with tests, in the order in which they run.
const SUITES: &[&[(&str, Test)]] = &[
    rig::TESTS,
    change::TESTS,
    evidence::TESTS,
    alerts::TESTS,
    rules::TESTS,
    silences::TESTS,
    pictures::TESTS,
    verbs::TESTS,
    sets::TESTS,
    overtaken::TESTS,
    secrets::TESTS,
    disk::TESTS,
    wires::TESTS,
    hostile::TESTS,
    walk::TESTS,
    scenarios::TESTS,
    login::TESTS,
    resume::TESTS,
];

/// Those that need the network namespace. They are the last ones, since what they add to the cluster stays.
const IN_NAMESPACE: &[&[(&str, Test)]] = &[signals::TESTS, argo::TESTS, traffic::TESTS, guarded::TESTS];

fn main() -> Result<ExitCode> {
    let mut out = io::stdout();
    let wanted = Selection::from_arguments();
    let all = SUITES.iter().chain(IN_NAMESPACE).copied().flatten();
    let chosen: Vec<_> = all.filter(|(name, _)| wanted.holds(name)).collect();
    if wanted.list {
        for (name, _) in &chosen {
            writeln!(out, "{name}: test")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mode = std::env::var("MIDWATCH_LIVE").unwrap_or_default();
    let missing = if mode == "off" { Some("MIDWATCH_LIVE is off".to_owned()) } else { plane::binaries().err() };
    if let Some(reason) = missing {
        writeln!(out, "live suite not run: {reason}; run tests/rig/build, then cargo test --test live")?;
        return Ok(if mode == "required" { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    let confined = if chosen.is_empty() { None } else { namespace::enter()? };
    writeln!(out, "\nrunning {} live tests", chosen.len())?;
    if chosen.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let plane = Plane::start()?;
    let mut failed = 0;
    for (name, test) in chosen {
        write!(out, "test {name} ... ")?;
        out.flush()?;
        if let Some(reason) =
            confined.as_ref().filter(|_| IN_NAMESPACE.iter().copied().flatten().any(|(wanting, _)| wanting == name))
        {
            writeln!(out, "skipped: {reason}")?;
            continue;
        }
        let begun = Instant::now();
        match run(*test, &plane) {
            Ok(()) => writeln!(out, "ok ({:.1} s)", begun.elapsed().as_secs_f32())?,
            Err(reason) => {
                failed += 1;
                writeln!(out, "FAILED ({:.1} s)\n{reason:#}\n", begun.elapsed().as_secs_f32())?;
            }
        }
    }
    writeln!(out, "\nlive: {failed} failed")?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs one test; its panic is its failure and not the end of the others.
fn run(test: Test, plane: &Plane) -> Result<()> {
    catch_unwind(AssertUnwindSafe(|| test(plane))).unwrap_or_else(|_| Err(eyre!("it panicked; the message is above")))
}

/// Which tests the command line asks for, in the words of the standard harness.
struct Selection {
    patterns: Vec<String>,
    skipped: Vec<String>,
    exact: bool,
    list: bool,
}

impl Selection {
    fn from_arguments() -> Self {
        let (flags, patterns): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|it| it.starts_with('-'));
        let has = |flag: &str| flags.iter().any(|it| it == flag);
        let skipped = flags.iter().filter_map(|flag| flag.strip_prefix("--skip=")).map(str::to_owned).collect();
        Self { patterns, skipped, exact: has("--exact"), list: has("--list") }
    }

    fn holds(&self, name: &str) -> bool {
        let meant = |it: &String| if self.exact { name == it } else { name.contains(it.as_str()) };
        (self.patterns.is_empty() || self.patterns.iter().any(meant)) && !self.skipped.iter().any(meant)
    }
}
