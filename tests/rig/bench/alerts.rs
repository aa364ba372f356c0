//! Five thousand alerts of a real Alertmanager: whether keys are answered while a tenth of them changes each second.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use color_eyre::eyre::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::Bench;
use crate::alertmanager::Alertmanager;
use crate::figures::{Figures, MEBIBYTES, MILLISECONDS, OF_A_CORE, Spread};
use crate::generator::MANY;
use crate::keys::{moves, percentile};
use crate::many::Generator;
use crate::message::{Spread as Services, name_of};
use crate::process::Process;
use crate::start::{SIZE, row};

/// How many there are.
const ALERTS: u32 = 5_000;

/// How many of them change in a second.
const CHANGES: u32 = 500;

/// How many pods there are beside them.
const PODS: u32 = 1_000;

/// How often a key is pressed meanwhile.
const PRESSES: usize = 600;

/// Lets some alerts fire, or says something new of them.
fn fire(server: &Alertmanager, numbers: impl Iterator<Item = u32>, round: u32) -> Result<()> {
    let since = (Timestamp::now() - SignedDuration::from_mins(2)).to_string();
    let alert = |number: u32| {
        let place = number % PODS;
        let (pod, _set) = name_of(Services::USUAL, place);
        let severity = ["critical", "warning", "info"][number as usize % 3];
        json!({
            "labels": {
                "alertname": format!("Alert{number:04}"),
                "severity": severity,
                "namespace": "team-000",
                "pod": pod,
                "service": format!("service-{:05}", place / Services::USUAL.pods),
            },
            "annotations": { "summary": format!("{} % of requests fail", (number + round) % 97) },
            "startsAt": since,
        })
    };
    server.ask("POST", "/api/v2/alerts", &numbers.map(alert).collect()).map(drop)
}

/// Measures.
pub(crate) fn measure(bench: &Bench, home: &Path, figures: &mut Figures) -> Result<()> {
    let generator = Generator::start(PODS.into(), MANY)?;
    let seat = generator.seat(home)?;
    let server = Alertmanager::start(&home.join("alertmanager"))?;
    for thousand in 0..ALERTS / 1_000 {
        fire(&server, thousand * 1_000..(thousand + 1) * 1_000, 0)?;
    }
    seat.write_config("config.toml", &format!("[alertmanager.main]\nurl = \"{}\"\n", server.url()))?;
    let console = seat.console(SIZE, &[])?;
    console.seen_at("a frame", |_, drawn| drawn.frames > 0)?;
    console.type_text(":alerts\r")?;
    console.seen_at("all alerts", |screen, _| {
        (0..5).any(|y| row(screen, y).contains("1667 High, 1667 Medium, 1666 Low firing"))
    })?;
    let process = Process(console.pid()?);
    process.rests()?;
    figures.note("5,000 alerts: memory", process.resident()?, MEBIBYTES);
    let presses = if bench.is_quick { 60 } else { PRESSES };
    let is_over = AtomicBool::new(false);
    let (share, keys) = thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1.. {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                // Whether they arrive shows in what is measured.
                drop(fire(&server, (0..CHANGES).map(|number| number * (ALERTS / CHANGES) + round % 10), round));
                thread::sleep(Duration::from_secs(1));
            }
        });
        let measured = process.share(|| moves(&console, presses, 3));
        is_over.store(true, Ordering::Relaxed);
        measured
    })?;
    figures.note("5,000 alerts of which 500 change each second, and keys", share.percent(), OF_A_CORE);
    figures.at_most("5,000 alerts: key → painted, p99", percentile(&keys, 99), MILLISECONDS, 33.0);
    figures.note("5,000 alerts: key → painted", Spread::of(keys), MILLISECONDS);
    console.quit()?;
    Ok(())
}
