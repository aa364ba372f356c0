//! Requests that change something at a server that is reached by its address: sent once, never again.

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::direct::explain;
use super::{Endpoint, MOST, Way};
use crate::clients::kubernetes::{Verb, WriteAnswer, WriteRequest};
use crate::domain::text::Text;

/// Writes to one server by its address, in the way in which it is asked. Not to be cloned: whoever holds it is the one
/// place that changes this server.
#[derive(Debug)]
pub struct SignalWriter {
    endpoint: Endpoint,
}

impl SignalWriter {
    /// Writes where an endpoint reads.
    pub fn new(endpoint: Endpoint) -> Self {
        Self { endpoint }
    }

    /// Sends a write once. There is no dry run.
    pub async fn send(&self, write: WriteRequest) -> WriteAnswer {
        let Way::Direct(direct) = &self.endpoint.way else {
            return WriteAnswer::NotSent("this server is reached through its cluster".into());
        };
        if write.dry_run {
            return WriteAnswer::NotSent("this server has no dry run".into());
        }
        let method = match write.verb {
            Verb::Patch => reqwest::Method::PATCH,
            Verb::Post => reqwest::Method::POST,
            Verb::Delete => reqwest::Method::DELETE,
        };
        let mut request = match direct.request(method, &write.path) {
            Ok(request) => request.header("audit-id", write.audit_id),
            Err((why, hint)) => return WriteAnswer::NotSent(format!("{why} ({hint})").into()),
        };
        if !write.body.is_null() {
            request = request.header(CONTENT_TYPE, write.content_type).body(write.body.to_string());
        }
        match request.send().await {
            Ok(response) => answer(response, write.may_be_silent).await,
            // What was not even connected, or could not be made, has not left.
            Err(error) if error.is_connect() || error.is_builder() => WriteAnswer::NotSent(explain(&error).into()),
            Err(error) => WriteAnswer::Unknown(explain(&error).into()),
        }
    }
}

/// What is known by an answer.
async fn answer(mut response: reqwest::Response, may_be_silent: bool) -> WriteAnswer {
    let status = response.status();
    let is_refusal = status.is_client_error() && status != reqwest::StatusCode::REQUEST_TIMEOUT;
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if bytes.len() + piece.len() <= MOST => bytes.extend_from_slice(&piece),
            Ok(_) => break,
            // A client error is a refusal, also when its explanation broke off.
            Err(_lost) if is_refusal => break,
            Err(error) => {
                return WriteAnswer::Unknown(format!("answered {status}, then: {}", explain(&error)).into());
            }
        }
    }
    let value: Option<Value> = serde_json::from_slice(&bytes).ok();
    let begin: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
    match value {
        Some(value) if status.is_success() => WriteAnswer::Accepted(value),
        None if status.is_success() && may_be_silent && bytes.is_empty() => WriteAnswer::Accepted(Value::Null),
        value if is_refusal => WriteAnswer::Rejected {
            code: status.as_u16(),
            reason: Text::from(status.canonical_reason().unwrap_or_default()),
            message: Text::from_untrusted(begin.trim()),
            body: value.unwrap_or_default(),
        },
        _ => WriteAnswer::Unknown(format!("answered {status}: {}", begin.trim()).into()),
    }
}

#[cfg(test)]
mod tests;
