//! What the operator wants to change in the world. A view builds it, or the command line does; both mean the same.

use serde::{Deserialize, Serialize};

use super::argo::Gate;
use super::guard::Course;
use super::object::{ClusterName, ObjectRef};
use super::silence::{LabelSet, Lasting, Matcher, SilenceRef};
use super::target::Target;
use super::text::Text;

mod verb;

pub use verb::Verb;

/// A wish, named by what it is to change and nothing else; how it is done is for the plan to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub enum Intent {
    /// Go back to an earlier revision.
    Rollback {
        /// The workload.
        target: ObjectRef,
        /// The revision by its hash or name; the one before the newest when none is given.
        to: Option<Text>,
    },
    /// Replace all pods by new ones of the same revision.
    Restart {
        /// The workload.
        target: ObjectRef,
    },
    /// Stop rolling out where it stands.
    Pause {
        /// The Deployment.
        target: ObjectRef,
    },
    /// Go on rolling out.
    Resume {
        /// The Deployment.
        target: ObjectRef,
    },
    /// Change the number of pods.
    Scale {
        /// The workload.
        target: ObjectRef,
        /// To what.
        to: Size,
    },
    /// Roll out another image.
    SetImage {
        /// The workload.
        target: ObjectRef,
        /// The container; may be left out where there is only one.
        container: Option<Text>,
        /// The image with its tag or digest.
        image: Text,
    },
    /// Ask one pod to go, within its disruption budget.
    Evict {
        /// The pod.
        target: ObjectRef,
    },
    /// Send another share of the requests to one arm of a route; what it gives up goes to the other.
    Shift {
        /// The route.
        target: ObjectRef,
        /// The Service of the arm.
        arm: Text,
        /// Its share in percent.
        percent: u8,
    },
    /// Send more and more of the requests to one arm of a route while a guard holds, and all of them back when it does not.
    GuardedShift {
        /// The route.
        target: ObjectRef,
        /// The Service of the arm.
        arm: Text,
        /// How.
        course: Box<Course>,
    },
    /// Let a rollout go on past the gate at which it waits, and past no other.
    Release {
        /// The rollout.
        target: ObjectRef,
        /// The gate as it was seen; the one that is read for the plan when none was.
        gate: Option<Gate>,
    },
    /// Go past a step that is under way, whatever it waits for.
    Skip {
        /// The rollout.
        target: ObjectRef,
        /// The step as it was seen, from 0.
        step: Option<u32>,
    },
    /// Bring the new revision to everybody, without the steps that are left.
    PromoteFull {
        /// The rollout.
        target: ObjectRef,
    },
    /// Stop a rollout and go back to the stable revision.
    Abort {
        /// The rollout.
        target: ObjectRef,
    },
    /// Begin an aborted rollout anew.
    Retry {
        /// The rollout.
        target: ObjectRef,
    },
    /// Have a Service send its requests to other pods.
    Switch {
        /// The Service.
        target: ObjectRef,
        /// The labels of its selector that become other ones.
        to: Vec<(Text, Text)>,
    },
    /// Keep alerts quiet for a while.
    Silence {
        /// The cluster whose alerts they are.
        cluster: ClusterName,
        /// Which alerts.
        matchers: Vec<Matcher>,
        /// For how long.
        lasting: Lasting,
        /// Why; it is kept with the silence.
        reason: Text,
    },
    /// Say that one is at an alert: it, and no other, is quiet for a while.
    Acknowledge {
        /// The cluster whose alert it is.
        cluster: ClusterName,
        /// All its labels.
        labels: LabelSet,
        /// For how long.
        lasting: Lasting,
        /// What one is doing; it is kept with the silence.
        reason: Text,
    },
    /// Have a silence end later, or sooner.
    ExtendSilence {
        /// The silence.
        silence: SilenceRef,
        /// How long from now, or until when.
        lasting: Lasting,
    },
    /// End a silence.
    ExpireSilence {
        /// The silence.
        silence: SilenceRef,
    },
}

