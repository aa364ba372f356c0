//! The evidence of one change: what was seen before it is on the disk before the first call, and what was seen at its end
//! is put beside it. Nothing here can stop the change.

use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::domain::audit::ActionId;
use crate::domain::evidence::{API_VERSION, KIND, Manifest, Moment, Piece, Subject};
use crate::domain::logs::Rules;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::operations::evidence::pack;
use crate::runtime::ledger::Ledger;

use super::{Collector, Look, lines};

/// What an archive is about.
pub(in crate::runtime) struct Head {
    pub(in crate::runtime) action: ActionId,
    /// What is done, in words.
    pub(in crate::runtime) what: Text,
    pub(in crate::runtime) reason: Text,
    /// Who does it, as the server calls them, with the role.
    pub(in crate::runtime) by: Text,
    /// What is changed; empty without a change.
    pub(in crate::runtime) target: Text,
    pub(in crate::runtime) is_change: bool,
}

impl Head {
    /// A manifest of nothing yet. Words of people pass the rules as everything does; names stay.
    pub(in crate::runtime) fn manifest(self, subject: &Subject, rules: &Arc<Rules>) -> Manifest {
        Manifest {
            api_version: API_VERSION.to_owned(),
            kind: KIND.to_owned(),
            action: self.action,
            is_change: self.is_change,
            what: lines::of_words(&self.what, rules),
            reason: lines::of_words(&self.reason, rules),
            by: self.by,
            context: subject.service.cluster.0.clone(),
            environment: subject.service.environment.clone(),
            service: subject.service.name.clone(),
            target: self.target,
            outcome: Text::default(),
            midwatch: Text::from(env!("CARGO_PKG_VERSION")),
            taken: Vec::new(),
            parts: Vec::new(),
            missing: Vec::new(),
        }
    }
}

/// What is held until the end of the change, and what came of keeping it.
type Written = (Manifest, Vec<Piece>, Result<Text, Problem>);

/// The evidence of a change under way.
pub(in crate::runtime) struct Dossier {
    collector: Collector,
    action: ActionId,
    writing: Writing,
}

/// The first half of the archive.
enum Writing {
    /// It is still being written; the change did not wait for it any longer.
    On(JoinHandle<Written>),
    Done(Box<Written>),
    /// It broke off.
    Lost(Box<Manifest>),
}

impl Dossier {
    /// Looks before the change and keeps what is seen; what there is to tell about that by now.
    pub(in crate::runtime) async fn open(
        collector: Collector,
        head: Head,
        stored: Value,
    ) -> (Self, Option<Result<Text, Problem>>) {
        let deadline = Instant::now() + collector.archives.wait;
        let action = head.action.clone();
        let manifest = head.manifest(&collector.subject, &collector.rules);
        let look = collector.look(Moment::Before, collector.archives.before()).await;
        let (own, spare) = (collector.clone(), manifest.clone());
        let mut writing = tokio::task::spawn_blocking(move || {
            let plan = lines::plan(&stored, &own.rules);
            write(&own, look, manifest, vec![plan], &[])
        });
        let (writing, told) = match timeout_at(deadline, &mut writing).await {
            Err(_late) => (Writing::On(writing), None),
            Ok(Ok(written)) => {
                let told = written.2.clone();
                (Writing::Done(Box::new(written)), Some(told))
            }
            Ok(Err(error)) => (Writing::Lost(Box::new(spare)), Some(Err(broken_off(&error.to_string())))),
        };
        (Self { collector, action, writing }, told)
    }

    /// Looks at the end of the change, and keeps that too.
    pub(in crate::runtime) async fn close(self, outcome: Text, ledger: Arc<Ledger>) -> Result<Text, Problem> {
        let Self { collector, action, writing } = self;
        let look = collector.look(Moment::After, collector.archives.wait).await;
        let (mut manifest, pieces) = match writing {
            Writing::Done(written) => (written.0, written.1),
            Writing::Lost(manifest) => (*manifest, Vec::new()),
            Writing::On(writing) => {
                let written = writing.await.map_err(|error| broken_off(&error.to_string()))?;
                (written.0, written.1)
            }
        };
        manifest.outcome = lines::of_words(&outcome, &collector.rules);
        let written = tokio::task::spawn_blocking(move || {
            let records = ledger.records(|one| one.id == action);
            write(&collector, look, manifest, pieces, &records).2
        });
        written.await.unwrap_or_else(|error| Err(broken_off(&error.to_string())))
    }

    /// Lets it go: nothing was changed.
    pub(in crate::runtime) async fn discard(self) {
        let Self { collector, action, writing } = self;
        if let Writing::On(writing) = writing {
            // What is still being written would come back.
            drop(writing.await);
        }
        drop(tokio::task::spawn_blocking(move || collector.archives.shelf.discard(&action)).await);
    }
}

/// Writes a look down beside what was written before, and keeps all of it.
fn write(
    collector: &Collector,
    look: Look,
    mut manifest: Manifest,
    mut pieces: Vec<Piece>,
    records: &[Value],
) -> Written {
    pieces.extend(look.write(&mut manifest));
    if !records.is_empty() {
        pieces.push(lines::audit(records, &collector.rules));
    }
    let packed = pack(&manifest, &pieces, collector.archives.limit);
    let kept = packed.and_then(|bytes| collector.archives.shelf.put(&manifest.action, &bytes));
    (manifest, pieces, kept.map(|path| Text::from_untrusted(&path.display().to_string())))
}

fn broken_off(why: &str) -> Problem {
    Problem::new("the evidence of the change was not kept", why, "midwatch evidence collect keeps what is there now")
}
