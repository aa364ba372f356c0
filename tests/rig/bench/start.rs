//! From exec to a frame, to rows and to all rows, beside curl and kubectl, one after the other in each round.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use color_eyre::eyre::{OptionExt, Result, ensure};
use midwatch::domain::kind::Kind;
use vt100::Screen;

use crate::command::Seat;
use crate::console::{Console, Size};
use crate::figures::{Figures, SECONDS, Spread};
use crate::plane::{Plane, User};
use crate::{Bench, fixture};

/// The window.
pub(crate) const SIZE: Size = (160, 45);

/// The row in which a table says what it shows, and how many.
const HEADING: usize = 3;

/// How long it took, from exec on, in seconds.
pub(crate) struct Started {
    pub(crate) frame: f64,
    pub(crate) rows: f64,
    pub(crate) all: f64,
}

/// Measures.
pub(crate) fn measure(bench: &Bench, plane: &Plane, figures: &mut Figures) -> Result<()> {
    let pods = fixture::count(plane, Kind::Pod)?;
    let seat = Seat::new(plane, User::Admin)?;
    let (mut curl, mut kubectl, mut started) = (Vec::new(), Vec::new(), Vec::new());
    // The first list after a start fills the server's own caches.
    list_by_curl(plane)?;
    for _ in 0..bench.times() {
        curl.push(list_by_curl(plane)?);
        let console = seat.console(SIZE, &[])?;
        started.push(pods_on(&console, pods)?);
        console.quit()?;
        kubectl.push(list_by_kubectl(plane)?);
    }
    let of = |part: fn(&Started) -> f64| Spread::of(started.iter().map(part).collect());
    let curl = Spread::of(curl);
    figures.curl = Some(curl.median);
    figures.note("curl: the list of pods as protobuf", curl, SECONDS);
    figures.note("kubectl get pods -A", Spread::of(kubectl), SECONDS);
    figures.at_most("exec → first frame", of(|it| it.frame), SECONDS, 0.05);
    figures.at_most("exec → first rows", of(|it| it.rows), SECONDS, 0.15);
    figures.at_most("exec → all rows", of(|it| it.all), SECONDS, 1.5 * curl.median);
    Ok(())
}

/// Goes to the table of all pods right after the first frame, and waits for its rows.
pub(crate) fn pods_on(console: &Console, pods: u64) -> Result<Started> {
    let since = |at: Instant| at.duration_since(console.begun()).as_secs_f64();
    let frame = console.seen_at("a frame", |_, drawn| drawn.frames > 0)?;
    console.type_text(":po\r")?;
    let rows = console.seen_at("a pod", |screen, _| row(screen, HEADING + 3).contains(" Running"))?;
    let count = grouped(pods);
    let all = console.seen_at(&format!("{count} pods"), |screen, _| {
        let heading = row(screen, HEADING);
        heading.split_whitespace().any(|word| word == count) && !heading.contains("loading")
    })?;
    Ok(Started { frame: since(frame), rows: since(rows), all: since(all) })
}

/// A row of the screen.
pub(crate) fn row(screen: &Screen, index: usize) -> String {
    let (_, columns) = screen.size();
    screen.rows(0, columns.get()).nth(index).unwrap_or_default()
}

/// A number with its thousands apart, as the screen writes it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let (mut grouped, head) = (String::new(), digits.len() % 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == head {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The seconds that curl takes for the list, with the user's certificate.
fn list_by_curl(plane: &Plane) -> Result<f64> {
    let port = fs::read_to_string(plane.dir().join("port"))?;
    let file = |name: &str| plane.dir().join("pki").join(name);
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--fail", "--output", "/dev/null"]);
    command
        .arg("--cacert")
        .arg(file("ca.crt"))
        .arg("--cert")
        .arg(file("admin.crt"))
        .arg("--key")
        .arg(file("admin.key"));
    command.args(["--header", "Accept: application/vnd.kubernetes.protobuf"]);
    timed(command.arg(format!("https://127.0.0.1:{}/api/v1/pods", port.trim())))
}

/// The seconds that kubectl takes for its table.
fn list_by_kubectl(plane: &Plane) -> Result<f64> {
    let binaries = crate::plane::binaries().map_err(|why| color_eyre::eyre::eyre!(why))?;
    let cache: &Path = plane.dir();
    let mut command = Command::new(binaries.join("kubectl"));
    command.arg("--kubeconfig").arg(plane.kubeconfig(User::Admin)).arg("--cache-dir").arg(cache.join("cache/admin"));
    timed(command.args(["get", "pods", "--all-namespaces"]))
}

fn timed(command: &mut Command) -> Result<f64> {
    let begun = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(status.success(), "{} failed", command.get_program().to_str().ok_or_eyre("a program has a name")?);
    Ok(seconds)
}
