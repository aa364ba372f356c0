//! The command line: what can be asked of midwatch, as data.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub mod audit;

/// A terminal operations console for on-call engineers: see what is broken, what changed, and change it safely.
#[derive(Debug, Parser)]
#[command(name = "midwatch", version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    /// Where to look.
    #[command(flatten)]
    pub place: Place,

    /// Begin armed: changes are possible for 15 minutes.
    #[arg(long)]
    pub write: bool,

    /// The theme: midnight, daylight, high-contrast, mono, or one of your own.
    #[arg(long, env = "MIDWATCH_THEME", value_name = "NAME")]
    pub theme: Option<String>,

    /// The keymap: default, vim, or one of your own.
    #[arg(long, env = "MIDWATCH_KEYMAP", value_name = "NAME")]
    pub keymap: Option<String>,

    /// The characters to draw with: auto, unicode, ascii.
    #[arg(long, env = "MIDWATCH_GLYPHS", value_name = "SET")]
    pub glyphs: Option<String>,

    /// What to do; the console when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Where to look.
#[derive(Clone, Debug, Default, Args)]
pub struct Place {
    /// The context to read; may be given several times. Default: those of the configuration, else the current one.
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Vec<String>,

    /// The kubeconfig file, instead of $KUBECONFIG and ~/.kube/config.
    #[arg(long, global = true, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,

    /// Only this namespace; may be given several times.
    #[arg(short, long, global = true, value_name = "NAME")]
    pub namespace: Vec<String>,

    /// Only this environment.
    #[arg(short, long, global = true, value_name = "NAME")]
    pub environment: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try midwatch on a simulated platform. Nothing is needed and nothing is touched.
    Demo(Demo),
    /// Go back to an earlier revision.
    Rollback(Rollback),
    /// Who did what, and does the journal still say so?
    Audit(audit::Audit),
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

/// What every change takes.
#[derive(Clone, Debug, Args)]
pub struct Change {
    /// The service, or the workload's name.
    pub service: String,

    /// The workload, where the service has several: deployment/chat-service.
    #[arg(long, value_name = "KIND/NAME")]
    pub workload: Option<String>,

    /// Allow this command to change something.
    #[arg(long)]
    pub write: bool,

    /// Why; it is recorded.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,

    /// The service's name again; needed on a protected environment.
    #[arg(long, value_name = "SERVICE")]
    pub confirm: Option<String>,

    /// Only show the plan. With --write the server is asked whether it would accept it.
    #[arg(long)]
    pub dry_run: bool,

    /// Wait until it is verified.
    #[arg(long)]
    pub wait: bool,

    /// How long to wait: 5m.
    #[arg(long, value_name = "TIME", default_value = "5m")]
    pub timeout: String,
}

/// Go back to an earlier revision.
#[derive(Clone, Debug, Args)]
pub struct Rollback {
    /// What every change takes.
    #[command(flatten)]
    pub change: Change,

    /// The revision by its hash or name, as `midwatch history` shows it; the one before the newest by default.
    #[arg(long, value_name = "HASH")]
    pub to: Option<String>,
}

/// The exit codes, which are a contract.
const EXIT_CODES: &str = "Exit codes:
  0  done and verified, or nothing to do
  1  failed, known to have had no effect
  2  wrong use or configuration, or no terminal
  4  not allowed
  5  the world is not as expected: plan again
  7  a cluster cannot be reached
  9  unknown outcome: it was sent, and nobody can tell
 10  partly done
 11  accepted, but not converged or reverted
 12  refused, because it could not be recorded
 70  a defect of midwatch
128+n  ended by signal n";
