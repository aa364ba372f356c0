//! The console on the simulated platform: a sandbox, and parts that lead to nothing else.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::cli::{Cli, Demo};
use crate::clients::kubernetes::kubeconfig::Kubeconfig;
use crate::domain::nearest::nearest;
use crate::domain::problem::Problem;
use crate::headless::Exit;
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
    let clock = sandbox::Clock::real_from(Timestamp::now());
    let options = sandbox::Options { seed: demo.seed, clock };
    let sandbox = sandbox::Sandbox::start(options)
        .await
        .map_err(|error| Problem::new("the sandbox cannot start", error.to_string(), "is loopback available?"))?;
    let folder = Folder::make().map_err(|error| {
        Problem::new("the sandbox cannot start", error.to_string(), "is the temporary folder writable?")
    })?;
    let kubeconfig = folder.0.join("kubeconfig");
    std::fs::write(&kubeconfig, sandbox.kubeconfig_yaml(&demo.user))
        .map_err(|error| Problem::new("the sandbox cannot start", error.to_string(), "is the disk full?"))?;
    parts.kubeconfig = Kubeconfig::load(&|_| None, Some(&kubeconfig)).map_err(|error| error.problem())?;
    parts.settings.contexts = Vec::new();
    parts.audit = folder.0.join("audit");
    parts.evidence = folder.0.join("evidence");
    parts.settings.evidence.directory = None;
    super::console(cli, parts, Some("DEMO".to_owned())).await
}

/// A folder for what the sandbox writes. It goes in the end, however that comes: what is in it is of no use to anybody.
struct Folder(PathBuf);

impl Folder {
    /// Makes one. Its name cannot be guessed, and a folder that somebody else made is not taken.
    fn make() -> io::Result<Self> {
        let name = format!("midwatch-demo-{}-{}", std::process::id(), Timestamp::now().as_nanosecond());
        let path = std::env::temp_dir().join(name);
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
