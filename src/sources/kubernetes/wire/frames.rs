//! A watch as a stream of events: bytes come in whatever pieces the network makes, whole events go out.

use prost::Message as _;
use prost::bytes::{Buf as _, Bytes, BytesMut};
use serde::Deserialize;
use serde_json::Value;

use super::conditions::sentence;
use super::envelope::{from_json, open, status_of};
use super::values::{Pair, from_value, pairs};
use super::{DecodeError, Format, Payload, Status};

/// No object is larger: etcd takes 1.5 MiB by default, and few dare to allow it more.
const LARGEST: usize = 64 * 1024 * 1024;

/// The annotation of the bookmark that ends the list with which a watch begins.
const LIST_ENDS: &str = "k8s.io/initial-events-end";

/// One event of a watch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WatchEvent {
    /// The object exists: it is new, or it belongs to the list with which the watch begins.
    Added(Payload),
    /// The object has changed.
    Modified(Payload),
    /// The object is gone; this is how it was last.
    Deleted(Payload),
    /// Everything up to a version has been told.
    Bookmark {
        /// The version from which the watch can be resumed.
        resource_version: String,
        /// Whether the list with which the watch began is complete now.
        initial_events_end: bool,
    },
    /// The watch is over, for this reason.
    Error(Status),
}

/// The bytes of a watch that have arrived and are not events yet.
///
/// An event that cannot be read is an error of the watch: nobody knows what it told, so the watch must begin anew.
#[derive(Debug)]
pub(crate) struct Frames {
    format: Format,
    buffer: BytesMut,
    /// How many bytes of the buffer are known to hold no end of a line.
    searched: usize,
}

impl Frames {
    /// The empty buffer of a watch.
    pub(crate) fn new(format: Format) -> Self {
        Self { format, buffer: BytesMut::new(), searched: 0 }
    }

    /// Takes bytes that have arrived.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Takes out the bytes of the next whole frame; none until more arrive.
    fn frame(&mut self) -> Result<Option<Bytes>, DecodeError> {
        match self.format {
            Format::Protobuf => self.counted(),
            Format::Json => self.line(),
        }
    }

    /// The next frame of protobuf: four bytes of length, then the event.
    fn counted(&mut self) -> Result<Option<Bytes>, DecodeError> {
        let Some(length) = self.buffer.first_chunk::<4>() else { return Ok(None) };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > LARGEST {
            return Err(DecodeError::TooLarge(length));
        }
        if self.buffer.len() - 4 < length {
            return Ok(None);
        }
        self.buffer.advance(4);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }

    /// The next frame of JSON: a line that is not empty.
    fn line(&mut self) -> Result<Option<Bytes>, DecodeError> {
        while let Some(end) = memchr::memchr(b'\n', &self.buffer[self.searched..]) {
            let line = self.buffer.split_to(self.searched + end).freeze();
            self.buffer.advance(1);
            self.searched = 0;
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line));
            }
        }
        self.searched = self.buffer.len();
        if self.searched > LARGEST { Err(DecodeError::TooLarge(self.searched)) } else { Ok(None) }
    }

    /// Reads the next whole event.
    fn event(&mut self) -> Result<Option<WatchEvent>, DecodeError> {
        let Some(frame) = self.frame()? else { return Ok(None) };
        let (class, object) = match self.format {
            Format::Protobuf => {
                let event = ProtobufEvent::decode(frame)?;
                (event.class, Payload::Protobuf(open(event.object.unwrap_or_default().raw)?))
            }
            Format::Json => {
                let event: JsonEvent = from_json(&frame)?;
                (event.class, Payload::Json(event.object))
            }
        };
        Ok(Some(match class.as_str() {
            "ADDED" => WatchEvent::Added(object),
            "MODIFIED" => WatchEvent::Modified(object),
            "DELETED" => WatchEvent::Deleted(object),
            "BOOKMARK" => bookmark(object)?,
            "ERROR" => WatchEvent::Error(status_of(object)?),
            _ => return Err(DecodeError::UnknownEvent(sentence(class.as_bytes()))),
        }))
    }
}

/// The whole events that have arrived; it goes on after more bytes are pushed.
impl Iterator for Frames {
    type Item = Result<WatchEvent, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.event().transpose()
    }
}

/// Reads the object of a bookmark.
fn bookmark(object: Payload) -> Result<WatchEvent, DecodeError> {
    let bookmark = match object {
        Payload::Protobuf(bytes) => Bookmark::decode(bytes)?,
        Payload::Json(value) => from_value(value)?,
    };
    let metadata = bookmark.metadata.unwrap_or_default();
    let ends = |annotation: &Pair| annotation.key == LIST_ENDS && annotation.value == "true";
    Ok(WatchEvent::Bookmark {
        initial_events_end: metadata.annotations.iter().any(ends),
        resource_version: metadata.resource_version,
    })
}

/// An event on the wire.
#[derive(Clone, PartialEq, prost::Message)]
struct ProtobufEvent {
    #[prost(string, tag = "1")]
    class: String,
    #[prost(message, optional, tag = "2")]
    object: Option<RawExtension>,
}

/// An object in its envelope.
#[derive(Clone, PartialEq, prost::Message)]
struct RawExtension {
    #[prost(bytes = "bytes", tag = "1")]
    raw: Bytes,
}

/// An event on the wire.
#[derive(Deserialize)]
struct JsonEvent {
    #[serde(rename = "type")]
    class: String,
    object: Value,
}

/// The object of a bookmark.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
struct Bookmark {
    #[prost(message, optional, tag = "1")]
    metadata: Option<BookmarkMeta>,
}

/// What a bookmark tells.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BookmarkMeta {
    #[prost(string, tag = "6")]
    resource_version: String,
    #[prost(message, repeated, tag = "12")]
    #[serde(deserialize_with = "pairs")]
    annotations: Vec<Pair>,
}

#[cfg(test)]
mod tests;
