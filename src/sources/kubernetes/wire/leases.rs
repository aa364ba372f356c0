//! Leases, of which only those of guards are asked for.

use jiff::SignedDuration;
use prost::bytes::Bytes;
use serde::Deserialize;

use super::Project;
use super::conditions::sentence;
use super::interner::Interner;
use super::meta::{ObjectMeta, meta};
use super::values::{Time, moment, words};
use crate::domain::lease::{self, About};
use crate::domain::row::Row;

/// A Lease.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Lease {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<LeaseSpec>,
}

/// Who holds it.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LeaseSpec {
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "words")]
    holder_identity: Bytes,
    #[prost(int32, optional, tag = "2")]
    lease_duration_seconds: Option<i32>,
    #[prost(message, optional, tag = "3")]
    acquire_time: Option<Time>,
    #[prost(message, optional, tag = "4")]
    renew_time: Option<Time>,
}

impl Project for Lease {
    fn project(self, interner: &mut Interner) -> Row {
        let spec = self.spec.unwrap_or_default();
        let about = self.metadata.as_ref().map(|metadata| About::read(|key| metadata.annotation(key)));
        Row::Lease(Box::new(lease::Lease {
            meta: meta(self.metadata.as_ref(), interner),
            holder: sentence(&spec.holder_identity),
            lasts: SignedDuration::from_secs(spec.lease_duration_seconds.unwrap_or_default().into()),
            taken: moment(spec.acquire_time),
            renewed: moment(spec.renew_time),
            about: about.unwrap_or_default(),
        }))
    }
}
