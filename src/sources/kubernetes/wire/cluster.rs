//! Nodes, namespaces, and the kinds of which only metadata is asked for.

use prost::bytes::Bytes;
use serde::Deserialize;

use super::Project;
use super::conditions::CoreCondition;
use super::interner::Interner;
use super::meta::{ObjectMeta, meta};
use super::values::words;
use crate::domain::platform;
use crate::domain::row::Row;

/// A Namespace.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Namespace {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "3")]
    status: Option<NamespaceStatus>,
}

/// Its status.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NamespaceStatus {
    #[prost(string, tag = "1")]
    phase: String,
}

impl Project for Namespace {
    fn project(self, interner: &mut Interner) -> Row {
        Row::Namespace(Box::new(platform::Namespace {
            meta: meta(self.metadata.as_ref(), interner),
            phase: interner.text(&self.status.unwrap_or_default().phase),
        }))
    }
}

/// A Node.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Node {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    spec: Option<NodeSpec>,
    #[prost(message, optional, tag = "3")]
    status: Option<NodeStatus>,
}

/// Its wish.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NodeSpec {
    #[prost(bool, tag = "4")]
    unschedulable: bool,
}

/// Its status.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NodeStatus {
    #[prost(message, repeated, tag = "4")]
    conditions: Vec<CoreCondition>,
    #[prost(message, repeated, tag = "5")]
    addresses: Vec<NodeAddress>,
    #[prost(message, optional, tag = "7")]
    node_info: Option<NodeInfo>,
}

/// One of its addresses.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NodeAddress {
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    class: String,
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "words")]
    address: Bytes,
}

/// What its kubelet tells about itself.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NodeInfo {
    #[prost(bytes = "bytes", tag = "7")]
    #[serde(deserialize_with = "words")]
    kubelet_version: Bytes,
}

impl Project for Node {
    fn project(self, interner: &mut Interner) -> Row {
        let status = self.status.unwrap_or_default();
        let inside = status.addresses.iter().find(|address| address.class == "InternalIP");
        Row::Node(Box::new(platform::Node {
            meta: meta(self.metadata.as_ref(), interner),
            is_cordoned: self.spec.unwrap_or_default().unschedulable,
            version: interner.words(&status.node_info.unwrap_or_default().kubelet_version),
            ip: inside.map(|address| interner.words(&address.address)).unwrap_or_default(),
            conditions: status.conditions.iter().map(|condition| condition.project(interner)).collect(),
        }))
    }
}

/// A ConfigMap; its data is not asked for.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub(super) struct ConfigMap {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
}

impl Project for ConfigMap {
    fn project(self, interner: &mut Interner) -> Row {
        Row::ConfigMap(Box::new(metadata_only(self.metadata.as_ref(), interner)))
    }
}

/// A Secret; its data is not asked for.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub(super) struct Secret {
    #[prost(message, optional, tag = "1")]
    metadata: Option<ObjectMeta>,
}

impl Project for Secret {
    fn project(self, interner: &mut Interner) -> Row {
        Row::Secret(Box::new(metadata_only(self.metadata.as_ref(), interner)))
    }
}

/// What is read of an object of which only metadata is asked for.
fn metadata_only(metadata: Option<&ObjectMeta>, interner: &mut Interner) -> platform::MetadataOnly {
    platform::MetadataOnly {
        meta: meta(metadata, interner),
        written: metadata.and_then(|metadata| metadata.written(interner)),
    }
}
