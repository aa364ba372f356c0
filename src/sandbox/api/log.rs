//! Pod logs: the lines of one container, to now or followed.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;
use futures::stream;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::watch as channel;

use super::refusal::Refusal;
use super::route::is_set;
use super::{Call, Platform, reply};
use crate::sandbox::object::{list, name, namespace, text, time, uid};
use crate::sandbox::releases::{Fault, bad};
use crate::sandbox::speech::{Line, Mood, Speaker};
use crate::sandbox::world::World;

/// How far back logs are kept, as if older files had been rotated away.
const KEPT: SignedDuration = SignedDuration::from_mins(30);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

impl Call<'_> {
    pub(super) fn log(&self) -> Result<Response, Refusal> {
        let mut moved = self.platform.moved.subscribe();
        moved.mark_unchanged();
        let (mut log, first, is_over) = self.platform.with(|world| {
            let pod = self.find(world)?;
            let mut log = self.open(world, &pod)?;
            let (lines, is_over) = log.read(world);
            Ok::<_, Refusal>((log, lines, is_over))
        })?;
        let since = self.since(log.now)?;
        let wanted: Vec<Line> = first.into_iter().filter(|(at, _)| since.is_none_or(|since| *at >= since)).collect();
        let skipped = self.parameters.tail_lines.map_or(0, |tail| wanted.len().saturating_sub(tail));
        let first = Bytes::from(log.render(&wanted[skipped..]));
        log.is_over = is_over || !is_set(&self.parameters.follow);
        let follow = Follow { platform: self.platform.clone(), moved, log, first: Some(first) };
        let body = Body::from_stream(stream::unfold(follow, Follow::next));
        Ok(reply::with_type(StatusCode::OK, "text/plain", body))
    }

    fn since(&self, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
        if let Some(seconds) = self.parameters.since_seconds {
            return Ok(Some(now - SignedDuration::from_secs(seconds)));
        }
        if self.parameters.since_time.is_empty() {
            return Ok(None);
        }
        let parsed = self.parameters.since_time.parse();
        parsed.map(Some).map_err(|problem| Refusal::bad_request(format!("invalid sinceTime: {problem}")))
    }

    /// Finds the container asked for and the time in which it ran.
    fn open(&self, world: &World, pod: &Value) -> Result<Log, Refusal> {
        let containers = list(pod, "spec.containers");
        let wanted = &self.parameters.container;
        if wanted.is_empty() && containers.len() > 1 {
            let names: Vec<&str> = containers.iter().map(|container| text(container, "name")).collect();
            let message = format!(
                "a container name must be specified for pod {}, choose one of: [{}]",
                name(pod),
                names.join(" ")
            );
            return Err(Refusal::bad_request(message));
        }
        let spec = containers.iter().find(|container| wanted.is_empty() || text(container, "name") == wanted);
        let Some(spec) = spec else {
            return Err(Refusal::bad_request(format!("container {wanted} is not valid for pod {}", name(pod))));
        };
        let container = text(spec, "name").to_owned();
        let Some((started, _)) = span(pod, &container, is_set(&self.parameters.previous)) else {
            let message = if is_set(&self.parameters.previous) {
                format!("previous terminated container \"{container}\" in pod \"{}\" not found", name(pod))
            } else {
                format!("container \"{container}\" in pod \"{}\" is waiting to start: ContainerCreating", name(pod))
            };
            return Err(Refusal::bad_request(message));
        };
        let image = text(spec, "image").to_owned();
        let mood = match bad(&image) {
            Some(release) => match release.fault {
                Fault::Starving(_) => Mood::Starving(release.complaints),
                Fault::Flawed(_) => Mood::Flawed(release.complaints),
            },
            None if world.broken.contains(uid(pod)) => Mood::Confused,
            None => Mood::Well,
        };
        Ok(Log {
            namespace: namespace(pod).to_owned(),
            pod: name(pod).to_owned(),
            previous: is_set(&self.parameters.previous),
            timestamps: is_set(&self.parameters.timestamps),
            speaker: Speaker { container, image, pod_uid: uid(pod).to_owned(), mood },
            started,
            next: started.max(world.now - KEPT),
            now: world.now,
            is_over: false,
        })
    }
}

/// Returns when the present (or the last ended) run of a container began, and when it ended if it has.
fn span(pod: &Value, container: &str, previous: bool) -> Option<(Timestamp, Option<Timestamp>)> {
    let status = list(pod, "status.containerStatuses").iter().find(|status| text(status, "name") == container)?;
    if let (Some(started), false) = (time(status, "state.running.startedAt"), previous) {
        return Some((started, None));
    }
    let ended = if previous { None } else { time(status, "state.terminated.startedAt").map(|_| "state.terminated") };
    let ended = &crate::sandbox::object::at(status, ended.unwrap_or("lastState.terminated"));
    Some((time(ended, "startedAt")?, time(ended, "finishedAt")))
}

/// One run of one container and how much of its log has been read.
struct Log {
    namespace: String,
    pod: String,
    previous: bool,
    timestamps: bool,
    speaker: Speaker,
    started: Timestamp,
    /// The first second not read yet.
    next: Timestamp,
    now: Timestamp,
    is_over: bool,
}

impl Log {
    /// Reads the lines written since the last call; the second part says that no more will come.
    fn read(&mut self, world: &World) -> (Vec<Line>, bool) {
        let pod = world.store.get("pods", &self.namespace, &self.pod).filter(|pod| uid(pod) == self.speaker.pod_uid);
        let span = pod.and_then(|pod| span(&pod, &self.speaker.container, self.previous));
        let end = match span {
            Some((started, end)) if started == self.started => end,
            _ => Some(self.next),
        };
        self.now = world.now;
        let last = end.map_or(world.now, |end| end.min(world.now));
        let mut lines = Vec::new();
        while self.next < last {
            lines.extend(self.speaker.lines(self.started, self.next));
            self.next += SECOND;
        }
        (lines, end.is_some())
    }

    fn render(&self, lines: &[Line]) -> String {
        let mut rendered = String::new();
        for (at, line) in lines {
            if self.timestamps {
                rendered.push_str(&at.strftime("%Y-%m-%dT%H:%M:%S%.9fZ ").to_string());
            }
            rendered.push_str(line);
            rendered.push('\n');
        }
        rendered
    }
}

/// A log that is being sent.
struct Follow {
    platform: Platform,
    moved: channel::Receiver<()>,
    log: Log,
    first: Option<Bytes>,
}

impl Follow {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if let Some(first) = self.first.take() {
            return Some((Ok(first), self));
        }
        while !self.log.is_over {
            let (lines, is_over) = self.platform.clone().with(|world| self.log.read(world));
            self.log.is_over = is_over;
            if !lines.is_empty() {
                let rendered = Bytes::from(self.log.render(&lines));
                return Some((Ok(rendered), self));
            }
            if !is_over {
                tokio::select! {
                    _ = self.moved.changed() => {}
                    () = self.platform.stopping.cancelled() => return None,
                }
            }
        }
        None
    }
}
