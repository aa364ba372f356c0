//! Events. Anybody may write anything into one, so every word of it is bytes.

use prost::bytes::Bytes;
use serde::Deserialize;

use super::Project;
use super::conditions::sentence;
use super::interner::Interner;
use super::meta::{ObjectMeta, ObjectReference, meta};
use super::values::{Time, moment, words};
use crate::domain::platform;
use crate::domain::row::Row;

/// An Event.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Event {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    involved_object: Option<ObjectReference>,
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "words")]
    reason: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "words")]
    message: Bytes,
    #[prost(message, optional, tag = "5")]
    source: Option<Source>,
    #[prost(message, optional, tag = "6")]
    first_timestamp: Option<Time>,
    #[prost(message, optional, tag = "7")]
    last_timestamp: Option<Time>,
    #[prost(int32, tag = "8")]
    count: i32,
    #[prost(bytes = "bytes", tag = "9")]
    #[serde(deserialize_with = "words")]
    #[serde(rename = "type")]
    class: Bytes,
    #[prost(message, optional, tag = "10")]
    #[serde(rename = "eventTime")]
    micro_time: Option<Time>,
    #[prost(message, optional, tag = "11")]
    series: Option<Series>,
    #[prost(bytes = "bytes", tag = "14")]
    #[serde(deserialize_with = "words")]
    reporting_component: Bytes,
}

/// Who tells, in the older way.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Source {
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "words")]
    component: Bytes,
}

/// How often it happened, in the newer way.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Series {
    #[prost(int32, tag = "1")]
    count: i32,
    #[prost(message, optional, tag = "2")]
    last_observed_time: Option<Time>,
}

impl Project for Event {
    fn project(self, interner: &mut Interner) -> Row {
        let meta = meta(self.metadata.as_ref(), interner);
        let about = self.involved_object.unwrap_or_default();
        let series = self.series.unwrap_or_default();
        let component = self.source.unwrap_or_default().component;
        let source = if component.is_empty() { self.reporting_component } else { component };
        let once = moment(self.micro_time).or(meta.created);
        Row::Event(Box::new(platform::Event {
            class: interner.words(&self.class),
            reason: interner.words(&self.reason),
            message: sentence(&self.message),
            about_kind: interner.words(&about.kind),
            about_name: interner.words(&about.name),
            about_uid: interner.words(&about.uid),
            source: interner.words(&source),
            count: series.count.max(self.count).max(1),
            first: moment(self.first_timestamp).or(once),
            last: moment(series.last_observed_time).or(moment(self.last_timestamp)).or(once),
            meta,
        }))
    }
}
