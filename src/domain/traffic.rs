//! Traffic: which share of a service's requests goes to which of its revisions, as it is set and as it is seen.

use serde::Serialize;

use super::object::ObjectRef;
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

/// One way that requests can go.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arm {
    /// Which part it plays; none where that cannot be told.
    pub role: Option<ArmRole>,
    /// The Service behind which its pods are.
    pub service: Text,
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
    /// The arm that plays a part, where it is clear which one does.
    pub fn arm(&self, role: ArmRole) -> Option<&Arm> {
        self.arms.iter().find(|arm| arm.role == Some(role))
    }
}
