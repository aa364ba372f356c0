//! What was seen of one arm.

use serde::Serialize;

/// What was seen of one arm in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Sample {
    /// Requests; none where nobody counts them.
    pub requests: Option<f64>,
    /// Those of them that failed on the server's side; none where nobody counts them.
    pub errors: Option<f64>,
    /// The latency that 95 % stay below, in seconds.
    pub p95: Option<f64>,
    /// Its pods; none where nobody tells them, which is something else than that it has none.
    pub pods: Option<Pods>,
    /// How often its containers were started again, at the least.
    pub restarts: u32,
}

/// The pods of an arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pods {
    /// Those that take requests.
    pub ready: u32,
    /// All of them.
    pub all: u32,
}

impl Sample {
    /// The part of its requests that failed, of 1; none without requests.
    pub fn error_ratio(&self) -> Option<f64> {
        let (requests, errors) = (self.requests?, self.errors?);
        (requests > 0.0 && errors.is_finite()).then(|| (errors / requests).clamp(0.0, 1.0))
    }

    /// How many requests it had, and which part of them failed, where there are at least so many.
    pub(super) fn told_from(&self, least: u32) -> Option<(f64, f64)> {
        let requests = self.requests.filter(|requests| requests.is_finite() && *requests >= f64::from(least))?;
        Some((requests, self.error_ratio()?))
    }
}
