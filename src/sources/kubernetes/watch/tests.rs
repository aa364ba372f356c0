#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body as Sent, Bytes};
use axum::extract::Request as Asked;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde_json::json;
use tokio::sync::mpsc;

use super::*;
use crate::clients::kubernetes::test_support::{reader, serve};
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::time::Clock;

/// The words of an empty list that is complete.
fn listed() -> String {
    let bookmark = json!({"type": "BOOKMARK", "object": {
        "kind": "Pod", "apiVersion": "v1",
        "metadata": {"resourceVersion": "7", "annotations": {"k8s.io/initial-events-end": "true"}},
    }});
    format!("{bookmark}\n")
}

/// Who reads a server that answers the question of each number, from 0 on. Tells what it is asked.
async fn server(
    answer: impl Fn(usize) -> Response + Clone + Send + Sync + 'static,
) -> (Reader, mpsc::UnboundedReceiver<String>) {
    let (asked, questions) = mpsc::unbounded_channel();
    let count = Arc::new(AtomicUsize::new(0));
    let answer = move |request: Asked| async move {
        asked.send(request.uri().query().unwrap_or_default().to_owned()).unwrap();
        answer(count.fetch_add(1, Ordering::SeqCst))
    };
    let server = serve(Router::new().fallback(answer)).await;
    (reader(&server), questions)
}

/// An answer that goes on for ever after its first words.
fn mute() -> Response {
    let words = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(listed()))]);
    ([(CONTENT_TYPE, "application/json")], Sent::from_stream(words.chain(futures::stream::pending()))).into_response()
}

fn refused() -> Response {
    let status = json!({"kind": "Status", "reason": "Forbidden", "code": 403, "message": "pods is forbidden"});
    (StatusCode::FORBIDDEN, [(CONTENT_TYPE, "application/json")], status.to_string()).into_response()
}

fn pods() -> SourceId {
    SourceId { cluster: ClusterName::default(), kind: Kind::Pod, namespace: None }
}

fn source(reader: &Reader) -> (Source, mpsc::Receiver<Update>) {
    let (sender, updates) = mpsc::channel(64);
    let outbox = Outbox::new(ClusterName::default(), Clock::new(Timestamp::now), sender);
    (Source::new(pods(), reader.clone(), outbox, None), updates)
}

#[tokio::test]
async fn a_watch_that_may_be_dead_goes_on_in_another_one_from_the_same_place() {
    let (reader, mut questions) = server(|_| mute()).await;
    let (source, mut updates) = source(&reader);
    let source = tokio::spawn(source.run(true));
    assert!(questions.recv().await.unwrap().contains("sendInitialEvents=true"));
    while updates.recv().await.unwrap() != Update::Source(pods(), Liveness::Live) {}
    reader.interrupt();
    let second = questions.recv().await.unwrap();
    assert!(second.contains("resourceVersion=7") && !second.contains("sendInitialEvents"), "{second}");
    source.abort();
}

#[tokio::test]
async fn a_refusal_at_the_beginning_ends_it_for_somebody_to_try_in_smaller_pieces() {
    let (reader, _questions) = server(|_| refused()).await;
    let (source, _updates) = source(&reader);
    assert!(matches!(source.run(false).await, Ended::Forbidden(_)));
}

#[tokio::test]
async fn a_refusal_of_what_was_allowed_before_is_told_and_tried_again() {
    let (reader, _questions) = server(|number| match number {
        0 => ([(CONTENT_TYPE, "application/json")], listed()).into_response(),
        1 => refused(),
        _ => mute(),
    })
    .await;
    let (source, mut updates) = source(&reader);
    let source = tokio::spawn(source.run(false));
    let mut told = Vec::new();
    while told.len() < 4 {
        if let Update::Source(_, liveness) = updates.recv().await.unwrap() {
            told.push(liveness);
        }
    }
    assert!(
        matches!(told.as_slice(), [Liveness::Loading, Liveness::Live, Liveness::NoAccess(_), Liveness::Live]),
        "{told:?}"
    );
    source.abort();
}
