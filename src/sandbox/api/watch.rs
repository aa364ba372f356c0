//! Watching a kind: a stream of newline-delimited events from a version on.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;
use futures::stream;
use serde_json::{Value, json};
use tokio::sync::watch as channel;
use tokio::time::{Instant, sleep_until};

use super::refusal::Refusal;
use super::reply::{self, Shape};
use super::route::is_set;
use super::{Call, Platform};
use crate::sandbox::kinds::Kind;
use crate::sandbox::object::namespace;
use crate::sandbox::selector::Selection;
use crate::sandbox::store::Change;

const BOOKMARK_EVERY: Duration = Duration::from_secs(5);
const DEFAULT_TIMEOUT_SECONDS: u64 = 1_800;

impl Call<'_> {
    pub(super) fn watch(&self) -> Result<Response, Refusal> {
        if !self.parameters.send_initial_events.is_empty() {
            let message = "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
            return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message));
        }
        let timeout = Duration::from_secs(self.parameters.timeout_seconds.unwrap_or(DEFAULT_TIMEOUT_SECONDS));
        let asked: u64 = self.parameters.resource_version.parse().unwrap_or(0);
        let mut watch = Watch {
            platform: self.platform.clone(),
            moved: self.platform.moved.subscribe(),
            kind: self.route.kind,
            namespace: self.route.namespace.clone(),
            name: self.route.name.clone(),
            selection: self.selection()?,
            shape: self.shape,
            version: asked,
            first: String::new(),
            bookmarks: is_set(&self.parameters.allow_watch_bookmarks),
            next_bookmark: Instant::now() + BOOKMARK_EVERY,
            deadline: Instant::now() + timeout,
            is_over: false,
        };
        if asked == 0 {
            watch.start_from_now();
        }
        let events = stream::unfold(watch, Watch::next);
        Ok(reply::with_type(StatusCode::OK, "application/json", Body::from_stream(events)))
    }
}

/// One open watch.
struct Watch {
    platform: Platform,
    moved: channel::Receiver<()>,
    kind: &'static Kind,
    namespace: String,
    name: String,
    selection: Selection,
    shape: Shape,
    /// Everything up to this version has been told.
    version: u64,
    /// What to tell before any change.
    first: String,
    bookmarks: bool,
    next_bookmark: Instant,
    deadline: Instant,
    is_over: bool,
}

impl Watch {
    /// A watch from nowhere begins with the objects as they are.
    fn start_from_now(&mut self) {
        let (objects, version) =
            self.platform.with(|world| (world.store.list(self.kind.plural), world.store.version()));
        let wanted = objects.iter().filter(|object| self.wants(object));
        self.first = wanted.map(|object| event("ADDED", &self.shape.of(object))).collect();
        self.version = version;
    }

    fn wants(&self, object: &Value) -> bool {
        (self.namespace.is_empty() || self.namespace == namespace(object))
            && (self.name.is_empty() || self.name == crate::sandbox::object::name(object))
            && self.selection.matches(object)
    }

    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        loop {
            if self.is_over {
                return None;
            }
            self.moved.mark_unchanged();
            let mut lines = std::mem::take(&mut self.first);
            lines.push_str(&self.news());
            if lines.is_empty() {
                let wake = self.deadline.min(self.next_bookmark);
                tokio::select! {
                    _ = self.moved.changed() => {}
                    () = sleep_until(wake) => lines = self.on_time(),
                    () = self.platform.stopping.clone().cancelled_owned() => return None,
                }
            }
            if !lines.is_empty() {
                return Some((Ok(Bytes::from(lines)), self));
            }
        }
    }

    /// Ends the watch at its deadline; says until then, when asked to, how far it is.
    fn on_time(&mut self) -> String {
        self.is_over = Instant::now() >= self.deadline;
        self.next_bookmark = Instant::now() + BOOKMARK_EVERY;
        if !self.bookmarks {
            return String::new();
        }
        let (api_version, kind) = match self.shape {
            Shape::Whole => (self.kind.api_version(), self.kind.name),
            Shape::MetadataOnly => ("meta.k8s.io/v1".to_owned(), "PartialObjectMetadata"),
        };
        let metadata = json!({"resourceVersion": self.version.to_string(), "creationTimestamp": null});
        event("BOOKMARK", &json!({"kind": kind, "apiVersion": api_version, "metadata": metadata}))
    }

    /// Returns the events of all changes that were not told yet.
    fn news(&mut self) -> String {
        let (changes, newest) =
            self.platform.with(|world| (world.store.since(self.kind.plural, self.version), world.store.version()));
        let asked = self.version;
        self.version = newest.max(asked);
        if let Ok(changes) = changes {
            return changes.iter().filter_map(|change| self.tell(change)).collect();
        }
        self.is_over = true;
        event("ERROR", &Refusal::expired(asked, newest).status())
    }

    /// Words one change as this watch sees it: an object that no longer matches is gone for it.
    fn tell(&self, change: &Change) -> Option<String> {
        let was_wanted = change.before.as_ref().is_some_and(|before| self.wants(before));
        let is_wanted = !change.deleted && self.wants(&change.object);
        let kind = match (was_wanted, is_wanted) {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            (false, false) => return None,
        };
        let object: &Arc<Value> = &change.object;
        Some(event(kind, &self.shape.of(object)))
    }
}

fn event(kind: &str, object: &Value) -> String {
    let mut line = json!({"type": kind, "object": object}).to_string();
    line.push('\n');
    line
}
