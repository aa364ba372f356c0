//! `midwatch audit`: who did what, and whether the journal still says what was written.

use clap::{Args, Subcommand};

/// Who did what.
#[derive(Clone, Debug, Args)]
pub struct Audit {
    /// What to do with the journal.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What to do with the journal.
#[derive(Clone, Debug, Subcommand)]
pub enum AuditCommand {
    /// Show who changed what, when and why, and how it ended; the newest first.
    Show(AuditShow),
    /// Check the chain of records. Exit code 1 says that it is broken, and where.
    Verify,
}

/// Which actions to show.
#[derive(Clone, Debug, Args)]
pub struct AuditShow {
    /// Only this action, with every record of it.
    #[arg(long, value_name = "ID")]
    pub action: Option<String>,

    /// At most so many actions.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    pub last: usize,
}
