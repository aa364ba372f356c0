//! Listening to containers for once: their lines up to now, as far as they come in time.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout_at};
use tokio_util::task::AbortOnDropHandle;

use crate::clients::kubernetes::Reader;
use crate::domain::logs::{Backlog, Lines, LogFact, LogQuery, Patience, Rules, Standing, StreamId, Withholder};
use crate::domain::object::ObjectRef;
use crate::domain::text::Text;
use crate::sources::kubernetes::{Follower, LogOutbox, Stream};
use crate::state::State;
use crate::state::logs::{Speaker, speakers};

/// How many requests are open at the same time.
pub(super) const AT_ONCE: usize = 16;

/// How many pieces of news wait to be taken in.
const WAITING: usize = 64;

/// What one container said.
#[derive(Debug)]
pub(super) struct Heard {
    /// Its lines.
    pub(super) lines: Vec<Lines>,
    /// Why there may have been more.
    pub(super) missing: Option<Text>,
}

/// The last lines of the containers of a pod that are listened to: as they are, or as they were before their last restart.
pub(super) fn streams_of(state: &State, pod: &ObjectRef, previous: bool, lines: u32) -> Vec<Stream> {
    let backlog = Backlog::Tail(lines);
    let query = LogQuery { object: pod.clone(), container: None, previous, backlog, patience: Patience::Once };
    let stream = |speaker: Speaker| Stream {
        namespace: pod.namespace.clone(),
        pod: speaker.facts.pod,
        container: speaker.facts.container,
        previous,
        backlog,
        patience: Patience::Once,
    };
    speakers(state, &query).into_iter().map(stream).collect()
}

/// How far one container was listened to.
#[derive(Default)]
struct Listened {
    lines: Vec<Lines>,
    dropped: u64,
    last: Option<Standing>,
}

/// Reads each stream until its end or the deadline; the answers are in the order of the streams.
pub(super) async fn listen(reader: &Reader, rules: &Arc<Rules>, streams: Vec<Stream>, deadline: Instant) -> Vec<Heard> {
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let doors = Arc::new(Semaphore::new(AT_ONCE));
    let mut all: Vec<Listened> = streams.iter().map(|_| Listened::default()).collect();
    let mut tasks = Vec::new();
    for (number, stream) in (0..).zip(streams) {
        let outbox = LogOutbox::new(0, StreamId(number), sender.clone());
        let follower = Follower::new(stream, reader.clone(), outbox, Withholder::new(Arc::clone(rules)));
        let doors = Arc::clone(&doors);
        tasks.push(AbortOnDropHandle::new(tokio::spawn(async move {
            let _door = doors.acquire().await;
            follower.run().await;
        })));
    }
    drop(sender);
    while let Ok(Some(news)) = timeout_at(deadline, receiver.recv()).await {
        let Some(one) = usize::try_from(news.stream.0).ok().and_then(|index| all.get_mut(index)) else { continue };
        match news.fact {
            LogFact::Lines(lines) => one.lines.push(lines),
            LogFact::Dropped(count) => one.dropped += count,
            LogFact::Standing(standing) => one.last = Some(standing),
            LogFact::Resumed { .. } => {}
        }
    }
    drop(tasks);
    all.into_iter().map(Listened::heard).collect()
}

impl Listened {
    fn heard(self) -> Heard {
        let missing = match self.last {
            Some(Standing::Ended) if self.dropped > 0 => {
                Some(Text::from(format!("{} lines came too fast", self.dropped)))
            }
            Some(Standing::Ended) => None,
            Some(Standing::Refused(problem) | Standing::Lost(problem)) => Some(problem.to_string().into()),
            Some(Standing::Waiting(why)) => Some(why),
            Some(Standing::Opening | Standing::Following) | None => Some("they did not come in time".into()),
        };
        Heard { lines: self.lines, missing }
    }
}
