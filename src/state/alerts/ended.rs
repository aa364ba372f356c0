//! Alerts that were seen to end: whoever told them tells them no more.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use super::holds;
use crate::domain::alert::Alert;
use crate::domain::object::{ClusterName, Labels};
use crate::domain::text::Text;

/// How many are kept.
const KEPT: usize = 200;

/// What had begun and ended, and when it was seen to; the oldest first.
#[derive(Debug, Default)]
pub(super) struct Ended {
    kept: VecDeque<(Arc<Alert>, Timestamp)>,
}

/// Alerts whose conditions hold, by what few of them have in common.
struct Begun<'a> {
    named: HashMap<(&'a ClusterName, &'a Text), Vec<&'a Alert>>,
    /// The labels of all, so that of thousands of one name only few are compared.
    labelled: HashSet<(&'a ClusterName, &'a Labels)>,
}

impl<'a> Begun<'a> {
    fn of(alerts: &'a [Arc<Alert>]) -> Self {
        let (mut named, mut labelled) = (HashMap::<_, Vec<&Alert>>::new(), HashSet::new());
        for alert in alerts.iter().filter(|alert| alert.standing.has_begun()) {
            named.entry((&alert.cluster, &alert.name)).or_default().push(&**alert);
            labelled.insert((&alert.cluster, &alert.labels));
        }
        Self { named, labelled }
    }

    fn has(&self, alert: &Alert, is_it: impl Fn(&Alert) -> bool) -> bool {
        self.named.get(&(&alert.cluster, &alert.name)).is_some_and(|same| same.iter().any(|other| is_it(other)))
    }
}

impl Ended {
    /// Notes what has ended between two looks; what is told again as it was had not.
    pub(super) fn note(&mut self, before: &[Arc<Alert>], after: &[Arc<Alert>], at: Timestamp) {
        let begun = Begun::of(after);
        self.kept
            .retain(|(ended, _)| !begun.has(ended, |other| other.labels == ended.labels && other.since == ended.since));
        let has_ended = |alert: &&Arc<Alert>| {
            // It may be told by another server now, which knows more or fewer labels.
            let is_it = |other: &Alert| holds(&other.labels, &alert.labels) || holds(&alert.labels, &other.labels);
            let is_told = || begun.labelled.contains(&(&alert.cluster, &alert.labels));
            alert.standing.has_begun() && !is_told() && !begun.has(alert, is_it)
        };
        self.kept.extend(before.iter().filter(has_ended).map(|alert| (Arc::clone(alert), at)));
        self.kept.drain(..self.kept.len().saturating_sub(KEPT));
    }

    /// All that are kept.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Arc<Alert>, Timestamp)> {
        self.kept.iter().map(|(alert, at)| (alert, *at))
    }
}
