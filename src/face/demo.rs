//! The console on the simulated platform: a sandbox, and parts that lead to nothing else.

use std::os::unix::fs::DirBuilderExt as _;

use jiff::Timestamp;

use crate::cli::{Cli, Demo};
use crate::clients::kubernetes::kubeconfig::Kubeconfig;
use crate::domain::problem::Problem;
use crate::headless::Exit;
use crate::sandbox;

use super::parts::Parts;

/// Shows the console on the simulated platform.
pub(super) async fn run(cli: &Cli, demo: &Demo) -> Result<Exit, Problem> {
    let clock = sandbox::Clock::real_from(Timestamp::now());
    let options = sandbox::Options { seed: demo.seed, clock };
    let sandbox = sandbox::Sandbox::start(options)
        .await
        .map_err(|error| Problem::new("the sandbox cannot start", error.to_string(), "is loopback available?"))?;
    // The name cannot be guessed, and a folder that somebody else made is not taken.
    let name = format!("midwatch-demo-{}-{}", std::process::id(), Timestamp::now().as_nanosecond());
    let directory = std::env::temp_dir().join(name);
    let made = std::fs::DirBuilder::new()
        .mode(0o700)
        .create(&directory)
        .and_then(|()| std::fs::write(directory.join("kubeconfig"), sandbox.kubeconfig_yaml(&demo.user)));
    made.map_err(|error| {
        Problem::new("the sandbox cannot start", error.to_string(), "is the temporary folder writable?")
    })?;
    let mut parts = Parts::without_clusters(cli)?;
    parts.kubeconfig =
        Kubeconfig::load(&|_| None, Some(&directory.join("kubeconfig"))).map_err(|error| error.problem())?;
    parts.settings.contexts = Vec::new();
    parts.audit = directory.join("audit");
    let exit = super::console(cli, parts, Some("DEMO".to_owned())).await;
    // What the sandbox wrote is of no use to anybody.
    drop(std::fs::remove_dir_all(&directory));
    exit
}
