//! A rollout: how far a workload is on its way to its newest revision, and which revisions it has had.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::argo::{Analysis, Gate, Strategy};
use super::object::ObjectRef;
use super::service::ServiceId;
use super::text::Text;

/// Where a rollout stands, quietest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Every pod has the newest revision.
    Stable,
    /// Pods are being replaced.
    Progressing,
    /// It goes on when somebody releases its gate, deletes pods or lowers the partition.
    Waiting,
    /// Somebody paused it.
    Paused,
    /// New pods do not come up; the controller still waits for them.
    Stuck,
    /// It was stopped, by somebody or by measurements; the revision before it serves.
    Aborted,
    /// The controller has given up waiting, and goes on trying.
    Failed,
}

impl Phase {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Progressing => "progressing",
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Stuck => "stuck",
            Self::Aborted => "aborted",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Why new pods will not come up without somebody's help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StuckSignal {
    /// Pods may not be made: quotas, admission.
    CannotCreate(Text),
    /// Containers wait for a reason that does not pass by itself.
    Pods {
        /// How many pods.
        count: usize,
        /// Of how many new ones.
        of: usize,
        /// The kubelet's word, with the last termination where it tells more.
        reason: Text,
    },
    /// No node takes them.
    Unschedulable {
        /// How many pods.
        count: usize,
        /// In the scheduler's words.
        why: Text,
    },
    /// Containers are started again and again and never become ready.
    Restarting {
        /// How many pods.
        count: usize,
        /// Of how many new ones.
        of: usize,
        /// How often the worst of them.
        times: u32,
    },
}

impl fmt::Display for StuckSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CannotCreate(why) => write!(f, "cannot create pods: {why}"),
            Self::Pods { count, of, reason } => write!(f, "{reason}, {count} of {of} new pods"),
            Self::Unschedulable { count, why } => {
                write!(f, "{count} new pod{} unschedulable: {why}", if *count == 1 { "" } else { "s" })
            }
            Self::Restarting { count, of, times } => write!(f, "restarted {times} times, {count} of {of} new pods"),
        }
    }
}

/// How far a rollout is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RolloutStatus {
    /// Where it stands.
    pub phase: Phase,
    /// How far, in words: "3 of 5 updated".
    pub progress: Text,
    /// Pods of the newest revision.
    pub updated: i32,
    /// Pods wished for.
    pub desired: i32,
    /// Pods of older revisions that are still there.
    pub old_left: i32,
    /// When the controller gives up waiting, if it ever does.
    pub deadline: Option<Timestamp>,
    /// What keeps new pods from coming up.
    pub signals: Vec<StuckSignal>,
    /// Whether `kubectl rollout status` would say that it is done.
    pub is_done: bool,
    /// How it is delivered, where a controller does that in steps or after a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
}

/// How a revision is brought to its users where that is more than replacing pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The strategy.
    pub strategy: Strategy,
    /// The step that it is at, from 1, of how many.
    pub step: Option<(u32, u32)>,
    /// The gate at which it waits.
    pub gate: Option<Gate>,
    /// The share of the new revision that the steps ask for, in percent.
    pub desired_weight: Option<u32>,
    /// The share that is set where traffic is split, in percent.
    pub weight: Option<u32>,
    /// Whether the data plane says so too; none where nobody asks it.
    pub is_verified: Option<bool>,
    /// The analysis of the present step.
    pub analysis: Option<Analysis>,
    /// The hash of the new revision, and of the one that is stable.
    pub revision: Text,
    /// See `revision`.
    pub stable: Text,
}

impl RolloutStatus {
    /// How long until the controller gives up.
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        self.deadline.map(|deadline| deadline.duration_since(now).max(SignedDuration::ZERO))
    }

    /// The gate at which it waits.
    pub fn gate(&self) -> Option<&Gate> {
        self.delivery.as_ref()?.gate.as_ref()
    }

    /// When it goes on by itself past the pause that holds it.
    pub fn goes_on(&self) -> Option<Timestamp> {
        self.gate()?.ends
    }

    /// Whether it goes on only when somebody lets it: it waits at a gate that time does not open.
    pub fn waits_for_somebody(&self) -> bool {
        self.gate().is_some_and(|gate| gate.ends.is_none())
    }

    /// Whether somebody should look at it. A gate that opens by itself needs nobody.
    pub fn needs_attention(&self) -> bool {
        matches!(self.phase, Phase::Failed | Phase::Aborted | Phase::Stuck | Phase::Paused) || self.waits_for_somebody()
    }
}

/// The rollout of one workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rollout {
    /// The workload.
    pub workload: ObjectRef,
    /// The service it belongs to.
    pub service: ServiceId,
    /// How far it is.
    pub status: RolloutStatus,
    /// The version it rolls out.
    pub version: Text,
}

/// Which part a revision plays now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The template of the workload is this one.
    Current,
    /// It is what the current one replaced.
    Previous,
    /// It is older.
    Older,
}

/// A revision that a workload has had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revision {
    /// The number; none where the row does not tell it. It changes when a revision is used again: never pin by it.
    pub number: Option<i64>,
    /// The object that holds it.
    pub name: Text,
    /// The hash of its template, by which it is pinned.
    pub hash: Text,
    /// Its images, as far as they are known without reading the template.
    pub images: Vec<Text>,
    /// Its version; empty where it is not known.
    pub version: Text,
    /// Why it was made; empty if nobody said so.
    pub change_cause: Text,
    /// When it was first made.
    pub created: Option<Timestamp>,
    /// Its pods that are ready.
    pub ready: i32,
    /// Its pods.
    pub desired: i32,
    /// Which part it plays now.
    pub standing: Standing,
}
