//! The one list-watch loop: a kind in one cluster, in one namespace or in all, for as long as the session lasts.
//!
//! It lists by a watch that begins with the list, or page by page where the server does not know that; then it
//! watches, resumes where it broke off, and lists anew when the server has forgotten that place.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use jiff::Timestamp;
use kube::client::Body;
use tokio::time::{Instant, timeout_at};

use crate::clients::kubernetes::{ClientError, Reader};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::update::{Liveness, SourceId, Update};

use super::answer;
use super::heartbeat::AWAY;
use super::outbox::Outbox;
use super::pending::Pending;
use super::reach::no_access;
use super::request::{self, Request};
use super::wire::{Decoder, Format, Frames, Interner, WatchEvent};

/// The first pause after a failure; it doubles from there.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How often a forbidden source is tried again: somebody may have granted it.
const FORBIDDEN_PAUSE: Duration = Duration::from_mins(1);
/// How long events are gathered before they are told.
const GATHER: Duration = Duration::from_millis(40);
/// The same for the objects of a list, for which somebody waits.
const GATHER_LIST: Duration = Duration::from_millis(10);
/// How many events are told at once at most.
const BATCH: usize = 256;
/// How long a list may be silent before it is taken to have stuck.
const LIST_IDLE: Duration = Duration::from_secs(15);
/// How long a watch may be silent. A server says where it stands about once a minute, so one that does not may be gone;
/// to ask again from the same place costs little.
const WATCH_IDLE: Duration = Duration::from_secs(90);

/// Why a source ended.
pub(super) enum Ended {
    /// It may not be read, for this reason.
    Forbidden(Text),
    /// The session is over.
    Closed,
}

/// How a list is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    /// As a watch that begins with the list.
    Streaming,
    /// Page by page.
    Pages,
}

/// Why one attempt ended.
enum Stop {
    /// The connection ended in order.
    Ended,
    /// The place to resume from is forgotten, or what was told makes no sense: list anew.
    Stale(Text),
    /// The server does not know this form of list.
    Unsupported,
    /// The server does not know the kind.
    Absent,
    /// It failed.
    Failed(ClientError),
}

impl From<ClientError> for Stop {
    fn from(error: ClientError) -> Self {
        match &error {
            ClientError::Status { code: 410, message, .. } => Self::Stale(message.clone()),
            _ => Self::Failed(error),
        }
    }
}

/// One kind in one place.
pub(super) struct Source {
    id: SourceId,
    reader: Reader,
    outbox: Outbox,
    decoder: Decoder,
    interner: Interner,
    pending: Pending,
    listing: Listing,
    /// The version to resume from; none when a list is due.
    version: Option<String>,
    /// When this source was last heard, and when it was begun.
    heard: Option<Timestamp>,
    begun: Timestamp,
    /// Told once when the first list is complete.
    listed: Option<Arc<tokio::sync::watch::Sender<bool>>>,
}

impl Source {
    pub(super) fn new(
        id: SourceId,
        reader: Reader,
        outbox: Outbox,
        listed: Option<Arc<tokio::sync::watch::Sender<bool>>>,
    ) -> Self {
        Self {
            decoder: Decoder::of(id.kind),
            begun: outbox.now(),
            id,
            reader,
            outbox,
            interner: Interner::default(),
            pending: Pending::default(),
            listing: Listing::Streaming,
            version: None,
            heard: None,
            listed,
        }
    }

