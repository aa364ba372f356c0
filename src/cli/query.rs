//! What each question takes.

use clap::{Args, Subcommand};

use super::Watch;

/// Whose revisions.
#[derive(Clone, Debug, Args)]
pub struct History {
    /// The service, or a workload's name.
    pub service: String,

    /// The workload, where the service has several: deployment/chat-service.
    #[arg(long, value_name = "KIND/NAME")]
    pub workload: Option<String>,
}

/// Which revisions to compare.
#[derive(Clone, Debug, Args)]
pub struct Diff {
    /// The service, or a workload's name.
    pub service: String,

    /// The revision to begin with, by its hash or name; the previous one by default.
    pub from: Option<String>,

    /// The revision to compare it with; the current one by default.
    pub to: Option<String>,

    /// The workload, where the service has several: deployment/chat-service.
    #[arg(long, value_name = "KIND/NAME")]
    pub workload: Option<String>,
}

/// Which objects.
#[derive(Clone, Debug, Args)]
pub struct Get {
    /// The kind by any of its names: po, pod, pods, deploy, svc, ...
    pub kind: String,

    /// Only the objects of this name.
    pub name: Option<String>,

    /// Whether to go on telling.
    #[command(flatten)]
    pub watch: Watch,
}

/// Of which service.
#[derive(Clone, Debug, Args)]
pub struct Of {
    /// Only what concerns this service.
    pub service: Option<String>,

    /// Whether to go on telling.
    #[command(flatten)]
    pub watch: Watch,
}

/// What somebody wants to be allowed.
#[derive(Clone, Debug, Args)]
pub struct Can {
    /// A change (rollback, restart, ...) or a permission of the roles file (deploy, view_logs, ...).
    #[arg(value_name = "VERB|PERMISSION")]
    pub what: String,

    /// The service, or a workload's name.
    pub service: String,
}

/// How to write a configuration file.
#[derive(Clone, Copy, Debug, Args)]
pub struct Init {
    /// Print it, and write nothing.
    #[arg(long)]
    pub stdout: bool,
}

/// What of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Config {
    /// Say what is wrong with the files, with file and line.
    Check,
    /// Show the settings in force.
    Show,
    /// Show where the files are.
    Paths,
}

/// How to run the simulated platform.
#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// As whom: maria (admin), dana (developer), victor (viewer), nobody.
    #[arg(long = "as", value_name = "USER", default_value = "maria")]
    pub user: String,

    /// The seed of everything that looks like chance.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
}
