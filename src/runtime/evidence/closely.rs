//! Looking closely at a few pods: the last lines of their containers, and whole objects, as far as they come in time.

use std::sync::Arc;

use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout_at};
use tokio_util::task::AbortOnDropHandle;

use crate::clients::kubernetes::Reader;
use crate::domain::evidence::{Missing, Part};
use crate::domain::logs::{Lines, LogFact, Rules, Standing, StreamId, Withholder};
use crate::domain::object::ObjectRef;
use crate::domain::text::Text;
use crate::sources::kubernetes::{Follower, LogOutbox};

use super::arms::Tail;
use super::gather::Gathered;

/// How many requests are open at the same time.
const AT_ONCE: usize = 16;

/// How many pieces of news wait to be taken in.
const WAITING: usize = 64;

/// What came in time.
#[derive(Default)]
pub(super) struct Close {
    /// The last lines, by container.
    pub(super) heard: Vec<(Tail, Vec<Lines>)>,
    /// Whole objects.
    pub(super) objects: Vec<(ObjectRef, Value)>,
    /// What did not come, and why.
    pub(super) missing: Vec<Missing>,
}

/// Reads until the deadline.
pub(super) async fn look(reader: &Reader, rules: &Arc<Rules>, gathered: &Gathered, deadline: Instant) -> Close {
    let (listened, read) =
        futures::join!(listen(reader, rules, &gathered.tails, deadline), read(reader, &gathered.objects, deadline));
    let ((heard, mut missing), (objects, unread)) = (listened, read);
    missing.extend(unread);
    Close { heard, objects, missing }
}

/// How far one container was listened to.
#[derive(Default)]
struct Listened {
    lines: Vec<Lines>,
    dropped: u64,
    last: Option<Standing>,
}

/// Reads the last lines of each container.
async fn listen(
    reader: &Reader,
    rules: &Arc<Rules>,
    tails: &[Tail],
    deadline: Instant,
) -> (Vec<(Tail, Vec<Lines>)>, Vec<Missing>) {
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let doors = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = Vec::new();
    for (number, tail) in (0..).zip(tails) {
        let outbox = LogOutbox::new(0, StreamId(number), sender.clone());
        let withholder = Withholder::new(Arc::clone(rules));
        let follower = Follower::new(tail.stream.clone(), reader.clone(), outbox, withholder);
        let doors = Arc::clone(&doors);
        tasks.push(AbortOnDropHandle::new(tokio::spawn(async move {
            let _door = doors.acquire().await;
            follower.run().await;
        })));
    }
    drop(sender);
    let mut all: Vec<Listened> = tails.iter().map(|_| Listened::default()).collect();
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
    let mut missing = Vec::new();
    let mut heard = Vec::new();
    for (tail, one) in tails.iter().zip(all) {
        let why = match one.last {
            Some(Standing::Ended) if one.dropped > 0 => Some(format!("{} lines came too fast", one.dropped)),
            Some(Standing::Ended) => None,
            Some(Standing::Refused(problem) | Standing::Lost(problem)) => Some(problem.to_string()),
            Some(Standing::Waiting(why)) => Some(why.to_string()),
            Some(Standing::Opening | Standing::Following) | None => Some("they did not come in time".to_owned()),
        };
        if let Some(why) = why {
            let stream = &tail.stream;
            let before = if stream.previous { " before its restart" } else { "" };
            let why = format!("lines of {} in {}{before}: {why}", stream.container, stream.pod);
            missing.push(Missing { moment: None, part: Part::Logs, why: Text::from_untrusted(&why) });
        }
        heard.push((tail.clone(), one.lines));
    }
    (heard, missing)
}

/// Reads whole objects.
async fn read(reader: &Reader, objects: &[ObjectRef], deadline: Instant) -> (Vec<(ObjectRef, Value)>, Vec<Missing>) {
    let ask = |reader: Reader, object: ObjectRef| async move {
        let told = match timeout_at(deadline, reader.get_object(&object)).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(error.problem().to_string()),
            Err(_late) => Err("it did not come in time".to_owned()),
        };
        (object, told)
    };
    let asked: Vec<_> = objects.iter().map(|object| ask(reader.clone(), object.clone())).collect();
    let told: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (object, told) in told {
        match told {
            Ok(value) => found.push((object, value)),
            Err(why) => {
                let why = Text::from_untrusted(&format!("{object}: {why}"));
                missing.push(Missing { moment: None, part: Part::Objects, why });
            }
        }
    }
    (found, missing)
}
