//! Limits: from when on a number of a service calls for somebody, per environment.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::criterion::{Criterion, Operator, Threshold};
use super::health::Health;
use super::metric::Asking;
use super::text::Text;

/// From when on one number calls for somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// Somebody should look.
    pub attention: Option<Threshold>,
    /// It does not do its work.
    pub bad: Option<Threshold>,
}

impl Limit {
    /// Both thresholds; what is no number is none.
    pub fn new(attention: Option<f64>, bad: Option<f64>) -> Self {
        Self { attention: attention.and_then(Threshold::new), bad: bad.and_then(Threshold::new) }
    }

    /// What a number means: none where it is within.
    pub fn health(self, value: f64) -> Option<Health> {
        let reaches = |threshold: Option<Threshold>| threshold.is_some_and(|threshold| value >= threshold.get());
        if reaches(self.bad) {
            return Some(Health::Bad);
        }
        reaches(self.attention).then_some(Health::Attention)
    }

    /// Its criteria, the worse first.
    pub fn criteria(self, of: &str, bounds: &Bounds, least: u32) -> impl Iterator<Item = (Health, Criterion)> {
        let (hold, keep) = (bounds.hold, bounds.keep);
        let levels = [(Health::Bad, self.bad), (Health::Attention, self.attention)];
        let of = Text::from(of);
        levels.into_iter().filter_map(move |(health, threshold)| {
            let criterion =
                Criterion { query: of.clone(), operator: Operator::AtLeast, threshold: threshold?, hold, keep, least };
            Some((health, criterion))
        })
    }
}

/// The limits of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The part of the requests that fail, of 1.
    pub error_ratio: Limit,
    /// The latency that 95 % stay below, in seconds.
    pub latency: Limit,
    /// For how long a number must be beyond its limit before that counts.
    pub hold: SignedDuration,
    /// For how long it must be within before it is well again.
    pub keep: SignedDuration,
    /// From fewer requests than this, in the time that a rate is taken over, nothing is concluded.
    pub least: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            error_ratio: Limit::new(Some(0.01), Some(0.05)),
            latency: Limit::new(Some(2.0), None),
            hold: SignedDuration::from_secs(60),
            keep: SignedDuration::from_mins(2),
            least: 20,
        }
    }
}

/// The limits of all environments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Where nothing else is said.
    pub usual: Bounds,
    /// Environments with limits of their own.
    pub environments: BTreeMap<Text, Bounds>,
    /// Over how long rates are taken.
    pub window: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { usual: Bounds::default(), environments: BTreeMap::new(), window: Asking::default().window }
    }
}

impl Limits {
    /// The limits of an environment.
    pub fn of(&self, environment: &Text) -> &Bounds {
        self.environments.get(environment).unwrap_or(&self.usual)
    }
}
