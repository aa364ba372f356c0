//! The journal of this session: opened when it is first needed, and tried again when it could not be.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::domain::audit::{Action, ActionId, Event, Origin};
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::operations::audit::{AuditError, Journal, Urgency, actions};
use crate::operations::execute::Record;

/// How many actions are looked at, the newest.
const LOOKED_AT: usize = 50;

/// Where this session records.
pub struct Ledger {
    book: Arc<Book>,
}

/// What a ledger is made of; a record on its way to the disk holds it too.
struct Book {
    directory: PathBuf,
    origin: Origin,
    clock: Clock,
    journal: Mutex<Option<Journal>>,
}

impl Ledger {
    /// The ledger of a session, in a directory that need not exist yet.
    pub fn new(directory: PathBuf, origin: Origin, clock: Clock) -> Self {
        Self { book: Arc::new(Book { directory, origin, clock, journal: Mutex::default() }) }
    }

    /// The directory of the journal.
    pub fn directory(&self) -> &std::path::Path {
        &self.book.directory
    }

    /// What time it is for this ledger.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.book.clock.now()
    }

    /// The name of the session that it records.
    pub fn session(&self) -> &Text {
        &self.book.origin.session
    }

    /// Whether something could be recorded now. Blocks.
    pub fn check(&self) -> Result<(), AuditError> {
        self.book.with(|_journal| Ok(()))
    }

    /// The records of the actions of the last days that are meant, oldest first; none where they cannot be read. Blocks.
    pub(super) fn records(&self, is_meant: impl Fn(&Action) -> bool) -> Vec<serde_json::Value> {
        let (newest, _unreadable) = actions(self.directory(), LOOKED_AT).unwrap_or_default();
        let records = newest.iter().filter(|one| is_meant(one)).flat_map(|action| &action.records);
        records.filter_map(|record| serde_json::to_value(record).ok()).collect()
    }

    /// Records how an action ended that an earlier session left open, unless that is recorded by now; whether it did.
    /// Blocks.
    pub fn close(&self, action: &ActionId, event: Event) -> Result<bool, AuditError> {
        self.book.with(|journal| journal.close(self.now(), action, event))
    }
}

impl Book {
    fn with<T>(&self, work: impl FnOnce(&Journal) -> Result<T, AuditError>) -> Result<T, AuditError> {
        let mut held = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let journal = match held.take() {
            Some(journal) => journal,
            None => Journal::open(&self.directory, self.origin.clone())?,
        };
        work(held.insert(journal))
    }

    fn append(&self, action: &ActionId, event: Event, urgency: Urgency) -> Result<(), AuditError> {
        self.with(|journal| journal.append(self.clock.now(), action, event, urgency).map(|_receipt| ()))
    }
}

impl Record for Ledger {
    /// Appends where a slow disk, or another process with the lock, keeps nobody else waiting.
    fn record<'a>(
        &'a self,
        action: &'a ActionId,
        event: Event,
        urgency: Urgency,
    ) -> BoxFuture<'a, Result<(), AuditError>> {
        let (book, action) = (Arc::clone(&self.book), action.clone());
        let appended = tokio::task::spawn_blocking(move || book.append(&action, event, urgency));
        async move {
            match appended.await.map_err(tokio::task::JoinError::try_into_panic) {
                Ok(result) => result,
                Err(Ok(panic)) => std::panic::resume_unwind(panic),
                // The process is ending; what is not known to be on disk counts as not recorded.
                Err(Err(unstarted)) => {
                    let ending = std::io::Error::other(unstarted.to_string());
                    Err(AuditError::NotDurable { doing: "write to", path: self.book.directory.clone(), source: ending })
                }
            }
        }
        .boxed()
    }
}
