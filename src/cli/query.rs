//! What each question takes.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::Watch;
use crate::domain::moment::read_span;

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

/// Which numbers.
#[derive(Clone, Debug, Args)]
pub struct MetricsArgs {
    /// Only those of this service.
    pub service: Option<String>,

    /// Of what: each service as a whole, or each pod or revision of one.
    #[arg(long, value_enum, default_value_t = By::Service)]
    pub by: By,

    /// The points of the last half hour as well, in JSON.
    #[arg(long)]
    pub points: bool,

    /// Whether to go on telling.
    #[command(flatten)]
    pub watch: Watch,
}

/// Of what numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
    /// A service as a whole.
    Service,
    /// Each of its revisions.
    Revision,
    /// Each of its pods.
    Pod,
}

impl By {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Revision => "revision",
            Self::Pod => "pod",
        }
    }
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

/// Which changes.
#[derive(Clone, Debug, Args)]
pub struct Changes {
    /// Only what concerns this service; with --around, the service of the alert, where several have its name.
    pub service: Option<String>,

    /// What changed around the beginning of this alert, in the environment that it is about.
    #[arg(long, value_name = "ALERT")]
    pub around: Option<String>,

    /// How far from the alert: 1h.
    #[arg(long, value_name = "TIME", default_value = "30m", requires = "around", value_parser = time)]
    pub within: Duration,

    /// Whether to go on telling.
    #[command(flatten)]
    pub watch: Watch,
}

/// Which rules, or what to do with them.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Rules {
    /// What to do with those of the configuration.
    #[command(subcommand)]
    pub command: Option<RulesCommand>,

    /// Whether to go on telling.
    #[command(flatten)]
    pub watch: Watch,
}

/// What to do with the rules of the configuration.
#[derive(Clone, Debug, Subcommand)]
pub enum RulesCommand {
    /// Write them as Prometheus takes them.
    Export {
        /// As a rule file, or as an object of the Prometheus operator.
        #[arg(long = "format", value_enum, default_value_t, value_name = "FORM")]
        form: ExportForm,
    },
}

/// As what rules are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// A rule file of Prometheus.
    #[default]
    Prometheus,
    /// A PrometheusRule.
    Prometheusrule,
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

    /// Begin armed: changes are possible for 15 minutes.
    #[arg(long)]
    pub write: bool,

    /// The seed of everything that looks like chance.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
}

/// In which words.
#[derive(Clone, Debug, Args)]
pub struct BriefArgs {
    /// As Markdown, to paste into a chat.
    #[arg(long)]
    pub markdown: bool,
}

/// What is waited for.
#[derive(Clone, Debug, Subcommand)]
pub enum Wait {
    /// Until a service is healthy and has been so for a while. Ends with 11 where it is not in time.
    Healthy(WaitHealthy),
}

/// Which service, and for how long.
#[derive(Clone, Debug, Args)]
pub struct WaitHealthy {
    /// The service, or a workload's name.
    pub service: String,

    /// For how long it has to be healthy.
    #[arg(long = "for", value_name = "TIME", default_value = "30s", value_parser = time)]
    pub hold: Duration,

    /// How long to wait in all.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time)]
    pub timeout: Duration,
}

/// Reads a length of time that is not nothing.
pub(super) fn some_time(word: &str) -> Result<Duration, String> {
    let length = time(word)?;
    if length.is_zero() {
        Err("it must be longer than nothing; write it like 30s or 5m".to_owned())
    } else {
        Ok(length)
    }
}

/// Reads a length of time: "30s", "5m".
pub(super) fn time(word: &str) -> Result<Duration, String> {
    Duration::try_from(read_span(word)?).map_err(|_past| "it must not be negative".to_owned())
}