    /// Lists and watches until the session ends. Where `keeps_trying` is false, a refusal at the beginning ends it, so
    /// that somebody can try in smaller pieces.
    pub(super) async fn run(mut self, keeps_trying: bool) -> Ended {
        self.tell(Liveness::Loading).await;
        let mut failures = 0;
        loop {
            let began = Instant::now();
            let stop = match self.cycle().await {
                Ok(()) => Stop::Ended,
                Err(stop) => stop,
            };
            self.pending.flush(&self.id, &self.outbox).await;
            let pause = match stop {
                Stop::Ended if began.elapsed() > PAUSE => Duration::ZERO,
                Stop::Ended => PAUSE,
                Stop::Stale(why) => {
                    tracing::debug!(source = ?self.id, %why, "listing anew");
                    self.version = None;
                    if failures > 0 {
                        // Once is the way of a watch; again and again means that nothing comes through.
                        let problem = Problem::new("the list breaks off", &why, AWAY);
                        self.tell(Liveness::Late { since: self.heard_last(), problem }).await;
                    }
                    pause_after(failures.min(3))
                }
                Stop::Unsupported => {
                    self.listing = Listing::Pages;
                    Duration::ZERO
                }
                Stop::Failed(ClientError::Forbidden { message }) => {
                    // What was allowed before is so again soon: a server that starts refuses until it knows the rules.
                    let was_allowed = self.heard.is_some();
                    if !keeps_trying && !was_allowed {
                        return Ended::Forbidden(message);
                    }
                    self.outbox.send(no_access(&self.id, &message)).await;
                    self.outbox.heard().await;
                    self.finish_waiting();
                    if was_allowed { pause_after(failures) } else { FORBIDDEN_PAUSE }
                }
                Stop::Absent => FORBIDDEN_PAUSE,
                Stop::Failed(error) => {
                    self.tell(Liveness::Late { since: self.heard_last(), problem: error.problem() }).await;
                    self.finish_waiting();
                    pause_after(failures)
                }
            };
            failures = if began.elapsed() > LONGEST_PAUSE || pause.is_zero() { 0 } else { failures + 1 };
            tokio::time::sleep(pause).await;
            if self.outbox.is_closed() {
                return Ended::Closed;
            }
        }
    }

    /// One list where it is due, and one watch.
    async fn cycle(&mut self) -> Result<(), Stop> {
        match (self.version.clone(), self.listing) {
            (None, Listing::Streaming) => self.stream_list().await,
            (None, Listing::Pages) => {
                self.list_pages().await?;
                self.cycle_watch().await
            }
            (Some(_), _) => self.cycle_watch().await,
        }
    }

    /// A watch that begins with the list and goes on.
    async fn stream_list(&mut self) -> Result<(), Stop> {
        let request = request::streaming_list(self.id.kind, self.id.namespace.as_deref());
        let response = match self.open(&request).await {
            Err(Stop::Failed(ClientError::Status { code: 400 | 404 | 405 | 406 | 422, .. })) => {
                return Err(Stop::Unsupported);
            }
            other => other?,
        };
        self.outbox.send(Update::ListBegan(self.id.clone())).await;
        self.follow(response, Some(())).await
    }

    /// A list, page by page.
    async fn list_pages(&mut self) -> Result<(), Stop> {
        self.outbox.send(Update::ListBegan(self.id.clone())).await;
        let mut next = String::new();
        loop {
            let request = request::page(self.id.kind, self.id.namespace.as_deref(), &next);
            let answer = match self.reader.get_bytes(&request.path, &request.accept).await {
                Err(ClientError::Status { code: 404, message, .. }) => return Err(self.absent(&message).await),
                other => other?,
            };
            self.note_heard().await;
            let list = answer::list(&answer)?;
            for item in list.items {
                let row = self.decoder.row(item, &mut self.interner);
                self.pending.applied(row);
                if self.pending.len() >= BATCH {
                    self.pending.flush(&self.id, &self.outbox).await;
                }
            }
            next = list.continue_token;
            if next.is_empty() {
                self.version = Some(list.resource_version);
                break;
            }
        }
        self.list_is_complete().await;
        Ok(())
    }

    /// The server does not know the kind.
    async fn absent(&mut self, why: &Text) -> Stop {
        let kind = self.id.kind;
        let problem = Problem::new(format!("the server does not know {}", kind.plural()), why, "");
        self.tell(Liveness::Absent(problem)).await;
        self.finish_waiting();
        Stop::Absent
    }

    /// A watch from where it broke off.
    async fn cycle_watch(&mut self) -> Result<(), Stop> {
        let version = self.version.clone().unwrap_or_default();
        let request = request::watch(self.id.kind, self.id.namespace.as_deref(), &version);
        let response = self.open(&request).await?;
        self.tell(Liveness::Live).await;
        self.follow(response, None).await
    }

    async fn open(&mut self, request: &Request) -> Result<http::Response<Body>, Stop> {
        let response = self.reader.get(&request.path, &request.accept).await?;
        self.note_heard().await;
        Ok(response)
    }

