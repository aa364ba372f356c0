//! Servers that go wrong in every way at once, after each has told an alert.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::Duration;

use color_eyre::eyre::{Result, ensure};
use jiff::Timestamp;
use serde_json::json;

use crate::command::Seat;
use crate::plane::{Plane, User};

/// A fault, and what is told of it.
type Fault = (&'static str, fn(&mut TcpStream) -> std::io::Result<()>, &'static str);

const FAULTS: [Fault; 6] = [
    ("broken", |to| answer(to, "500 Internal Server Error", "text/plain", "out of memory"), "it answered 500"),
    ("page", |to| answer(to, "200 OK", "text/html", "<html>log in</html>"), "is not JSON; it begins \"<html>"),
    ("huge", |to| answer(to, "200 OK", "application/json", &" ".repeat(50 << 20)), "larger than 32 MiB"),
    ("gone", |_| Ok(()), "cannot be asked"),
    (
        "slow",
        |to| {
            sleep(Duration::from_secs(12));
            answer(to, "200 OK", "application/json", r#"{"status":"success","data":{"alerts":[]}}"#)
        },
        "no answer within 10 s",
    ),
    (
        "refusing",
        |to| answer(to, "200 OK", "application/json", r#"{"status":"error","error":"NaN","data":{"alerts":[]}}"#),
        "does not answer like Prometheus",
    ),
];

/// A server that can be told to go wrong. It serves until the test program ends.
fn serve(
    name: &'static str,
    fault: fn(&mut TcpStream) -> std::io::Result<()>,
    is_faulty: &Arc<AtomicBool>,
) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let is_faulty = Arc::clone(is_faulty);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let is_faulty = Arc::clone(&is_faulty);
            thread::spawn(move || {
                let mut lines = BufReader::new(&stream).lines();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                // Whoever asked may have gone.
                drop(if is_faulty.load(Ordering::Relaxed) { fault(&mut stream) } else { tell(&mut stream, name) });
            });
        }
    });
    Ok(port)
}

fn answer(to: &mut TcpStream, status: &str, kind: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        to,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// An alert about chat-service.
fn tell(to: &mut TcpStream, name: &str) -> std::io::Result<()> {
    let labels = json!({ "alertname": format!("Told-{name}"), "severity": "warning", "namespace": "production", "service": "chat-service" });
    let since = Timestamp::now().to_string();
    let alert = json!({ "labels": labels, "annotations": {}, "state": "firing", "activeAt": since, "value": "NaN" });
    let told = json!({ "status": "success", "data": { "alerts": [alert] } });
    answer(to, "200 OK", "application/json", &told.to_string())
}

pub(super) fn what_is_wrong_with_a_server_turns_nothing_healthy(plane: &Plane) -> Result<()> {
    plane.deploy_platform("production")?;
    let is_faulty = Arc::new(AtomicBool::new(false));
    let server = |(name, fault, _): Fault| {
        let port = serve(name, fault, &is_faulty)?;
        Ok(format!("[prometheus.{name}]\nurl = \"http://127.0.0.1:{port}\"\n"))
    };
    let config: String = FAULTS.into_iter().map(server).collect::<Result<_>>()?;
    let seat = Seat::new(plane, User::Admin)?;
    seat.write_config("config.toml", &config)?;
    let console = seat.console((160, 50), &[])?;
    let all = format!("{} Med", FAULTS.len());
    console.wait_for(&all)?;
    is_faulty.store(true, Ordering::Relaxed);
    console.wait_for(" not reached and ")?;
    // The rest of the console goes on.
    plane.kubectl(User::Admin, &["scale", "deployment/auth-service", "--namespace=production", "--replicas=5"])?;
    console.wait_until("a change in the cluster", |screen| {
        screen.lines().any(|line| line.contains("auth-service") && line.contains("5/5"))
    })?;
    console.wait_until("the service to be as it was", |screen| {
        screen.contains(&all) && screen.lines().any(|line| line.contains("chat-service") && line.contains("Told-"))
    })?;
    console.type_text(":alerts\r")?;
    for (name, _, _) in FAULTS {
        console.wait_for(&format!("Told-{name}"))?;
    }
    console.wait_for("what it told is")?;
    console.quit()?;

    let doctor = seat.midwatch(&["doctor"])?;
    for (name, _, says) in FAULTS {
        ensure!(doctor.stdout.contains(says), "{name}: {}", doctor.stdout);
    }
    Ok(())
}
