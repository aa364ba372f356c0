//! A change: something that somebody or something did to the platform, as one line of a timeline.

use jiff::Timestamp;
use serde::Serialize;

use super::object::ObjectRef;
use super::service::ServiceId;
use super::text::Text;

/// What sort of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeClass {
    /// A revision began or finished to roll out.
    Rollout,
    /// The number of pods wished for.
    Scale,
    /// Rolling out was paused or resumed.
    Pause,
    /// How requests are split.
    Traffic,
    /// A ConfigMap or Secret, or what somebody wrote into a workload.
    Config,
    /// A workload came or went.
    Existence,
    /// Containers ended and were started again.
    Restart,
    /// An alert began or ended.
    Alert,
    /// What the cluster tells beside this.
    Event,
}

impl ChangeClass {
    /// Whether equal changes are noise that folds into one line.
    pub fn folds(self) -> bool {
        matches!(self, Self::Config | Self::Restart | Self::Alert | Self::Event)
    }

    /// Whether it is what the platform keeps telling, not what somebody did.
    pub fn is_noise(self) -> bool {
        matches!(self, Self::Restart | Self::Alert | Self::Event)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rollout => "rollout",
            Self::Scale => "scale",
            Self::Pause => "pause",
            Self::Traffic => "traffic",
            Self::Config => "config",
            Self::Existence => "existence",
            Self::Restart => "restart",
            Self::Alert => "alert",
            Self::Event => "event",
        }
    }
}

/// Which end of something that lasts, a rollout or an alert, a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edge {
    /// It began.
    Began,
    /// It came to its end.
    Ended,
}

/// What a change leads to, where that has a name or a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    /// The version, or else the revision, that is rolled out.
    Version(Text),
    /// So many pods.
    Pods(i64),
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// When it happened; when it last happened, if often.
    pub at: Timestamp,
    /// How often it happened.
    pub times: u32,
    /// What sort of change it is.
    pub class: ChangeClass,
    /// The object it happened to.
    pub object: ObjectRef,
    /// The environment.
    pub environment: Text,
    /// The service, if it belongs to one.
    pub service: Option<Text>,
    /// What happened: "scaled 4 → 5".
    pub what: Text,
    /// Which end of something that lasts it is, if it is one.
    pub edge: Option<Edge>,
    /// What it leads to, where that is known.
    pub aim: Option<Aim>,
    /// Whether another telling of the same change may say more.
    pub is_vague: bool,
    /// Why, if somebody said so.
    pub why: Option<Text>,
    /// Who did it, if that is known.
    pub by: Option<Text>,
}

impl Change {
    /// What happened and how often: "BackOff: restarting failed container chat, 14 times".
    pub fn sentence(&self) -> String {
        if self.times > 1 { format!("{}, {} times", self.what, self.times) } else { self.what.to_string() }
    }

    /// The version whose rollout began with it; none for any other change.
    pub fn begins(&self) -> Option<&Text> {
        match (self.class, self.edge, &self.aim) {
            (ChangeClass::Rollout, Some(Edge::Began), Some(Aim::Version(version))) => Some(version),
            _ => None,
        }
    }

    /// Whether it may matter to a service: it happened to it, or to configuration of its environment that names nobody.
    pub fn concerns(&self, service: &ServiceId) -> bool {
        self.object.cluster == service.cluster
            && self.environment == service.environment
            && match &self.service {
                Some(name) => *name == service.name,
                None => self.class == ChangeClass::Config,
            }
    }
}
