//! Silences at a real Alertmanager: made by script and on the screen, seen through its own API, and hiding exactly what
//! the plan showed.

use color_eyre::eyre::{OptionExt, Result, ensure};
use serde_json::Value;

use crate::alertmanager::Alertmanager;
use crate::change::stuck;
use crate::command::{Finished, Seat};
use crate::plane::{PATIENCE, Plane, User, wait_until};

crate::tests![
    a_silence_by_script_hides_exactly_what_its_plan_showed,
    an_alert_is_acknowledged_and_no_other,
    who_may_not_silence_sends_nothing,
    a_silence_on_the_screen_hides_exactly_what_its_plan_showed,
];

/// Somebody with a role whose midwatch asks a server by its address.
fn seat(plane: &Plane, server: &Alertmanager, user: User) -> Result<Seat> {
    Seat::with_roles_and(plane, user, &format!("[alertmanager.main]\nurl = \"{}\"\n", server.url()))
}

fn run(seat: &Seat, words: &[&str], code: i32) -> Result<Finished> {
    let ran = seat.midwatch(words)?;
    ensure!(ran.code == Some(code), "{words:?}: {:?}\n{}\n{}", ran.code, ran.stdout, ran.stderr);
    Ok(ran)
}

/// The names of the alerts that a server keeps quiet, by its own account.
fn hidden(server: &Alertmanager) -> Result<Vec<String>> {
    let alerts = server.ask("GET", "/api/v2/alerts", &Value::Null)?;
    let alerts = alerts.as_array().ok_or_eyre("no alerts")?;
    let quiet = alerts.iter().filter(|alert| alert["status"]["silencedBy"].as_array().is_some_and(|by| !by.is_empty()));
    let mut names: Vec<String> =
        quiet.map(|alert| alert["labels"]["alertname"].as_str().unwrap_or_default().to_owned()).collect();
    names.sort();
    Ok(names)
}

/// The silences that a server has in a state.
fn silences(server: &Alertmanager, state: &str) -> Result<Vec<Value>> {
    let all = server.ask("GET", "/api/v2/silences", &Value::Null)?;
    let all = all.as_array().ok_or_eyre("no silences")?.clone();
    Ok(all.into_iter().filter(|silence| silence["status"]["state"] == state).collect())
}

fn the_only(mut silences: Vec<Value>) -> Result<Value> {
    ensure!(silences.len() == 1, "{silences:#?}");
    silences.pop().ok_or_eyre("none")
}

fn verified(seat: &Seat) -> Result<()> {
    run(seat, &["audit", "verify"], 0).map(drop)
}

fn a_silence_by_script_hides_exactly_what_its_plan_showed(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let server = Alertmanager::start(&plane.dir().join("silences-script"))?;
    server.fire()?;
    let seat = seat(plane, &server, User::Admin)?;
    let wish =
        ["silence", "create", "ChatErrorRate", "namespace=production", "--for", "2h", "--reason", "known, INC-42"];
    let shown = run(&seat, &[&wish[..], &["--dry-run", "-o", "json"]].concat(), 0)?;
    ensure!(shown.stdout.contains("hides 1 alert now: ChatErrorRate"), "{}", shown.stdout);
    ensure!(silences(&server, "active")?.is_empty(), "a dry run makes none");
    run(&seat, &[&wish[..], &["--write"]].concat(), 2)?;
    ensure!(silences(&server, "active")?.is_empty(), "production asks for the name to be typed");

    let consent = ["--write", "--confirm", "chat-service", "--wait"];
    let made = run(&seat, &[&wish[..], &consent].concat(), 0)?;
    ensure!(made.stdout.contains("hides 1 alert as shown"), "{}", made.stdout);
    assert_eq!(hidden(&server)?, ["ChatErrorRate"]);
    let silence = the_only(silences(&server, "active")?)?;
    assert_eq!(silence["comment"], "known, INC-42");
    ensure!(silence["createdBy"].as_str().is_some_and(|by| by.ends_with("admin")), "{silence}");
    let id = silence["id"].as_str().ok_or_eyre("no name")?;
    let listed = run(&seat, &["silence", "list"], 0)?;
    ensure!(listed.stdout.contains("known, INC-42"), "{}", listed.stdout);

    let reason = ["--reason", "it takes longer"];
    run(&seat, &[&["silence", "extend", id, "--for", "5h"][..], &reason, &consent].concat(), 0)?;
    let longer = the_only(silences(&server, "active")?)?;
    assert_eq!(longer["id"], id, "it keeps its name");
    ensure!(longer["endsAt"].as_str() > silence["endsAt"].as_str(), "{longer}");

    let ended = run(&seat, &[&["silence", "expire", id][..], &reason, &consent].concat(), 0)?;
    ensure!(ended.stdout.contains("the silence is over"), "{}", ended.stdout);
    ensure!(hidden(&server)?.is_empty() && silences(&server, "active")?.is_empty());
    run(&seat, &[&["silence", "expire", id][..], &reason, &consent].concat(), 0)?;
    verified(&seat)
}

