//! A guard: whether the new revision of a service is as good as the stable one, by what both were seen to do at the
//! same time. It never takes silence for health: where too little was seen it says so.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::text::Text;

mod command;
mod course;
mod looks;
mod named;

pub use command::shift_of;
pub use course::{Course, NoCourse, OnExit};
pub use looks::Looks;
pub use named::Guards;

/// How strict a guard is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    /// As the configuration calls it.
    pub name: Text,
    /// Over how long requests are counted.
    pub window: SignedDuration,
    /// For how long after the weights changed nothing is concluded, unless almost all fails.
    pub warm_up: SignedDuration,
    /// How often it looks.
    pub every: SignedDuration,
    /// How often the same must be seen, one look after the other, before it counts.
    pub looks: u8,
    /// From fewer requests of an arm than this nothing is concluded.
    pub least: u32,
    /// The part of the requests, of 1, that may fail whatever the stable revision does.
    pub error_ratio: f64,
    /// How many times the stable revision's part may fail.
    pub error_factor: f64,
    /// The part of the requests whose failure is enough at once, from [`Guard::FEW`] requests on.
    pub fast_ratio: f64,
    /// How many times the stable revision's latency (p95) is too slow.
    pub latency_factor: f64,
    /// How many restarts in the window are too many.
    pub restarts: u32,
}

/// None of its numbers is other than finite.
impl Eq for Guard {}

impl Guard {
    /// So many requests are enough to see that almost all fails.
    pub const FEW: u32 = 20;
    /// What 95 % certainty is, in standard deviations to one side and the other.
    const CERTAINTY: f64 = 1.96;
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            name: Guards::DEFAULT.into(),
            window: SignedDuration::from_mins(2),
            warm_up: SignedDuration::from_secs(60),
            every: SignedDuration::from_secs(30),
            looks: 2,
            least: 100,
            error_ratio: 0.01,
            error_factor: 2.0,
            fast_ratio: 0.10,
            latency_factor: 1.25,
            restarts: 3,
        }
    }
}

/// What was seen of one arm in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Sample {
    /// Requests; none where nobody counts them.
    pub requests: Option<f64>,
    /// Those of them that failed on the server's side; none where nobody counts them.
    pub errors: Option<f64>,
    /// The latency that 95 % stay below, in seconds.
    pub p95: Option<f64>,
    /// Pods that are ready, of how many.
    pub ready: u32,
    /// See `ready`.
    pub desired: u32,
    /// How often its containers were started again, at the least.
    pub restarts: u32,
}

impl Sample {
    /// The part of its requests that failed, of 1; none without requests.
    pub fn error_ratio(&self) -> Option<f64> {
        let (requests, errors) = (self.requests?, self.errors?);
        (requests > 0.0 && errors.is_finite()).then(|| (errors / requests).clamp(0.0, 1.0))
    }
}

/// What a comparison of two arms says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "why", rename_all = "kebab-case")]
pub enum Verdict {
    /// The new revision is as good as the stable one, as far as so many requests can tell.
    Pass(Text),
    /// It is worse, and surely so.
    Breach(Text),
    /// It is much worse: no second look is needed.
    FastBreach(Text),
    /// Both are bad: going back would mend nothing, and going on is out of the question.
    BothBad(Text),
    /// Too little was seen, or nothing could be asked.
    NotEnough(Text),
}

impl Verdict {
    /// Whether the new revision may get more.
    pub fn allows_more(&self) -> bool {
        matches!(self, Self::Pass(_))
    }

    /// Whether it is to lose what it has, once it was seen for long enough.
    pub fn is_breach(&self) -> bool {
        matches!(self, Self::Breach(_) | Self::FastBreach(_))
    }

    /// The word for it, as scripts read it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pass(_) => "pass",
            Self::Breach(_) => "breach",
            Self::FastBreach(_) => "fast-breach",
            Self::BothBad(_) => "both-bad",
            Self::NotEnough(_) => "not-enough",
        }
    }

    /// Why.
    pub fn why(&self) -> &Text {
        let (Self::Pass(why) | Self::Breach(why) | Self::FastBreach(why) | Self::BothBad(why) | Self::NotEnough(why)) =
            self;
        why
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Pass(_) => "as good as stable",
            Self::Breach(_) | Self::FastBreach(_) => "worse than stable",
            Self::BothBad(_) => "both are bad",
            Self::NotEnough(_) => "not enough data",
        };
        write!(f, "{word}: {}", self.why())
    }
}

