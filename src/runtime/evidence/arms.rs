//! Arms: which pods of a service belong together, which of them are looked at closely, and which containers are listened to.

use std::collections::BTreeSet;

use crate::domain::evidence::{Missing, Part};
use crate::domain::object::{Labels, ObjectRef, selects};
use crate::domain::pod::Pod;
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::traffic::ArmRole;
use crate::runtime::Session;
use crate::runtime::listen::streams_of;
use crate::sources::kubernetes::Stream;
use crate::state::Family;

use super::gather::Gathered;

/// How many pods of an arm are listened to and read whole: the worst, and the best for comparison.
const PODS: usize = 5;

/// How many arms.
const ARMS: usize = 8;

/// How many lines are read of each container.
const LINES: u32 = 200;

/// A pod, and which arm it is of.
#[derive(Clone, Debug)]
pub(super) struct PodSeen {
    pub(super) object: ObjectRef,
    pub(super) row: Row,
    pub(super) arm: Arm,
}

/// Which pods belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arm {
    /// The workload; empty where there is none.
    pub(super) workload: Text,
    /// "stable", "canary", "new", "old" or "current".
    pub(super) role: Text,
    /// The hash of the revision; empty where it is not known.
    pub(super) revision: Text,
}

/// A container whose last lines are read.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    pub(super) stream: Stream,
    pub(super) arm: Arm,
}

impl Gathered {
    /// Chooses the pods of each arm that are looked at closely.
    pub(super) fn choose(&mut self, session: &Session) {
        let arms: BTreeSet<Arm> = self.pods.iter().map(|pod| pod.arm.clone()).collect();
        // The arms with the worst pods come first.
        let mut in_order: Vec<Arm> = Vec::new();
        for pod in &self.pods {
            if !in_order.contains(&pod.arm) {
                in_order.push(pod.arm.clone());
                if in_order.len() == arms.len() {
                    break;
                }
            }
        }
        let (mut tails, mut objects) = (Vec::new(), Vec::new());
        for arm in in_order.iter().take(ARMS) {
            let of_arm: Vec<&PodSeen> = self.pods.iter().filter(|pod| pod.arm == *arm).collect();
            let worst = of_arm.iter().take(PODS - 1);
            let best = of_arm.iter().skip(PODS - 1).last();
            for pod in worst.chain(best) {
                objects.push(pod.object.clone());
                for previous in [false, true] {
                    let streams = streams_of(session.state(), &pod.object, previous, LINES);
                    tails.extend(streams.into_iter().map(|stream| Tail { stream, arm: pod.arm.clone() }));
                }
            }
        }
        if in_order.len() > ARMS {
            let why = Text::from(format!("{} more arms are not listened to", in_order.len() - ARMS));
            self.missing.push(Missing { moment: None, part: Part::Logs, why });
        }
        self.objects.extend(objects);
        self.tails = tails;
    }
}

/// Which arm a pod of a workload is of: as the split of the traffic has it, as its Rollout says, as its labels say, else
/// by which revision is the newest.
pub(super) fn arm_of(
    family: &Family<'_>,
    pod: &Pod,
    new: &BTreeSet<&Text>,
    selectors: &[(Text, Labels, ArmRole)],
) -> Arm {
    let revision = pod.meta.revision_hash().cloned().unwrap_or_default();
    let by_split = || {
        let found = selectors
            .iter()
            .filter(|(namespace, selector, _)| *namespace == pod.meta.namespace && selects(selector, &pod.meta.labels));
        let roles: BTreeSet<ArmRole> = found.map(|(.., role)| *role).collect();
        // A Service that selects both says nothing.
        roles.first().copied().filter(|_| roles.len() == 1)
    };
    let by_rollout = || {
        let argo = family.workload.argo.as_ref()?;
        match () {
            () if revision.is_empty() => None,
            () if argo.stable == revision => Some(ArmRole::Stable),
            () if argo.current == revision => Some(ArmRole::Canary),
            () => None,
        }
    };
    let role = by_rollout().or_else(by_split).or_else(|| ArmRole::of_labels(&pod.meta.labels));
    let by_age = if family.pods.len() == new.len() {
        "current"
    } else if new.contains(&pod.meta.uid) {
        "new"
    } else {
        "old"
    };
    let workload = Text::from(format!("{}/{}", family.kind.singular(), family.workload.meta.name));
    Arm { workload, role: Text::from(role.map_or(by_age, ArmRole::word)), revision }
}

/// The worst first: stuck, not ready, often restarted, and of equals the youngest.
pub(super) fn badness(
    pod: &Pod,
) -> (bool, bool, std::cmp::Reverse<u32>, std::cmp::Reverse<Option<jiff::Timestamp>>, Text) {
    (
        pod.trouble().is_none() && pod.unschedulable().is_none(),
        pod.is_ready(),
        std::cmp::Reverse(pod.restarts()),
        std::cmp::Reverse(pod.meta.created),
        pod.meta.name.clone(),
    )
}
