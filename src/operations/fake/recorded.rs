//! Objects as a real controller of Argo Rollouts 1.10.1 left them, at different places of their way.

use serde_json::Value;

use super::objects::{self, snapshot};
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::operations::plan::Place;
use crate::operations::read::Snapshot;

const RECORDED: &str = include_str!("../../sources/kubernetes/wire/samples/argo-rollouts.json");

fn recorded() -> Value {
    serde_json::from_str(RECORDED).expect("the sample is JSON")
}

/// The Rollout at a place: "gate", "aborted", "preview".
pub(in crate::operations) fn rollout(place: &str) -> Value {
    let found = recorded()["rollouts"][place].take();
    assert!(found.is_object(), "no Rollout was recorded at {place}");
    found
}

/// What is read of the Rollout there: itself and its ReplicaSets.
pub(in crate::operations) fn seen(place: &str) -> Snapshot {
    let target = rollout(place);
    let name = target["metadata"]["name"].as_str().expect("it has a name").to_owned();
    let mut all = recorded()["replicaSets"].take();
    let sets = all.as_array_mut().expect("there are some").drain(..);
    let own = sets.filter(|set| set["metadata"]["ownerReferences"][0]["name"] == name.as_str());
    Snapshot { revisions: own.collect(), ..snapshot(target) }
}

/// Its name in a cluster.
pub(in crate::operations) fn named(snapshot: &Snapshot) -> ObjectRef {
    let name = snapshot.target["metadata"]["name"].as_str().unwrap_or_default();
    ObjectRef { name: name.into(), ..objects::target(Kind::Rollout) }
}

/// Where it runs.
pub(in crate::operations) fn place(snapshot: &Snapshot) -> Place {
    Place { service: named(snapshot).name, ..objects::place() }
}
