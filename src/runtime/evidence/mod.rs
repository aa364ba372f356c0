//! Evidence: what is believed of a service and what its pods say, gathered at a moment and kept as an archive.
//!
//! The session owns what is believed, so it is asked for it by a message; logs and whole objects are read from the
//! cluster. Each look is bounded in time: what did not come is named, and nothing waits for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

use crate::clients::kubernetes::Reader;
use crate::domain::evidence::{Keeping, Manifest, Missing, Moment, Part, Piece, Subject, Taken};
use crate::domain::kind::Kind;
use crate::domain::logs::Rules;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::operations::evidence::{Shelf, pack};

use super::message::Message;

mod arms;
mod closely;
mod dossier;
mod gather;
mod lines;

pub(super) use dossier::{Dossier, Head};
pub(super) use gather::{Gathered, gather};

/// What is read of a cluster for evidence.
pub const KINDS: [Kind; 11] = [
    Kind::Namespace,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Rollout,
    Kind::ReplicaSet,
    Kind::Pod,
    Kind::Event,
    Kind::Service,
    Kind::HttpRoute,
    Kind::EndpointSlice,
];

/// How long one may take that somebody asked for.
pub(super) const NOW: Duration = Duration::from_secs(8);

/// How long to wait before the session is asked again what it has read by now.
const PAUSE: Duration = Duration::from_millis(50);

/// How evidence is kept in a session.
#[derive(Clone, Debug)]
pub struct Archives {
    /// Where.
    pub shelf: Shelf,
    /// Whether every change of an object has some kept.
    pub is_automatic: bool,
    /// How large an archive may be, in bytes.
    pub limit: u64,
    /// How long a change waits in all, until what was seen before it is on the disk; at its end it waits so long for
    /// what is seen then.
    pub wait: Duration,
}

impl Archives {
    /// As a configuration says; `usual` is where archives are kept when it names no place.
    pub fn new(keeping: &Keeping, usual: PathBuf) -> Self {
        let shelf = Shelf::new(keeping.directory.clone().unwrap_or(usual), keeping.keep);
        Self { shelf, is_automatic: keeping.is_automatic, limit: keeping.limit, wait: keeping.wait }
    }

    /// How long a look before a change may take, which leaves time to write it down.
    fn before(&self) -> Duration {
        self.wait * 2 / 3
    }
}

/// An archive that was made.
#[derive(Clone, Debug)]
pub struct Archive {
    /// What it says about itself; the parts are named in the archive only.
    pub manifest: Manifest,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where it is kept, where it is.
    pub path: Option<PathBuf>,
}

/// What a session is asked for.
#[derive(Debug)]
pub struct Question {
    /// What it is about.
    pub subject: Subject,
    /// Whether what is there now is taken, although more is to come.
    pub is_last: bool,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Sight>,
}

/// What a session answers.
#[derive(Debug)]
pub enum Sight {
    /// More is to come.
    Loading,
    /// All that is believed.
    Seen(Box<Gathered>),
}

/// Looks at one service, whenever that is asked.
#[derive(Clone)]
pub(super) struct Collector {
    pub(super) subject: Subject,
    pub(super) reader: Reader,
    pub(super) rules: Arc<Rules>,
    /// The way to the session.
    pub(super) outbox: mpsc::Sender<Message>,
    pub(super) clock: Clock,
    pub(super) archives: Archives,
}

/// What one look found, before it is written down.
pub(super) struct Look {
    taken: Taken,
    gathered: Option<Box<Gathered>>,
    close: closely::Close,
    missing: Vec<Missing>,
    rules: Arc<Rules>,
}

impl Collector {
    /// Looks, for at most so long.
    pub(super) async fn look(&self, moment: Moment, within: Duration) -> Look {
        let (began, at) = (Instant::now(), self.clock.now());
        let deadline = began + within;
        // Half of the time is left for what has to be read.
        let gathered = self.ask(began + within / 2).await;
        let mut missing = Vec::new();
        let close = if let Some(gathered) = &gathered {
            closely::look(&self.reader, &self.rules, gathered, deadline).await
        } else {
            let why = Text::from("the session did not say in time what it believes");
            missing.push(Missing { moment: None, part: Part::Service, why });
            closely::Close::default()
        };
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let taken = Taken { moment, at, milliseconds };
        Look { taken, gathered, close, missing, rules: Arc::clone(&self.rules) }
    }

    /// What the session believes; until the deadline it is waited for what is still being read.
    async fn ask(&self, deadline: Instant) -> Option<Box<Gathered>> {
        loop {
            let is_last = Instant::now() + PAUSE >= deadline;
            let (answer, answered) = oneshot::channel();
            let question = Question { subject: self.subject.clone(), is_last, answer };
            let asked = async {
                self.outbox.send(Message::Question(Box::new(question))).await.ok()?;
                answered.await.ok()
            };
            // A session that is busy has a little longer for its last word.
            match timeout_at(deadline + PAUSE * 4, asked).await.ok()?? {
                Sight::Seen(gathered) => return Some(gathered),
                Sight::Loading => sleep(PAUSE).await,
            }
        }
    }
}

impl Look {
    /// Writes down what was found. Takes a while where there is much of it.
    fn write(self, manifest: &mut Manifest) -> Vec<Piece> {
        let moment = self.taken.moment;
        manifest.taken.push(self.taken);
        let mut pieces = Vec::new();
        let mut missing = self.missing;
        if let Some(gathered) = self.gathered {
            missing.extend(gathered.missing.iter().cloned());
            pieces = lines::pieces(moment, &gathered, &self.close, &self.rules);
        }
        missing.extend(self.close.missing);
        let told = missing.into_iter().map(|one| Missing {
            moment: Some(moment),
            part: one.part,
            why: lines::of_words(&one.why, &self.rules),
        });
        manifest.missing.extend(told);
        pieces
    }
}

/// Makes an archive of one look that somebody asked for.
pub(super) async fn collect(
    collector: Collector,
    mut manifest: Manifest,
    records: impl FnOnce() -> Vec<serde_json::Value> + Send + 'static,
    is_kept: bool,
) -> Result<Archive, Problem> {
    let look = collector.look(Moment::Now, NOW).await;
    let made = tokio::task::spawn_blocking(move || {
        let mut pieces = look.write(&mut manifest);
        pieces.push(lines::audit(&records(), &collector.rules));
        let bytes = pack(&manifest, &pieces, collector.archives.limit)?;
        let shelf = &collector.archives.shelf;
        let path = is_kept.then(|| shelf.put(&manifest.action, &bytes)).transpose()?;
        Ok(Archive { manifest, bytes, path })
    });
    made.await.unwrap_or_else(|error| Err(Problem::new("the evidence was not made", error.to_string(), "try again")))
}

#[cfg(test)]
mod tests;
