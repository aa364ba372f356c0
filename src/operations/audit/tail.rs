//! Finds the last trusted record of a journal, and what lies behind it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;

use rustix::fs::OFlags;

use super::chain::{Head, Link};
use super::directory::{Directory, Trust, segment_name};
use super::disk::Disk;
use super::error::AuditError;

/// How much of a segment's end is read at first, in bytes; more if no record begins in it.
const WINDOW: u64 = 16 << 10;

/// The segments of which something may not have reached the disk.
pub(super) type Doubted = BTreeMap<u64, Doubt>;

/// What is known of a segment of which something may not have reached the disk.
#[derive(Clone, Copy)]
pub(super) struct Doubt {
    /// How many bytes were safe before.
    pub(super) safe: u64,
    /// Its length with what is in doubt.
    pub(super) length: u64,
}

impl Doubt {
    /// How much of the segment counts. Where another process has built on what is in doubt, all of it: to set that
    /// aside would take away records on which somebody has acted.
    fn trusted(self, length: u64) -> u64 {
        if length > self.length { length } else { self.safe.min(length) }
    }
}

/// Where a journal ends.
pub(super) struct End {
    /// The last trusted record.
    pub(super) head: Head,
    /// The last segment, trusted or not.
    pub(super) last: Option<Segment>,
    /// What lies behind the last trusted record, in words, by segment.
    pub(super) leftovers: Vec<String>,
}

/// A segment that may be appended to.
pub(super) struct Segment {
    pub(super) number: u64,
    pub(super) file: File,
    /// Its length in bytes.
    pub(super) length: u64,
}

impl End {
    /// Reads where the journal ends; the lock is held.
    pub(super) fn find(disk: &dyn Disk, directory: &Directory, doubted: &Doubted) -> Result<Self, AuditError> {
        let mut end = Self { head: Head::genesis(), last: None, leftovers: Vec::new() };
        for &number in directory.segments(Trust::Own)?.iter().rev() {
            let name = segment_name(number);
            let file = directory.file(disk, &name, OFlags::RDWR | OFlags::APPEND, Trust::Own)?;
            let find = || -> io::Result<_> {
                let length = file.metadata()?.size();
                let trusted = doubted.get(&number).map_or(length, |doubt| doubt.trusted(length));
                Ok((length, last_record(disk, &file, trusted)?))
            };
            let (length, found) = find().map_err(AuditError::not_durable("read", &directory.path(&name)))?;
            let behind = found.as_ref().map_or(0, |(_, behind)| *behind);
            if behind < length {
                end.leftovers.push(format!("{} bytes of {name} from byte {behind}", length - behind));
            }
            end.last.get_or_insert(Segment { number, file, length });
            if let Some((head, _)) = found {
                end.head = head;
                break;
            }
        }
        Ok(end)
    }
}

/// The last complete record in the first `length` bytes of a file, and the position behind it.
fn last_record(disk: &dyn Disk, file: &File, length: u64) -> io::Result<Option<(Head, u64)>> {
    let mut window = WINDOW;
    loop {
        let from = length.saturating_sub(window);
        let mut bytes = vec![0; usize::try_from(length - from).map_err(io::Error::other)?];
        disk.read(file, &mut bytes, from)?;
        let ends: Vec<usize> = memchr::memchr_iter(b'\n', &bytes).collect();
        for (index, &stop) in ends.iter().enumerate().rev() {
            let start = match index {
                0 if from > 0 => break,
                0 => 0,
                _ => ends[index - 1] + 1,
            };
            if let Some(link) = Link::parse(&bytes[start..stop]) {
                let head = Head { sequence: link.sequence, hash: link.hash };
                return Ok(Some((head, from + stop as u64 + 1)));
            }
        }
        if from == 0 {
            return Ok(None);
        }
        window *= 8;
    }
}
