//! The wire: Kubernetes objects from protobuf or JSON into rows. No I/O and no waiting; bytes in, rows out.
//!
//! Each kind declares, once for both wires, only the fields that its row shows; everything else is skipped while
//! decoding. Adding a kind takes its messages, its [`Project`] and one line of [`Decoder::of`].

mod argo;
mod cluster;
mod conditions;
mod envelope;
mod events;
mod frames;
mod gateway;
mod interner;
mod jobs;
mod leases;
mod meta;
mod network;
mod payload;
mod pods;
mod revisions;
mod scaling;
mod unreadable;
mod values;
mod workloads;

use prost::bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::json::strip_nulls;
use crate::domain::kind::Kind;
use crate::domain::row::Row;
use crate::domain::text::Text;

pub(crate) use envelope::{Format, List, Status, decode_list};
pub(crate) use frames::{Frames, WatchEvent};
pub(crate) use interner::Interner;
pub(crate) use payload::Payload;

/// Why bytes could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    /// They are not the protobuf message that they should be.
    #[error("unreadable protobuf: {0}")]
    Protobuf(#[from] prost::DecodeError),
    /// They are protobuf, of a kind that has none.
    #[error("a custom object in protobuf")]
    NotJson,
    /// They are not the JSON that they should be; the parser's words quote what it read, so they are sanitised.
    #[error("unreadable JSON: {0}")]
    Json(Text),
    /// They lack the four bytes that begin every protobuf answer of Kubernetes.
    #[error("not a Kubernetes protobuf message")]
    NoEnvelope,
    /// One watch event claims to be larger than any object can be.
    #[error("a watch event of {0} bytes is larger than any object")]
    TooLarge(usize),
    /// A watch event of a type that does not exist.
    #[error("a watch event of unknown type {0:?}")]
    UnknownEvent(Text),
}

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(Text::from(error.to_string()))
    }
}

/// An object of one kind as either wire gives it, which knows its row.
pub(crate) trait Project: prost::Message + Default + DeserializeOwned {
    /// Turns the object into its row.
    fn project(self, interner: &mut Interner) -> Row;
}

/// An object of a custom kind, which no server sends as protobuf.
pub(crate) trait ProjectJson {
    /// Turns an object, in which no `null` is, into its row.
    fn read(object: &Value, interner: &mut Interner) -> Result<Row, serde_json::Error>;
}

/// How objects of one kind are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decoder {
    kind: Kind,
    protobuf: fn(Bytes, &mut Interner) -> Result<Row, DecodeError>,
    json: fn(&Value, &mut Interner) -> Result<Row, DecodeError>,
}

impl Decoder {
    /// How objects of a kind are read.
    pub(crate) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Namespace => Self::through::<cluster::Namespace>(kind),
            Kind::Deployment => Self::through::<workloads::Deployment>(kind),
            Kind::Pod => Self::through::<pods::Pod>(kind),
            Kind::StatefulSet => Self::through::<workloads::StatefulSet>(kind),
            Kind::DaemonSet => Self::through::<workloads::DaemonSet>(kind),
            Kind::Rollout => Self::through_json::<argo::Rollout>(kind),
            Kind::ReplicaSet => Self::through::<revisions::ReplicaSet>(kind),
            Kind::ControllerRevision => Self::through::<revisions::ControllerRevision>(kind),
            Kind::HorizontalPodAutoscaler => Self::through::<scaling::Autoscaler>(kind),
            Kind::PodDisruptionBudget => Self::through::<scaling::DisruptionBudget>(kind),
            Kind::Job => Self::through::<jobs::Job>(kind),
            Kind::CronJob => Self::through::<jobs::CronJob>(kind),
            Kind::Service => Self::through::<network::Service>(kind),
            Kind::EndpointSlice => Self::through::<network::EndpointSlice>(kind),
            Kind::Ingress => Self::through::<network::Ingress>(kind),
            Kind::HttpRoute => Self::through_json::<gateway::HttpRoute>(kind),
            Kind::AnalysisRun => Self::through_json::<argo::AnalysisRun>(kind),
            Kind::Node => Self::through::<cluster::Node>(kind),
            Kind::ConfigMap => Self::through::<cluster::ConfigMap>(kind),
            Kind::Secret => Self::through::<cluster::Secret>(kind),
            Kind::Event => Self::through::<events::Event>(kind),
            Kind::Lease => Self::through::<leases::Lease>(kind),
        }
    }

    /// Reads one object; one that cannot be read becomes a row that says so, never an error of the whole.
    pub(crate) fn row(self, mut object: Payload, interner: &mut Interner) -> Row {
        let row = match &mut object {
            Payload::Protobuf(bytes) => (self.protobuf)(bytes.clone(), interner),
            Payload::Json(value) => {
                strip_nulls(value);
                (self.json)(value, interner)
            }
        };
        row.unwrap_or_else(|why| unreadable::unreadable(self.kind, &object, &why))
    }

    /// Reads a kind through its messages.
    fn through<P: Project>(kind: Kind) -> Self {
        Self {
            kind,
            protobuf: |bytes, interner| Ok(P::decode(bytes)?.project(interner)),
            json: |value, interner| Ok(P::deserialize(value)?.project(interner)),
        }
    }

    /// Reads a custom kind.
    fn through_json<P: ProjectJson>(kind: Kind) -> Self {
        Self { kind, protobuf: |_, _| Err(DecodeError::NotJson), json: |value, interner| Ok(P::read(value, interner)?) }
    }
}

#[cfg(test)]
mod tests;
