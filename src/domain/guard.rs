//! A guard: whether the new revision of a service is as good as the stable one, by what both were seen to do at the
//! same time. It never takes silence for health: where too little was seen it says so.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::moment::span;
use super::text::Text;

mod command;
mod course;
mod judge;
mod looks;
mod named;
mod sample;

pub use command::shift_of;
pub use course::{Course, NoCourse, OnExit};
pub use looks::Looks;
pub use named::Guards;
pub use sample::{Pods, Sample};

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
    /// From fewer requests of an arm than this nothing is concluded, but that almost all fail.
    pub least: u32,
    /// The part of the requests, of 1, that may fail whatever the stable revision does.
    pub error_ratio: f64,
    /// How many times the stable revision's part may fail; where that is much, at least one in so many of the requests that
    /// the stable revision answers must be answered.
    pub error_factor: f64,
    /// The part of the requests whose failure is enough at once, from [`Guard::FEW`] requests on. Where either arm fails so
    /// much, nothing gets more.
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
    /// Both are bad, and the new one is not surely worse: going back would mend nothing, and going on is out of the
    /// question.
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

/// Over how long something was counted, in words, and whether some of that was before the change that it is to judge.
pub fn over(window: SignedDuration, begins_before: bool) -> String {
    format!("over {}{}", span(window), if begins_before { ", begins before the change" } else { "" })
}

#[cfg(test)]
mod tests;
