//! What objects come wrapped in: the `k8s\0` envelope of protobuf, lists, and the status of a refusal.

use prost::Message as _;
use prost::bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use super::conditions::sentence;
use super::values::{from_value, readable, words};
use super::{DecodeError, Payload};
use crate::domain::text::Text;

/// The bytes with which every protobuf answer begins.
const MAGIC: &[u8] = b"k8s\0";

#[cfg(test)]
/// How much of an answer that is no status is quoted, in bytes; a proxy's error page can be long.
const QUOTE: usize = 300;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Kubernetes' protobuf.
    Protobuf,
    /// JSON.
    Json,
}

impl Format {
    /// The form that a `Content-Type` names; none for anything else, such as a proxy's HTML.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/vnd.kubernetes.protobuf") {
            Some(Self::Protobuf)
        } else {
            essence.eq_ignore_ascii_case("application/json").then_some(Self::Json)
        }
    }
}

/// What the server answered when it did not answer with what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Status {
    /// The HTTP code, or 0 where the answer does not say.
    pub(crate) code: u16,
    /// Why, in one word: "Forbidden", "Expired".
    pub(crate) reason: Text,
    /// Why, in a sentence.
    pub(crate) message: Text,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct List {
    /// The version from which to watch.
    pub(crate) resource_version: String,
    /// What to ask the next page with; empty on the last one.
    pub(crate) continue_token: String,
    /// How many objects are on later pages, where the server says so.
    pub(crate) remaining: Option<i64>,
    /// The objects; each is decoded by itself, so that a bad one spoils no other.
    pub(crate) items: Vec<Payload>,
}

/// Reads a page of a list.
pub(crate) fn decode_list(format: Format, bytes: Bytes) -> Result<List, DecodeError> {
    let (metadata, items) = match format {
        Format::Protobuf => {
            let list = ProtobufList::decode(open(bytes)?)?;
            (list.metadata, list.items.into_iter().map(Payload::Protobuf).collect())
        }
        Format::Json => {
            let list: JsonList = from_json(&bytes)?;
            (list.metadata, list.items.into_iter().map(Payload::Json).collect())
        }
    };
    let metadata = metadata.unwrap_or_default();
    Ok(List {
        resource_version: metadata.resource_version,
        continue_token: metadata.continue_token,
        remaining: metadata.remaining_item_count,
        items,
    })
}

#[cfg(test)]
/// Takes a single object out of an answer.
pub(crate) fn decode_object(format: Format, bytes: Bytes) -> Result<Payload, DecodeError> {
    match format {
        Format::Protobuf => open(bytes).map(Payload::Protobuf),
        Format::Json => from_json(&bytes).map(Payload::Json),
    }
}

#[cfg(test)]
/// Reads a refusal by its `Content-Type`. What is no status is quoted, shortened, as the message.
pub(crate) fn decode_status(content_type: &str, bytes: &Bytes) -> Status {
    let status = Format::of(content_type)
        .and_then(|format| decode_object(format, bytes.clone()).ok())
        .and_then(|payload| status_of(payload).ok());
    status.filter(|status| *status != Status::default()).unwrap_or_else(|| Status {
        message: Text::from_untrusted(&readable(&bytes[..bytes.len().min(QUOTE)])),
        ..Status::default()
    })
}

/// Reads an object that is a status.
pub(super) fn status_of(payload: Payload) -> Result<Status, DecodeError> {
    let status = match payload {
        Payload::Protobuf(bytes) => StatusMessage::decode(bytes)?,
        Payload::Json(value) => from_value(value)?,
    };
    Ok(Status {
        code: u16::try_from(status.code).unwrap_or_default(),
        reason: sentence(&status.reason),
        message: sentence(&status.message),
    })
}

/// Opens an envelope of protobuf.
pub(super) fn open(mut bytes: Bytes) -> Result<Bytes, DecodeError> {
    if !bytes.starts_with(MAGIC) {
        return Err(DecodeError::NoEnvelope);
    }
    Ok(Unknown::decode(bytes.split_off(MAGIC.len()))?.raw)
}

/// Reads JSON whose texts may hold invalid UTF-8.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    Ok(serde_json::from_str(&readable(bytes))?)
}

/// The envelope; the type that it names is known from the request.
#[derive(Clone, PartialEq, prost::Message)]
struct Unknown {
    #[prost(bytes = "bytes", tag = "2")]
    raw: Bytes,
}

/// A list of objects of any kind.
#[derive(Clone, PartialEq, prost::Message)]
struct ProtobufList {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ListMeta>,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    items: Vec<Bytes>,
}

/// A list of objects of any kind.
#[derive(Default, Deserialize)]
#[serde(default)]
struct JsonList {
    metadata: Option<ListMeta>,
    #[serde(deserialize_with = "nothing_or")]
    items: Vec<Value>,
}

/// Metadata of a list.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ListMeta {
    #[prost(string, tag = "2")]
    resource_version: String,
    #[prost(string, tag = "3")]
    #[serde(rename = "continue")]
    continue_token: String,
    #[prost(int64, optional, tag = "4")]
    remaining_item_count: Option<i64>,
}

/// A status on the wire.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
struct StatusMessage {
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "words")]
    message: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "words")]
    reason: Bytes,
    #[prost(int32, tag = "6")]
    code: i32,
}

/// Reads a list that may be `null`.
fn nothing_or<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests;