fn an_alert_is_acknowledged_and_no_other(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let server = Alertmanager::start(&plane.dir().join("silences-ack"))?;
    server.fire()?;
    let seat = seat(plane, &server, User::Admin)?;
    // It names no namespace, so that whoever is at it has to be allowed everywhere, and types its name.
    let words = ["silence", "ack", "KafkaLag", "--reason", "reading the brokers", "--write", "--wait"];
    run(&seat, &[&words[..], &["--confirm", "KafkaLag"]].concat(), 0)?;
    assert_eq!(hidden(&server)?, ["KafkaLag"]);
    assert_eq!(the_only(silences(&server, "active")?)?["comment"], "on it: reading the brokers");
    let unknown = run(&seat, &[&words[..2], &["Nothing", "--reason", "x", "--write"]].concat(), 2)?;
    ensure!(unknown.stderr.contains("no alert is Nothing"), "{}", unknown.stderr);
    let console = seat.console((140, 40), &[])?;
    console.wait_for("1 High")?;
    console.type_text(":alerts\r")?;
    console.wait_until("that somebody is on it", |screen| {
        screen.lines().any(|line| line.contains("KafkaLag") && line.contains("on it"))
    })?;
    console.press("down")?;
    console.wait_until("who is on it", |screen| {
        screen.contains("acknowledged by") && screen.contains("admin until") && screen.contains("reading the brokers")
    })?;
    console.quit()?;
    verified(&seat)
}

fn who_may_not_silence_sends_nothing(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let server = Alertmanager::start(&plane.dir().join("silences-denied"))?;
    server.fire()?;
    let seat = seat(plane, &server, User::Omar)?;
    let consent = ["--for", "1h", "--reason", "quiet", "--write", "--confirm", "chat-service"];
    let refused =
        run(&seat, &[&["silence", "create", "ChatErrorRate", "namespace=production"][..], &consent].concat(), 4)?;
    ensure!(refused.stderr.contains("viewer: silence in production"), "{}", refused.stderr);
    ensure!(refused.stderr.contains("role admin, developer would allow it"), "{}", refused.stderr);
    let all = server.ask("GET", "/api/v2/silences", &Value::Null)?;
    assert_eq!(all, serde_json::json!([]), "nothing was ever made");
    let denied = seat.audit_lines()?.iter().filter(|line| line["event"] == "denied").count();
    assert_eq!(denied, 1);
    verified(&seat)
}

fn a_silence_on_the_screen_hides_exactly_what_its_plan_showed(plane: &Plane) -> Result<()> {
    stuck(plane)?;
    let server = Alertmanager::start(&plane.dir().join("silences-screen"))?;
    server.fire()?;
    let seat = seat(plane, &server, User::Admin)?;
    let console = seat.console((140, 40), &[])?;
    console.wait_for("1 High")?;
    console.type_text(":arm 15m\r")?;
    console.type_text(":alerts\r")?;
    // What is counted is told before the rows are there.
    console.wait_until("the row of the alert", |screen| {
        screen.lines().any(|line| line.contains("ChatErrorRate") && line.contains("chat-service"))
    })?;
    console.type_text("m")?;
    console.wait_for("hides 1 alert now   1 High")?;
    console.type_text("known, INC-42")?;
    console.press("enter")?;
    console.press("enter")?;
    console.wait_for("hides 1 alert now: ChatErrorRate")?;
    console.wait_for("Type chat-service")?;
    // What is typed before anybody can have read the plan does not count, so a first letter is tried until it does.
    wait_until("the field for the name to take text", PATIENCE, || {
        console.type_text("!")?;
        let screen = console.screen();
        ensure!(screen.lines().any(|line| line.contains("Type chat-service") && line.contains('!')), "{screen}");
        Ok(())
    })?;
    console.type_text("\u{15}chat-service")?;
    console.press("tab")?;
    console.press("tab")?;
    console.press("enter")?;
    console.wait_for("hides 1 alert as shown")?;
    assert_eq!(hidden(&server)?, ["ChatErrorRate"]);
    let silence = the_only(silences(&server, "active")?)?;
    assert_eq!(silence["comment"], "known, INC-42");
    console.press("esc")?;
    console.type_text("M")?;
    console.wait_for("1 active silence")?;
    console.type_text("x")?;
    console.wait_for("End silence")?;
    console.press("esc")?;
    console.quit()?;
    verified(&seat)
}
