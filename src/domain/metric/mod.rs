//! Numbers over time: what is measured of a service, and series of points at equal steps, with gaps as gaps.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::domain::object::Labels;
use crate::domain::problem::Problem;
use crate::domain::service::Service;
use crate::domain::text::Text;

mod families;
mod figure;

pub use families::{Family, Template};
pub use figure::{Unit, percent};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Requests per second.
    Requests,
    /// Requests per second that failed on the server's side.
    Errors,
    /// The latency that half of the requests stay below, in seconds.
    P50,
    /// That 95 % stay below.
    P95,
    /// That 99 % stay below.
    P99,
    /// Cores in use.
    Cpu,
    /// Bytes in use.
    Memory,
    /// How much of its limit the fullest container has in use, of 1.
    Saturation,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 8] =
        [Self::Requests, Self::Errors, Self::P50, Self::P95, Self::P99, Self::Cpu, Self::Memory, Self::Saturation];

    /// What is asked for all services all the time: the columns and the health of each come from these.
    pub const ALWAYS: [Self; 3] = [Self::Requests, Self::Errors, Self::P95];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Errors => "errors",
            Self::P50 => "latency p50",
            Self::P95 => "latency p95",
            Self::P99 => "latency p99",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Saturation => "saturation",
        }
    }

    /// The unit of its points.
    pub fn unit(self) -> Unit {
        match self {
            Self::Requests | Self::Errors => Unit::PerSecond,
            Self::P50 | Self::P95 | Self::P99 => Unit::Seconds,
            Self::Cpu => Unit::Cores,
            Self::Memory => Unit::Bytes,
            Self::Saturation => Unit::Ratio,
        }
    }

    /// Which part of the requests stays below it, for a latency.
    pub fn quantile(self) -> Option<&'static str> {
        match self {
            Self::P50 => Some("0.5"),
            Self::P95 => Some("0.95"),
            Self::P99 => Some("0.99"),
            _ => None,
        }
    }

    /// Whether the points of parts add up to those of the whole. The latency and the saturation of a whole are those
    /// of its worst part, because averages of quantiles mean nothing.
    pub fn adds_up(self) -> bool {
        !matches!(self, Self::P50 | Self::P95 | Self::P99 | Self::Saturation)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The moments at which points stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The last moment.
    pub end: Timestamp,
    /// The distance between two.
    pub step: SignedDuration,
    /// How many there are.
    pub len: usize,
}

impl Grid {
    /// The grid that ends at the last whole step before a moment: the past keeps its points while time goes on.
    pub fn before(now: Timestamp, step: SignedDuration, len: usize) -> Self {
        let step = step.max(SignedDuration::from_secs(1));
        let late = now.as_second().rem_euclid(step.as_secs());
        let end = Timestamp::from_second(now.as_second() - late).unwrap_or(now);
        Self { end, step, len: len.max(1) }
    }

    /// The first moment.
    pub fn start(&self) -> Timestamp {
        self.at(0)
    }

    /// The moment of a point.
    pub fn at(&self, index: usize) -> Timestamp {
        let back = i64::try_from(self.len.saturating_sub(index + 1)).unwrap_or(i64::MAX);
        let seconds = self.step.as_secs().saturating_mul(back);
        self.end.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN)
    }

    /// The point that stands at a moment, or nearest to it.
    pub fn index(&self, at: Timestamp) -> Option<usize> {
        let after = at.duration_since(self.start()).as_secs();
        let step = self.step.as_secs();
        let index = usize::try_from((after + step / 2).div_euclid(step)).ok()?;
        (index < self.len).then_some(index)
    }
}

/// Points on a grid. What is no finite number is a gap: Prometheus writes `NaN` for 0 / 0 and `+Inf` for x / 0, and
/// neither says how a service is. Within, a gap is `NaN` where nothing was told, and infinite where that was told.
#[derive(Clone, Debug, Default)]
pub struct Points(Vec<f64>);

/// A gap is a gap.
impl PartialEq for Points {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|value| value.to_bits()).eq(other.0.iter().map(|value| value.to_bits()))
    }
}

impl Eq for Points {}

impl Points {
    /// Points without any value.
    pub fn gaps(len: usize) -> Self {
        Self(vec![f64::NAN; len])
    }

    /// Puts a value where it belongs; what is not finite is a gap.
    pub fn set(&mut self, index: usize, value: f64) {
        if let Some(point) = self.0.get_mut(index) {
            *point = if value.is_finite() { value } else { f64::INFINITY };
        }
    }

    /// The value at a point.
    pub fn get(&self, index: usize) -> Option<f64> {
        self.0.get(index).copied().filter(|value| value.is_finite())
    }

    /// The newest value, if it is not older than a few steps: a service that is gone has no rate.
    pub fn last(&self) -> Option<f64> {
        self.0.iter().rev().take(3).copied().find(|value| value.is_finite())
    }

