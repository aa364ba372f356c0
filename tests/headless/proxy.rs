//! Something that stands between midwatch and the sandbox, so that the world can change at a chosen moment.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
        let is_meant = line.starts_with("PATCH ") && !line.contains("dryRun");
        if is_meant && !is_done.swap(true, Ordering::Relaxed) {
            patch(cluster, &by);
        }
        Fate::Passed
    })
}

/// Passes everything on to a cluster but what is asked of servers of signals behind it, which it refuses.
pub(crate) fn refused(cluster: SocketAddr) -> SocketAddr {
    let status = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,
        "message":"services is forbidden: User \"maria\" cannot get resource \"services/proxy\""}"#;
    let answer = format!(
        "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{status}",
        status.len()
    );
    between(cluster, move |line| if is_of_signals(line) { Fate::Answered(answer.clone()) } else { Fate::Passed })
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
