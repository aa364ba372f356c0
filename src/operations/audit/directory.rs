//! The journal's directory: opened so that nobody else can have prepared it, listed, and locked.

use std::fs::{DirBuilder, File, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::fs::{Dir, FlockOperation, Mode, OFlags, flock};
use rustix::io::Errno;

use super::disk::Disk;
use super::error::AuditError;

/// The file whose lock is the right to append.
const LOCK: &str = "audit.lock";
/// How long to wait before the lock is tried again.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// The journal's directory, open.
pub(super) struct Directory {
    pub(super) handle: File,
    path: PathBuf,
}

/// Whose directory and files are acceptable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Only what belongs to this user and nobody else may write.
    Own,
    /// Anything: to read another user's journal.
    Any,
}

impl Directory {
    /// Opens a directory; a symbolic link is refused.
    pub(super) fn open(path: &Path, trust: Trust) -> Result<Self, AuditError> {
        // A slash at the end would have the system follow a link after all.
        let path: PathBuf = path.components().collect();
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
        let handle = match rustix::fs::open(&path, flags, Mode::empty()) {
            Ok(handle) => File::from(handle),
            Err(Errno::LOOP | Errno::NOTDIR) => {
                return Err(AuditError::Unsafe { path, why: "it is a symbolic link, or no directory" });
            }
            Err(error) => return Err(failed(trust, "open", &path, error.into())),
        };
        let metadata = handle.metadata().map_err(|error| failed(trust, "look at", &path, error))?;
        match fault_of(&metadata) {
            Some(why) if trust == Trust::Own => Err(AuditError::Unsafe { path, why }),
            _ => Ok(Self { handle, path }),
        }
    }

    /// Makes a directory for this user alone where there is none, and opens it.
    pub(super) fn create(path: &Path) -> Result<Self, AuditError> {
        if !path.try_exists().unwrap_or(true) {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
            made.map_err(AuditError::not_durable("make", path))?;
            if let Some(parent) = path.parent() {
                // Best effort: some parents may be entered but not opened.
                File::open(parent).and_then(|parent| parent.sync_all()).ok();
            }
        }
        Self::open(path, Trust::Own)
    }

    /// Where a file of this directory lies, for messages.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The directory's own path, for messages.
    pub(super) fn root(&self) -> &Path {
        &self.path
    }

    /// Opens one of its files.
    pub(super) fn file(&self, disk: &dyn Disk, name: &str, flags: OFlags, trust: Trust) -> Result<File, AuditError> {
        let path = self.path(name);
        let file = match disk.open(&self.handle, name, flags) {
            Ok(file) => file,
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
                return Err(AuditError::Unsafe { path, why: "it is a symbolic link" });
            }
            Err(error) => return Err(failed(trust, "open", &path, error)),
        };
        let metadata = file.metadata().map_err(|error| failed(trust, "look at", &path, error))?;
        if !metadata.is_file() {
            return Err(AuditError::Unsafe { path, why: "it is no regular file" });
        }
        match fault_of(&metadata) {
            Some(why) if trust == Trust::Own => Err(AuditError::Unsafe { path, why }),
            _ => Ok(file),
        }
    }

    /// The numbers of the segments, lowest first.
    pub(super) fn segments(&self, trust: Trust) -> Result<Vec<u64>, AuditError> {
        let list = || -> io::Result<Vec<u64>> {
            let mut numbers = Vec::new();
            for entry in Dir::read_from(&self.handle)? {
                numbers.extend(entry?.file_name().to_str().ok().and_then(segment_number));
            }
            numbers.sort_unstable();
            Ok(numbers)
        };
        list().map_err(|error| failed(trust, "list", &self.path, error))
    }

    /// Takes the right to append; it ends when the file is dropped.
    pub(super) fn lock(&self, disk: &dyn Disk, attempts: u32) -> Result<File, AuditError> {
        let file = self.file(disk, LOCK, OFlags::CREATE | OFlags::RDWR, Trust::Own)?;
        self.wait_for(file, FlockOperation::NonBlockingLockExclusive, attempts)
    }

    /// Keeps writers out, so that no half-written line is seen; nothing where the journal has never been locked.
    pub(super) fn lock_shared(&self, disk: &dyn Disk, attempts: u32) -> Result<Option<File>, AuditError> {
        match self.file(disk, LOCK, OFlags::RDONLY, Trust::Any) {
            Ok(file) => self.wait_for(file, FlockOperation::NonBlockingLockShared, attempts).map(Some),
            Err(AuditError::Unreadable { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Tries a lock until it is given. A lock that waits by itself could wait for a stopped process for ever.
    fn wait_for(&self, file: File, operation: FlockOperation, attempts: u32) -> Result<File, AuditError> {
        for _ in 0..attempts {
            match flock(&file, operation) {
                Ok(()) => return Ok(file),
                Err(Errno::WOULDBLOCK | Errno::INTR) => thread::sleep(LOCK_PAUSE),
                Err(error) => return Err(AuditError::not_durable("lock", &self.path(LOCK))(error.into())),
            }
        }
        Err(AuditError::Busy { path: self.path(LOCK) })
    }
}

/// The name of a segment's file.
pub(super) fn segment_name(number: u64) -> String {
    format!("audit-{number:06}.jsonl")
}

/// The number of a segment by its file's name.
fn segment_number(name: &str) -> Option<u64> {
    let number = name.strip_prefix("audit-")?.strip_suffix(".jsonl")?.parse().ok()?;
    (segment_name(number) == name).then_some(number)
}

/// Why somebody else could change a file or directory.
fn fault_of(metadata: &Metadata) -> Option<&'static str> {
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        Some("it belongs to another user")
    } else if metadata.mode() & 0o022 != 0 {
        Some("its group or everybody may write to it")
    } else {
        None
    }
}

/// Makes a failed call an error of a writer or of a reader.
fn failed(trust: Trust, doing: &'static str, path: &Path, source: io::Error) -> AuditError {
    match trust {
        Trust::Own => AuditError::NotDurable { doing, path: path.to_owned(), source },
        Trust::Any => AuditError::Unreadable { path: path.to_owned(), source },
    }
}
