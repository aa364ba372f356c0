//! What a person must know about the sources of what is shown: which are loading, late, or closed to them.

use jiff::Timestamp;

use super::words;
use crate::domain::health::Health;
use crate::domain::kind::Kind;
use crate::domain::object::ClusterName;
use crate::domain::problem::Problem;
use crate::state::{ClusterLiveness, Freshness, State};
use crate::tui::paint::wrap;
use crate::tui::theme::{Glyphs, Role};

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
            Freshness::Live | Freshness::Loading | Freshness::NoAccess(_) | Freshness::Partial(_) => {}
            Freshness::Late { since, problem } => {
                let at = words::moment(since, now);
                doubts.push((Health::Attention, format!("{} of {cluster} last heard {at}: {problem}", kind.plural())));
            }
            // Nobody misses what was never installed.
            Freshness::Absent(_) if kind.is_custom() => {}
            Freshness::Absent(problem) => doubts.push((Health::Unknown, problem.to_string())),
        }
    }
    // What to do comes before the words of the server, which are long.
    let closed = state
        .cluster(cluster)
        .and_then(|inventory| inventory.closed(kinds.iter().copied().filter(|kind| !kind.is_custom())));
    doubts.extend(closed.map(|problem| (Health::Unknown, format!("{}: {}", problem.what, problem.hint))));
    doubts
}

/// A problem as lines of at most a width: what it is, then why, and what to do.
pub fn told(problem: &Problem, glyphs: &Glyphs, width: usize) -> Vec<(Role, String)> {
    let what = format!("{} {}", glyphs.attention, problem.what);
    let parts = [(Role::Attention, what.as_str()), (Role::Text, &problem.hint), (Role::Muted, &problem.why)];
    let parts = parts.into_iter().filter(|(_, words)| !words.is_empty());
    parts.flat_map(|(role, words)| wrap(words, width).into_iter().map(move |line| (role, line))).collect()
}
