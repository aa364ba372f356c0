//! A tour through the views: keys, and what must be on the screen where they lead.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, ensure};

use crate::svg;
use crate::terminal::{Console, Size};

/// One stop of the tour: the keys that lead there, the name of the picture, and what must be on it.
pub(crate) struct Stop {
    keys: &'static [&'static str],
    name: &'static str,
    shows: &'static str,
    /// Whether only the sandbox has a past that is worth a picture there.
    is_of_sandbox: bool,
}

const fn stop(keys: &'static [&'static str], name: &'static str, shows: &'static str) -> Stop {
    Stop { keys, name, shows, is_of_sandbox: false }
}

const fn in_sandbox(keys: &'static [&'static str], name: &'static str, shows: &'static str) -> Stop {
    Stop { is_of_sandbox: true, ..stop(keys, name, shows) }
}

/// Every view and every overlay. Longer words are typed as they stand; `esc` and `enter` are keys.
pub(crate) const STOPS: [Stop; 30] = [
    stop(&[], "overview", "services need you"),
    // Once what is counted has come.
    in_sandbox(&[], "overview", "canary 5.3.0"),
    stop(&["enter"], "service", "Overview › chat-service"),
    in_sandbox(&[], "service", "p99"),
    stop(&["esc", "l"], "logs", "chat-service › Logs"),
    stop(&["e", "enter"], "line", "chat-service › Logs"),
    in_sandbox(&["esc", "P"], "patterns", "rare ones first"),
    in_sandbox(&["D"], "comparison", "only in 4 1.5.0"),
    stop(&["esc", "esc", ":", "alerts", "enter"], "alerts", "1 High, 1 Medium firing"),
    in_sandbox(&["l"], "minute", "by time around"),
    in_sandbox(&["esc", "M"], "silences", "1 active silence"),
    stop(&["B"], "brief", "safe to do"),
    stop(&["esc", ":", "rollouts", "enter"], "rollouts", "chat-service"),
    in_sandbox(&["/", "search", "enter", "%", "20,50,100", "enter"], "guarded", "By itself"),
    in_sandbox(&["esc", "enter"], "traffic", "Overview › search-service"),
    in_sandbox(&[], "traffic", "p99"),
    stop(&[":", "po", "enter"], "pods", "all namespaces"),
    stop(&["d"], "describe", "in words"),
    stop(&["esc", "y"], "yaml", "apiVersion"),
    stop(&["esc", ":", "deploy", "enter"], "deployments", "Deployments"),
    // What is stuck comes first there.
    stop(&["esc", ":", "rollouts", "enter", "D"], "revisions", "STANDING"),
    stop(&["esc", ":", "ev", "enter"], "events", "Events"),
    stop(&[":", "ctx", "enter"], "contexts", "Contexts"),
    stop(&[":", "audit", "enter"], "audit", "Audit"),
    stop(&["?"], "help", "Keys"),
    stop(&["esc", ":", "over"], "palette", "Go to"),
    stop(&["esc", ":", "arm 15m", "enter"], "armed", "ARMED"),
    stop(&[":", "overview", "enter", "b"], "plan", "Reason"),
    in_sandbox(&["redis times out", "\t", "chat-service", "\t", "\t", "enter"], "change", "accepted"),
    // Here something was done.
    in_sandbox(&["esc", ":", "audit", "enter"], "audit", "redis times out"),
];

/// How long nothing may be drawn before a screen counts as finished.
const QUIET: Duration = Duration::from_millis(400);

/// Goes through the stops, on a cluster without those of the sandbox, and keeps a picture of each where a folder is given.
/// `name` makes the name of its file.
pub(crate) fn take(
    console: &Console,
    is_sandbox: bool,
    size: Size,
    folder: Option<&Path>,
    name: impl Fn(&str) -> String,
) -> Result<()> {
    for stop in STOPS.iter().filter(|stop| is_sandbox || !stop.is_of_sandbox) {
        for key in stop.keys {
            match *key {
                "esc" | "enter" => console.press(key)?,
                text => console.type_text(text)?,
            }
            settle(console);
        }
        console.wait_for(stop.shows)?;
        settle(console);
        let painted = console.painted();
        let (rows, cols) = painted.size();
        ensure!((cols.get(), rows.get()) == size, "{cols} x {rows}");
        if let Some(folder) = folder {
            fs::create_dir_all(folder)?;
            fs::write(folder.join(name(stop.name)), svg::picture(&painted))?;
        }
    }
    Ok(())
}

/// Waits until the screen stands still, as a person would before reading it; a screen that never does is taken as it is.
fn settle(console: &Console) {
    let (mut seen, mut since) = (console.screen(), Instant::now());
    let begun = Instant::now();
    while since.elapsed() < QUIET && begun.elapsed() < QUIET * 6 {
        std::thread::sleep(QUIET / 8);
        let now = console.screen();
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
}

/// Where pictures go, if they are asked for.
pub(crate) fn folder() -> Option<std::path::PathBuf> {
    let writes = std::env::var("MIDWATCH_PICTURES").is_ok_and(|wish| wish == "write");
    writes.then(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots"))
}
