//! Alerts of a real Alertmanager: told by its own API, seen on the screen and in a script.

use color_eyre::eyre::{Context, OptionExt, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::alertmanager::Alertmanager;
use crate::change::stuck;
use crate::command::Seat;
use crate::plane::{PATIENCE, Plane, User, wait_until};

crate::tests![
    what_alertmanager_tells_is_told_with_its_service_and_its_silences,
    an_alertmanager_that_is_gone_is_late_and_takes_nothing_back,
];

impl Alertmanager {
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
    let server = Alertmanager::start(&plane.dir().join("alertmanager-told"))?;
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
    let server = Alertmanager::start(&plane.dir().join("alertmanager-gone"))?;
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
