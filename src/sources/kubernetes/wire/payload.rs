//! One object that has arrived and is not decoded yet.

use prost::Message as _;
use prost::bytes::Bytes;
use serde_json::Value;

/// One object as it came, without its envelope.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Payload {
    /// The message of the object's kind.
    Protobuf(Bytes),
    /// The object.
    Json(Value),
}

impl Payload {
    /// The version of the object, from which a watch can be resumed; none when it cannot be read. It costs a glance at
    /// the object, so ask for the last of a batch only.
    pub(crate) fn resource_version(&self) -> Option<String> {
        let version = match self {
            Self::Protobuf(bytes) => Glance::decode(bytes.clone()).ok()?.metadata?.resource_version,
            Self::Json(value) => value.pointer("/metadata/resourceVersion")?.as_str()?.to_owned(),
        };
        (!version.is_empty()).then_some(version)
    }
}

/// An object of any kind, of which nothing but the version is read.
#[derive(Clone, PartialEq, prost::Message)]
struct Glance {
    #[prost(message, optional, tag = "1")]
    metadata: Option<GlanceMeta>,
}

/// See [`Glance`].
#[derive(Clone, PartialEq, prost::Message)]
struct GlanceMeta {
    #[prost(string, tag = "6")]
    resource_version: String,
}
