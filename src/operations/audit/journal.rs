//! Appends records to the journal, and returns only when they are on disk.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rustix::fs::OFlags;

use super::actions::is_open;
use super::chain::{Head, seal};
use super::directory::{Directory, Trust, segment_name};
use super::disk::{Disk, Real};
use super::error::AuditError;
use super::reserve;
use super::tail::{Doubt, Doubted, End, Segment};
use crate::domain::audit::{ActionId, Entry, Event, Origin, Receipt, SCHEMA};
use crate::domain::text::Text;

/// Whether a record may use the space that is put by for a full disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// It may not: without a filled reserve it is refused.
    Ordinary,
    /// It may: it belongs to a rollback.
    Rollback,
}

/// Sizes and patience; smaller in tests.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// The length after which a segment is left, in bytes.
    pub(super) segment: u64,
    /// The space put by, in bytes.
    pub(super) reserve: u64,
    /// How often the lock is tried, every 5 ms.
    pub(super) attempts: u32,
}

impl Limits {
    pub(super) const REAL: Self = Self { segment: 8 << 20, reserve: 1 << 20, attempts: 600 };
}

/// A journal that this process may append to.
pub struct Journal {
    path: PathBuf,
    origin: Origin,
    disk: Box<dyn Disk>,
    limits: Limits,
    memory: Mutex<Memory>,
}

/// What a journal remembers. It is never believed in place of the disk, only held against it.
#[derive(Default)]
struct Memory {
    doubted: Doubted,
    last: Option<Head>,
}

/// Why an attempt failed, and whether another segment may do better.
struct Failure {
    error: AuditError,
    is_doubtful: bool,
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        Self { error, is_doubtful: false }
    }
}

impl Journal {
    /// Opens the journal of a directory, made where it is missing, and puts the reserve by if there is space.
    ///
    /// Fails if somebody else could write to the directory, or if it cannot be written.
    pub fn open(directory: &Path, origin: Origin) -> Result<Self, AuditError> {
        Self::open_on(directory, origin, Box::new(Real), Limits::REAL)
    }

    /// Opens a journal on a disk that may be made to fail.
    pub(super) fn open_on(
        path: &Path,
        origin: Origin,
        disk: Box<dyn Disk>,
        limits: Limits,
    ) -> Result<Self, AuditError> {
        let directory = Directory::create(path)?;
        let lock = directory.lock(&*disk, limits.attempts)?;
        match reserve::fill(&*disk, &directory, limits.reserve) {
            // Each ordinary record tries again and says so; a rollback may still find room.
            Err(error) if error.is_disk_full() => {}
            result => result?,
        }
        drop(lock);
        Ok(Self { path: directory.root().to_owned(), origin, disk, limits, memory: Mutex::default() })
    }

    /// Appends a record and waits until it is on disk. On an error the record counts as not written, and what it
    /// announces must not be done.
    pub fn append(
        &self,
        at: Timestamp,
        action: &ActionId,
        event: Event,
        urgency: Urgency,
    ) -> Result<Receipt, AuditError> {
        let mut memory = self.memory();
        let directory = Directory::open(&self.path, Trust::Own)?;
        let _lock = directory.lock(&*self.disk, self.limits.attempts)?;
        if urgency == Urgency::Ordinary {
            reserve::fill(&*self.disk, &directory, self.limits.reserve)?;
        }
        let entry = self.entry(at, Some(action.clone()), event);
        match self.record(&directory, &mut memory, entry.clone()) {
            Err(error) if urgency == Urgency::Rollback && error.is_disk_full() => {
                match reserve::spend(&*self.disk, &directory, self.limits.reserve) {
                    Ok(()) => self.record(&directory, &mut memory, entry),
                    // Without a reserve, what is wrong is still that the disk is full.
                    Err(_) => Err(error),
                }
            }
            result => result,
        }
    }

    /// Appends the end of an action that its own session left open, unless another session has done so meanwhile;
    /// whether it did.
    pub fn close(&self, at: Timestamp, action: &ActionId, event: Event) -> Result<bool, AuditError> {
        let mut memory = self.memory();
        let directory = Directory::open(&self.path, Trust::Own)?;
        let _lock = directory.lock(&*self.disk, self.limits.attempts)?;
        let is_open = is_open(&directory, action)?;
        if is_open {
            reserve::fill(&*self.disk, &directory, self.limits.reserve)?;
            self.record(&directory, &mut memory, self.entry(at, Some(action.clone()), event))?;
        }
        Ok(is_open)
    }

