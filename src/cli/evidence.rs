//! `midwatch evidence`: what was to be seen around a change, when the pods are gone.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::domain::evidence::{Moment, Part};

/// What was to be seen around changes.
#[derive(Clone, Debug, Args)]
pub struct Evidence {
    /// What to do with it.
    #[command(subcommand)]
    pub command: EvidenceCommand,
}

/// What to do with evidence.
#[derive(Clone, Debug, Subcommand)]
pub enum EvidenceCommand {
    /// Keep what is to be seen of a service now: pods, events, last lines, numbers, alerts, records.
    Collect(EvidenceCollect),
    /// Show what is kept, the newest first, and whether it is as it was written.
    List,
    /// Show what an archive says in short, or one part of it; nothing is unpacked to the disk.
    Show(EvidenceShow),
}

/// Of what to keep evidence.
#[derive(Clone, Debug, Args)]
pub struct EvidenceCollect {
    /// The service.
    pub service: String,

    /// Write the archive to this new file, or with - to stdout, instead of keeping it beside the others.
    #[arg(long, value_name = "FILE|-")]
    pub out: Option<PathBuf>,
}

/// Which archive to show, and what of it.
#[derive(Clone, Debug, Args)]
pub struct EvidenceShow {
    /// The action of the journal that it is about, or a file.
    #[arg(value_name = "ACTION|FILE")]
    pub archive: String,

    /// Only this part.
    #[arg(long, value_enum, value_name = "PART")]
    pub part: Option<PartName>,

    /// Only what was seen then; of a change before and after.
    #[arg(long, value_enum, value_name = "MOMENT", requires = "part")]
    pub moment: Option<MomentName>,
}

/// A part of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PartName {
    /// How the service was, and its traffic.
    Service,
    /// Its workloads and their revisions.
    Workloads,
    /// Its pods, the worst first.
    Pods,
    /// Whole objects.
    Objects,
    /// What the cluster told.
    Events,
    /// The last lines of each arm.
    Logs,
    /// Numbers over time.
    Metrics,
    /// Alerts.
    Alerts,
    /// The plan of the change.
    Plan,
    /// Records of the journal.
    Audit,
}

impl From<PartName> for Part {
    fn from(name: PartName) -> Self {
        match name {
            PartName::Service => Self::Service,
            PartName::Workloads => Self::Workloads,
            PartName::Pods => Self::Pods,
            PartName::Objects => Self::Objects,
            PartName::Events => Self::Events,
            PartName::Logs => Self::Logs,
            PartName::Metrics => Self::Metrics,
            PartName::Alerts => Self::Alerts,
            PartName::Plan => Self::Plan,
            PartName::Audit => Self::Audit,
        }
    }
}

/// When something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MomentName {
    /// Before the change.
    Before,
    /// At its end.
    After,
    /// When somebody asked.
    Now,
}

impl From<MomentName> for Moment {
    fn from(name: MomentName) -> Self {
        match name {
            MomentName::Before => Self::Before,
            MomentName::After => Self::After,
            MomentName::Now => Self::Now,
        }
    }
}
