//! Reads a journal from its first record to its last, apart from what crashes left.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::OFlags;

use super::chain::{Head, Link, is_authentic};
use super::directory::{Directory, Trust, segment_name};
use super::disk::Real;
use super::error::AuditError;
use super::journal::Limits;
use crate::domain::audit::{Broken, Entry, Place, SetAside};
use crate::domain::text::Text;

/// A line of a journal, with what the caller wants of it.
pub(super) struct Line<T> {
    pub(super) place: Place,
    /// What makes it a link of the chain; none if it is no record.
    pub(super) link: Option<Link>,
    /// Whether it is byte for byte what was sealed.
    pub(super) is_authentic: bool,
    pub(super) content: T,
}

/// All lines of a journal.
pub(super) struct Lines<T> {
    /// The lines of the chain, oldest first where nobody has moved them.
    pub(super) chain: Vec<Line<T>>,
    pub(super) segments: usize,
    pub(super) set_aside: Vec<SetAside>,
}

/// Reads all records of a journal, oldest first; another user's too. A line that cannot be read stands as such in its
/// place. A directory without records gives none.
pub fn read(directory: &Path) -> Result<Vec<Result<Entry, Broken>>, AuditError> {
    read_newest(directory, usize::MAX)
}

/// Reads the newest records of a journal, oldest first: from the last segments, as few as hold so many actions.
pub fn read_newest(directory: &Path, actions: usize) -> Result<Vec<Result<Entry, Broken>>, AuditError> {
    let directory = Directory::open(directory, Trust::Any)?;
    Ok(entries(Lines::collect(&directory, snapshot(&directory)?, parse, enough(actions))?))
}

/// Reads the newest records of a journal whose lock is held.
pub(super) fn entries_of(directory: &Directory, actions: usize) -> Result<Vec<Result<Entry, Broken>>, AuditError> {
    Ok(entries(Lines::collect(directory, open_segments(directory)?, parse, enough(actions))?))
}

fn parse(line: &[u8]) -> serde_json::Result<Entry> {
    serde_json::from_slice(line)
}

/// The records among lines.
fn entries(lines: Lines<serde_json::Result<Entry>>) -> Vec<Result<Entry, Broken>> {
    let entry = |line: Line<serde_json::Result<Entry>>| {
        line.content.map_err(|error| Broken { place: line.place, why: Text::from(error.to_string()) })
    };
    lines.chain.into_iter().map(entry).collect()
}

/// Tells, segment by segment, whether the segments so far hold enough actions.
fn enough(actions: usize) -> impl FnMut(&[Line<serde_json::Result<Entry>>]) -> bool {
    let mut seen = HashSet::new();
    move |lines| {
        seen.extend(lines.iter().filter_map(|line| line.content.as_ref().ok()?.action.clone()));
        // One more: the oldest may have begun in the segment before.
        seen.len() > actions
    }
}

impl<T> Lines<T> {
    /// Reads all lines of a journal and keeps of each what `keep` makes of it.
    pub(super) fn read(path: &Path, keep: impl Fn(&[u8]) -> T) -> Result<Self, AuditError> {
        let directory = Directory::open(path, Trust::Any)?;
        Self::collect(&directory, snapshot(&directory)?, keep, |_| false)
    }

    /// Reads segments from the last one back until `enough` says so of one, and puts their lines in order.
    fn collect(
        directory: &Directory,
        files: Vec<(u64, File, u64)>,
        keep: impl Fn(&[u8]) -> T,
        mut enough: impl FnMut(&[Line<T>]) -> bool,
    ) -> Result<Self, AuditError> {
        let mut all = Self { chain: Vec::new(), segments: 0, set_aside: Vec::new() };
        let mut read = Vec::new();
        let mut is_torn = None;
        for (segment, file, length) in files.into_iter().rev() {
            all.segments += 1;
            let mut bytes = Vec::new();
            let taken = file.take(length).read_to_end(&mut bytes);
            taken.map_err(|source| AuditError::Unreadable { path: directory.path(&segment_name(segment)), source })?;
            if bytes.is_empty() {
                continue;
            }
            is_torn.get_or_insert(!bytes.ends_with(b"\n"));
            let texts = bytes.strip_suffix(b"\n").unwrap_or(&bytes).split(|&byte| byte == b'\n');
            let line = |(text, line): (&[u8], u64)| Line {
                place: Place { segment, line },
                link: Link::parse(text),
                is_authentic: is_authentic(text),
                content: keep(text),
            };
            let lines: Vec<Line<T>> = texts.zip(1..).map(line).collect();
            let is_enough = enough(&lines);
            read.push(lines);
            if is_enough {
                break;
            }
        }
        read.into_iter().rev().flatten().for_each(|line| all.push(line));
        if is_torn == Some(true)
            && let Some(torn) = all.chain.pop()
        {
            all.set_aside.push(SetAside { place: torn.place, lines: 1, recorded: false });
        }
        Ok(all)
    }

    /// Adds a line; if it tells that lines before it were set aside, takes them away.
    fn push(&mut self, line: Line<T>) {
        if let Some(link) = line.link.as_ref().filter(|link| line.is_authentic && link.event == "recovered") {
            let is_head = |line: &Line<T>| line.link.as_ref().is_some_and(|other| other.hash == link.previous);
            let kept = match self.chain.iter().rposition(is_head) {
                Some(head) => head + 1,
                None if link.previous == Head::genesis().hash => 0,
                None => self.chain.len(),
            };
            if let Some(first) = self.chain.get(kept) {
                let lines = self.chain.len() - kept;
                self.set_aside.push(SetAside { place: first.place, lines, recorded: true });
                self.chain.truncate(kept);
            }
        }
        self.chain.push(line);
    }
}

/// The segments as they are at one moment with their lengths, lowest number first.
fn snapshot(directory: &Directory) -> Result<Vec<(u64, File, u64)>, AuditError> {
    // Files only grow, so their lengths are all that has to be read while writers wait.
    let _lock = directory.lock_shared(&Real, Limits::REAL.attempts)?;
    open_segments(directory)
}

/// The segments with their lengths, lowest number first; writers are kept out by the caller.
fn open_segments(directory: &Directory) -> Result<Vec<(u64, File, u64)>, AuditError> {
    let open = |number| {
        let name = segment_name(number);
        let file = directory.file(&Real, &name, OFlags::RDONLY, Trust::Any)?;
        match file.metadata() {
            Ok(metadata) => Ok((number, file, metadata.size())),
            Err(source) => Err(AuditError::Unreadable { path: directory.path(&name), source }),
        }
    };
    directory.segments(Trust::Any)?.into_iter().map(open).collect()
}
