//! The row of an object that cannot be read: it names the object as well as it can.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use prost::Message as _;
use prost::bytes::Bytes;
use serde_json::Value;

use super::conditions::sentence;
use super::{DecodeError, Payload};
use crate::domain::kind::Kind;
use crate::domain::object::Meta;
use crate::domain::row::{Row, Unreadable};
use crate::domain::text::Text;

/// The row of an object that cannot be read. An identity that is missing is made from what is there, so that two
/// unreadable objects are two rows.
pub(super) fn unreadable(kind: Kind, object: &Payload, why: &DecodeError) -> Row {
    let (namespace, mut name, mut uid) = match object {
        Payload::Protobuf(bytes) => identity(bytes),
        Payload::Json(value) => (field(value, "namespace"), field(value, "name"), field(value, "uid")),
    };
    if uid.is_empty() {
        uid = Text::from(format!("unreadable-{:016x}", hash(object)));
    }
    if name.is_empty() {
        name = uid.clone();
    }
    let meta = Meta { namespace, name, uid, ..Meta::default() };
    Row::Unreadable(Box::new(Unreadable { kind, meta, why: Text::from(why.to_string()) }))
}

/// Namespace, name and identity in a message that may be broken after them.
fn identity(bytes: &Bytes) -> (Text, Text, Text) {
    let mut object = Broken::default();
    // Decoding stops where the message is broken; what was read before stays.
    let _broken = object.merge(bytes.clone());
    let meta = object.metadata.unwrap_or_default();
    (sentence(&meta.namespace), sentence(&meta.name), sentence(&meta.uid))
}

/// A field of the metadata of an object of JSON.
fn field(object: &Value, name: &str) -> Text {
    object.get("metadata").and_then(|metadata| metadata.get(name)?.as_str()).map(Text::from).unwrap_or_default()
}

/// A number that tells broken objects apart.
fn hash(object: &Payload) -> u64 {
    let mut hasher = DefaultHasher::new();
    match object {
        Payload::Protobuf(bytes) => bytes.hash(&mut hasher),
        Payload::Json(value) => value.to_string().hash(&mut hasher),
    }
    hasher.finish()
}

/// An object of which nothing but identity is read.
#[derive(Clone, PartialEq, prost::Message)]
struct Broken {
    #[prost(message, optional, tag = "1")]
    metadata: Option<BrokenMeta>,
}

/// See [`Broken`]. Even names are bytes here, since a name that is no UTF-8 may be what is wrong.
#[derive(Clone, PartialEq, prost::Message)]
struct BrokenMeta {
    #[prost(bytes = "bytes", tag = "1")]
    name: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    namespace: Bytes,
    #[prost(bytes = "bytes", tag = "5")]
    uid: Bytes,
}
