//! Something that stands between midwatch and the sandbox, so that the world can change at a chosen moment.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What somebody else does just before the first change in earnest arrives: a JSON patch of a path.
pub(crate) struct Overtaking {
    pub(crate) path: &'static str,
    pub(crate) patch: String,
}

/// What becomes of a request.
enum Fate {
    /// It is passed on.
    Passed,
    /// It is answered with this instead.
    Answered(String),
    /// It is never answered.
    Lost,
}

/// Passes everything on to a cluster. Before the first change in earnest somebody else is quicker.
pub(crate) fn overtaken(cluster: SocketAddr, by: Overtaking) -> SocketAddr {
    let is_done = AtomicBool::new(false);
    between(cluster, move |line| {
        if does_change(line) && !is_done.swap(true, Ordering::Relaxed) {
            patch(cluster, &by);
        }
        Fate::Passed
    })
}

/// Passes everything on to a cluster but what is asked of servers of signals behind it, which it refuses.
pub(crate) fn refused(cluster: SocketAddr) -> SocketAddr {
    let answer = forbidden("services", "services/proxy");
    between(cluster, move |line| if is_of_signals(line) { Fate::Answered(answer.clone()) } else { Fate::Passed })
}

/// Passes everything on to a cluster but reading a kind, which it refuses.
pub(crate) fn denied(cluster: SocketAddr, plural: &'static str) -> SocketAddr {
    let answer = forbidden(plural, plural);
    between(cluster, move |line| if does_read(line, plural) { Fate::Answered(answer.clone()) } else { Fate::Passed })
}

/// Passes everything on to a cluster but reading some kinds, which is never answered. What was asked is noted.
pub(crate) fn unanswered(
    cluster: SocketAddr,
    plurals: &'static [&'static str],
) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    let address = between(cluster, move |line| {
        noted.lock().unwrap().push(line.to_owned());
        if plurals.iter().any(|plural| does_read(line, plural)) { Fate::Lost } else { Fate::Passed }
    });
    (address, asked)
}

/// Whether a request lists or watches all of a kind. A plan reads those of one workload, by its selector.
pub(crate) fn does_read(line: &str, plural: &str) -> bool {
    line.starts_with("GET ") && line.contains(&format!("/{plural}?")) && !line.contains("labelSelector")
}

/// Whether a request changes an object in earnest.
pub(crate) fn does_change(line: &str) -> bool {
    line.starts_with("PATCH ") && !line.contains("dryRun")
}

/// How a cluster refuses.
fn forbidden(plural: &str, resource: &str) -> String {
    let status = format!(
        r#"{{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,
        "message":"{plural} is forbidden: User \"maria\" cannot get resource \"{resource}\""}}"#
    );
    let length = status.len();
    format!("HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{status}")
}

/// An Alertmanager that always tells the same alerts.
pub(crate) fn alertmanager(alerts: &serde_json::Value) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, alerts) = (listener.local_addr().unwrap(), alerts.to_string());
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut bytes = vec![0; 1 << 16];
            let length = client.read(&mut bytes).unwrap_or_default();
            let told = if bytes[..length].starts_with(b"GET /api/v2/alerts") { alerts.as_str() } else { "[]" };
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length:";
            // Who is gone already needs not be told.
            let _ = write!(client, "{head} {}\r\n\r\n{told}", told.len());
        }
    });
    address
}

/// Passes everything on to a cluster but what is asked of servers of signals behind it, which is never answered.
pub(crate) fn silent(cluster: SocketAddr) -> SocketAddr {
    between(cluster, |line| if is_of_signals(line) { Fate::Lost } else { Fate::Passed })
}

fn is_of_signals(line: &str) -> bool {
    line.contains("/services/") && line.contains("/proxy/")
}

/// Stands before a cluster; the first line of each request decides what becomes of it.
fn between(cluster: SocketAddr, decide: impl Fn(&str) -> Fate + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let decide = Arc::new(decide);
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(cluster).unwrap());
            let (answers, back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let decide = Arc::clone(&decide);
            thread::spawn(move || pass(answers, back, |_| Fate::Passed));
            thread::spawn(move || {
                pass(client, server, |request| {
                    let line = request.split(|&byte| byte == b'\r').next().unwrap_or_default();
                    decide(&String::from_utf8_lossy(line))
                });
            });
        }
    });
    address
}

/// Passes on what one side says, each piece after a look at it.
fn pass(mut from: TcpStream, mut to: TcpStream, look: impl Fn(&[u8]) -> Fate) {
    let mut bytes = vec![0; 1 << 20];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        let passed = match look(&bytes[..length]) {
            Fate::Passed => to.write_all(&bytes[..length]),
            Fate::Answered(answer) => from.write_all(answer.as_bytes()),
            Fate::Lost => Ok(()),
        };
        if passed.is_err() {
            return;
        }
    }
    // Who is gone already needs not be told.
    let _ = to.shutdown(Shutdown::Write);
}

/// Changes an object without midwatch, and waits until that is done.
fn patch(cluster: SocketAddr, by: &Overtaking) {
    let mut stream = TcpStream::connect(cluster).unwrap();
    let Overtaking { path, patch } = by;
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer maria\r\nConnection: close\r\n\
         Content-Type: application/json-patch+json\r\nContent-Length: {}\r\n\r\n",
        patch.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(patch.as_bytes())).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