/// A number of pods, or the bounds within which an autoscaler chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// Exactly so many.
    Replicas(u32),
    /// At least and at most so many.
    Bounds {
        /// Fewest.
        min: u32,
        /// Most.
        max: u32,
    },
}

impl Size {
    /// The most pods that an API server can count.
    pub const MOST: u32 = i32::MAX.unsigned_abs();

    /// Reads "4", or "2-10" for bounds.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once('-') {
            None => text.parse().ok().filter(|count| *count <= Self::MOST).map(Self::Replicas),
            Some((min, max)) => {
                let (min, max) = (min.trim().parse().ok()?, max.trim().parse().ok()?);
                (min <= max && max <= Self::MOST).then_some(Self::Bounds { min, max })
            }
        }
    }
}

impl Intent {
    /// The verb.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Rollback { .. } => Verb::Rollback,
            Self::Restart { .. } => Verb::Restart,
            Self::Pause { .. } => Verb::Pause,
            Self::Resume { .. } => Verb::Resume,
            Self::Scale { .. } => Verb::Scale,
            Self::SetImage { .. } => Verb::SetImage,
            Self::Evict { .. } => Verb::Evict,
            Self::Shift { .. } | Self::GuardedShift { .. } => Verb::Shift,
            Self::Release { .. } => Verb::Release,
            Self::Skip { .. } => Verb::Skip,
            Self::PromoteFull { .. } => Verb::PromoteFull,
            Self::Abort { .. } => Verb::Abort,
            Self::Retry { .. } => Verb::Retry,
            Self::Switch { .. } => Verb::Switch,
            Self::Silence { .. } => Verb::Silence,
            Self::Acknowledge { .. } => Verb::Acknowledge,
            Self::ExtendSilence { .. } => Verb::ExtendSilence,
            Self::ExpireSilence { .. } => Verb::ExpireSilence,
        }
    }

    /// The object that it is to change; none where it is about alerts.
    pub fn object(&self) -> Option<&ObjectRef> {
        match self {
            Self::Rollback { target, .. }
            | Self::Restart { target }
            | Self::Pause { target }
            | Self::Resume { target }
            | Self::Scale { target, .. }
            | Self::SetImage { target, .. }
            | Self::Evict { target }
            | Self::Shift { target, .. }
            | Self::GuardedShift { target, .. }
            | Self::Release { target, .. }
            | Self::Skip { target, .. }
            | Self::PromoteFull { target }
            | Self::Abort { target }
            | Self::Retry { target }
            | Self::Switch { target, .. } => Some(target),
            Self::Silence { .. }
            | Self::Acknowledge { .. }
            | Self::ExtendSilence { .. }
            | Self::ExpireSilence { .. } => None,
        }
    }

    /// What it is to change; none for a silence that is not made yet.
    pub fn target(&self) -> Option<Target> {
        match self {
            Self::ExtendSilence { silence, .. } | Self::ExpireSilence { silence } => {
                Some(Target::Silence(silence.clone()))
            }
            _ => self.object().cloned().map(Target::Object),
        }
    }

    /// The cluster that it is about.
    pub fn cluster(&self) -> &ClusterName {
        match self {
            Self::Silence { cluster, .. } | Self::Acknowledge { cluster, .. } => cluster,
            Self::ExtendSilence { silence, .. } | Self::ExpireSilence { silence } => &silence.cluster,
            Self::Rollback { target, .. }
            | Self::Restart { target }
            | Self::Pause { target }
            | Self::Resume { target }
            | Self::Scale { target, .. }
            | Self::SetImage { target, .. }
            | Self::Evict { target }
            | Self::Shift { target, .. }
            | Self::GuardedShift { target, .. }
            | Self::Release { target, .. }
            | Self::Skip { target, .. }
            | Self::PromoteFull { target }
            | Self::Abort { target }
            | Self::Retry { target }
            | Self::Switch { target, .. } => &target.cluster,
        }
    }

    /// Why, where that is part of the wish.
    pub fn reason(&self) -> Option<&Text> {
        match self {
            Self::Silence { reason, .. } | Self::Acknowledge { reason, .. } if !reason.is_empty() => Some(reason),
            _ => None,
        }
    }
}
