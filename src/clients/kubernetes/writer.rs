//! Requests that change something: sent at most once, with an answer that says how much is known about the outcome.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use prost::bytes::Bytes;
use serde_json::{Value, json};

use super::failure::Sent;
use super::reader::request;
use super::status::{self, Refusal};
use super::transport::Transport;
use crate::domain::text::Text;

const JSON: &str = "application/json";

/// Writes to one cluster. Not to be cloned: whoever holds it is the one place that changes this cluster.
#[derive(Debug)]
pub struct Writer {
    pub(super) transport: Arc<Transport>,
}

/// What a write does with its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Changes an object.
    Patch,
    /// Creates an object or a subresource, such as an eviction.
    Post,
    /// Deletes an object; the body holds its preconditions.
    Delete,
}

/// One write.
#[derive(Clone, Debug)]
pub struct WriteRequest {
    /// What to do.
    pub verb: Verb,
    /// The path, with or without a query; field manager, validation and dry run are added.
    pub path: String,
    /// The body's content type, such as `application/json-patch+json`.
    pub content_type: String,
    /// The body.
    pub body: Value,
    /// Whether the server only says what it would do.
    pub dry_run: bool,
    /// Identifies this write in the server's audit log.
    pub audit_id: String,
    /// Whether success may have nothing to say: so it is with some servers behind the API, and never with the API.
    pub may_be_silent: bool,
}

/// What is known after a write.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteAnswer {
    /// The server did it and answered with this.
    Accepted(Value),
    /// The server did not do it.
    Rejected {
        /// The HTTP status.
        code: u16,
        /// The machine-readable reason, such as `Conflict`.
        reason: Text,
        /// The server's words.
        message: Text,
        /// The whole answer; null where it is not JSON.
        body: Value,
    },
    /// Nothing was sent; the reason.
    NotSent(Text),
    /// It was sent and nobody knows what became of it: to be read back, never to be sent again; the reason.
    Unknown(Text),
}

impl Writer {
    /// Sends a write once. Only after a 401, which the server did not execute, it is sent again with a new credential.
    pub async fn send(&self, write: WriteRequest) -> WriteAnswer {
        let may_be_silent = write.may_be_silent;
        let request = match build(write) {
            Ok(request) => request,
            Err(why) => return WriteAnswer::NotSent(Text::from(why)),
        };
        let transport = &self.transport;
        let pending = match transport.send(&request, transport.limits.write).await {
            Ok(pending) => pending,
            Err(failure) if failure.sent == Sent::Nothing => {
                return WriteAnswer::NotSent(Text::from(failure.error.to_string()));
            }
            Err(failure) => return WriteAnswer::Unknown(Text::from(failure.error.to_string())),
        };
        let (status, headers) = (pending.response.status(), pending.response.headers().clone());
        let body = match transport.body(pending, transport.limits.body).await {
            Ok(body) => body,
            // A client error is a refusal, also when its explanation broke off.
            Err(_lost) if is_refusal(status) => Bytes::new(),
            Err(error) => return WriteAnswer::Unknown(Text::from(format!("answered {status}, then: {error}"))),
        };
        let value: Option<Value> = serde_json::from_slice(&body).ok();
        let refusal = || status::refusal(&headers, &body).unwrap_or_else(|| status::foreign(&headers, &body));
        match value {
            Some(value) if status.is_success() => WriteAnswer::Accepted(value),
            None if status.is_success() && may_be_silent && body.is_empty() => WriteAnswer::Accepted(Value::Null),
            None if status.is_success() => {
                WriteAnswer::Unknown(Text::from(format!("answered {status} with what is not JSON")))
            }
            value if is_refusal(status) => {
                let Refusal { reason, message } = refusal();
                let body = value.unwrap_or_default();
                WriteAnswer::Rejected { code: status.as_u16(), reason, message, body }
            }
            // A gateway gave up, or the store did while it may have been writing.
            _ => WriteAnswer::Unknown(Text::from(format!("answered {status}: {}", refusal().message))),
        }
    }
}

/// Whether a status means that nothing was done. A 408 comes from whoever lost patience in between.
fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT
}

/// Makes the request of a write, or says why it cannot be made.
fn build(write: WriteRequest) -> Result<Request<Bytes>, &'static str> {
    let WriteRequest { verb, mut path, content_type, mut body, dry_run, audit_id, may_be_silent: _ } = write;
    let mut query = Vec::new();
    if verb == Verb::Patch {
        query.extend(["fieldManager=midwatch", "fieldValidation=Strict"]);
    }
    if dry_run {
        query.push("dryRun=All");
        if verb == Verb::Delete {
            say_dry_run_in(&mut body)?;
        }
    }
    for parameter in query {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(parameter);
    }
    let method = match verb {
        Verb::Patch => Method::PATCH,
        Verb::Post => Method::POST,
        Verb::Delete => Method::DELETE,
    };
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(as_the_server_writes(&body.to_string())) };
    let mut request = request(method, &path, JSON, body).map_err(|_malformed| "its path is malformed")?;
    let headers = request.headers_mut();
    let value = |text: String| HeaderValue::try_from(text).map_err(|_invalid| "a header of it is malformed");
    headers.insert(header::CONTENT_TYPE, value(content_type)?);
    headers.insert(HeaderName::from_static("audit-id"), value(audit_id)?);
    Ok(request)
}

/// JSON with the escapes that the server's own has. A JSON Patch compares text byte by byte with what the server makes
/// of the object, so that a template with `a && b` in it would never be what it was when it was read.
fn as_the_server_writes(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            '\u{2028}' => escaped.push_str("\\u2028"),
            '\u{2029}' => escaped.push_str("\\u2029"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Puts the dry run into the body of a delete: a server that finds a body there does not look at the query, and would
/// delete in earnest.
fn say_dry_run_in(body: &mut Value) -> Result<(), &'static str> {
    if body.is_null() {
        *body = json!({"kind": "DeleteOptions", "apiVersion": "v1"});
    }
    let options = body.as_object_mut().ok_or("the body of a delete has to be an object")?;
    options.insert("dryRun".to_owned(), json!(["All"]));
    Ok(())
}
