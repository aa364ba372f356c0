//! Criterion: a number against a threshold, and for how long. One type serves health, alert rules and guards.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::text::Text;

/// How a number is compared with a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Operator {
    /// Larger.
    #[serde(rename = ">")]
    Above,
    /// As large or larger.
    #[serde(rename = ">=")]
    AtLeast,
    /// Smaller.
    #[serde(rename = "<")]
    Below,
    /// As small or smaller.
    #[serde(rename = "<=")]
    AtMost,
    /// The same number.
    #[serde(rename = "==")]
    Equal,
    /// Another number.
    #[serde(rename = "!=")]
    Unequal,
}

impl Operator {
    /// Every operator. One that begins another stands after it, so that the first that is found in a text is the one.
    pub const ALL: [Self; 6] = [Self::AtLeast, Self::AtMost, Self::Equal, Self::Unequal, Self::Above, Self::Below];

    /// The sign for it, as PromQL writes it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Equal => "==",
            Self::Unequal => "!=",
        }
    }

    /// Whether it is true of a number and a threshold.
    #[expect(clippy::float_cmp, reason = "`==` of a rule means the same number, as in PromQL")]
    fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::Above => value > threshold,
            Self::AtLeast => value >= threshold,
            Self::Below => value < threshold,
            Self::AtMost => value <= threshold,
            Self::Equal => value == threshold,
            Self::Unequal => value != threshold,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.sign())
    }
}

/// A number that a criterion compares with: always finite.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Threshold(f64);

/// It is never NaN.
impl Eq for Threshold {}

impl Threshold {
    /// A threshold; none where the number is not finite.
    pub fn new(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is breached when a number stays beyond a threshold for long enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// What is measured: a query, or the name of a measure.
    pub query: Text,
    /// How the number is compared; where that is true, the criterion is breached.
    pub operator: Operator,
    /// With what.
    pub threshold: Threshold,
    /// For how long it must be breached before that counts.
    pub hold: SignedDuration,
    /// For how long it must pass before a breach that counted is over.
    pub keep: SignedDuration,
    /// The least number of samples (requests, say) from which the number may be made; fewer are no data.
    pub least: u32,
}

/// What a measurement says of a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The number is as it should be.
    Pass,
    /// It is not.
    Breach,
    /// There is no number from which this could be told.
    NoData,
}

impl Criterion {
    /// Judges a number that was made from so many samples; `samples` is none where nobody counted them.
    ///
    /// NaN is 0 / 0, a ratio without traffic; ±Inf is a ratio whose divisor is 0 while its dividend is not, as happens
    /// when a total is counted elsewhere or was reset. Neither measures anything: they are no data, not a huge number.
    pub fn judge(&self, value: Option<f64>, samples: Option<f64>) -> Outcome {
        let is_enough = self.least == 0 || samples.is_some_and(|samples| samples >= f64::from(self.least));
        match value {
            Some(value) if value.is_finite() && is_enough => {
                if self.operator.holds(value, self.threshold.0) {
                    Outcome::Breach
                } else {
                    Outcome::Pass
                }
            }
            _ => Outcome::NoData,
        }
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.query, self.operator, self.threshold)
    }
}

/// Where a criterion stands after all that was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CriterionState {
    /// Nothing can be told: there is no data, and no breach was seen before there was none.
    #[default]
    NoData,
    /// It passes.
    Passing,
    /// It is breached, for less than it must hold.
    Pending,
    /// It is breached, and has been for long enough.
    Firing,
}

/// A criterion that is watched over time. Time without data neither counts for a breach nor ends one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watching {
    state: CriterionState,
    /// Since when it is in its state; for a breach, since that was first seen.
    since: Option<Timestamp>,
    /// Since when there is no data.
    blind: Option<Timestamp>,
    /// How long there was no data during this breach.
    unseen: SignedDuration,
    /// Since when it passes again while it fires.
    recovering: Option<Timestamp>,
    /// When it was last measured.
    last: Option<Timestamp>,
}

impl Watching {
    /// Takes in what a measurement at `now` says. One that is older than the last says nothing new.
    pub fn observe(&mut self, criterion: &Criterion, outcome: Outcome, now: Timestamp) -> CriterionState {
        if self.last.is_some_and(|last| now < last) {
            return self.state;
        }
        self.last = Some(now);
        match outcome {
            Outcome::NoData => self.lose_sight(now),
            Outcome::Pass => self.pass(criterion, now),
            Outcome::Breach => self.breach(criterion, now),
        }
        self.state
    }

    /// Where it stands.
    pub fn state(&self) -> CriterionState {
        self.state
    }

    /// Since when it stands there: for a breach, pending or firing, since it was first seen.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Since when there is no data: a breach that is told then is an old one.
    pub fn blind_since(&self) -> Option<Timestamp> {
        self.blind
    }

    fn lose_sight(&mut self, now: Timestamp) {
        self.blind.get_or_insert(now);
        self.recovering = None;
        if self.state == CriterionState::Passing {
            self.enter(CriterionState::NoData, now);
        }
        self.since.get_or_insert(now);
    }

    fn pass(&mut self, criterion: &Criterion, now: Timestamp) {
        self.see(now);
        if self.state == CriterionState::Firing {
            let since = *self.recovering.get_or_insert(now);
            if now.duration_since(since) < criterion.keep {
                return;
            }
        }
        if self.state != CriterionState::Passing {
            self.enter(CriterionState::Passing, now);
        }
    }

    fn breach(&mut self, criterion: &Criterion, now: Timestamp) {
        self.see(now);
        self.recovering = None;
        if matches!(self.state, CriterionState::NoData | CriterionState::Passing) {
            self.enter(CriterionState::Pending, now);
        }
        let seen = self.since.map(|since| now.duration_since(since).saturating_sub(self.unseen));
        if self.state == CriterionState::Pending && seen.is_some_and(|seen| seen >= criterion.hold) {
            self.state = CriterionState::Firing;
        }
    }

    /// There is data again.
    fn see(&mut self, now: Timestamp) {
        if let Some(blind) = self.blind.take() {
            self.unseen = self.unseen.saturating_add(now.duration_since(blind));
        }
    }

    fn enter(&mut self, state: CriterionState, now: Timestamp) {
        let blind = self.blind;
        *self = Self { state, since: Some(now), blind, last: self.last, ..Self::default() };
    }
}

#[cfg(test)]
mod tests;
