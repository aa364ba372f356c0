//! Alerts of a real Alertmanager: told by its own API, seen on the screen and in a script.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use color_eyre::eyre::{Context, OptionExt, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::change::stuck;
use crate::command::Seat;
use crate::plane::{PATIENCE, Plane, User, wait_until};

crate::tests![
    what_alertmanager_tells_is_told_with_its_service_and_its_silences,
    an_alertmanager_that_is_gone_is_late_and_takes_nothing_back,
];

/// A running Alertmanager. It ends when this is dropped, and when this process ends in whatever way.
pub(crate) struct Alertmanager {
    keeper: Child,
    port: u16,
}

impl Alertmanager {
    pub(crate) fn start(plane: &Plane, name: &str) -> Result<Self> {
        let folder = plane.dir().join(name);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("alertmanager.yml"), "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n")?;
        // Free a moment ago, and nobody else looks for one here.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let script = r#"prometheus-alertmanager --config.file="$1/alertmanager.yml" --storage.path="$1/data" \
            --web.listen-address="127.0.0.1:$2" --cluster.listen-address= >"$1/log" 2>&1 & server=$!; cat >/dev/null; kill $server; wait"#;
        let keeper = Command::new("bash")
            .args(["-c", script, "alertmanager"])
            .arg(&folder)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .spawn()?;
        let server = Self { keeper, port };
        wait_until("Alertmanager (is Debian's package prometheus-alertmanager installed?)", PATIENCE, || {
            server.ask("GET", "/-/ready", &Value::Null).map(drop)
        })?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks its API, without midwatch.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        ask(self.port, method, path, body)
    }

    /// Lets alerts fire since two minutes ago.
    pub(crate) fn fire(&self) -> Result<()> {
        let since = (Timestamp::now() - SignedDuration::from_mins(2)).to_string();
        let alert = |name: &str, severity: &str, labels: Value, summary: &str| {
            let mut told = labels;
            told["alertname"] = name.into();
            told["severity"] = severity.into();
            json!({ "labels": told, "annotations": { "summary": summary, "runbook_url": "https://wiki.example/x" }, "startsAt": since })
        };
        let chat = json!({ "namespace": "production", "service": "chat-service" });
        let alerts = json!([
            alert("ChatErrorRate", "critical", chat, "7 % of requests \u{1b}[31mfail\u{202e}"),
            alert("KafkaLag", "warning", json!({ "topic": "messages" }), "readers are 9 min behind"),
        ]);
        self.ask("POST", "/api/v2/alerts", &alerts).map(drop)
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Asks a server of this machine, without midwatch.
pub(crate) fn ask(port: u16, method: &str, path: &str, body: &Value) -> Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_eyre("no answer")?;
    ensure!(head.starts_with("HTTP/1.1 200"), "{answer}");
    Ok(serde_json::from_str(body).unwrap_or(Value::Null))
}

/// Somebody whose midwatch asks a server, under two names as a pair would be.
fn seat(plane: &Plane, server: &Alertmanager) -> Result<Seat> {
    let seat = Seat::new(plane, User::Admin)?;
    let url = server.url();
    seat.write_config(
        "config.toml",
        &format!("[alertmanager.one]\nurl = \"{url}\"\n[alertmanager.two]\nurl = \"{url}/\"\n"),
    )?;
    Ok(seat)
}

/// What a script is told: by name, the standing, the priority and the service of each alert.
fn told(seat: &Seat) -> Result<Vec<(String, String, String, Value)>> {
    let ran = seat.midwatch(&["alerts", "-o", "json"])?;
    ensure!(ran.code == Some(0), "{:?}\n{}", ran.code, ran.stderr);
    let document: Value = serde_json::from_str(&ran.stdout).wrap_err_with(|| ran.stdout.clone())?;
    let items = document["items"].as_array().ok_or_eyre("no items")?;
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let mut told: Vec<_> = items
        .iter()
        .map(|item| (text(item, "name"), text(item, "standing"), text(item, "priority"), item["service"].clone()))
        .collect();
    told.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(told)
}

fn what_alertmanager_tells_is_told_with_its_service_and_its_silences(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let server = Alertmanager::start(plane, "alertmanager-told")?;
    server.fire()?;
    let seat = seat(plane, &server)?;
    let row = |name: &str, standing: &str, priority: &str, service: Value| {
        (name.to_owned(), standing.to_owned(), priority.to_owned(), service)
    };
    let chat = row("ChatErrorRate", "firing", "high", json!("chat-service"));
    assert_eq!(told(&seat)?, [chat.clone(), row("KafkaLag", "firing", "medium", Value::Null)]);

    let now = Timestamp::now();
    let silence = json!({
        "matchers": [{ "name": "alertname", "value": "KafkaLag", "isRegex": false, "isEqual": true }],
        "startsAt": now.to_string(), "endsAt": (now + SignedDuration::from_mins(10)).to_string(),
        "createdBy": "the test", "comment": "known",
    });
    let made = server.ask("POST", "/api/v2/silences", &silence)?;
    ensure!(made["silenceID"].is_string(), "{made}");
    wait_until("the silence to count", PATIENCE, || {
        let now = told(&seat)?;
        ensure!(now == [chat.clone(), row("KafkaLag", "silenced", "medium", Value::Null)], "{now:?}");
        Ok(())
    })?;

    let console = seat.console((120, 40), &[])?;
    console.wait_for("1 High")?;
    console.type_text(":alerts\r")?;
    console.wait_for("1 High firing   1 pending, silenced or inhibited")?;
    console.wait_until("the alert with its service", |screen| {
        screen
            .lines()
            .any(|line| line.contains("ChatErrorRate") && line.contains("chat-service") && line.contains("firing"))
    })?;
    console.wait_for("7 % of requests fail<U+202E>")?;
    console.press("enter")?;
    console.wait_for("Overview › chat-service")?;
    console.quit()?;
    Ok(())
}

fn an_alertmanager_that_is_gone_is_late_and_takes_nothing_back(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let server = Alertmanager::start(plane, "alertmanager-gone")?;
    server.fire()?;
    let seat = seat(plane, &server)?;
    let console = seat.console((140, 40), &[])?;
    console.wait_for("1 High   1 Med")?;
    drop(server);
    console.wait_for(" late")?;
    console.type_text(":alerts\r")?;
    console.wait_until("what was told, and that it is old", |screen| {
        screen.contains("1 High, 1 Medium firing")
            && screen.contains("cannot be asked")
            && screen.contains("what it told is")
    })?;
    console.quit()?;
    let ran = seat.midwatch(&["alerts"])?;
    ensure!(ran.code == Some(7) && ran.stderr.contains("cannot be asked"), "{:?}\n{}", ran.code, ran.stderr);
    Ok(())
}
