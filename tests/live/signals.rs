//! A real Prometheus and Alertmanager within the cluster, pods that answer, and callers who count: what is told of an
//! incident is what happened.

mod faulty;
mod load;

use color_eyre::eyre::{Context, OptionExt, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::alertmanager::ask;
use crate::change::{audit_holds, confirm_rollback, is_back};
use crate::command::Seat;
use crate::plane::{PATIENCE, Plane, User, wait_until};
use faulty::what_is_wrong_with_a_server_turns_nothing_healthy;
use load::Load;

crate::tests![
    servers_are_found_by_their_names_and_asked_through_the_cluster,
    who_sees_no_services_names_the_server_and_is_told_the_missing_right,
    an_incident_is_told_from_its_beginning_to_its_end,
    servers_that_are_killed_are_late_and_come_back,
    what_is_wrong_with_a_server_turns_nothing_healthy,
];

const ALERTMANAGER: u16 = 9093;

/// Numbers over the window that the rule of the rig looks at.
const METRICS: &str = "[metrics]\nwindow = \"20s\"\nstep = \"5s\"\nspan = \"10m\"\n";

/// The alerts that Alertmanager itself tells, by name and service.
fn alertmanager_tells() -> Result<Vec<(String, String)>> {
    let told = ask(ALERTMANAGER, "GET", "/api/v2/alerts", &Value::Null)?;
    let alerts = told.as_array().ok_or_eyre("no list of alerts")?;
    let label = |alert: &Value, name: &str| alert["labels"][name].as_str().unwrap_or_default().to_owned();
    Ok(alerts.iter().map(|alert| (label(alert, "alertname"), label(alert, "service"))).collect())
}

/// The items that midwatch tells a script.
fn items(seat: &Seat, args: &[&str]) -> Result<Vec<Value>> {
    let ran = seat.midwatch(&[args, &["-o", "json"]].concat())?;
    ensure!(ran.code == Some(0), "{:?}\n{}{}", ran.code, ran.stdout, ran.stderr);
    let document: Value = serde_json::from_str(&ran.stdout).wrap_err_with(|| ran.stdout.clone())?;
    Ok(document["items"].as_array().ok_or_eyre("no items")?.clone())
}

/// An alert of the test's own, until a moment.
fn post_alert(name: &str, ends: Timestamp) -> Result<()> {
    let begun = ends.min(Timestamp::now()) - SignedDuration::from_mins(1);
    let alert = json!([{
        "labels": { "alertname": name, "severity": "warning", "topic": "messages" },
        "annotations": { "summary": "readers are 9 min behind" }, "startsAt": begun.to_string(), "endsAt": ends.to_string(),
    }]);
    ask(ALERTMANAGER, "POST", "/api/v2/alerts", &alert).map(drop)
}

fn servers_are_found_by_their_names_and_asked_through_the_cluster(plane: &Plane) -> Result<()> {
    plane.start_signals()?;
    for (path, says) in [
        ("alertmanager:web/proxy/api/v2/status", "versionInfo"),
        ("prometheus:9090/proxy/api/v1/rules", "HighErrorRate"),
    ] {
        let raw = format!("--raw=/api/v1/namespaces/monitoring/services/{path}");
        let told = plane.kubectl(User::Admin, &["get", &raw])?;
        ensure!(told.contains(says), "{told}");
    }
    // Nothing is configured, and no address but that of the cluster is known to midwatch.
    let seat = Seat::new(plane, User::Admin)?;
    let doctor = seat.midwatch(&["doctor"])?;
    for server in ["Alertmanager alertmanager", "Prometheus prometheus"] {
        let line = doctor.stdout.lines().find(|line| line.contains(server)).ok_or_eyre(doctor.stdout.clone())?;
        ensure!(line.starts_with("ok") && line.contains("answers; alerts of rig"), "{}", doctor.stdout);
    }
    let now = Timestamp::now();
    post_alert("KafkaLag", now + SignedDuration::from_mins(5))?;
    let told = items(&seat, &["alerts"])?;
    ensure!(told.iter().any(|alert| alert["name"] == "KafkaLag" && alert["standing"] == "firing"), "{told:?}");
    post_alert("KafkaLag", now)?;
    wait_until("the alert to be over", PATIENCE, || {
        let told = items(&seat, &["alerts"])?;
        ensure!(told.iter().all(|alert| alert["name"] != "KafkaLag"), "{told:?}");
        Ok(())
    })
}

fn who_sees_no_services_names_the_server_and_is_told_the_missing_right(plane: &Plane) -> Result<()> {
    plane.start_signals()?;
    let config = "[alertmanager.main]\nservice = \"monitoring/alertmanager:web\"\n\
                  [prometheus.main]\nservice = \"monitoring/prometheus:9090\"\n";
    // Alice may look at nothing in that namespace, and ask those two.
    let alice = Seat::new(plane, User::Alice)?;
    alice.write_config("config.toml", config)?;
    items(&alice, &["alerts"])?;
    let victor = Seat::new(plane, User::Victor)?;
    victor.write_config("config.toml", config)?;
    let ran = victor.midwatch(&["alerts"])?;
    ensure!(ran.code == Some(4), "{:?}\n{}{}", ran.code, ran.stdout, ran.stderr);
    ensure!(ran.stderr.contains("service monitoring/alertmanager:web cannot be asked"), "{}", ran.stderr);
    ensure!(ran.stderr.contains("services/proxy"), "{}", ran.stderr);
    Ok(())
}

fn an_incident_is_told_from_its_beginning_to_its_end(plane: &Plane) -> Result<()> {
    plane.start_signals()?;
    plane.deploy_platform("production")?;
    let load = Load::of(plane, "chat-service");
    let seat = Seat::with_roles_and(plane, User::Admin, METRICS)?;
    load.answered_alone_by("1.4.2")?;
    ensure!(alertmanager_tells()?.is_empty(), "{:?}", alertmanager_tells()?);

    plane.release_failing("production", "deployment/chat-service")?;
    let whole = load.answered_alone_by("1.5.0")?;
    wait_until("the alert in Alertmanager", PATIENCE, || {
        let told = alertmanager_tells()?;
        ensure!(told == [("HighErrorRate".to_owned(), "chat-service".to_owned())], "{told:?}");
        Ok(())
    })?;
    is_told_to_a_script(&seat)?;
    let counted = the_ratio_is_what_the_callers_counted(&seat, &load, whole, 10.0)?;
    goes_back_on_the_screen(plane, &seat, counted)?;
    let whole = load.answered_alone_by("1.4.2")?;

    wait_until("the alert to be over", PATIENCE, || {
        let told = (alertmanager_tells()?, items(&seat, &["alerts"])?);
        ensure!(told.0.is_empty() && told.1.is_empty(), "{told:?}");
        Ok(())
    })?;
    the_ratio_is_what_the_callers_counted(&seat, &load, whole, 0.0)?;
    audit_holds(&seat, &["intent", "outcome", "verdict"])?;
    let verified = seat.midwatch(&["audit", "verify"])?;
    ensure!(verified.code == Some(0), "{:?}: {}{}", verified.code, verified.stdout, verified.stderr);
    Ok(())
}

/// The alert is told once, though Prometheus tells it too, with its service and the rollout that came before.
fn is_told_to_a_script(seat: &Seat) -> Result<()> {
    let told = items(seat, &["alerts"])?;
    let [alert] = told.as_slice() else { return Err(color_eyre::eyre::eyre!("{told:?}")) };
    ensure!(
        alert["name"] == "HighErrorRate" && alert["standing"] == "firing" && alert["priority"] == "high",
        "{alert}"
    );
    ensure!(alert["service"] == "chat-service" && alert["environment"] == "production", "{alert}");
    ensure!(alert["before"].as_str().is_some_and(|before| before.contains("after rollout 1.5.0")), "{alert}");
    ensure!(alert["runbook"] == "https://wiki.example/high-error-rate", "{alert}");
    let brief = seat.midwatch(&["brief", "-e", "production"])?;
    let holds = |begin: &str, says: &[&str]| {
        brief.stdout.lines().any(|line| line.starts_with(begin) && says.iter().all(|word| line.contains(word)))
    };
    ensure!(holds("broken", &["chat-service", "alert HighErrorRate"]), "{}", brief.stdout);
    ensure!(holds("alerts", &["HighErrorRate", "chat-service", "after rollout 1.5.0"]), "{}", brief.stdout);
    ensure!(holds("changed", &["chat-service", "rollout 1.5.0"]), "{}", brief.stdout);
    Ok(())
}

/// Overview and Alerts name the service, the alert and the rollout; the service is rolled back from there.
fn goes_back_on_the_screen(plane: &Plane, seat: &Seat, counted: f64) -> Result<()> {
    let console = seat.console((160, 40), &["--write"])?;
    console.wait_for("1 High")?;
    console.wait_until("how much fails of what is asked of the service", |screen| {
        errors_of(screen, "chat-service").is_some_and(|percent| (percent - counted).abs() < 1.0)
    })?;
    console.type_text(":alerts\r")?;
    console.wait_until("the alert with its service and the change before it", |screen| {
        let row = screen.lines().any(|line| line.contains("HighErrorRate") && line.contains("chat-service"));
        row && screen.contains("after rollout 1.5.0")
    })?;
    console.press("enter")?;
    console.wait_for("Overview › chat-service")?;
    confirm_rollback(&console, "errors since 1.5.0")?;
    is_back(plane)?;
    console.wait_for("verified: 4 of 4 ready")?;
    console.press("esc")?;
    console.wait_until("the review to be closed", |screen| !screen.contains("Way back"))?;
    console.wait_until("the alert to be over", |screen| !screen.contains("1 High"))?;
    console.type_text(":overview\r")?;
    console.wait_until("nothing to fail any more", |screen| errors_of(screen, "chat-service") == Some(0.0))?;
    console.quit()?;
    Ok(())
}

/// Compares what midwatch tells a script and what the callers say of the first twenty seconds, on the grid of five, since
/// one version answered alone.
fn the_ratio_is_what_the_callers_counted(seat: &Seat, load: &Load, whole: i64, percent: f64) -> Result<f64> {
    let end = (whole + 25) / 5 * 5;
    let counted = wait_until("the window to be over", PATIENCE, || load.percent_of_errors(end - 20..end))?;
    ensure!((counted - percent).abs() < 0.5, "the callers counted {counted} %");
    let told = wait_until("the number of that window", PATIENCE, || {
        let told = items(seat, &["metrics", "chat-service", "-e", "production", "--points"])?;
        let points = told[0]["points"]["errorRatio"].as_array().ok_or_eyre(told[0].to_string())?;
        let at = |point: &&Value| {
            let moment = point[0].as_str().and_then(|text| text.parse::<Timestamp>().ok());
            moment.is_some_and(|moment| moment.as_second() == end)
        };
        points.iter().find(at).and_then(|point| point[1].as_f64()).ok_or_eyre(told[0].to_string())
    })?;
    ensure!((told * 100.0 - counted).abs() < 1.0, "midwatch: {told}, the callers: {counted} %");
    Ok(counted)
}

/// What the overview shows of a service under "ERR %", which stands at the right of its column.
fn errors_of(screen: &str, service: &str) -> Option<f64> {
    let head = screen.lines().find(|line| line.contains("ERR %"))?;
    let end = head[..head.find("ERR %")?].chars().count() + "ERR %".len();
    let row = screen.lines().find(|line| line.contains(service))?;
    let told: String = row.chars().take(end).collect();
    told.rsplit(' ').next()?.parse().ok()
}

fn servers_that_are_killed_are_late_and_come_back(plane: &Plane) -> Result<()> {
    plane.start_signals()?;
    let seat = Seat::new(plane, User::Admin)?;
    post_alert("KafkaLag", Timestamp::now() + SignedDuration::from_mins(5))?;
    let console = seat.console((160, 40), &[])?;
    console.wait_for("1 Med")?;
    console.type_text(":alerts\r")?;
    console.wait_for("KafkaLag")?;
    plane.kill("prometheus")?;
    plane.kill("alertmanager")?;
    console.wait_for(" late")?;
    console.wait_until("what was told, and how old it is", |screen| {
        screen.contains("KafkaLag") && screen.contains("cannot be asked") && screen.contains("what it told is")
    })?;
    let ran = seat.midwatch(&["alerts"])?;
    ensure!(ran.code == Some(7), "{:?}\n{}{}", ran.code, ran.stdout, ran.stderr);
    plane.start_signals()?;
    console.wait_until("the servers to be heard again", |screen| !screen.contains(" late"))?;
    post_alert("KafkaLag", Timestamp::now())?;
    console.quit()?;
    Ok(())
}
