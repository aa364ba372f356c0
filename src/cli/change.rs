//! What each change takes. The words are those of `domain::intent::Verb`.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::query::some_time;
use crate::domain::argo;
use crate::domain::intent::Size;

/// What every change of a workload takes.
#[derive(Clone, Debug, Args)]
pub struct Change {
    /// The service, or the workload's name.
    pub service: String,

    /// The workload, where the service has several: deployment/chat-service.
    #[arg(long, value_name = "KIND/NAME")]
    pub workload: Option<String>,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}

/// What shows that a change is meant, and how long to stay.
#[derive(Clone, Debug, Args)]
pub struct Consent {
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

    /// How long to wait: 90s. Default: that of the configuration, else 5m.
    #[arg(long, value_name = "TIME", value_parser = some_time)]
    pub timeout: Option<Duration>,
}

/// Go back to an earlier revision.
#[derive(Clone, Debug, Args)]
pub struct Rollback {
    /// What every change of a workload takes.
    #[command(flatten)]
    pub change: Change,

    /// The revision by its hash or name, as `midwatch history` shows it; the one before the newest by default.
    #[arg(long, value_name = "HASH")]
    pub to: Option<String>,
}

/// Change the number of pods.
#[derive(Clone, Debug, Args)]
pub struct Scale {
    /// What every change of a workload takes.
    #[command(flatten)]
    pub change: Change,

    /// Exactly so many pods.
    #[arg(long, value_name = "N", value_parser = pods(), required_unless_present_all = ["min", "max"], conflicts_with_all = ["min", "max"])]
    pub replicas: Option<u32>,

    /// Fewest pods that the autoscaler may choose.
    #[arg(long, value_name = "A", requires = "max", value_parser = pods())]
    pub min: Option<u32>,

    /// Most pods that the autoscaler may choose.
    #[arg(long, value_name = "B", requires = "min", value_parser = pods())]
    pub max: Option<u32>,
}

/// Roll out another image.
#[derive(Clone, Debug, Args)]
pub struct SetImage {
    /// What every change of a workload takes.
    #[command(flatten)]
    pub change: Change,

    /// The image with its tag or digest.
    #[arg(long, value_name = "IMAGE")]
    pub image: String,

    /// The container, where there are several.
    #[arg(long, value_name = "NAME")]
    pub container: Option<String>,
}

/// Send another share of the requests to one arm of a route.
#[derive(Clone, Debug, Args)]
pub struct Shift {
    /// The service.
    pub service: String,

    /// The share of the new revision in percent; 0 sends everything back to the stable one. Several, as in 5,20,50,100,
    /// are taken one after the other while a guard holds.
    #[arg(
        long,
        value_name = "PERCENT",
        required = true,
        value_delimiter = ',',
        value_parser = weight
    )]
    pub to: Vec<u8>,

    /// What has to hold: default, or a guard of the configuration. Weights are raised while it holds, held while too
    /// little is seen, and everything goes back on a breach.
    #[arg(long, value_name = "NAME")]
    pub guard: Option<String>,

    /// How long each weight is held at least. Default: 3m.
    #[arg(long, value_name = "TIME", value_parser = some_time, requires = "guard")]
    pub hold: Option<Duration>,

    /// What happens when this command is ended by a signal. Default: back.
    #[arg(long, value_name = "WHAT", value_enum, requires = "guard")]
    pub on_exit: Option<OnExit>,

    /// The route, where the service has several.
    #[arg(long, value_name = "NAME")]
    pub route: Option<String>,

    /// The Service of the new revision, where its name does not tell which of the two it is.
    #[arg(long, value_name = "NAME")]
    pub arm: Option<String>,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}

/// What a guarded shift does when it is ended by a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnExit {
    /// Send everything back to the stable revision.
    Back,
    /// Leave the weights as they are.
    Hold,
}

/// What to do at a gate.
#[derive(Clone, Debug, Subcommand)]
pub enum Gate {
    /// Let it go on past the gate at which it waits, and past no other.
    Release(Release),
    /// Go past the step that is under way, whatever it waits for.
    Skip(Skip),
}

/// Let it go on past the gate at which it waits, and past no other.
#[derive(Clone, Debug, Args)]
pub struct Release {
    /// What every change of a workload takes.
    #[command(flatten)]
    pub change: Change,

    /// The gate as a plan names it, needed with --write; refused where it waits at another one.
    #[arg(long, value_name = "HASH/STEP", value_parser = gate)]
    pub gate: Option<argo::Gate>,
}

/// Go past the step that is under way, whatever it waits for.
#[derive(Clone, Debug, Args)]
pub struct Skip {
    /// What every change of a workload takes.
    #[command(flatten)]
    pub change: Change,

    /// The step, from 1, needed with --write; refused where it is at another one.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub step: Option<u32>,
}

/// Reads a weight.
fn weight(text: &str) -> Result<u8, String> {
    let percent = text.trim().parse::<u8>().ok().filter(|percent| *percent <= 100);
    percent.ok_or_else(|| format!("{text:?} is no weight: write 0 to 100, several of them separated by commas"))
}

/// Reads the name of a gate.
fn gate(text: &str) -> Result<argo::Gate, String> {
    argo::Gate::named(text).ok_or_else(|| "write it as HASH/STEP".to_owned())
}

/// Have a Service send its requests to other pods.
#[derive(Clone, Debug, Args)]
pub struct Switch {
    /// The Service.
    pub service: String,

    /// The labels of its selector that become other ones: version=green.
    #[arg(long, value_name = "KEY=VALUE", required = true, value_parser = label)]
    pub to: Vec<(String, String)>,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}

/// Reads a label.
fn label(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// Ask one pod to go.
#[derive(Clone, Debug, Args)]
pub struct Evict {
    /// The pod.
    pub pod: String,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}

/// Reads a number of pods, of which an API server knows no more than so many.
fn pods() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(..=i64::from(Size::MOST))
}
