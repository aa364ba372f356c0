//! Connections to servers that answer what a test says.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body as Sent;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::test_support::load;
use super::*;

mod login;
mod reading;
mod writing;

/// What a server saw: method, path with query, headers and body of each request.
type Seen = Arc<Mutex<Vec<Request<String>>>>;

/// A server on loopback that answers every request by one function of the request and its number from 1.
async fn serve(answer: impl Fn(&Request<String>, usize) -> Response + Clone + Send + Sync + 'static) -> (String, Seen) {
    let seen = Seen::default();
    let record = Arc::clone(&seen);
    let handler = move |request: Request| async move {
        let (parts, body) = request.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let mut seen = record.lock().unwrap();
        seen.push(Request::from_parts(parts, body));
        answer(seen.last().unwrap(), seen.len())
    };
    (test_support::serve(Router::new().fallback(handler)).await, seen)
}

/// The address of a server that accepts connections and never says a word.
async fn silent() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (format!("http://{}", listener.local_addr().unwrap()), listener)
}

fn refusal(code: u16, reason: &str, message: &str) -> Response {
    let body = json!({"kind": "Status", "code": code, "reason": reason, "message": message});
    (StatusCode::from_u16(code).unwrap(), axum::Json(body)).into_response()
}

fn options() -> ConnectOptions {
    ConnectOptions {
        allowed_exec: vec!["/bin/sh".into()],
        ..ConnectOptions::new("s1", Arc::new(|name| (name == "HTTPS_PROXY").then(|| "http://nowhere:1".to_owned())))
    }
}

fn connect_as(server: &str, user: &Value, options: &ConnectOptions) -> Connection {
    connect(&load(&json!({"server": server}), user), &"it".into(), options).unwrap()
}

fn patch() -> WriteRequest {
    WriteRequest {
        verb: Verb::Patch,
        path: "/apis/apps/v1/namespaces/shop/deployments/web".to_owned(),
        content_type: "application/json-patch+json".to_owned(),
        body: json!([{"op": "test"}, {}]),
        dry_run: false,
        audit_id: "a1".to_owned(),
        may_be_silent: false,
    }
}

fn header<'a>(request: &'a Request<String>, name: &str) -> &'a str {
    request.headers().get(name).map_or("", |value| value.to_str().unwrap())
}
