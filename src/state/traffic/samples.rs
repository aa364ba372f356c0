//! What was seen of the arms of a split at the same time, by whoever counts what their pods answer.

use jiff::{SignedDuration, Timestamp};

use crate::domain::guard::{Pods, Sample};
use crate::domain::kind::Kind;
use crate::domain::metric::Measure;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::traffic::{Arm, ArmRole, Split};
use crate::state::metrics::{Line, Numbers};
use crate::state::{ClusterLiveness, Freshness, State};

impl State {
    /// What was seen of an arm: the numbers of its pods, and how many requests they had within a window. What is old
    /// says nothing.
    pub fn sample(
        &self,
        split: &Split,
        arm: &Arm,
        numbers: Option<&Numbers>,
        (window, now): (SignedDuration, Timestamp),
    ) -> (Numbers, Sample) {
        let pods = self.pods_of_arm(split, arm);
        let numbers = numbers.filter(|numbers| numbers.knows_pods());
        let numbers = numbers.map(|numbers| numbers.of_pods(pods.iter().map(|pod| &pod.meta.name))).unwrap_or_default();
        let fresh = |measure| numbers.line(measure).filter(|line| !line.is_old(now));
        let sample = Sample {
            requests: fresh(Measure::Requests).map(|line| total(line, window)),
            errors: fresh(Measure::Errors).map(|line| total(line, window)),
            p95: fresh(Measure::P95).and_then(|line| line.points.last()),
            pods: self
                .tells_pods(split, arm, now)
                .then(|| Pods { ready: arm.ready, all: u32::try_from(pods.len()).unwrap_or(u32::MAX) }),
            restarts: pods.iter().map(|pod| self.restarts.since(&split.router.cluster, pod, now - window)).sum(),
        };
        (numbers, sample)
    }

    /// Whether it is known what pods an arm has, so that none means none: the lists that tell it are complete and the cluster
    /// is heard. Where EndpointSlices may not be read, the pods themselves say which of them are ready.
    fn tells_pods(&self, split: &Split, arm: &Arm, now: Timestamp) -> bool {
        let Some(inventory) = self.cluster(&split.router.cluster) else { return false };
        let freshness = |kind| inventory.freshness_in(kind, &arm.namespace);
        let is_live = |kind| freshness(kind) == Freshness::Live;
        let has_slices =
            matches!(freshness(Kind::EndpointSlice), Freshness::Live | Freshness::NoAccess(_) | Freshness::Absent(_));
        // What is no Service has nothing behind it that is read.
        let is_service = !arm.service.contains('/');
        let is_heard = !matches!(inventory.liveness(now), ClusterLiveness::Late { .. });
        is_service && is_live(Kind::Service) && is_live(Kind::Pod) && has_slices && is_heard
    }

    /// What was seen of the arm of a route that is tried, and of the other one. Of an arm that is not there nothing was.
    pub fn compare(
        &self,
        route: &ObjectRef,
        tried: &str,
        numbers: Option<&Numbers>,
        within: (SignedDuration, Timestamp),
    ) -> (Sample, Sample) {
        let Some(split) = self.split_with(route, tried) else { return (Sample::default(), Sample::default()) };
        let of = |arm: Option<&Arm>| arm.map(|arm| self.sample(&split, arm, numbers, within).1).unwrap_or_default();
        let others = || split.arms.iter().filter(|arm| arm.service != tried);
        let stable = others().find(|arm| arm.role == Some(ArmRole::Stable)).or_else(|| others().next());
        (of(split.arm_behind(tried)), of(stable))
    }

    /// When whoever tells numbers of a cluster was heard last.
    pub fn numbers_heard(&self, cluster: &ClusterName) -> Option<Timestamp> {
        self.metric_servers().filter(|(id, _)| id.cluster == *cluster).filter_map(|(_, server)| server.heard).max()
    }
}

/// How many a line of rates counts within a window.
fn total(line: &Line, window: SignedDuration) -> f64 {
    let step = line.grid.step.as_secs_f64();
    if step <= 0.0 {
        return 0.0;
    }
    let mut left = window.as_secs_f64();
    let mut sum = 0.0;
    for rate in line.points.iter().rev() {
        let length = step.min(left);
        sum += rate.unwrap_or_default() * length;
        left -= length;
        if left <= 0.0 {
            break;
        }
    }
    sum
}
