//! A new alert of high priority: the bell, a notification, and the title of the window, which is given back.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use color_eyre::eyre::{Result, ensure};
use regex::Regex;

use crate::desk::{Desk, is_complete};
use crate::leaving::is_given_back;

/// An Alertmanager that tells what it is told to.
struct Alertmanager {
    at: SocketAddr,
    told: Arc<Mutex<String>>,
}

impl Alertmanager {
    fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (at, told) = (listener.local_addr()?, Arc::new(Mutex::new("[]".to_owned())));
        let answer = Arc::clone(&told);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                // Every request is answered alike and asks for little.
                let _ = stream.read(&mut [0; 4096]);
                let body = answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ";
                let _ = stream.write_all(format!("{head}{}\r\n\r\n{body}", body.len()).as_bytes());
            }
        });
        Ok(Self { at, told })
    }

    /// Tells of alerts from now on, by name and severity.
    fn tell(&self, alerts: &[(&str, &str)]) {
        let alerts: Vec<String> = alerts
            .iter()
            .map(|(name, severity)| {
                format!(
                    r#"{{"labels":{{"alertname":"{name}","severity":"{severity}"}},"annotations":{{}},
                    "startsAt":"2026-11-25T03:06:00Z","status":{{"state":"active","silencedBy":[],"inhibitedBy":[]}}}}"#
                )
            })
            .collect();
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = format!("[{}]", alerts.join(","));
    }
}

/// A desk whose alerts come from there, with some settings.
fn desk(server: &Alertmanager, settings: &str) -> Result<Desk> {
    let desk = Desk::new()?;
    let folder = desk.file(".config/midwatch");
    fs::create_dir_all(&folder)?;
    let text = format!("[alertmanager.main]\nurl = \"http://{}\"\n{settings}", server.at);
    fs::write(folder.join("config.toml"), text)?;
    Ok(desk)
}

#[test]
fn a_new_alert_is_told_and_the_title_is_given_back() -> Result<()> {
    let server = Alertmanager::start()?;
    server.tell(&[("OldOne", "critical")]);
    let tmux = ("TMUX", "/tmp/tmux-0/default,1,0");
    let desks = [
        desk(&server, "")?,
        desk(&server, "")?.with(tmux.0, tmux.1),
        desk(&server, "[notify]\nthrough-multiplexer = true\n")?.with(tmux.0, tmux.1),
        desk(&server, "[notify]\nbell = false\ndesktop = \"off\"\ntitle = false\n")?,
    ];
    let mut consoles = Vec::new();
    for desk in &desks {
        let console = desk.midwatch(&[])?;
        console.wait_until("the whole overview", is_complete)?;
        console.wait_for("1 High")?;
        consoles.push(console);
    }
    server.tell(&[("OldOne", "critical"), (r"New\u001b]0;x\u0007One", "critical"), ("Lesser", "warning")]);
    // Each ends with what would ring where it stands alone.
    let sequences = Regex::new("\x1b\\][^\x07]*\x07")?;
    let notification = "]9;midwatch: High New^[";
    for (at, console) in consoles.iter_mut().enumerate() {
        console.wait_for("2 High")?;
        console.press("q")?;
        ensure!(console.end()? == 0, "desk {at}");
        is_given_back(console)?;
        let written = String::from_utf8_lossy(&console.written()).into_owned();
        let has = |sequence: &str| written.contains(sequence);
        let wraps = written.matches("\x1bPtmux;").count();
        let rings = sequences.replace_all(&written, "").contains('\x07');
        let said = (rings, has(&format!("\x1b{notification}")), wraps);
        let wanted = [(true, true, 0), (true, false, 0), (true, true, 1), (false, false, 0)][at];
        ensure!(said == wanted, "desk {at}: {said:?} and not {wanted:?}");
        ensure!(!has("OldOne\x07") && !has("Lesser\x07"), "desk {at} tells too much");
        let is_titled = at < 3;
        ensure!(has("\x1b]2;2 High · midwatch\x07") == is_titled, "desk {at}");
        ensure!(has("\x1b[22;2t") == is_titled && has("\x1b]2;\x07\x1b[23;2t") == is_titled, "desk {at}");
    }
    Ok(())
}
