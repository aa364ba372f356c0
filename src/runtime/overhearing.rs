//! What the logs of the arms of a service say, read again and again while somebody compares them: few lines of few pods,
//! since all of them may be far away.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;

use crate::clients::kubernetes::Reader;
use crate::domain::kind::Kind;
use crate::domain::logs::{Complaints, Rules};
use crate::domain::object::ObjectRef;
use crate::domain::pod::Pod;
use crate::domain::service::ServiceId;
use crate::domain::time::Clock;
use crate::domain::traffic::Split;
use crate::domain::update::Update;
use crate::sources::kubernetes::Stream;
use crate::state::State;

use super::listen::{listen, streams_of};
use super::message::Message;

/// How long after an answer the logs are read again.
const EVERY: Duration = Duration::from_secs(30);

/// How often it is looked which pods an arm has.
const LOOKED_AGAIN: Duration = Duration::from_secs(5);

/// The longest pause where they cannot be read.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// How long one waits for them.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many pods of an arm are listened to: the youngest.
const PODS: usize = 5;

/// How many of the last lines are read of each container.
const LINES: u32 = 200;

/// The containers behind the Service of each arm.
pub(super) type Voices = Vec<(ObjectRef, Vec<Stream>)>;

/// Who of a service is listened to.
pub(super) struct Overhearing {
    pub(super) service: ServiceId,
    voices: Voices,
    /// When it is looked again who speaks.
    looks_at: Instant,
    _task: Option<AbortOnDropHandle<()>>,
}

/// By what it is read.
pub(super) struct Ear {
    pub(super) reader: Reader,
    pub(super) rules: Arc<Rules>,
    pub(super) clock: Clock,
    pub(super) outbox: mpsc::Sender<Message>,
}

/// The containers behind the arms of the splits in which a canary is compared with a stable revision.
pub(super) fn voices(state: &State, splits: &[Split]) -> Voices {
    let compared = splits.iter().filter(|split| split.has_canary());
    let arms = compared.flat_map(|split| split.arms.iter().map(|arm| split.service(arm)));
    let mut voices = Voices::new();
    for service in arms {
        let mut pods = state.pods_behind(&service);
        pods.sort_by(|one, other| {
            other.meta.created.cmp(&one.meta.created).then_with(|| one.meta.name.cmp(&other.meta.name))
        });
        let of_pod = |pod: &&Pod| {
            let pod = ObjectRef::of(&service.cluster, Kind::Pod, &pod.meta);
            streams_of(state, &pod, false, LINES)
        };
        let streams = pods.iter().take(PODS).flat_map(of_pod).collect();
        voices.push((service, streams));
    }
    voices
}

impl Overhearing {
    /// Begins to listen where there is anybody; it ends when this is let go.
    pub(super) fn begin(service: ServiceId, voices: Voices, ear: Ear, window: SignedDuration) -> Self {
        // Where pods come and go all the time nobody is asked more often for that.
        let left_alone = if voices.is_empty() { LOOKED_AGAIN } else { EVERY };
        let task =
            (!voices.is_empty()).then(|| AbortOnDropHandle::new(tokio::spawn(ear.listen_on(voices.clone(), window))));
        Self { service, voices, looks_at: Instant::now() + left_alone, _task: task }
    }

    /// Whether it is time to look who speaks now.
    pub(super) fn is_due(&self) -> bool {
        self.looks_at <= Instant::now()
    }

    /// It goes on where the same ones speak; none where it has to begin anew.
    pub(super) fn go_on(self, voices: &Voices) -> Option<Self> {
        (self.voices == *voices).then(|| Self { looks_at: Instant::now() + LOOKED_AGAIN, ..self })
    }
}

impl Ear {
    async fn listen_on(self, voices: Voices, window: SignedDuration) {
        let mut pause = EVERY;
        loop {
            let deadline = Instant::now() + PATIENCE;
            let told = join_all(voices.iter().map(|(_, streams)| self.hear(streams, window, deadline))).await;
            // Whoever may not read them is not asked as often.
            pause = if told.iter().any(Option::is_some) { EVERY } else { (pause * 2).min(LONGEST_PAUSE) };
            for ((service, _), told) in voices.iter().zip(told) {
                let update = Update::Complaints(service.clone(), told);
                if self.outbox.send(Message::Update(update)).await.is_err() {
                    return;
                }
            }
            sleep(pause).await;
        }
    }

    /// What some containers said in the window; none where none of them could be heard.
    async fn hear(&self, streams: &[Stream], window: SignedDuration, deadline: Instant) -> Option<Complaints> {
        let heard = listen(&self.reader, &self.rules, streams.to_vec(), deadline).await;
        let since = self.clock.now() - window;
        let mut counted = Complaints::default();
        heard.iter().flat_map(|one| &one.lines).for_each(|lines| counted.count(lines, since));
        let is_heard = counted.lines > 0 || heard.iter().any(|one| one.missing.is_none());
        is_heard.then_some(counted)
    }
}

#[cfg(test)]
mod tests;
