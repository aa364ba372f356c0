//! What every object carries, as the wire gives it. Of `managedFields`, the largest part, it is read who wrote and when.

use prost::bytes::Bytes;
use serde::Deserialize;

use super::interner::Interner;
use super::values::{Pair, Time, moment, pairs, readable, words};
use crate::domain::object::Meta;
use crate::domain::platform::LastWriting;
use crate::domain::text::Text;
use crate::domain::workload::Manager;
use crate::domain::writing::is_controller;

/// Where a leader notes that it leads, in locks of the old kind.
const LOCK: &str = "control-plane.alpha.kubernetes.io/leader";

/// Metadata of an object.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ObjectMeta {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "3")]
    pub(super) namespace: String,
    #[prost(string, tag = "5")]
    pub(super) uid: String,
    #[prost(int64, tag = "7")]
    pub(super) generation: i64,
    #[prost(message, optional, tag = "8")]
    pub(super) creation_timestamp: Option<Time>,
    #[prost(message, optional, tag = "9")]
    pub(super) deletion_timestamp: Option<Time>,
    #[prost(message, repeated, tag = "11")]
    #[serde(deserialize_with = "pairs")]
    pub(super) labels: Vec<Pair>,
    #[prost(message, repeated, tag = "12")]
    #[serde(deserialize_with = "pairs")]
    pub(super) annotations: Vec<Pair>,
    #[prost(message, repeated, tag = "13")]
    pub(super) owner_references: Vec<OwnerReference>,
    #[prost(message, repeated, tag = "17")]
    managed_fields: Vec<Managed>,
}

/// A write of one manager; which fields it wrote is left out.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Managed {
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "words")]
    manager: Bytes,
    #[prost(message, optional, tag = "4")]
    time: Option<Time>,
    #[prost(bytes = "bytes", tag = "8")]
    #[serde(deserialize_with = "words")]
    subresource: Bytes,
}

/// An owner of an object.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OwnerReference {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    uid: String,
    #[prost(bool, tag = "6")]
    controller: bool,
}

impl ObjectMeta {
    /// Identity and labels.
    pub(super) fn project(&self, interner: &mut Interner) -> Meta {
        let owner = self.owner_references.iter().find(|owner| owner.controller);
        Meta {
            namespace: interner.text(&self.namespace),
            name: Text::from_untrusted(&self.name),
            uid: Text::from_untrusted(&self.uid),
            created: moment(self.creation_timestamp),
            deleted: moment(self.deletion_timestamp),
            generation: self.generation,
            labels: interner.labels(&self.labels),
            owner: owner.map(|owner| interner.owner(&owner.kind, &owner.name, &owner.uid)),
        }
    }

    /// Its last writing by anybody but a controller. A lock that somebody holds by its notes is no news, however often it is
    /// written.
    pub(super) fn written(&self, interner: &mut Interner) -> Option<LastWriting> {
        if find(&self.annotations, LOCK).is_some() {
            return None;
        }
        let told = self.managed_fields.iter().filter(|entry| entry.subresource.is_empty());
        let dated = told.filter_map(|entry| Some((moment(entry.time)?, readable(&entry.manager))));
        let (at, by) = dated.filter(|(_, by)| !is_controller(by)).max_by_key(|(at, _)| *at)?;
        Some(LastWriting { at, by: interner.text(&by) })
    }

    /// The value of an annotation; empty without it.
    pub(super) fn annotation(&self, key: &str) -> Text {
        Text::from_untrusted(&readable(find(&self.annotations, key).unwrap_or_default()))
    }

    /// Who else writes the object, as its marks tell.
    pub(super) fn manager(&self) -> Option<Manager> {
        let text = |value: &[u8]| Text::from_untrusted(&readable(value));
        let label = |key| find(&self.labels, key);
        let annotation = |key| find(&self.annotations, key);
        if let Some(tracking) = annotation("argocd.argoproj.io/tracking-id") {
            let application = tracking.split(|byte| *byte == b':').next().unwrap_or_default();
            return Some(Manager::ArgoCd(text(application)));
        }
        if let Some(name) = label("kustomize.toolkit.fluxcd.io/name") {
            return Some(Manager::FluxKustomization(text(name)));
        }
        if let Some(name) = label("helm.toolkit.fluxcd.io/name") {
            return Some(Manager::FluxHelmRelease(text(name)));
        }
        let is_helms = label("app.kubernetes.io/managed-by") == Some(b"Helm");
        annotation("meta.helm.sh/release-name").filter(|_| is_helms).map(|name| Manager::Helm(text(name)))
    }
}

/// Identity and labels of an object whose metadata may be missing.
pub(super) fn meta(metadata: Option<&ObjectMeta>, interner: &mut Interner) -> Meta {
    metadata.map(|metadata| metadata.project(interner)).unwrap_or_default()
}

/// The value of an entry.
fn find<'a>(pairs: &'a [Pair], key: &str) -> Option<&'a [u8]> {
    pairs.iter().find(|pair| pair.key == key).map(|pair| &*pair.value)
}

/// A selector, of which the labels are read.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct LabelSelector {
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "pairs")]
    pub(super) match_labels: Vec<Pair>,
}

/// A pointer to another object.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ObjectReference {
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "words")]
    pub(super) kind: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "words")]
    pub(super) name: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "words")]
    pub(super) uid: Bytes,
}
