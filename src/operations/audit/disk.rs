//! The calls by which the audit journal reaches the disk, one method each, so that tests can let each of them fail.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use rustix::fs::{Mode, OFlags, openat, renameat};

/// The real calls; a test overrides them.
pub(super) trait Disk: Send + Sync {
    /// Opens a file of a directory, never through a symbolic link and never waiting; a new one is 0600.
    fn open(&self, directory: &File, name: &str, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        Ok(File::from(openat(directory, name, flags, Mode::RUSR | Mode::WUSR)?))
    }

    /// Reads exactly so many bytes from a position.
    fn read(&self, file: &File, bytes: &mut [u8], position: u64) -> io::Result<()> {
        file.read_exact_at(bytes, position)
    }

    /// Writes some of the bytes to the end of a file opened for appending.
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    /// Waits until a file's content is on the disk.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    /// Waits until a directory's names are on the disk.
    fn sync_directory(&self, directory: &File) -> io::Result<()> {
        directory.sync_all()
    }

    /// Cuts a file.
    fn truncate(&self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)
    }

    /// Takes space for a file. Where the file system can do so its length stays; else it is filled with zeros.
    fn allocate(&self, file: &File, length: u64) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{FallocateFlags, fallocate};
            use rustix::io::Errno;
            match fallocate(file, FallocateFlags::KEEP_SIZE, 0, length) {
                Err(Errno::OPNOTSUPP | Errno::NOSYS) => {}
                result => return Ok(result?),
            }
        }
        let zeros = [0; 4 << 10];
        let mut position = 0;
        while position < length {
            let part = usize::try_from(length - position).map_or(zeros.len(), |rest| rest.min(zeros.len()));
            file.write_all_at(&zeros[..part], position)?;
            position += part as u64;
        }
        Ok(())
    }

    /// Gives a file of a directory another name.
    fn rename(&self, directory: &File, from: &str, to: &str) -> io::Result<()> {
        Ok(renameat(directory, from, directory, to)?)
    }
}

/// The disk itself.
pub(super) struct Real;

impl Disk for Real {}