    /// All points, gaps as none.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Option<f64>> + ExactSizeIterator {
        self.0.iter().map(|value| Some(*value).filter(|value| value.is_finite()))
    }

    /// How many there are, gaps included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.iter().all(|value| value.is_none())
    }

    /// The largest value.
    pub fn most(&self) -> Option<f64> {
        self.iter().flatten().reduce(f64::max)
    }

    /// Takes in the points of another part of the same whole. A sum of which a part is no number is none.
    pub fn fold(&mut self, other: &Self, adds_up: bool) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0).filter(|(_, theirs)| !theirs.is_nan()) {
            *mine = match adds_up {
                _ if mine.is_nan() => *theirs,
                true => *mine + theirs,
                false if mine.is_finite() && theirs.is_finite() => mine.max(*theirs),
                false => mine.min(*theirs),
            };
        }
    }

    /// One part of another: errors of requests. Where nothing failed there is no series of failures, which is 0; where
    /// nothing was asked, or the failures are no number, there is no ratio.
    #[must_use]
    pub fn of(&self, whole: &Self) -> Self {
        let part = |index: usize| self.0.get(index).copied().filter(|value| !value.is_nan()).unwrap_or(0.0);
        let ratio = |(index, whole): (usize, Option<f64>)| match whole {
            Some(whole) if whole > 0.0 => part(index) / whole,
            _ => f64::NAN,
        };
        Self(whole.iter().enumerate().map(ratio).collect())
    }
}

/// One series of an answer, with its labels in the names that midwatch uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// `namespace`, `pod`, and whatever names the service; sorted by name.
    pub labels: Labels,
    /// Its points.
    pub points: Points,
}

/// What is asked about, and how finely.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// Which family of templates asks: the earlier one in the configuration counts where two know a service.
    pub family: usize,
    /// What is measured.
    pub measure: Measure,
    /// Whether each pod has a series of its own, as in the view of one service.
    pub by_pod: bool,
    /// Whether it is about the same time a week ago.
    pub is_before: bool,
}

/// What of all numbers somebody looks at now; what health needs is always asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// Whether every measure is asked for all services, as a script does that wants them all.
    pub everything: bool,
    /// The services that are looked at closely: each of their pods is asked for.
    pub focus: Option<Focus>,
    /// How often a guard wants to see numbers; none where none looks.
    pub every: Option<SignedDuration>,
}

/// Pods by where they live and how their names begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// The namespaces.
    pub namespaces: Vec<Text>,
    /// The names of their workloads.
    pub workloads: Vec<Text>,
    /// What of them is measured.
    pub measures: &'static [Measure],
    /// Whether the same time a week ago is looked at beside it.
    pub compares: bool,
}

impl Focus {
    /// The pods of some services.
    pub fn on<'a>(services: impl Iterator<Item = &'a Service> + Clone, measures: &'static [Measure]) -> Self {
        let namespaces = services.clone().flat_map(|service| service.namespaces.clone()).collect();
        let workloads = services.flat_map(|service| &service.workloads).map(|workload| workload.name.clone()).collect();
        Self::of(namespaces, workloads, measures)
    }

    /// The pods of some workloads, or of whatever else the names of pods begin with; each name counts once.
    pub fn of(mut namespaces: Vec<Text>, mut workloads: Vec<Text>, measures: &'static [Measure]) -> Self {
        for names in [&mut namespaces, &mut workloads] {
            names.sort();
            names.dedup();
        }
        Self { namespaces, workloads, measures, compares: false }
    }
}

/// How far back the time is that is compared with: the same hour of the same day of the week.
pub const BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How numbers are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The families, the most telling first.
    pub families: Vec<Family>,
    /// Over how long a rate is taken.
    pub window: SignedDuration,
    /// How far back.
    pub span: SignedDuration,
    /// The distance between two points.
    pub step: SignedDuration,
}

impl Default for Asking {
    fn default() -> Self {
        Self {
            families: Family::usual(),
            window: SignedDuration::from_mins(2),
            span: SignedDuration::from_mins(30),
            step: SignedDuration::from_secs(30),
        }
    }
}

impl Asking {
    /// The grid of a round of questions.
    pub fn grid(&self, now: Timestamp) -> Grid {
        let len = self.span.as_secs() / self.step.as_secs().max(1) + 1;
        Grid::before(now, self.step, usize::try_from(len).unwrap_or(1))
    }
}

/// An answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The question.
    pub question: Question,
    /// The moments of the points.
    pub grid: Grid,
    /// The series.
    pub series: Arc<[Series]>,
    /// How many more there were than are taken in.
    pub left_out: usize,
}

/// What a server said about a round of questions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// The readings.
    pub readings: Vec<Reading>,
    /// What was not answered, and why.
    pub problems: Vec<Problem>,
    /// What each template found.
    pub found: Vec<Found>,
}

/// What a family of templates found on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub family: Text,
    /// The measures for which there are series.
    pub measures: Vec<Measure>,
    /// Those for which there are none, each with the reason.
    pub missing: Vec<(Measure, Text)>,
}

#[cfg(test)]
mod tests;
