//! `midwatch silence`: what is kept quiet, by whom, and for how long.

use clap::{Args, Subcommand};

use super::change::Consent;
use crate::domain::moment::{read_moment, read_span};
use crate::domain::silence::Lasting;

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

    /// For how long.
    #[command(flatten)]
    pub lasts: Lasts,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}

/// For how long, or until when.
#[derive(Clone, Copy, Debug, Args)]
#[group(id = "lasts", required = true, multiple = false)]
pub struct Lasts {
    /// How long from now, a minute to 30 days: 30m, 2h, 3d.
    #[arg(long = "for", value_name = "TIME", value_parser = length)]
    pub length: Option<Lasting>,

    /// Until when, in UTC, also for longer than 30 days: 2027-01-15, 2027-01-15T08:00Z.
    #[arg(long, value_name = "MOMENT", value_parser = end)]
    pub until: Option<Lasting>,
}

impl Lasts {
    /// The one that was given, as clap sees to. Nothing at all is no length for a silence, which its plan says.
    pub fn lasting(self) -> Lasting {
        self.length.or(self.until).unwrap_or(Lasting::For(jiff::SignedDuration::ZERO))
    }
}

/// Another end for a silence.
#[derive(Clone, Debug, Args)]
pub struct SilenceExtend {
    /// The silence by its name, as `midwatch silence list` shows it.
    pub id: String,

    /// For how long.
    #[command(flatten)]
    pub lasts: Lasts,

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

    /// For how long, a minute to 30 days. Default: that of the configuration, else 1h.
    #[arg(long = "for", value_name = "TIME", value_parser = length)]
    pub length: Option<Lasting>,

    /// What shows that it is meant.
    #[command(flatten)]
    pub consent: Consent,
}

/// Reads how long a silence lasts: "2h", "3d".
fn length(word: &str) -> Result<Lasting, String> {
    Lasting::of_length(read_span(word)?).map_err(|(why, hint)| format!("{why} ({hint})"))
}

/// Reads when it ends.
fn end(word: &str) -> Result<Lasting, String> {
    read_moment(word).map(Lasting::Until)
}
