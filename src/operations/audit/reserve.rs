//! Space put by, so that a rollback can be recorded on a full disk.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::directory::{Directory, Trust, segment_name};
use super::disk::Disk;
use super::error::AuditError;

/// The file that holds the space.
const RESERVE: &str = "audit.reserve";

/// Puts space by where there is not enough yet, in bytes; the lock is held.
pub(super) fn fill(disk: &dyn Disk, directory: &Directory, size: u64) -> Result<(), AuditError> {
    let file = directory.file(disk, RESERVE, OFlags::CREATE | OFlags::RDWR, Trust::Own)?;
    let path = directory.path(RESERVE);
    let metadata = file.metadata().map_err(AuditError::not_durable("look at", &path))?;
    if is_filled(&metadata, size) {
        return Ok(());
    }
    let filled = disk.allocate(&file, size).and_then(|()| disk.sync(&file));
    filled.and_then(|()| disk.sync_directory(&directory.handle)).map_err(|error| {
        // Half a reserve is of no use to a rollback, but may be to somebody else.
        disk.truncate(&file, 0).ok();
        AuditError::not_durable("reserve space in", &path)(error)
    })
}

/// Makes the reserve the next segment of the journal, empty but with its space; the lock is held. Fails where there is
/// no reserve, or where it is not filled.
///
/// To free the space instead would offer it to whatever is filling the disk.
pub(super) fn spend(disk: &dyn Disk, directory: &Directory, size: u64) -> Result<(), AuditError> {
    let next = directory.segments(Trust::Own)?.last().map_or(1, |last| last + 1);
    let file = directory.file(disk, RESERVE, OFlags::RDWR, Trust::Own)?;
    let spend = || {
        let metadata = file.metadata()?;
        if !is_filled(&metadata, size) {
            return Err(Errno::NOSPC.into());
        }
        if metadata.size() > 0 {
            disk.truncate(&file, 0)?;
        }
        disk.rename(&directory.handle, RESERVE, &segment_name(next))?;
        disk.sync_directory(&directory.handle)
    };
    spend().map_err(AuditError::not_durable("use the reserve", &directory.path(RESERVE)))
}

/// Whether a file holds so much space, with or without content.
fn is_filled(metadata: &Metadata, size: u64) -> bool {
    metadata.size().max(metadata.blocks() * 512) >= size
}
