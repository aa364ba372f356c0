//! Logs of one container: read, followed, and resumed where a connection broke off, without gap and without duplicate.

use std::time::Duration;

use http_body_util::BodyExt;
use jiff::Timestamp;
use kube::client::Body;
use tokio::time::{Instant, sleep, timeout_at};

use crate::clients::kubernetes::{ClientError, Reader};
use crate::domain::logs::{Backlog, LogFact, Patience, Standing, Withholder};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::uri::encode;

mod outlet;
mod parse;
mod resume;
mod split;

use outlet::Outlet;
pub use outlet::{LogNews, LogOutbox};
use resume::Place;
use split::Splitter;

/// The first pause before a stream is opened again; it doubles from there.
const PAUSE: Duration = Duration::from_millis(500);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How many bytes are taken in at once: the lines in them fit into what may wait.
const PIECE: usize = 64 * 1024;

/// How long one waits for bytes when nothing else is due.
const FOR_EVER: Duration = Duration::from_hours(24);

/// One container of one pod, and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The namespace.
    pub namespace: Text,
    /// The pod.
    pub pod: Text,
    /// The container.
    pub container: Text,
    /// Of the container before its last restart.
    pub previous: bool,
    /// From where on.
    pub backlog: Backlog,
    /// Whether more is waited for.
    pub patience: Patience,
}

/// Why one connection ended.
enum Stop {
    /// In order.
    Ended,
    /// It broke, or could not be made.
    Failed(ClientError),
}

/// Reads one stream until it ends for good, or until the task is given up.
pub struct Follower {
    stream: Stream,
    reader: Reader,
    outlet: Outlet,
    splitter: Splitter,
    place: Place,
    /// A line without an end that was told when a connection ended: its time and its length.
    told_rest: Option<(Timestamp, usize)>,
    is_lost: bool,
    /// What time it was at the server when the stream was opened: what was said before then is read as fast as it is
    /// taken in, and none of it dropped.
    opened: Option<Timestamp>,
}

impl Follower {
    /// A follower that tells what it reads to an outbox, without what must not be kept.
    pub fn new(stream: Stream, reader: Reader, outbox: LogOutbox, withholder: Withholder) -> Self {
        Self {
            stream,
            reader,
            outlet: Outlet::new(outbox, withholder),
            splitter: Splitter::default(),
            place: Place::default(),
            told_rest: None,
            is_lost: false,
            opened: None,
        }
    }

    /// Reads until nothing more can come.
    pub async fn run(mut self) {
        let mut failures = 0;
        self.stand(Standing::Opening).await;
        while !self.outlet.is_closed() {
            let before = self.place.since();
            let stop = self.attempt().await;
            self.outlet.flush().await;
            if self.place.since() != before {
                failures = 0;
            }
            match stop {
                Stop::Ended if self.stream.patience == Patience::Once || self.stream.previous => break,
                // It ends with its container; the next one may follow, and what was told is known by its time.
                Stop::Ended => {}
                Stop::Failed(error) if self.stream.patience == Patience::Once => {
                    let last = self.last_standing(&error).unwrap_or(Standing::Lost(error.problem()));
                    self.stand(last).await;
                    return;
                }
                Stop::Failed(error) => {
                    if let Some(last) = self.last_standing(&error) {
                        self.stand(last).await;
                        return;
                    }
                    self.stand_failed(error).await;
                }
            }
            sleep(pause_after(failures)).await;
            failures += 1;
        }
        self.stand(Standing::Ended).await;
    }

    /// What a failure means that will not go away by itself.
    fn last_standing(&self, error: &ClientError) -> Option<Standing> {
        match error {
            ClientError::Status { code: 404, .. } => Some(Standing::Ended),
            ClientError::Forbidden { message } => Some(Standing::Refused(Problem::new(
                format!("no access: logs in {}", self.stream.namespace),
                message,
                format!("ask a cluster administrator for a role with: get pods/log in {}", self.stream.namespace),
            ))),
            ClientError::Status { code: 400, .. } if self.stream.previous || self.stream.patience == Patience::Once => {
                Some(Standing::Refused(error.problem()))
            }
            _ => None,
        }
    }

    async fn stand_failed(&mut self, error: ClientError) {
        match error {
            ClientError::Status { code: 400, message, .. } => self.stand(Standing::Waiting(message)).await,
            error => {
                self.is_lost = true;
                self.stand(Standing::Lost(error.problem())).await;
            }
        }
    }

