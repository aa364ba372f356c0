//! The directory where archives are kept: nobody else's, and never more than so many.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::domain::audit::ActionId;
use crate::domain::problem::Problem;

/// How the name of an archive ends.
const ENDING: &str = ".tar.gz";

/// How the name of one ends that is being written.
const UNFINISHED: &str = ".part";

/// After so long what is unfinished is nobody's any more.
const ABANDONED: Duration = Duration::from_hours(1);

/// Where archives are kept, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    directory: PathBuf,
    keep: usize,
}

/// One archive that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelved {
    /// Which action it is about.
    pub action: ActionId,
    /// Where it is.
    pub path: PathBuf,
    /// How many bytes it has.
    pub size: u64,
    written: SystemTime,
}

impl Shelf {
    /// A shelf that need not exist yet.
    pub fn new(directory: PathBuf, keep: usize) -> Self {
        Self { directory, keep: keep.max(1) }
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where the archive of an action is, or would be.
    pub fn path(&self, action: &ActionId) -> PathBuf {
        self.directory.join(format!("{action}{ENDING}"))
    }

    /// Keeps an archive in place of an earlier one of the same action, and lets the oldest go. A crash leaves the earlier
    /// one as it was.
    pub fn put(&self, action: &ActionId, archive: &[u8]) -> Result<PathBuf, Problem> {
        let path = self.path(action);
        self.write(&path, archive).map_err(|error| {
            let what = format!("the evidence could not be kept at {}", path.display());
            Problem::new(what, error.to_string(), "make room there, or name another `directory` under [evidence]")
        })?;
        self.tidy(&path);
        Ok(path)
    }

    /// Lets the archive of an action go.
    pub fn discard(&self, action: &ActionId) {
        // There may be none, and it is of no use to anybody.
        drop(fs::remove_file(self.path(action)));
    }

    /// What is kept, the newest first; nothing where nothing was ever kept.
    pub fn list(&self) -> Result<Vec<Shelved>, Problem> {
        let failed = |error: &io::Error| {
            Problem::new(format!("cannot list {}", self.directory.display()), error.to_string(), "")
        };
        let mut found = match self.entries() {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(failed(&error)),
        };
        found.sort_by(|a, b| b.written.cmp(&a.written).then_with(|| b.action.cmp(&a.action)));
        Ok(found)
    }

    fn entries(&self) -> io::Result<Vec<Shelved>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(ENDING));
            let Some(action) = name.and_then(|name| ActionId::parse(name).ok()) else { continue };
            // Not followed: a link is no archive of ours.
            let metadata = entry.metadata()?;
            if metadata.is_file() {
                let written = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                found.push(Shelved { action, path: entry.path(), size: metadata.len(), written });
            }
        }
        Ok(found)
    }

    fn write(&self, path: &Path, archive: &[u8]) -> io::Result<()> {
        if !self.directory.try_exists()? {
            DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
        }
        if let Some(why) = fault_of(&fs::symlink_metadata(&self.directory)?) {
            return Err(io::Error::other(why));
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(UNFINISHED);
        let unfinished = PathBuf::from(unfinished);
        drop(fs::remove_file(&unfinished));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        let written = file.write_all(archive).and_then(|()| file.sync_all());
        let written = written.and_then(|()| fs::rename(&unfinished, path));
        if written.is_err() {
            drop(fs::remove_file(&unfinished));
        }
        written?;
        // Best effort: the archive is complete wherever its name is on the disk.
        drop(File::open(&self.directory).and_then(|directory| directory.sync_all()));
        Ok(())
    }

    /// Lets go what is more than is kept, and what a crash left behind. Best effort: there is always a next time.
    fn tidy(&self, newest: &Path) {
        let all = self.list().unwrap_or_default();
        let older = all.iter().filter(|one| one.path != newest);
        for one in older.skip(self.keep - 1) {
            drop(fs::remove_file(&one.path));
        }
        for entry in fs::read_dir(&self.directory).into_iter().flatten().flatten() {
            let is_ours =
                entry.file_name().to_str().is_some_and(|name| name.ends_with(&format!("{ENDING}{UNFINISHED}")));
            let written = entry.metadata().and_then(|metadata| metadata.modified());
            let is_old = written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED));
            if is_ours && is_old {
                drop(fs::remove_file(entry.path()));
            }
        }
    }
}

/// Why a directory is not one for evidence.
fn fault_of(metadata: &Metadata) -> Option<&'static str> {
    if !metadata.is_dir() {
        Some("it is a symbolic link, or no directory")
    } else if metadata.uid() != rustix::process::geteuid().as_raw() {
        Some("the directory belongs to another user")
    } else if metadata.mode() & 0o077 != 0 {
        Some("others may look into the directory: chmod 700")
    } else {
        None
    }
}
