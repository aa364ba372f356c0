//! The journal of this session: opened when it is first needed, and tried again when it could not be.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::domain::audit::{ActionId, Event, Origin};
use crate::domain::text::Text;
use crate::domain::time::Clock;
use crate::operations::audit::{AuditError, Journal, Urgency};
use crate::operations::execute::Record;

/// Where this session records.
pub struct Ledger {
    directory: PathBuf,
    origin: Origin,
    clock: Clock,
    journal: Mutex<Option<Journal>>,
}

impl Ledger {
    /// The ledger of a session, in a directory that need not exist yet.
    pub fn new(directory: PathBuf, origin: Origin, clock: Clock) -> Self {
        Self { directory, origin, clock, journal: Mutex::default() }
    }

    /// The directory of the journal.
    pub fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    /// What time it is for this ledger.
    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// The name of the session that it records.
    pub fn session(&self) -> &Text {
        &self.origin.session
    }

    /// Whether something could be recorded now.
    pub fn check(&self) -> Result<(), AuditError> {
        self.with(|_journal| Ok(()))
    }

    /// Records how an action ended that an earlier session left open, unless that is recorded by now; whether it did.
    pub fn close(&self, action: &ActionId, event: Event) -> Result<bool, AuditError> {
        self.with(|journal| journal.close(self.clock.now(), action, event))
    }

    fn with<T>(&self, work: impl FnOnce(&Journal) -> Result<T, AuditError>) -> Result<T, AuditError> {
        let mut held = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let journal = match held.take() {
            Some(journal) => journal,
            None => Journal::open(&self.directory, self.origin.clone())?,
        };
        work(held.insert(journal))
    }
}

impl Record for Ledger {
    fn record(&self, action: &ActionId, event: Event, urgency: Urgency) -> Result<(), AuditError> {
        self.with(|journal| journal.append(self.clock.now(), action, event, urgency).map(|_receipt| ()))
    }
}