    /// Takes in events until the connection ends. While `listing` is given, the list is not complete yet.
    async fn follow(&mut self, response: http::Response<Body>, mut listing: Option<()>) -> Result<(), Stop> {
        let form = response.headers().get(http::header::CONTENT_TYPE).and_then(|form| form.to_str().ok());
        let form = form.unwrap_or_default();
        let mut frames = Frames::new(Format::of(form).ok_or_else(|| malformed(form))?);
        let mut body = response.into_body();
        let mut gathering: Option<Instant> = None;
        let mut interruptions = self.reader.interruptions();
        loop {
            let idle = if listing.is_some() { LIST_IDLE } else { WATCH_IDLE };
            let until = gathering.unwrap_or_else(|| Instant::now() + idle);
            let heard = tokio::select! {
                biased;
                Ok(()) = interruptions.changed() => return Ok(()),
                heard = timeout_at(until, body.frame()) => heard,
            };
            let frame = match heard {
                Err(_elapsed) if gathering.take().is_some() => {
                    self.pending.flush(&self.id, &self.outbox).await;
                    continue;
                }
                Err(_elapsed) if listing.is_some() => return Err(Stop::Unsupported),
                Err(_) | Ok(None) => return Ok(()),
                Ok(Some(frame)) => frame.map_err(|_broken| malformed("the connection broke off"))?,
            };
            let Some(bytes) = frame.data_ref() else { continue };
            self.note_heard().await;
            frames.push(bytes);
            self.take_in(&mut frames, &mut listing).await?;
            // A stream that never pauses would never let the time run out.
            if self.pending.len() >= BATCH || gathering.is_some_and(|due| due <= Instant::now()) {
                self.pending.flush(&self.id, &self.outbox).await;
            }
            if self.pending.is_empty() {
                gathering = None;
            } else {
                let gather = if listing.is_some() { GATHER_LIST } else { GATHER };
                gathering.get_or_insert_with(|| Instant::now() + gather);
            }
        }
    }

    /// Takes in the events that have arrived whole.
    async fn take_in(&mut self, frames: &mut Frames, listing: &mut Option<()>) -> Result<(), Stop> {
        let mut last = None;
        for event in frames {
            match event.map_err(|error| Stop::Stale(error.to_string().into()))? {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                    let row = self.decoder.row(object.clone(), &mut self.interner);
                    last = Some(object);
                    self.pending.applied(row);
                }
                WatchEvent::Deleted(object) => {
                    let row = self.decoder.row(object.clone(), &mut self.interner);
                    last = Some(object);
                    self.pending.gone(&row);
                }
                WatchEvent::Bookmark { resource_version, initial_events_end } => {
                    last = None;
                    if listing.is_none() || initial_events_end {
                        self.version = Some(resource_version);
                    }
                    if initial_events_end && listing.take().is_some() {
                        self.list_is_complete().await;
                    }
                }
                WatchEvent::Error(status) if status.code == 410 || status.reason == "Expired" => {
                    return Err(Stop::Stale(status.message));
                }
                WatchEvent::Error(status) => {
                    let (code, reason, message) = (status.code, status.reason, status.message);
                    return Err(Stop::Failed(ClientError::Status { code, reason, message, retry_after: None }));
                }
            }
        }
        // Before the list is complete there is no place to resume from.
        if let Some(version) = last.filter(|_| listing.is_none()).and_then(|object| object.resource_version()) {
            self.version = Some(version);
        }
        Ok(())
    }

    async fn list_is_complete(&mut self) {
        self.pending.flush(&self.id, &self.outbox).await;
        self.outbox.send(Update::ListEnded(self.id.clone())).await;
        self.tell(Liveness::Live).await;
        self.finish_waiting();
    }

    /// Lets whoever waits for this list go on.
    fn finish_waiting(&mut self) {
        if let Some(listed) = self.listed.take() {
            listed.send_replace(true);
        }
    }

    async fn note_heard(&mut self) {
        self.heard = Some(self.outbox.now());
        self.outbox.heard().await;
    }

    async fn tell(&self, liveness: Liveness) {
        self.outbox.send(Update::Source(self.id.clone(), liveness)).await;
    }

    /// When this source was last heard; when it was begun, if it never was.
    fn heard_last(&self) -> Timestamp {
        self.heard.unwrap_or(self.begun)
    }
}

/// An answer that makes no sense.
fn malformed(what: &str) -> Stop {
    Stop::Failed(ClientError::Malformed { what: Text::from_untrusted(what) })
}

/// How long to wait after so many failures, with some chance in it, so that not all sources come back at once.
fn pause_after(failures: u32) -> Duration {
    let pause = PAUSE.saturating_mul(1 << failures.min(8)).min(LONGEST_PAUSE);
    let chance =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    pause.mul_f64(0.75 + f64::from(chance % 1000) / 2000.0)
}

#[cfg(test)]
mod tests;
