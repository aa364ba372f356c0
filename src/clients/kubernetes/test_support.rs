//! Servers of tests, and kubeconfigs that lead to them.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use axum::Router;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::kubeconfig::{ContextName, Kubeconfig};
use super::{ConnectOptions, Reader, connect};

/// Serves on loopback until the test ends; the address.
pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A kubeconfig with one context, `it`.
pub(crate) fn load(cluster: &Value, user: &Value) -> Kubeconfig {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let content = json!({
        "contexts": [{"name": "it", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}],
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user}],
    });
    std::fs::write(&path, content.to_string()).unwrap();
    Kubeconfig::load(&|_| None, Some(&path)).unwrap()
}

/// Who reads the cluster at an address.
pub(crate) fn reader(server: &str) -> Reader {
    let options = ConnectOptions::new("test", Arc::new(|_| None));
    connect(&load(&json!({"server": server}), &json!({})), &ContextName::from("it"), &options).unwrap().reader
}
