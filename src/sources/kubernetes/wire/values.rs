//! Values that the two wires spell differently: times, numbers that may be words, free text, maps, absence.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use prost::bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::json::strip_nulls;
use crate::domain::text::Text;

/// A moment: seconds and nanoseconds in protobuf, RFC 3339 in JSON. `MicroTime` has the same shape.
#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(super) struct Time {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

impl Time {
    /// The moment; none for zero, which the server means as "not set".
    pub(super) fn timestamp(self) -> Option<Timestamp> {
        if self.seconds == 0 && self.nanos == 0 { None } else { Timestamp::new(self.seconds, self.nanos).ok() }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let moment = Timestamp::deserialize(deserializer)?;
        Ok(Self { seconds: moment.as_second(), nanos: moment.subsec_nanosecond() })
    }
}

/// The moment that a field may hold.
pub(super) fn moment(time: Option<Time>) -> Option<Timestamp> {
    time.and_then(Time::timestamp)
}

/// A number or a word, for example a share in percent.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct IntOrString {
    /// 0 for a number, 1 for a word.
    #[prost(int64, tag = "1")]
    form: i64,
    #[prost(int32, tag = "2")]
    number: i32,
    #[prost(bytes = "bytes", tag = "3")]
    word: Bytes,
}

impl IntOrString {
    /// The value as people write it.
    pub(super) fn text(&self) -> Text {
        if self.form == 0 { Text::from(self.number.to_string()) } else { Text::from_untrusted(&readable(&self.word)) }
    }
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(i32),
            Word(String),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Number(number) => Self { form: 0, number, word: Bytes::new() },
            Either::Word(word) => Self { form: 1, number: 0, word: Bytes::from(word) },
        })
    }
}

/// One entry of a map. Protobuf sends maps as lists of entries, and as such they are read without copying.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Pair {
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) key: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub(super) value: Bytes,
}

/// Reads a map of JSON as entries.
pub(super) fn pairs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Pair>, D::Error> {
    let map = BTreeMap::<String, String>::deserialize(deserializer)?;
    Ok(map.into_iter().map(|(key, value)| Pair { key: key.into(), value: value.into() }).collect())
}

/// Reads free text of JSON. It is bytes in the structures, because the server stores and sends invalid UTF-8 in
/// protobuf, where a string field would refuse the whole message.
pub(super) fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    String::deserialize(deserializer).map(Bytes::from)
}

/// Bytes as text, with one U+FFFD for each byte that is not UTF-8: the server does the same when it writes JSON, so that
/// both wires give equal rows.
pub(super) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Cow::Owned(text)
}

/// Reads a value of JSON, in which `null` means the same as nothing.
pub(super) fn from_value<T: DeserializeOwned>(mut value: Value) -> Result<T, serde_json::Error> {
    strip_nulls(&mut value);
    serde_json::from_value(value)
}
