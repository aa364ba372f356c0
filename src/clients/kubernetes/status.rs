//! The server's reason for not doing what was asked, decoded by the answer's content type: JSON, protobuf or neither.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use prost::Message;
use serde_json::Value;

use super::error::ClientError;
use crate::domain::text::Text;

/// The first bytes of every protobuf answer of Kubernetes.
const PROTOBUF_MAGIC: &[u8] = b"k8s\0";

/// A `Retry-After` beyond this is not believed.
const LONGEST_RETRY_AFTER: Duration = Duration::from_mins(1);

/// What a Kubernetes `Status` object says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: Text,
    pub(super) message: Text,
}

/// The envelope of a protobuf answer.
#[derive(Clone, PartialEq, Message)]
struct Envelope {
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
}

/// The part of a protobuf `Status` that people read; bytes, because the text need not be UTF-8.
#[derive(Clone, PartialEq, Message)]
struct WireStatus {
    #[prost(bytes = "vec", tag = "3")]
    message: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    reason: Vec<u8>,
}

/// Makes an error of an answer that is not a success.
pub(super) fn error(server: &Text, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ClientError {
    let Refusal { reason, message } = refusal(headers, body).unwrap_or_else(|| foreign(headers, body));
    match status {
        StatusCode::UNAUTHORIZED => ClientError::Unauthorized { server: server.clone(), message },
        StatusCode::FORBIDDEN => ClientError::Forbidden { message },
        _ => ClientError::Status { code: status.as_u16(), reason, message, retry_after: retry_after(headers) },
    }
}

/// Reads a Kubernetes `Status`; `None` where the answer is something else.
pub(super) fn refusal(headers: &HeaderMap, body: &[u8]) -> Option<Refusal> {
    if content_type(headers).contains("protobuf") {
        let envelope = Envelope::decode(body.strip_prefix(PROTOBUF_MAGIC)?).ok()?;
        let status = WireStatus::decode(envelope.raw.as_slice()).ok()?;
        return Some(Refusal { reason: Text::from_bytes(&status.reason), message: Text::from_bytes(&status.message) });
    }
    let status: Value = serde_json::from_slice(body).ok()?;
    if status["kind"] != "Status" {
        return None;
    }
    let field = |name: &str| Text::from(status[name].as_str().unwrap_or_default());
    Some(Refusal { reason: field("reason"), message: field("message") })
}

/// Describes an answer that does not come from the API server, or not from its API: plain text is quoted, in part.
pub(super) fn foreign(headers: &HeaderMap, body: &[u8]) -> Refusal {
    let content_type = content_type(headers);
    let message = if content_type.starts_with("text/plain") {
        Text::from_bytes(body[..body.len().min(300)].trim_ascii())
    } else if let Some(said) = serde_json::from_slice::<Value>(body).ok().and_then(|told| error_of(&told)) {
        said
    } else {
        Text::from(format!("not an answer of the Kubernetes API ({content_type})"))
    };
    Refusal { reason: Text::default(), message }
}

/// What a server behind the API server's proxy says went wrong, the way Prometheus does.
fn error_of(told: &Value) -> Option<Text> {
    let words: String = told["error"].as_str()?.chars().take(300).collect();
    Some(Text::from_untrusted(&words))
}

/// The content type of an answer; empty where there is none.
pub(super) fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// When the server asks to be tried again, in seconds and within reason.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
}
