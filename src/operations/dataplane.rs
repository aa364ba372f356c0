//! What requests and endpoints show of a change of traffic: that it was accepted says only what somebody wrote.

use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::Goal;
use crate::domain::text::Text;

use super::ports::{ControlPlane, ReadError};
use super::read::{SERVICE_NAME, addresses_in, query_of};

/// From fewer requests than this nothing is concluded.
const LEAST: f64 = 50.0;

/// How many standard deviations of chance a share may be away from what is set, and how many points besides.
const CHANCE: f64 = 3.3;
const POINTS: f64 = 1.0;

/// What the data plane shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Proof {
    /// Nothing has to be shown beyond the object.
    NotAsked,
    /// It is as the object says.
    Agrees(Text),
    /// Nobody can tell.
    Silent(Text),
    /// It is too early to tell.
    Open(Text),
    /// It is not so.
    Contradicts(Text),
}

/// A look at the data plane that goes on: requests are counted from its first count.
#[derive(Debug, Default)]
pub(super) struct DataPlane {
    first: Option<[f64; 2]>,
}

impl DataPlane {
    /// Begins to count anew.
    pub(super) fn forget(&mut self) {
        self.first = None;
    }

    /// Looks at what a goal is about.
    pub(super) async fn look(&mut self, goal: &Goal, watched: &ObjectRef, plane: &dyn ControlPlane) -> Proof {
        match goal {
            Goal::Weights { arm, other, percent, .. } => {
                let counted = plane.counted(&[arm.clone(), other.clone()]).await;
                let both = counted.as_deref().and_then(|counts| <[f64; 2]>::try_from(counts).ok());
                self.share(both, *percent, &arm.name)
            }
            Goal::Selector(selector) => endpoints(selector, watched, plane).await,
            _ => Proof::NotAsked,
        }
    }

    /// What the counts of the arm and of the other say, against those at the beginning.
    fn share(&mut self, counted: Option<[f64; 2]>, percent: u8, arm: &Text) -> Proof {
        let Some(counted) = counted else {
            return Proof::Silent("accepted by the gateway; nobody counts requests here".into());
        };
        let first = *self.first.get_or_insert(counted);
        let (own, other) = (counted[0] - first[0], counted[1] - first[1]);
        if own < 0.0 || other < 0.0 {
            // Who counts was started anew.
            self.first = Some(counted);
            return Proof::Open("counting anew".into());
        }
        let all = own + other;
        let seen = if all > 0.0 { own / all } else { 0.0 };
        let shown = (seen * 1000.0).round() / 10.0;
        // A rate times a while is no whole number, and nobody sends half a request.
        let counted = all.round();
        let words = Text::from(format!("{shown} % of {counted} requests went to {arm}"));
        let wanted = f64::from(percent) / 100.0;
        let chance = if all > 0.0 { (wanted * (1.0 - wanted) / all).sqrt() * CHANCE + POINTS / 100.0 } else { 1.0 };
        let is_so = match percent {
            // Of none and of all there is no chance.
            0 => own == 0.0,
            100 => other == 0.0,
            _ => (seen - wanted).abs() <= chance,
        };
        match is_so {
            _ if all < LEAST && (is_so || (1..100).contains(&percent)) => {
                Proof::Open(format!("accepted by the gateway; only {counted} requests were counted since").into())
            }
            true => Proof::Agrees(words),
            false => Proof::Contradicts(format!("{words}, not {percent} %").into()),
        }
    }
}

/// Whether the endpoints of a Service are those of the pods that it selects, and of no others.
async fn endpoints(selector: &serde_json::Value, service: &ObjectRef, plane: &dyn ControlPlane) -> Proof {
    let (selected, of_service) = (query_of(selector), format!("{SERVICE_NAME}={}", service.name));
    let namespace = service.namespace.as_str();
    let (slices, pods) = futures::join!(
        plane.list(Kind::EndpointSlice, namespace, &of_service),
        plane.list(Kind::Pod, namespace, &selected),
    );
    let (slices, pods) = match (slices, pods) {
        (Ok(slices), Ok(pods)) => (slices, pods),
        (Err(ReadError::Failed(problem)), _) | (_, Err(ReadError::Failed(problem))) => {
            return Proof::Open(problem.to_string().into());
        }
        _ => return Proof::Silent("accepted; its endpoints may not be read".into()),
    };
    let own: Vec<&str> = pods.iter().flat_map(addresses_of).collect();
    let all: Vec<&str> = slices.iter().flat_map(addresses_in).collect();
    let old = all.iter().filter(|address| !own.contains(address)).count();
    match all.len() {
        0 => Proof::Open("it has no ready endpoint yet".into()),
        count if old > 0 => Proof::Open(format!("{old} of {count} endpoints are still other pods").into()),
        count => Proof::Agrees(format!("all {count} endpoints are those pods").into()),
    }
}

/// The addresses of a pod.
fn addresses_of(pod: &serde_json::Value) -> impl Iterator<Item = &str> {
    let several = pod["status"]["podIPs"].as_array().into_iter().flatten().filter_map(|one| one["ip"].as_str());
    pod["status"]["podIP"].as_str().into_iter().chain(several)
}

#[cfg(test)]
mod tests;
