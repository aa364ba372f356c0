#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::*;
use crate::clients::kubernetes::test_support::{self, reader};
use crate::domain::object::ClusterName;
use crate::domain::signal::{Access, Reach, SignalId, SignalKind, SignalServer};

/// What a server was sent: method, path and body each.
type Seen = Arc<Mutex<Vec<(String, String, String)>>>;

/// A server that answers every write with what is made of its path, and remembers it.
async fn serve(answer: impl Fn(&str) -> Response + Clone + Send + Sync + 'static) -> (String, Seen) {
    let seen = Seen::default();
    let noted = Arc::clone(&seen);
    let answer = move |request: axum::extract::Request| async move {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 10_000).await.unwrap();
        let path = parts.uri.path().to_owned();
        noted.lock().unwrap().push((parts.method.to_string(), path.clone(), String::from_utf8_lossy(&body).into()));
        answer(&path)
    };
    (test_support::serve(Router::new().fallback(answer)).await, seen)
}

fn writer(address: &str) -> SignalWriter {
    let id = SignalId { cluster: ClusterName::default(), name: "main".into() };
    let reach = Reach::Url(address.into());
    let kind = SignalKind::Alertmanager;
    let server = SignalServer { id, kind, reach, access: Access::default(), matchers: Text::default() };
    SignalWriter::new(Endpoint::new(&server, &reader(address)).unwrap())
}

fn write(verb: Verb, path: &str) -> WriteRequest {
    WriteRequest {
        verb,
        path: path.to_owned(),
        content_type: "application/json".to_owned(),
        body: if verb == Verb::Delete { Value::Null } else { json!({ "comment": "known" }) },
        dry_run: false,
        audit_id: "a-1".to_owned(),
        may_be_silent: true,
    }
}

#[tokio::test]
async fn a_write_is_sent_once_and_its_answer_told() {
    let (address, seen) = serve(|path| match path {
        "/made" => axum::Json(json!({ "silenceID": "x" })).into_response(),
        "/silent" => StatusCode::OK.into_response(),
        "/refused" => (StatusCode::BAD_REQUEST, axum::Json("bad silence")).into_response(),
        "/failed" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "/page" => "<html>log in</html>".into_response(),
        _ => (StatusCode::FOUND, [("location", "/made")]).into_response(),
    })
    .await;
    let writer = writer(&address);
    assert_eq!(writer.send(write(Verb::Post, "/made")).await, WriteAnswer::Accepted(json!({ "silenceID": "x" })));
    assert_eq!(writer.send(write(Verb::Delete, "/silent")).await, WriteAnswer::Accepted(Value::Null));
    let refused = writer.send(write(Verb::Post, "/refused")).await;
    assert!(matches!(refused, WriteAnswer::Rejected { code: 400, body, .. } if body == "bad silence"));
    for path in ["/failed", "/page", "/moved"] {
        let answer = writer.send(write(Verb::Post, path)).await;
        assert!(matches!(answer, WriteAnswer::Unknown(_)), "{path}: {answer:?}");
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 6, "each once, and no redirection is followed: {seen:?}");
    assert_eq!(seen[0], ("POST".to_owned(), "/made".to_owned(), "{\"comment\":\"known\"}".to_owned()));
    assert_eq!(seen[1], ("DELETE".to_owned(), "/silent".to_owned(), String::new()));
}

#[tokio::test]
async fn what_never_left_is_told_apart_from_what_got_lost() {
    let nobody = writer("http://127.0.0.1:1").send(write(Verb::Post, "/made")).await;
    assert!(matches!(nobody, WriteAnswer::NotSent(_)), "{nobody:?}");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    // Whoever takes the request and hangs up has perhaps done it.
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut begin = [0; 16];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut begin).await.unwrap();
    });
    let writer = writer(&address);
    let sent = writer.send(write(Verb::Post, "/made"));
    let lost = tokio::time::timeout(Duration::from_secs(20), sent).await.unwrap();
    assert!(matches!(lost, WriteAnswer::Unknown(_)), "{lost:?}");
}
