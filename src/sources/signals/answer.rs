//! What Prometheus answers to a query, at one moment or over a range: one reader for all who ask.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::object::Labels;
use crate::domain::text::Text;

/// An answer. One that lacks any of it, or says itself that it failed, is none: taken for one without series it would
/// say that nothing fails.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    #[serde(rename = "status")]
    _status: Success,
    data: Data,
}

/// That it could answer.
#[derive(Debug, Deserialize)]
enum Success {
    #[serde(rename = "success")]
    Success,
}

/// What it tells.
#[derive(Debug, Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Data {
    Matrix(Vec<Sampled>),
    Vector(Vec<Sampled>),
    Scalar(IgnoredAny),
    String(IgnoredAny),
}

/// One series as it is told. A native histogram has no samples.
#[derive(Debug, Deserialize)]
pub(super) struct Sampled {
    #[serde(default)]
    pub(super) metric: BTreeMap<String, String>,
    #[serde(default)]
    values: Vec<Sample>,
    #[serde(default)]
    value: Option<Sample>,
}

/// A moment in seconds, and a number as it is written: `NaN` and `+Inf` are none in JSON.
type Sample = (f64, String);

impl Answer {
    /// The series; none where a number or a text is told instead.
    pub(super) fn series(self) -> Option<Vec<Sampled>> {
        match self.data {
            Data::Matrix(series) | Data::Vector(series) => Some(series),
            Data::Scalar(_) | Data::String(_) => None,
        }
    }
}

impl Sampled {
    /// The numbers at their moments, which are asked for in whole seconds; what is no number is left out.
    pub(super) fn samples(&self) -> impl Iterator<Item = (Timestamp, f64)> {
        self.values.iter().chain(&self.value).filter_map(|(at, number)| {
            #[expect(clippy::cast_possible_truncation, reason = "a moment in seconds has no more digits")]
            let at = Timestamp::from_second(at.round() as i64).ok()?;
            Some((at, number.parse().ok()?))
        })
    }

    /// The labels, sorted by name, in the names that `rename` gives them.
    pub(super) fn labels<'a>(&'a self, rename: impl Fn(&'a str) -> &'a str) -> Labels {
        let told = self.metric.iter();
        let mut labels: Vec<(Text, Text)> =
            told.map(|(name, value)| (Text::from_untrusted(rename(name)), Text::from_untrusted(value))).collect();
        labels.sort();
        labels.into()
    }
}

#[cfg(test)]
mod tests;
