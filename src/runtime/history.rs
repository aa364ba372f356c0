//! The journal as both faces read it: who did what, whether the chain holds, and what earlier sessions left open.
//!
//! Reading waits for the disk, so it is done beside the event loop and arrives as a message.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;
use tokio::sync::{Notify, mpsc};

use crate::domain::audit::{Action, Event, Footprint, History, Reconciliation, Writer};
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::operations::audit::{AuditError, actions, unfinished, verify};
use crate::operations::ports::ControlPlane;
use crate::operations::reconcile::recall;

use super::ledger::Ledger;
use super::message::Message;

/// How many actions are kept to be looked at.
const KEPT: usize = 2_000;

/// After so long a change that was begun on another machine is not under way there any more.
const ELSEWHERE: SignedDuration = SignedDuration::from_hours(1);

/// How long to wait before a world that could not be read is read again; each time twice as long.
pub(super) const PAUSE: Duration = Duration::from_secs(2);
/// How often that is tried.
const TRIES: u32 = 8;

/// The clusters of a session that can be looked at.
pub(super) type Planes = BTreeMap<ClusterName, Arc<dyn ControlPlane>>;

impl Ledger {
    /// Reads the newest actions and checks the whole chain. Blocks; a journal that was never begun is an empty one.
    pub fn history(&self) -> Result<History, Problem> {
        if !self.is_begun() {
            return Ok(History::default());
        }
        let read = || -> Result<History, AuditError> {
            let (mut actions, unreadable) = actions(self.directory(), KEPT)?;
            actions.reverse();
            Ok(History { actions, unreadable, report: verify(self.directory())? })
        };
        read().map_err(|error| error.problem())
    }

    /// The actions whose session is gone and whose end is not recorded, oldest first. Blocks.
    pub fn left_open(&self) -> Result<Vec<Action>, Problem> {
        if !self.is_begun() {
            return Ok(Vec::new());
        }
        let mut open = unfinished(self.directory()).map_err(|error| error.problem())?;
        let now = self.now();
        open.retain(|action| action.writer == Writer::Gone || now.duration_since(action.last()) > ELSEWHERE);
        Ok(open)
    }

    pub(super) fn is_begun(&self) -> bool {
        self.directory().try_exists().unwrap_or(true)
    }
}

/// Reads something of the journal whenever it is asked to; what is asked while it reads makes it read once more.
pub(super) async fn keep_reading(
    ledger: Arc<Ledger>,
    asked: Arc<Notify>,
    outbox: mpsc::Sender<Message>,
    read: fn(&Ledger) -> Option<Message>,
) {
    loop {
        asked.notified().await;
        let ledger = Arc::clone(&ledger);
        let Ok(told) = tokio::task::spawn_blocking(move || read(&ledger)).await else { return };
        if let Some(told) = told
            && outbox.send(told).await.is_err()
        {
            return;
        }
    }
}

/// Tells what earlier sessions left open: first all of it, then, after a pause that doubles, what could not be told at
/// first.
pub(super) async fn keep_recalling(
    ledger: Arc<Ledger>,
    planes: Planes,
    outbox: mpsc::Sender<Message>,
    mut pause: Duration,
) {
    let listed = {
        let ledger = Arc::clone(&ledger);
        tokio::task::spawn_blocking(move || ledger.left_open()).await
    };
    let mut open = match listed {
        Ok(Ok(open)) => open,
        Ok(Err(problem)) => {
            tracing::warn!(%problem, "what earlier sessions left open cannot be read");
            Vec::new()
        }
        Err(_) => Vec::new(),
    };
    for attempt in 0..=TRIES {
        let look = |action| recall_one(&ledger, action, &planes);
        let found: Vec<Reconciliation> = join_all(open.iter().map(look)).await.into_iter().flatten().collect();
        let is_told = |one: &Reconciliation| one.result.is_some();
        open.retain(|action| found.iter().any(|one| one.action == action.id && !is_told(one)));
        let news: Vec<Reconciliation> = found.into_iter().filter(|one| attempt == 0 || is_told(one)).collect();
        if (attempt == 0 || !news.is_empty()) && outbox.send(Message::Recalled(news)).await.is_err() {
            return;
        }
        open.retain(|action| plane_of(action, &planes).is_some());
        if open.is_empty() {
            return;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
}

/// The cluster that the last step of an action names.
fn plane_of<'a>(action: &Action, planes: &'a Planes) -> Option<&'a dyn ControlPlane> {
    let footprint = Footprint::of(action.intents().next_back()?)?;
    planes.get(footprint.object.cluster()).map(|plane| &**plane)
}

/// Finds out how an action ended and records it; none where somebody else has done so meanwhile.
async fn recall_one(ledger: &Arc<Ledger>, action: &Action, planes: &Planes) -> Option<Reconciliation> {
    let found = recall(action, plane_of(action, planes)).await?;
    let Some(result) = found.result else { return Some(found) };
    let event = Event::Reconciled { step: found.step, result, detail: found.detail.clone() };
    let (ledger, id) = (Arc::clone(ledger), action.id.clone());
    match tokio::task::spawn_blocking(move || ledger.close(&id, event)).await {
        Ok(Ok(true)) => Some(found),
        Ok(Err(error)) => {
            // It is told all the same, and will be told again by the session that can record it.
            tracing::warn!(%error, "how an earlier change ended could not be recorded");
            Some(found)
        }
        // Another session has told it.
        Ok(Ok(false)) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests;
