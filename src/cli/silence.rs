//! `midwatch silence`: what is kept quiet, by whom, and for how long.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::change::Consent;
use super::query::time;

/// What is kept quiet, by whom, and for how long.
#[derive(Clone, Debug, Args)]
pub struct Silence {
    /// What to do with silences.
    #[command(subcommand)]
    pub command: SilenceCommand,
}

/// What to do with silences.
#[derive(Clone, Debug, Subcommand)]
pub enum SilenceCommand {
    /// Show silences, with the alerts that each hides; the first to end first.
    List(SilenceList),
    /// Keep alerts quiet for a while. The plan names every alert that is hidden now.
    Create(SilenceCreate),
    /// Have a silence end later, or sooner.
    Extend(SilenceExtend),
    /// End a silence.
    Expire(SilenceExpire),
    /// Say that you are at an alert: it, and no other, is quiet for a while.
    Ack(SilenceAck),
}

/// Which silences.
#[derive(Clone, Copy, Debug, Args)]
pub struct SilenceList {
    /// Also those that ended within the last day.
    #[arg(long)]
    pub all: bool,
}

/// A silence to be made.
#[derive(Clone, Debug, Args)]
pub struct SilenceCreate {
    /// What an alert must be like: NAME, `service=chat-service`, `pod=~"chat-.*"`, `severity!=critical`, `zone!~a|b`.
    #[arg(required = true, value_name = "MATCHER")]
    pub matchers: Vec<String>,

    /// For how long: 2h, 30m.
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    pub length: Duration,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}

/// Another end for a silence.
#[derive(Clone, Debug, Args)]
pub struct SilenceExtend {
    /// The silence by its name, as `midwatch silence list` shows it.
    pub id: String,

    /// How long from now: 2h, 30m.
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    pub length: Duration,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}

/// The silence to be ended.
#[derive(Clone, Debug, Args)]
pub struct SilenceExpire {
    /// The silence by its name, or by all its matchers.
    #[arg(required = true, value_name = "ID|MATCHER")]
    pub which: Vec<String>,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}

/// The alert that somebody is at.
#[derive(Clone, Debug, Args)]
pub struct SilenceAck {
    /// The alert by its name, and by labels where there are several of that name.
    #[arg(required = true, value_name = "MATCHER")]
    pub alert: Vec<String>,

    /// For how long. Default: that of the configuration, else 1h.
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    pub length: Option<Duration>,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}
