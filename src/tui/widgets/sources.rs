//! What a person must know about the sources of what is shown: which are loading, late, or closed to them.

use jiff::Timestamp;

use super::words;
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::state::{ClusterLiveness, Freshness, State};

/// Each doubt about some kinds of rows in one cluster, in words.
pub fn doubts(state: &State, cluster: &ClusterName, kinds: &[Kind], now: Timestamp) -> Vec<(Health, String)> {
    if let ClusterLiveness::Late { since, problem } = state.cluster_liveness(cluster, now) {
        let heard =
            since.map_or_else(|| "never heard".to_owned(), |at| format!("last heard {}", words::moment(at, now)));
        let why = problem.map_or_else(String::new, |problem| format!(": {problem}"));
        return vec![(Health::Attention, format!("{cluster} {heard}, this is that old{why}"))];
    }
    let loading: Vec<&str> = kinds
        .iter()
        .filter(|kind| state.freshness(cluster, **kind) == Freshness::Loading)
        .map(|kind| kind.plural())
        .collect();
    let mut doubts = Vec::new();
    if !loading.is_empty() {
        doubts.push((Health::Unknown, format!("reading {} of {cluster}", loading.join(", "))));
    }
    for kind in kinds {
        match state.freshness(cluster, *kind) {
            Freshness::Live | Freshness::Loading => {}
            Freshness::Late { since, problem } => {
                let at = words::moment(since, now);
                doubts.push((Health::Attention, format!("{} of {cluster} last heard {at}: {problem}", kind.plural())));
            }
            Freshness::NoAccess(problem) | Freshness::Absent(problem) => {
                doubts.push((Health::Unknown, problem.to_string()));
            }
            Freshness::Partial(denied) => {
                let denied: Vec<&str> = denied.iter().map(|namespace| namespace.as_str()).collect();
                doubts.push((Health::Unknown, format!("no access: {} in {}", kind.plural(), denied.join(", "))));
            }
        }
    }
    doubts
}
