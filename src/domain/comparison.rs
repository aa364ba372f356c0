//! Two arms side by side: whether the new one does worse than the one that is trusted, or too little is known to say so.

/// Fewer requests than this prove nothing about an arm.
pub const FEWEST: f64 = 100.0;

/// A smaller part of failures is no breach, whatever the other arm does.
const TOLERATED: f64 = 0.01;

/// Failures count once they are so many times those of the stable arm.
const WORSE: f64 = 2.0;

/// A tail counts as slower once it is so many times that of the stable arm.
const SLOWER: f64 = 1.25;

/// The number of standard deviations that hold 95 % of what chance does.
const Z: f64 = 1.96;

/// What was seen of one arm within a while.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Requests.
    pub requests: f64,
    /// Those that failed.
    pub failures: f64,
    /// The latency that one in twenty exceeds, in seconds; none where nobody measures it.
    pub p95: Option<f64>,
}

impl Sample {
    /// The part that failed; none without requests.
    pub fn ratio(&self) -> Option<f64> {
        (self.requests > 0.0).then(|| (self.failures / self.requests).clamp(0.0, 1.0))
    }

    /// Between which parts the true one lies, with 95 % certainty (Wilson); everything is possible without requests.
    pub fn bounds(&self) -> (f64, f64) {
        let Some(ratio) = self.ratio() else { return (0.0, 1.0) };
        let (n, z2) = (self.requests, Z * Z);
        let middle = ratio + z2 / (2.0 * n);
        let reach = Z * (ratio * (1.0 - ratio) / n + z2 / (4.0 * n * n)).sqrt();
        let whole = 1.0 + z2 / n;
        (((middle - reach) / whole).max(0.0), ((middle + reach) / whole).min(1.0))
    }
}

/// What comes of comparing two arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// One of them was asked too rarely.
    TooFew,
    /// The new one fails more than chance explains.
    FailsMore,
    /// Both fail: what is wrong may lie behind them.
    BothFail,
    /// The new one is slower.
    Slower,
    /// Nothing speaks against the new one.
    NoWorse,
}

/// Compares the new arm with the stable one.
pub fn compare(canary: &Sample, stable: &Sample) -> Finding {
    if canary.requests < FEWEST || stable.requests < FEWEST {
        return Finding::TooFew;
    }
    let (lower, _) = canary.bounds();
    let is_above = |of: &Sample| of.bounds().0 > TOLERATED;
    if is_above(canary) && is_above(stable) {
        return Finding::BothFail;
    }
    if lower > TOLERATED.max(WORSE * stable.ratio().unwrap_or_default()) {
        return Finding::FailsMore;
    }
    match (canary.p95, stable.p95) {
        (Some(new), Some(old)) if new > SLOWER * old => Finding::Slower,
        _ => Finding::NoWorse,
    }
}

#[cfg(test)]
mod tests;