    /// Opens the stream and reads it to its end.
    async fn attempt(&mut self) -> Stop {
        let response = match self.reader.get(&self.path(), "*/*").await {
            Ok(response) => response,
            Err(error) => return Stop::Failed(error),
        };
        self.opened = date_of(&response);
        self.splitter.forget();
        self.place.begin_again();
        self.stand(Standing::Following).await;
        let mut body: Body = response.into_body();
        let mut interruptions = self.reader.interruptions();
        loop {
            let due = self.outlet.due();
            let heard = tokio::select! {
                biased;
                // What is read once is complete when it ends, however long that takes.
                Ok(()) = interruptions.changed(), if self.stream.patience == Patience::Follow => {
                    return Stop::Failed(broken_off());
                }
                heard = timeout_at(due.unwrap_or_else(|| Instant::now() + FOR_EVER), body.frame()) => heard,
            };
            let frame = match heard {
                Err(_elapsed) => {
                    self.outlet.flush().await;
                    continue;
                }
                Ok(None) => {
                    self.tell_rest();
                    return Stop::Ended;
                }
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(_broken))) => return Stop::Failed(broken_off()),
            };
            for bytes in frame.data_ref().into_iter().flat_map(|bytes| bytes.chunks(PIECE)) {
                self.take(bytes).await;
                if self.outlet.is_full() && self.is_behind() {
                    self.outlet.flush().await;
                }
            }
            match self.stream.patience {
                // Nobody waits for what comes next, so the server can wait for us, and nothing is dropped.
                Patience::Once => self.outlet.flush().await,
                Patience::Follow if due.is_some_and(|due| due <= Instant::now()) => self.outlet.try_flush(),
                Patience::Follow => {}
            }
        }
    }

    /// Whether what is read was said before one began to listen.
    fn is_behind(&self) -> bool {
        self.opened.is_some_and(|opened| self.place.since().is_some_and(|last| last < opened))
    }

    /// Takes in the lines that end in a piece.
    async fn take(&mut self, bytes: &[u8]) {
        let Self { splitter, place, outlet, .. } = self;
        let mut has_new = false;
        splitter.push(bytes, |raw| {
            let (at, words) = parse::stamp(raw.bytes, place.since());
            if place.takes(at) {
                has_new = true;
                outlet.put(at, words, raw.left_out);
            }
        });
        if has_new && self.is_lost {
            self.is_lost = false;
            let is_gapless = self.place.is_joined();
            self.outlet.tell(LogFact::Resumed { is_gapless }).await;
        }
    }

    /// Tells a last line that has no end. It may come again with its end, so it is not counted as read.
    fn tell_rest(&mut self) {
        let Some(raw) = self.splitter.rest() else { return };
        let (at, words) = parse::stamp(raw.bytes, self.place.since());
        if self.told_rest != Some((at, raw.bytes.len())) && self.place.since().is_none_or(|last| at >= last) {
            self.told_rest = Some((at, raw.bytes.len()));
            self.outlet.put_unfinished(at, words);
        }
    }

    /// The request: from the place where the last one ended, or as was asked at first.
    fn path(&self) -> String {
        let Stream { namespace, pod, container, .. } = &self.stream;
        let mut path = format!(
            "/api/v1/namespaces/{}/pods/{}/log?timestamps=true&container={}",
            encode(namespace),
            encode(pod),
            encode(container)
        );
        if self.stream.patience == Patience::Follow && !self.stream.previous {
            path += "&follow=true";
        }
        if self.stream.previous {
            path += "&previous=true";
        }
        let from = match self.place.since().map_or(self.stream.backlog, Backlog::Since) {
            Backlog::Tail(lines) => format!("&tailLines={lines}"),
            Backlog::Since(at) => format!("&sinceTime={}", encode(&at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())),
            Backlog::All => String::new(),
        };
        path + &from
    }

    async fn stand(&mut self, standing: Standing) {
        self.outlet.tell(LogFact::Standing(standing)).await;
    }
}

/// What time it is at a server, as it says itself.
fn date_of<T>(response: &http::Response<T>) -> Option<Timestamp> {
    let date = response.headers().get(http::header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(date).ok().map(|date| date.timestamp())
}

fn broken_off() -> ClientError {
    ClientError::Malformed { what: Text::from("the stream of a log broke off") }
}

/// How long to wait after so many attempts that brought nothing.
fn pause_after(failures: u32) -> Duration {
    PAUSE.saturating_mul(1 << failures.min(6)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests;
