//! Traffic: which share of a service's requests goes to which of its revisions, as it is set and as it is seen.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::kind::Kind;
use super::object::{Labels, ObjectRef, label};
use super::route::Steering;
use super::text::Text;

/// Which part an arm plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArmRole {
    /// The revision that is trusted.
    Stable,
    /// The revision that is tried.
    Canary,
}

impl ArmRole {
    /// The labels of pods that may say which part they play.
    pub const LABELS: [&str; 3] = ["track", "role", "release-track"];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Canary => "canary",
        }
    }

    /// The part that a word means: the end of a Service's name, or a label of its pods.
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "canary" | "preview" | "green" | "next" => Some(Self::Canary),
            "stable" | "primary" | "blue" | "active" => Some(Self::Stable),
            _ => None,
        }
    }

    /// The part that a Service plays by its name: "chat-canary".
    pub fn of_name(service: &str) -> Option<Self> {
        service.rsplit_once('-').and_then(|(_, end)| Self::of_word(end))
    }

    /// The part that pods play by their labels.
    pub fn of_labels(labels: &Labels) -> Option<Self> {
        Self::LABELS.iter().find_map(|name| label(labels, name)).and_then(|word| Self::of_word(word))
    }
}

/// What tells which part an arm plays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// What its name or its labels say.
    pub said: Option<ArmRole>,
    /// Its version; empty where it is not known.
    pub version: Text,
    /// When its newest revision was made.
    pub made: Option<Timestamp>,
}

/// The parts that arms play. Names and labels say it for one of two, which leaves the other for the other; where they say
/// nothing, the newer of two versions is the canary. None where that cannot be told.
pub fn roles(hints: &[Hint]) -> Vec<Option<ArmRole>> {
    let said = |role| hints.iter().filter(|hint| hint.said == Some(role)).count();
    let nobody = vec![None; hints.len()];
    match (hints, said(ArmRole::Canary), said(ArmRole::Stable)) {
        // Two that both say that they are it: one of the names lies.
        (_, 2.., _) | (_, _, 2..) if hints.len() == 2 => nobody,
        ([one, other], 0, 0) if one.version != other.version && one.made != other.made => {
            let (Some(first), Some(second)) = (one.made, other.made) else { return nobody };
            let is_first = first > second;
            vec![Some(role(is_first)), Some(role(!is_first))]
        }
        ([_, _], 1, 0) => hints.iter().map(|hint| Some(role(hint.said.is_some()))).collect(),
        ([_, _], 0, 1) => hints.iter().map(|hint| Some(role(hint.said.is_none()))).collect(),
        _ => hints.iter().map(|hint| hint.said).collect(),
    }
}

fn role(is_canary: bool) -> ArmRole {
    if is_canary { ArmRole::Canary } else { ArmRole::Stable }
}

/// Whether a gateway counts the requests of a Service under this name, which it makes of namespace, Service and port:
/// "production-chat-canary-http-80@kubernetesgateway".
pub fn is_counted_as(name: &str, namespace: &str, service: &str) -> bool {
    let Some((name, _)) = name.split_once('@') else { return false };
    let own = |rest: &str| {
        let port = rest.rsplit_once('-').map_or(rest, |(protocol, port)| if protocol == "http" { port } else { "" });
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    let prefixed = name.strip_prefix(namespace).and_then(|rest| rest.strip_prefix('-')?.strip_prefix(service));
    prefixed.and_then(|rest| rest.strip_prefix('-')).is_some_and(own)
}

/// How far traffic may be shifted at once, and in all, towards a revision that is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// The most that one change may add, in points of a percent.
    pub step: u8,
    /// The most that it may have, in percent.
    pub ceiling: u8,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { step: 50, ceiling: 100 }
    }
}

/// The bounds of all environments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Where nothing else is said.
    pub usual: Bounds,
    /// Environments with bounds of their own.
    pub environments: BTreeMap<Text, Bounds>,
}

impl Limits {
    /// The bounds of an environment.
    pub fn of(&self, environment: &Text) -> Bounds {
        self.environments.get(environment).copied().unwrap_or(self.usual)
    }
}

/// A share as people write it: "10", "33.3".
pub fn percent(share: f64) -> String {
    ((share * 10.0).round() / 10.0).to_string()
}

/// One way that requests can go.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arm {
    /// Which part it plays; none where that cannot be told.
    pub role: Option<ArmRole>,
    /// The Service behind which its pods are.
    pub service: Text,
    /// The namespace of that Service, which may be another one than the route's.
    pub namespace: Text,
    /// The version that its pods have; empty where it is not known.
    pub version: Text,
    /// The share that is set, in percent.
    pub desired: f64,
    /// The share of the requests that it was seen to get, in percent; none where nobody counts them.
    pub observed: Option<f64>,
    /// Its pods that are ready.
    pub ready: u32,
}

/// How the requests of a service are split.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Split {
    /// What splits them: a route, or a Rollout that steers one.
    pub router: ObjectRef,
    /// The arms, the stable one first.
    pub arms: Vec<Arm>,
    /// The controller that sets the shares, where there is one: whatever anybody else sets is taken back.
    pub steered_by: Option<Steering>,
    /// What about it is not as it seems: rules that differ, requests that never reach the split, a gateway that refused.
    pub doubts: Vec<Text>,
}

impl Split {
    /// The Service of an arm.
    pub fn service(&self, arm: &Arm) -> ObjectRef {
        ObjectRef {
            cluster: self.router.cluster.clone(),
            kind: Kind::Service,
            namespace: arm.namespace.clone(),
            name: arm.service.clone(),
        }
    }

    /// Whether there is a canary beside a stable revision, whatever each of them gets.
    pub fn has_canary(&self) -> bool {
        [ArmRole::Stable, ArmRole::Canary].iter().all(|role| self.arm(*role).is_some())
    }

    /// Whether such a canary gets requests.
    pub fn is_tried(&self) -> bool {
        self.has_canary() && self.arm(ArmRole::Canary).is_some_and(|arm| arm.desired > 0.0)
    }

    /// The arm that plays a part, where it is clear which one does.
    pub fn arm(&self, role: ArmRole) -> Option<&Arm> {
        self.arms.iter().find(|arm| arm.role == Some(role))
    }

    /// The arm behind a Service.
    pub fn arm_behind(&self, service: &str) -> Option<&Arm> {
        self.arms.iter().find(|arm| arm.service == service)
    }
}

#[cfg(test)]
mod tests;
