//! The console on the simulated platform: a sandbox, and parts that lead to nothing else.

use std::fs::{self, DirBuilder, File};
use std::io::{self, IsTerminal};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::{Cli, Demo};
use crate::clients::kubernetes::kubeconfig::Kubeconfig;
use crate::domain::nearest::nearest;
use crate::domain::problem::Problem;
use crate::headless::{self, Exit};
use crate::sandbox;

use super::parts::Parts;

/// Shows the console on the simulated platform.
pub(super) async fn run(cli: &Cli, demo: &Demo) -> Result<Exit, Problem> {
    let users = sandbox::Sandbox::users();
    if !users.contains(&demo.user.as_str()) {
        let near = nearest(&demo.user, users).map(|name| format!("did you mean {name}?"));
        let hint = format!("there are {}", users.join(", "));
        return Err(Problem::new(format!("there is no user {}", demo.user), near.unwrap_or_default(), hint));
    }
    // A mistake is told before the fleet has lived through its past.
    let mut parts = Parts::without_clusters(cli)?;
    parts.look()?;
    if io::stdout().is_terminal() {
        // It takes a while on a busy machine, and a black screen looks like a defect.
        headless::say("making the simulated platform ...");
    }
    let clock = sandbox::Clock::real_from(Timestamp::now());
    let options = sandbox::Options { seed: demo.seed, clock };
    let sandbox = sandbox::Sandbox::start(options)
        .await
        .map_err(|error| Problem::new("the sandbox cannot start", error.to_string(), "is loopback available?"))?;
    let folder = Folder::make().map_err(|error| {
        Problem::new("the sandbox cannot start", error.to_string(), "is the temporary folder writable?")
    })?;
    let kubeconfig = folder.path.join("kubeconfig");
    fs::write(&kubeconfig, sandbox.kubeconfig_yaml(&demo.user))
        .map_err(|error| Problem::new("the sandbox cannot start", error.to_string(), "is the disk full?"))?;
    parts.kubeconfig = Kubeconfig::load(&|_| None, Some(&kubeconfig)).map_err(|error| error.problem())?;
    parts.settings.contexts = Vec::new();
    parts.audit = folder.path.join("audit");
    parts.evidence = folder.path.join("evidence");
    parts.settings.evidence.directory = None;
    super::console(cli, parts, Some("DEMO".to_owned())).await
}

/// A folder for what the sandbox writes. It goes in the end: what is in it is of no use to anybody. Where a demo was
/// killed, the next one takes its folder away.
struct Folder {
    path: PathBuf,
    /// Held for as long as the demo runs.
    _lock: File,
}

/// How every such folder begins; the process and a moment follow.
const FOLDER: &str = "midwatch-demo-";

/// The file in it that is locked.
const LOCK: &str = "lock";

impl Folder {
    /// Makes one. Its name cannot be guessed, and a folder that somebody else made is not taken.
    fn make() -> io::Result<Self> {
        let name = format!("{FOLDER}{}-{}", std::process::id(), Timestamp::now().as_nanosecond());
        let temporary = std::env::temp_dir();
        let path = temporary.join(name);
        DirBuilder::new().mode(0o700).create(&path)?;
        let lock = File::create_new(path.join(LOCK))?;
        lock.lock()?;
        // What cannot be cleared away is no reason not to begin.
        drop(clear(&temporary, fs::symlink_metadata(&path)?.uid()));
        Ok(Self { path, _lock: lock })
    }
}

/// Removes the folders of demos of this user whose process is gone.
fn clear(temporary: &Path, user: u32) -> io::Result<()> {
    for entry in fs::read_dir(temporary)?.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(FOLDER)?.split_once('-')?.0.parse::<u32>().ok());
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() && metadata.uid() == user && process.is_some_and(|process| is_left(&entry.path(), process))
        {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
    Ok(())
}

/// Whether nobody uses a folder any more: its process is gone, and its lock is held by nobody. Where another process has
/// the number by now, or nobody tells which there are, the folder stays.
fn is_left(folder: &Path, process: u32) -> bool {
    let processes = Path::new("/proc");
    if !processes.join("self").exists() || processes.join(process.to_string()).exists() {
        return false;
    }
    // A folder without a lock is older than the lock.
    File::open(folder.join(LOCK)).map_or(true, |lock| lock.try_lock().is_ok())
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.path));
    }
}
