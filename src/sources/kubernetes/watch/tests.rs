#![expect(clippy::unwrap_used, reason = "tests")]

use axum::Router;
use axum::body::{Body as Sent, Bytes};
use axum::extract::Request as Asked;
use axum::http::header::CONTENT_TYPE;
use futures::StreamExt;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::clients::kubernetes::kubeconfig::{ContextName, Kubeconfig};
use crate::clients::kubernetes::{ConnectOptions, connect};
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::time::Clock;

/// A server whose every watch says its first words and then nothing more, without ever ending. Tells what it is asked.
async fn mute() -> (Reader, mpsc::UnboundedReceiver<String>) {
    let listed = json!({"type": "BOOKMARK", "object": {
        "kind": "Pod", "apiVersion": "v1",
        "metadata": {"resourceVersion": "7", "annotations": {"k8s.io/initial-events-end": "true"}},
    }});
    let (asked, questions) = mpsc::unbounded_channel();
    let answer = move |request: Asked| async move {
        asked.send(request.uri().query().unwrap_or_default().to_owned()).unwrap();
        let words = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(format!("{listed}\n")))]);
        ([(CONTENT_TYPE, "application/json")], Sent::from_stream(words.chain(futures::stream::pending())))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let content = json!({
        "contexts": [{"name": "it", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {}}],
    });
    std::fs::write(&path, content.to_string()).unwrap();
    let kubeconfig = Kubeconfig::load(&|_| None, Some(&path)).unwrap();
    let options = ConnectOptions::new("test", Arc::new(|_| None));
    (connect(&kubeconfig, &ContextName::from("it"), &options).unwrap().reader, questions)
}

#[tokio::test]
async fn a_watch_that_may_be_dead_goes_on_in_another_one_from_the_same_place() {
    let (reader, mut questions) = mute().await;
    let (sender, mut updates) = mpsc::channel(64);
    let cluster = ClusterName::default();
    let id = SourceId { cluster: cluster.clone(), kind: Kind::Pod, namespace: None };
    let outbox = Outbox::new(cluster, Clock::new(Timestamp::now), sender);
    let source = tokio::spawn(Source::new(id.clone(), reader.clone(), outbox, None).run(true));
    assert!(questions.recv().await.unwrap().contains("sendInitialEvents=true"));
    while updates.recv().await.unwrap() != Update::Source(id.clone(), Liveness::Live) {}
    reader.interrupt();
    let second = questions.recv().await.unwrap();
    assert!(second.contains("resourceVersion=7") && !second.contains("sendInitialEvents"), "{second}");
    source.abort();
}