impl Guard {
    /// Compares what was seen of the new revision with what was seen of the stable one.
    pub fn judge(&self, canary: &Sample, stable: &Sample) -> Verdict {
        if canary.desired > 0 && canary.ready == 0 {
            return Verdict::FastBreach("none of its pods is ready".into());
        }
        if canary.restarts >= self.restarts {
            return restarting(canary, stable);
        }
        let Some(requests) = canary.requests.filter(|requests| requests.is_finite()) else {
            return Verdict::NotEnough("nobody counts its requests".into());
        };
        let Some(ratio) = canary.error_ratio() else {
            let why = if requests > 0.0 { "nobody counts its failures" } else { "it gets no requests" };
            return Verdict::NotEnough(why.into());
        };
        let limit = self.limit(stable);
        if requests >= f64::from(Self::FEW) && ratio >= self.fast_ratio && ratio > limit {
            return self.worse(canary, stable, true);
        }
        if requests < f64::from(self.least) {
            let why = format!("{} of {} requests seen", requests.floor(), self.least);
            return Verdict::NotEnough(why.into());
        }
        // Only what is surely above the limit is: a small arm looks bad by chance.
        if lower_bound(ratio, requests, Self::CERTAINTY) > limit {
            return self.worse(canary, stable, false);
        }
        if let Some(why) = self.slower(canary, stable) {
            return Verdict::Breach(why);
        }
        if canary.ready < canary.desired {
            let why = format!("{} of {} of its pods are ready", canary.ready, canary.desired);
            return Verdict::NotEnough(why.into());
        }
        Verdict::Pass(format!("{} of {} requests failed", count(ratio * requests), requests.round()).into())
    }

    /// Above which part of failures the new revision is worse.
    fn limit(&self, stable: &Sample) -> f64 {
        let of_stable = stable.error_ratio().unwrap_or_default();
        self.error_ratio.max(self.error_factor * of_stable)
    }

    /// The new revision fails more than it may. Where the stable one fails as much as that too, something behind both
    /// is ill.
    fn worse(&self, canary: &Sample, stable: &Sample, is_fast: bool) -> Verdict {
        let of = |sample: &Sample| sample.error_ratio().unwrap_or_default() * 100.0;
        let enough = stable.requests.is_some_and(|requests| requests >= f64::from(Self::FEW));
        let why = format!(
            "{:.1} % of {} requests failed, of stable {}",
            of(canary),
            canary.requests.unwrap_or_default().round(),
            if enough { format!("{:.1} %", of(stable)) } else { "too few to tell".to_owned() },
        );
        if enough && stable.error_ratio().is_some_and(|ratio| ratio >= self.fast_ratio) {
            Verdict::BothBad(why.into())
        } else if is_fast {
            Verdict::FastBreach(why.into())
        } else {
            Verdict::Breach(why.into())
        }
    }

    /// Why the new revision is too slow, if it is. The latency of few requests is that of the slowest.
    fn slower(&self, canary: &Sample, stable: &Sample) -> Option<Text> {
        let many = |sample: &Sample| sample.requests.is_some_and(|requests| requests >= f64::from(self.least));
        let (own, other) = (canary.p95?, stable.p95?);
        let is_slower = many(canary) && many(stable) && other > 0.0 && own > self.latency_factor * other;
        is_slower.then(|| format!("p95 {:.0} ms, of stable {:.0} ms", own * 1000.0, other * 1000.0).into())
    }
}

/// The new revision starts again too often. Where the pods of the stable one do so as often, something behind both is ill.
fn restarting(canary: &Sample, stable: &Sample) -> Verdict {
    let (restarts, pods) =
        (if canary.restarts == 1 { "restart" } else { "restarts" }, if canary.desired == 1 { "pod" } else { "pods" });
    let own = format!("{} {restarts} in {} {pods}", canary.restarts, canary.desired);
    let why = format!("{own}, of stable {} in {}", stable.restarts, stable.desired).into();
    let each = |of: &Sample| f64::from(of.restarts) / f64::from(of.desired.max(1));
    if stable.restarts > 0 && each(stable) >= each(canary) { Verdict::BothBad(why) } else { Verdict::Breach(why) }
}

/// A count of requests, which a rate over a window gives with a fraction.
fn count(requests: f64) -> f64 {
    if requests > 0.0 && requests < 1.0 { 1.0 } else { requests.round() }
}

/// The least part that is likely, where so many of so many were seen: Wilson's bound, which holds for few as well.
fn lower_bound(ratio: f64, of: f64, certainty: f64) -> f64 {
    if of <= 0.0 {
        return 0.0;
    }
    let squared = certainty * certainty;
    let centre = ratio + squared / (2.0 * of);
    let spread = certainty * (ratio * (1.0 - ratio) / of + squared / (4.0 * of * of)).sqrt();
    ((centre - spread) / (1.0 + squared / of)).max(0.0)
}

#[cfg(test)]
mod tests;
