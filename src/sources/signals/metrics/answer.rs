//! The answer to a question about a range: series whose labels get the names that midwatch uses.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::probe::Known;
use crate::domain::metric::{Grid, Points, Series};
use crate::domain::text::Text;

/// More series are not taken in: what is left out is counted.
const MOST_SERIES: usize = 10_000;

/// What Prometheus answers. An answer that lacks any of it is none: taken for one without series it would say that
/// nothing fails.
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

#[derive(Debug, Deserialize)]
struct Data {
    result: Vec<Told>,
}

/// One series as it is told.
#[derive(Debug, Deserialize)]
struct Told {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

/// The series of an answer on a grid, and how many more there were.
pub(super) fn series(answer: Answer, grid: Grid, known: &Known, pod: &str) -> (Vec<Series>, usize) {
    let result = answer.data.result;
    let left_out = result.len().saturating_sub(MOST_SERIES);
    let series = result.into_iter().take(MOST_SERIES).map(|told| {
        let mut points = Points::gaps(grid.len);
        for (at, value) in &told.values {
            #[expect(clippy::cast_possible_truncation, reason = "a moment in seconds has no more digits")]
            let moment = jiff::Timestamp::from_second(*at as i64).ok();
            if let Some(index) = moment.and_then(|moment| grid.index(moment))
                && let Ok(value) = value.parse()
            {
                points.set(index, value);
            }
        }
        let mut labels: Vec<(Text, Text)> = Vec::with_capacity(told.metric.len());
        for (name, value) in &told.metric {
            let name = match name.as_str() {
                name if known.namespace.as_deref() == Some(name) => "namespace",
                name if !pod.is_empty() && name == pod => "pod",
                // Whatever it is called there: it names the service.
                name => name,
            };
            labels.push((Text::from_untrusted(name), Text::from_untrusted(value)));
        }
        labels.sort();
        Series { labels: labels.into(), points }
    });
    (series.collect(), left_out)
}
