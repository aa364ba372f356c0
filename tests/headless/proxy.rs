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

/// Passes everything on to a cluster. Before the first change in earnest somebody else is quicker.
pub(crate) fn overtaken(cluster: SocketAddr, by: Overtaking) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (by, is_done) = (Arc::new(by), Arc::new(AtomicBool::new(false)));
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(cluster).unwrap());
            let (answers, back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let (by, is_done) = (Arc::clone(&by), Arc::clone(&is_done));
            thread::spawn(move || pass(answers, back, |_| {}));
            thread::spawn(move || {
                pass(client, server, |request| {
                    let line = String::from_utf8_lossy(request.split(|&byte| byte == b'\r').next().unwrap_or_default());
                    let is_meant = line.starts_with("PATCH ") && !line.contains("dryRun");
                    if is_meant && !is_done.swap(true, Ordering::Relaxed) {
                        patch(cluster, &by);
                    }
                });
            });
        }
    });
    address
}

/// Passes on what one side says, each piece after a look at it.
fn pass(mut from: TcpStream, mut to: TcpStream, look: impl Fn(&[u8])) {
    let mut bytes = vec![0; 1 << 20];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        look(&bytes[..length]);
        if to.write_all(&bytes[..length]).is_err() {
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
