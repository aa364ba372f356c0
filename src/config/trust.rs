//! Files that decide what midwatch may do: read only where nobody else could have written them, and made that way.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use super::assets::Fault;

/// Reads a file that only this user or root can write to, and can replace; none where there is no file.
pub fn read(path: &Path) -> Result<Option<String>, Fault> {
    let fault = |what: String| Fault::new(&path.display().to_string(), None, what);
    let unreadable = |error: io::Error| fault(format!("cannot be read: {error}"));
    // The opened file is judged, not the path, which may lead elsewhere by then. Opening a pipe must not wait.
    let mut file = match rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(unreadable(error.into())),
        Err(_) if path.is_symlink() => return Err(fault("is a link that leads nowhere".to_owned())),
        Err(_) => return Ok(None),
    };
    let found = file.metadata().map_err(unreadable)?;
    if !found.is_file() {
        return Err(fault("is no regular file".to_owned()));
    }
    judge(path, &found)?;
    if let Some(folder) = path.parent() {
        judge(folder, &fs::metadata(folder).map_err(unreadable)?)?;
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    Ok(Some(text))
}

/// Writes a new file for this user alone, in a directory that is made where there is none. A file that is there stays
/// as it is, which is an error.
pub fn write_new(path: &Path, text: &str) -> Result<(), Fault> {
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| {
        let what = match error.kind() {
            ErrorKind::AlreadyExists => "is there already, and stays as it is".to_owned(),
            _ => format!("cannot be written: {error}"),
        };
        Fault::new(&path.display().to_string(), None, what)
    })
}

/// Refuses what somebody else than this user and root can write to.
fn judge(path: &Path, found: &Metadata) -> Result<(), Fault> {
    let file = path.display().to_string();
    match refusal(&file, found.uid(), found.mode(), rustix::process::geteuid().as_raw()) {
        Some(what) => Err(Fault::new(&file, None, what)),
        None => Ok(()),
    }
}

/// Why a file of this owner and mode is refused to a user, and what cures it.
fn refusal(file: &str, owner: u32, mode: u32, user: u32) -> Option<String> {
    if owner != user && owner != 0 {
        Some(format!("belongs to another user (uid {owner}), who can write to it; use a copy of your own"))
    } else if mode & 0o022 != 0 {
        Some(format!("others can write to it (mode {:03o}); run `chmod go-w '{file}'`", mode & 0o777))
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
