//! What `midwatch logs` takes.

use std::time::Duration;

use clap::Args;

use super::query::some_time;

/// Whose logs, and what of them.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Clone, Debug, Args)]
pub struct Logs {
    /// The service, or a workload's name.
    #[arg(required_unless_present = "pod", default_value = "", hide_default_value = true)]
    pub service: String,

    /// The workload, where the service has several: deployment/chat-service.
    #[arg(long, value_name = "KIND/NAME")]
    pub workload: Option<String>,

    /// Only this pod.
    #[arg(long, value_name = "NAME", conflicts_with = "workload")]
    pub pod: Option<String>,

    /// Only this container; all that serve by default.
    #[arg(long, value_name = "NAME")]
    pub container: Option<String>,

    /// Of the containers before their last restart.
    #[arg(long)]
    pub previous: bool,

    /// Go on telling what is said.
    #[arg(short, long)]
    pub follow: bool,

    /// So many lines of each container; all by default, 20 with --follow.
    #[arg(long, value_name = "NUMBER")]
    pub tail: Option<u32>,

    /// Only what was said in this last time: 10m.
    #[arg(long, value_name = "TIME", conflicts_with = "tail", value_parser = some_time)]
    pub since: Option<Duration>,

    /// Only lines that match this regular expression.
    #[arg(long, value_name = "REGEX")]
    pub grep: Option<String>,

    /// Fold similar lines, and tell how many there are of each, the rare ones first.
    #[arg(long, conflicts_with_all = ["follow", "grep"])]
    pub patterns: bool,

    /// Compare the errors of the newest two revisions, and tell what only the newer one says.
    #[arg(long, conflicts_with_all = ["follow", "grep", "patterns", "pod"])]
    pub compare: bool,
}
