//! The requests by which a kind is listed and watched: paths and the forms that we take.

use crate::domain::kind::Kind;
use crate::domain::lease::Lease;
use crate::domain::uri::encode;

/// How many objects a page holds: large enough to be quick, small enough to be decoded at once.
const PAGE: usize = 1000;

/// How long the server keeps a watch open before it asks for another one, in seconds.
const WATCH_SECONDS: u64 = 240;

/// Whether one object or a list of them is asked for.
#[derive(Clone, Copy)]
enum Shape {
    One,
    Many,
}

/// What we take, protobuf first. Of some kinds only metadata is asked for, so that values never travel.
fn accept(kind: Kind, shape: Shape) -> String {
    let what = match (kind.is_metadata_only(), shape) {
        (false, _) => String::new(),
        (true, Shape::One) => ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1".to_owned(),
        (true, Shape::Many) => ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1".to_owned(),
    };
    format!("application/vnd.kubernetes.protobuf{what}, application/json{what}")
}

/// A request: path with query, and the forms that we take.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) accept: String,
}

/// What narrows a kind to what we read of it: of leases those of guards, and none of the many that nodes renew.
fn narrowed(kind: Kind) -> String {
    if kind == Kind::Lease { format!("labelSelector={}&", encode(&Lease::selector())) } else { String::new() }
}

/// A watch that begins with the list.
pub(super) fn streaming_list(kind: Kind, namespace: Option<&str>) -> Request {
    let query =
        "watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&resourceVersion=";
    Request { path: format!("{}?{}{query}", kind.path(namespace), narrowed(kind)), accept: accept(kind, Shape::One) }
}

/// One page of a list.
pub(super) fn page(kind: Kind, namespace: Option<&str>, next: &str) -> Request {
    let path = format!("{}?{}limit={PAGE}&continue={}", kind.path(namespace), narrowed(kind), encode(next));
    Request { path, accept: accept(kind, Shape::Many) }
}

/// A watch from a version on.
pub(super) fn watch(kind: Kind, namespace: Option<&str>, version: &str) -> Request {
    let query =
        format!("watch=1&allowWatchBookmarks=true&timeoutSeconds={WATCH_SECONDS}&resourceVersion={}", encode(version));
    Request { path: format!("{}?{}{query}", kind.path(namespace), narrowed(kind)), accept: accept(kind, Shape::One) }
}
