//! The command line: what can be asked of midwatch, as data.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub mod audit;
mod change;
pub mod evidence;
mod logs;
mod query;
mod silence;

pub use change::{Change, Consent, Evict, Gate, OnExit, Rollback, Scale, SetImage, Shift, Switch};
pub use logs::Logs;
pub use query::{
    BriefArgs, By, Can, Changes, Config, Demo, Diff, ExportForm, Get, History, Init, MetricsArgs, Of, Rules,
    RulesCommand, Wait, WaitHealthy,
};
pub use silence::{
    Lasts, Silence, SilenceAck, SilenceCommand, SilenceCreate, SilenceExpire, SilenceExtend, SilenceList,
};

/// A terminal operations console for on-call engineers: see what is broken, what changed, and change it safely.
#[derive(Debug, Parser)]
#[command(name = "midwatch", version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    /// Where to look.
    #[command(flatten)]
    pub place: Place,

    /// How to tell.
    #[command(flatten)]
    pub output: Output,

    /// Begin armed: changes are possible for 15 minutes.
    #[arg(long)]
    pub write: bool,

    /// The theme: midnight, daylight, high-contrast, mono, or one of your own.
    #[arg(long, global = true, env = "MIDWATCH_THEME", value_name = "NAME")]
    pub theme: Option<String>,

    /// The keymap: default, vim, or one of your own.
    #[arg(long, global = true, env = "MIDWATCH_KEYMAP", value_name = "NAME")]
    pub keymap: Option<String>,

    /// The characters to draw with: auto, unicode, ascii.
    #[arg(long, global = true, env = "MIDWATCH_GLYPHS", value_name = "SET")]
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

/// How to tell what was found.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Output {
    /// As a table, as one JSON document, or as one JSON object a line of which the last is the result.
    #[arg(short = 'o', long = "output", global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// The shape of what stands on stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One document.
    Json,
    /// One object a line.
    Ndjson,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show services and how they are, worst first.
    Services(Watch),
    /// Show how far rollouts are.
    Rollouts(Watch),
    /// Show what pages, the most urgent first, with the service and the change that came before.
    Alerts(Watch),
    /// Show the rules that make alerts: how they stand, who evaluates them, and what is wrong with them.
    Rules(Rules),
    /// Show how often services are asked, how much of that fails, how long it takes, and what they use.
    Metrics(MetricsArgs),
    /// Say what is broken, since when, what changed before, who pages, and what is safe to do, in ten lines.
    Brief(BriefArgs),
    /// Wait until something holds.
    Wait {
        /// What.
        #[command(subcommand)]
        what: Wait,
    },
    /// Show the revisions that a service has had.
    History(History),
    /// Show what differs between two revisions of a service.
    Diff(Diff),
    /// Show objects of any kind.
    Get(Get),
    /// Show what the clusters tell about their objects.
    Events(Of),
    /// Show what changed, newest first.
    Changes(Changes),
    /// Show what the pods of a service say.
    Logs(Logs),
    /// Show who you are to each cluster.
    Whoami,
    /// Say whether you may do something.
    Can(Can),
    /// Go back to an earlier revision.
    Rollback(Rollback),
    /// Replace all pods by new ones of the same revision.
    Restart(Change),
    /// Stop rolling out where it stands.
    Pause(Change),
    /// Go on rolling out.
    Resume(Change),
    /// Change the number of pods, or the bounds of the autoscaler that chooses it.
    Scale(Scale),
    /// Roll out another image.
    SetImage(SetImage),
    /// Ask one pod to go, within its disruption budget.
    Evict(Evict),
    /// Send another share of the requests to the new revision, or all of them back to the stable one; or more and more
    /// of them while a guard holds.
    Shift(Shift),
    /// Let a rollout go on past the gate at which it waits, or past a step that is under way.
    Gate {
        /// What of it.
        #[command(subcommand)]
        what: Gate,
    },
    /// Bring the new revision to everybody, without the steps that are left.
    PromoteFull(Change),
    /// Stop a rollout and go back to the stable revision.
    Abort(Change),
    /// Begin an aborted rollout anew.
    Retry(Change),
    /// Have a Service send its requests to other pods: blue or green.
    Switch(Switch),
    /// Show what is kept quiet; keep alerts quiet, acknowledge them, make them loud again.
    Silence(Silence),
    /// Who did what, and does the journal still say so?
    Audit(audit::Audit),
    /// What was to be seen around a change: pods, events, last lines, numbers, alerts, plan and records in one archive.
    Evidence(evidence::Evidence),
    /// Say what works from here, and how to mend the rest.
    Doctor,
    /// Write a configuration file from what is found.
    Init(Init),
    /// Check or show the configuration.
    Config {
        /// What of it.
        #[command(subcommand)]
        what: Config,
    },
    /// Print the completions of a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, for `man -l -`.
    Man {
        /// Of this command only: `rollback`, `audit show`.
        command: Vec<String>,
    },
    /// Try midwatch on a simulated platform. Nothing is needed and nothing is touched.
    Demo(Demo),
}

/// Whether to go on telling.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Watch {
    /// Stay, and tell whatever changes.
    #[arg(short, long)]
    pub watch: bool,
}

/// The exit codes, which are a contract.
pub const EXIT_CODES: &str = "Exit codes:
  0  done and verified, accepted without --wait, or nothing to do; what was asked is on stdout
  1  failed, known to have had no effect; doctor, config check: something needs mending
  2  wrong use or configuration, nothing found by that name or too much, or no terminal
  4  not allowed, or no access to anything that was asked for
  5  the world is not as expected: plan again
  7  a cluster cannot be reached (safe to try again)
  9  unknown outcome: it was sent, and nobody can tell
 10  partly done: some of the clusters did not answer
 11  accepted, but not converged or reverted
 12  refused, because it could not be recorded
 13  a guard was breached, and everything goes to the stable revision again
 70  a defect of midwatch
128+n  ended by signal n
What may not be read is said on stderr and is no failure while something else can be read.";

#[cfg(test)]
mod tests;
