//! A walk through every view of the sandbox, at three sizes of window. It fails when a view does not show what it is
//! for; with `MIDWATCH_PICTURES=write` it leaves what it saw in `screenshots/`.

mod svg;
#[path = "../terminal/mod.rs"]
mod terminal;

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, ensure};

use terminal::{Console, Size};

/// One stop of the walk: the keys that lead there, the name of the picture, and what must be on it.
struct Stop {
    keys: &'static [&'static str],
    name: &'static str,
    shows: &'static str,
}

const fn stop(keys: &'static [&'static str], name: &'static str, shows: &'static str) -> Stop {
    Stop { keys, name, shows }
}

/// The walk. Longer words are typed as they stand; `esc` and others are keys.
const WALK: [Stop; 14] = [
    stop(&[], "overview", "services need you"),
    stop(&["enter"], "service", "Overview › chat-service"),
    stop(&["esc", "l"], "logs", "chat-service › Logs"),
    stop(&["esc", ":", "rollouts", "enter"], "rollouts", "auth-service"),
    stop(&[":", "po", "enter"], "pods", "all namespaces"),
    stop(&["d"], "describe", "in words"),
    stop(&["esc", "y"], "yaml", "apiVersion"),
    stop(&["esc", ":", "deploy", "enter"], "deployments", "Deployments"),
    stop(&[":", "ev", "enter"], "events", "Events"),
    stop(&[":", "audit", "enter"], "audit", "Audit"),
    stop(&["?"], "help", "Keys"),
    stop(&["esc", ":", "over"], "palette", "Go to"),
    stop(&["esc", ":", "arm 15m", "enter"], "armed", "ARMED"),
    stop(&[":", "overview", "enter", "b"], "plan", "Reason"),
];

/// How long nothing may be drawn before a screen counts as finished.
const QUIET: Duration = Duration::from_millis(400);

#[test]
fn every_view_shows_what_it_is_for() -> Result<()> {
    let writes = std::env::var("MIDWATCH_PICTURES").is_ok_and(|wish| wish == "write");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    for size in [(80, 24), (120, 40), (200, 60)] {
        walk(size, writes.then_some(folder.as_path()))?;
    }
    Ok(())
}

/// Walks through the views at one size.
fn walk(size: Size, folder: Option<&Path>) -> Result<()> {
    let home = tempfile::tempdir()?;
    let environment: Vec<(&'static str, OsString)> = vec![
        ("HOME", home.path().into()),
        ("TERM", "xterm-256color".into()),
        ("COLORTERM", "truecolor".into()),
        ("LANG", "C.UTF-8".into()),
        ("PATH", std::env::var_os("PATH").unwrap_or_default()),
    ];
    let console = Console::run(env!("CARGO_BIN_EXE_midwatch"), &["demo"], environment, size)?;
    for stop in &WALK {
        for key in stop.keys {
            match *key {
                "esc" | "enter" => console.press(key)?,
                text => console.type_text(text)?,
            }
            settle(&console);
        }
        console.wait_for(stop.shows)?;
        settle(&console);
        let painted = console.painted();
        let (rows, cols) = painted.size();
        ensure!((cols.get(), rows.get()) == size, "{cols} x {rows}");
        if let Some(folder) = folder {
            fs::create_dir_all(folder)?;
            let name = format!("{}-{}x{}.svg", stop.name, size.0, size.1);
            fs::write(folder.join(name), svg::picture(&painted))?;
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
