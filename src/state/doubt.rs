//! Doubt: a verdict is worth only what its sources are worth. Who cannot be heard is never healthy.

use jiff::Timestamp;

use super::inventory::{ClusterLiveness, Freshness, Inventory};
use crate::domain::health::{Health, Verdict};
use crate::domain::kind::Kind;
use crate::domain::moment::time_of_day;
use crate::domain::text::Text;

/// What puts rows of some kinds in one namespace into doubt: why, and since when.
pub(super) fn doubt(
    inventory: &Inventory,
    kinds: &[Kind],
    namespace: &Text,
    now: Timestamp,
) -> Option<(String, Option<Timestamp>)> {
    if let ClusterLiveness::Late { since, .. } = inventory.liveness(now) {
        return Some(match since {
            Some(since) => (format!("cluster last heard {}", time_of_day(since, now)), Some(since)),
            None => ("cluster never heard".to_owned(), None),
        });
    }
    kinds.iter().find_map(|kind| {
        let kind_name = kind.plural();
        match inventory.freshness_in(*kind, namespace) {
            Freshness::Live | Freshness::Partial(_) => None,
            Freshness::Loading => Some((format!("{kind_name} are loading"), None)),
            Freshness::Late { since, .. } => {
                Some((format!("{kind_name} last heard {}", time_of_day(since, now)), Some(since)))
            }
            Freshness::NoAccess(problem) | Freshness::Absent(problem) => Some((problem.what.to_string(), None)),
        }
    })
}

/// What a verdict is worth when its sources are in doubt. What was last known stays readable, unless all was well:
/// that would read as if it still were.
pub(super) fn doubted(last: &Verdict, doubt: Option<(String, Option<Timestamp>)>) -> Verdict {
    let Some((why, since)) = doubt else { return last.clone() };
    let before = if last.health == Health::Healthy { String::new() } else { format!(", before that {}", last.reason) };
    Verdict::new(Health::Unknown, format!("unknown: {why}{before}"), since)
}

#[cfg(test)]
mod tests;
