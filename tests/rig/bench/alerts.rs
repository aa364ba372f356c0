//! Five thousand alerts of a real Alertmanager: whether keys are answered while a tenth of them changes each second.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, WrapErr, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::Bench;
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

/// A running Alertmanager. It ends when this is dropped.
struct Alertmanager {
    child: Child,
    port: u16,
}

impl Alertmanager {
    fn start(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let config = folder.join("alertmanager.yml");
        fs::write(&config, "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n")?;
        // Free a moment ago, and nobody else looks for one here.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new("prometheus-alertmanager")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", folder.join("data").display()))
            .args([&format!("--web.listen-address=127.0.0.1:{port}"), "--cluster.listen-address="])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .wrap_err("prometheus-alertmanager: install Debian's package of this name")?;
        let server = Self { child, port };
        let begun = Instant::now();
        while server.ask("GET", "/-/ready", &Value::Null).is_err() {
            if begun.elapsed() > Duration::from_secs(20) {
                bail!("Alertmanager does not start");
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<()> {
        let body = body.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.lines().next().is_some_and(|status| status.contains(" 200 ")), "{answer}");
        Ok(())
    }

    /// Lets some alerts fire, or says something new of them.
    fn fire(&self, numbers: impl Iterator<Item = u32>, round: u32) -> Result<()> {
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
        self.ask("POST", "/api/v2/alerts", &numbers.map(alert).collect())
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Measures.
pub(crate) fn measure(bench: &Bench, home: &Path, figures: &mut Figures) -> Result<()> {
    let generator = Generator::start(PODS.into(), MANY)?;
    let seat = generator.seat(home)?;
    let server = Alertmanager::start(&home.join("alertmanager"))?;
    for thousand in 0..ALERTS / 1_000 {
        server.fire(thousand * 1_000..(thousand + 1) * 1_000, 0)?;
    }
    seat.write_config("config.toml", &format!("[alertmanager.main]\nurl = \"http://127.0.0.1:{}\"\n", server.port))?;
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
                drop(server.fire((0..CHANGES).map(|number| number * (ALERTS / CHANGES) + round % 10), round));
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
