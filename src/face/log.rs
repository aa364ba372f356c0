//! The log of the program itself: to a file of this user alone, never to the terminal.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// What is logged when `MIDWATCH_LOG` says nothing else. Libraries are left out: some log addresses and bodies.
const USUAL: &str = "midwatch=info";

/// How many lines wait to be written. Each takes room from the start on: the library's own choice would be four megabytes.
const WAITING: usize = 1024;

/// A log that has grown beyond this is put aside, in place of the one before.
const LARGEST: u64 = 10 << 20;

/// Begins to log into a file, as long as the guard lives. Without a file nothing is logged, and nothing else changes.
pub(super) fn begin(path: &Path) -> Option<WorkerGuard> {
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING).finish(open(path).ok()?);
    let filter = EnvFilter::try_from_env("MIDWATCH_LOG").unwrap_or_else(|_unset| EnvFilter::new(USUAL));
    let log = tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_env_filter(filter);
    log.try_init().ok()?;
    Some(guard)
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    if path.metadata().is_ok_and(|found| found.len() > LARGEST) {
        std::fs::rename(path, path.with_extension("log.old"))?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}
