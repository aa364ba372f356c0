//! Doubt: a verdict is worth only what its sources are worth. Who cannot be heard is never healthy.

use jiff::Timestamp;

use super::inventory::{ClusterLiveness, Freshness, Inventory, LATE_AFTER};
use crate::domain::health::{Health, Verdict};
use crate::domain::kind::Kind;
use crate::domain::moment::time_of_day;
use crate::domain::text::Text;

/// Why rows cannot be known, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    pub(super) why: String,
    pub(super) since: Option<Timestamp>,
}

impl Doubt {
    fn new(why: String, since: Option<Timestamp>) -> Self {
        Self { why, since }
    }

    /// Whether what was heard then is more than what was known before: later than the silence was noticed, so that it came
    /// on another way than what fell silent.
    pub(super) fn is_news(&self, heard: Timestamp) -> bool {
        self.since.is_none_or(|since| heard.duration_since(since) > LATE_AFTER)
    }
}

/// What puts rows of some kinds in one namespace into doubt.
pub(super) fn doubt(inventory: &Inventory, kinds: &[Kind], namespace: &Text, now: Timestamp) -> Option<Doubt> {
    if let ClusterLiveness::Late { since, .. } = inventory.liveness(now) {
        return Some(match since {
            Some(since) => Doubt::new(format!("cluster last heard {}", time_of_day(since, now)), Some(since)),
            None => Doubt::new("cluster never heard".to_owned(), None),
        });
    }
    kinds.iter().find_map(|kind| {
        let kind_name = kind.plural();
        match inventory.freshness_in(*kind, namespace) {
            Freshness::Live | Freshness::Partial(_) => None,
            Freshness::Loading => Some(Doubt::new(format!("{kind_name} are loading"), None)),
            Freshness::Late { since, .. } => {
                Some(Doubt::new(format!("{kind_name} last heard {}", time_of_day(since, now)), Some(since)))
            }
            Freshness::NoAccess(problem) | Freshness::Absent(problem) => {
                Some(Doubt::new(problem.what.to_string(), None))
            }
        }
    })
}

/// What a verdict is worth when its sources are in doubt. What was last known stays readable, unless all was well:
/// that would read as if it still were.
pub(super) fn doubted(last: &Verdict, doubt: Option<Doubt>) -> Verdict {
    let Some(Doubt { why, since }) = doubt else { return last.clone() };
    let before = if last.health == Health::Healthy { String::new() } else { format!(", before that {}", last.reason) };
    Verdict::new(Health::Unknown, format!("unknown: {why}{before}"), since)
}

#[cfg(test)]
mod tests;