    /// Writes a record, in a new segment if the present one cannot be trusted any more.
    fn record(&self, directory: &Directory, memory: &mut Memory, entry: Entry) -> Result<Receipt, AuditError> {
        match self.attempt(directory, memory, entry.clone()) {
            Err(failure) if failure.is_doubtful => self.attempt(directory, memory, entry),
            result => result,
        }
        .map_err(|failure| failure.error)
    }

    /// Writes a record behind the end that is on the disk now.
    fn attempt(&self, directory: &Directory, memory: &mut Memory, entry: Entry) -> Result<Receipt, Failure> {
        let end = End::find(&*self.disk, directory, &memory.doubted)?;
        self.compare(memory.last.as_ref(), &end.head)?;
        let (bytes, head) = self.lines(&end, entry);
        let segment = self.segment(directory, memory, end, bytes.len() as u64)?;
        let path = directory.path(&segment_name(segment.number));
        let doubt = Doubt { safe: segment.length, length: segment.length + bytes.len() as u64 };
        if let Err(error) = self.write_all(&segment, &bytes) {
            let error = AuditError::not_durable("write", &path)(error);
            // A full disk is no broken disk: without the torn line the segment is good again.
            let is_doubtful = !error.is_disk_full() || self.disk.truncate(&segment.file, segment.length).is_err();
            if is_doubtful {
                memory.doubted.insert(segment.number, doubt);
            }
            return Err(Failure { error, is_doubtful });
        }
        let mut synced = self.disk.sync(&segment.file);
        if segment.length == 0 {
            synced = synced.and_then(|()| self.disk.sync_directory(&directory.handle));
        }
        if let Err(error) = synced {
            // The system reports a lost write once; a second sync of the same file would succeed and mean nothing.
            memory.doubted.insert(segment.number, doubt);
            return Err(Failure { error: AuditError::not_durable("sync", &path)(error), is_doubtful: true });
        }
        memory.last = Some(head.clone());
        Ok(Receipt { segment: segment.number, sequence: head.sequence, hash: head.hash })
    }

    /// Refuses a journal that lacks what this session has written.
    fn compare(&self, written: Option<&Head>, found: &Head) -> Result<(), AuditError> {
        match written {
            Some(last) if last.sequence > found.sequence || (last.sequence == found.sequence && last != found) => {
                let (found, written) = (found.sequence, last.sequence);
                Err(AuditError::Replaced { path: self.path.clone(), found, written })
            }
            _ => Ok(()),
        }
    }

    /// The lines to write: the record, and before it what was found lying behind the last trusted one.
    fn lines(&self, end: &End, mut entry: Entry) -> (Vec<u8>, Head) {
        let mut head = end.head.clone();
        let mut bytes = Vec::new();
        if !end.leftovers.is_empty() {
            let detail = Text::from(format!("set aside: {}", end.leftovers.join(", ")));
            let mut recovered = self.entry(entry.at, None, Event::Recovered { detail });
            recovered.sequence = head.sequence + 1;
            (bytes, head) = seal(&recovered, &head.hash);
        }
        entry.sequence = head.sequence + 1;
        let (line, head) = seal(&entry, &head.hash);
        bytes.extend(line);
        (bytes, head)
    }

    /// The segment to write to: the last one while it is sound and has room, else a new one.
    fn segment(&self, directory: &Directory, memory: &Memory, end: End, more: u64) -> Result<Segment, AuditError> {
        let next = end.last.as_ref().map_or(1, |last| last.number + 1);
        let is_sound = |last: &Segment| {
            let has_room = end.leftovers.is_empty() && last.length + more <= self.limits.segment;
            (last.length == 0 || has_room) && !memory.doubted.contains_key(&last.number)
        };
        if let Some(last) = end.last.filter(is_sound) {
            return Ok(last);
        }
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::APPEND;
        let file = directory.file(&*self.disk, &segment_name(next), flags, Trust::Own)?;
        Ok(Segment { number: next, file, length: 0 })
    }

    /// Writes all bytes to a segment's end.
    fn write_all(&self, segment: &Segment, mut bytes: &[u8]) -> std::io::Result<()> {
        while !bytes.is_empty() {
            match self.disk.write(&segment.file, bytes) {
                Ok(0) => return Err(std::io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// A record of this process, its number still to be given.
    fn entry(&self, at: Timestamp, action: Option<ActionId>, event: Event) -> Entry {
        Entry { schema: SCHEMA, sequence: 0, at, origin: self.origin.clone(), action, event }
    }

    /// What is remembered; a panic elsewhere cannot have left it half-changed.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
