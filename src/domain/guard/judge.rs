//! The comparison of two arms: by failures, by restarts, by latency, and by pods. The worst of what these say counts.

use super::{Guard, Pods, Sample, Verdict};
use crate::domain::text::Text;

/// What 95 % certainty is, in standard deviations to one side and the other.
const CERTAINTY: f64 = 1.96;

impl Guard {
    /// Compares what was seen of the new revision with what was seen of the stable one.
    pub fn judge(&self, canary: &Sample, stable: &Sample) -> Verdict {
        let by_errors = self.by_errors(canary, stable);
        let others = [unserved(canary), self.restarting(canary, stable), self.slower(canary, stable)];
        // Of two that weigh the same the first counts.
        others.into_iter().flatten().fold(
            by_errors,
            |worst, other| {
                if weight(&other) > weight(&worst) { other } else { worst }
            },
        )
    }

    /// What its failures say.
    fn by_errors(&self, canary: &Sample, stable: &Sample) -> Verdict {
        let Some(requests) = canary.requests.filter(|requests| requests.is_finite()) else {
            return Verdict::NotEnough("nobody counts its requests".into());
        };
        let Some(ratio) = canary.error_ratio() else {
            let why = if requests > 0.0 { "nobody counts its failures" } else { "it gets no requests" };
            return Verdict::NotEnough(why.into());
        };
        let (few, least) = (f64::from(self.few()), f64::from(self.least));
        let limit = self.limit(stable);
        let is_much = requests >= few && ratio >= self.fast_ratio && ratio > limit;
        // Only what is surely above the limit is: a small arm looks bad by chance.
        let is_surely_above = requests >= least && lower_bound(ratio, requests) > limit;
        if is_much || is_surely_above {
            return self.worse(canary, stable, is_much);
        }
        if requests < least {
            return Verdict::NotEnough(format!("{} of {} requests seen", requests.floor(), self.least).into());
        }
        if ratio > self.error_ratio && (self.is_bad(stable) || ratio >= self.fast_ratio) {
            return Verdict::BothBad(self.failures(canary, stable));
        }
        if self.is_bad(stable) {
            // What the new revision is compared with is ill itself, whatever the new one does.
            let why = format!("stable is no measure: the new revision {}", self.failures(canary, stable));
            return Verdict::NotEnough(why.into());
        }
        Verdict::Pass(format!("{} of {} requests failed", count(ratio * requests), requests.round()).into())
    }

    /// From how many requests on it can be seen that almost all fails.
    fn few(&self) -> u32 {
        Self::FEW.min(self.least)
    }

    /// Above which part of failures the new revision is worse. The stable one's part counts from as many requests on as
    /// anything is concluded from: one failure of the few that the last weight leaves it would allow the new one any.
    fn limit(&self, stable: &Sample) -> f64 {
        let of_stable = stable.told_from(self.least).map_or(0.0, |(_, ratio)| self.allowed_beside(ratio));
        self.error_ratio.max(of_stable)
    }

    /// Which part may fail where this part of the stable revision's requests does: so many times as much, as long as one
    /// in so many of those that the stable one answers is answered. It never is all of them, unless all of stable's fail.
    fn allowed_beside(&self, of_stable: f64) -> f64 {
        let factor = self.error_factor.max(1.0);
        (factor * of_stable).min(1.0 - (1.0 - of_stable) / factor)
    }

    /// Whether the stable revision itself fails as much as is enough at once.
    fn is_bad(&self, stable: &Sample) -> bool {
        stable.told_from(self.few()).is_some_and(|(_, ratio)| ratio >= self.fast_ratio)
    }

    /// The new revision fails more than it may. Where the stable one is bad itself that is no breach unless the new one is
    /// surely worse: else something behind both is ill.
    fn worse(&self, canary: &Sample, stable: &Sample, is_much: bool) -> Verdict {
        let why = self.failures(canary, stable);
        if self.is_bad(stable) && !self.is_surely_worse(canary, stable) {
            Verdict::BothBad(why)
        } else if is_much {
            Verdict::FastBreach(why)
        } else {
            Verdict::Breach(why)
        }
    }

    /// Whether the least that is likely of the new revision is above the most that is likely of the stable one, and above
    /// what may fail beside it.
    fn is_surely_worse(&self, canary: &Sample, stable: &Sample) -> bool {
        let (Some((own_requests, own)), Some((requests, ratio))) = (canary.told_from(1), stable.told_from(1)) else {
            return false;
        };
        lower_bound(own, own_requests) > upper_bound(ratio, requests).max(self.allowed_beside(ratio))
    }

    /// Which part of both failed, in words.
    fn failures(&self, canary: &Sample, stable: &Sample) -> Text {
        let of = |sample: &Sample| sample.error_ratio().unwrap_or_default() * 100.0;
        let requests = canary.requests.unwrap_or_default().round();
        let of_stable = match stable.told_from(self.few()) {
            Some(_) => format!("{:.1} %", of(stable)),
            None => "too few to tell".to_owned(),
        };
        // Both parts stand first: what is shown of these words in a table ends early.
        format!("fails {:.1} %, stable {of_stable} ({requests} requests)", of(canary)).into()
    }

    /// That the new revision is too slow, where it is. The latency of few requests is that of the slowest.
    fn slower(&self, canary: &Sample, stable: &Sample) -> Option<Verdict> {
        let many = |sample: &Sample| sample.requests.is_some_and(|requests| requests >= f64::from(self.least));
        let (own, other) = (canary.p95?, stable.p95?);
        let is_slower = many(canary) && many(stable) && other > 0.0 && own > self.latency_factor * other;
        let why = || format!("is slow: p95 {:.0} ms, stable {:.0} ms", own * 1000.0, other * 1000.0);
        is_slower.then(|| Verdict::Breach(why().into()))
    }

    /// That the new revision starts again too often, where it does. Where the pods of the stable one do so as often,
    /// something behind both is ill, as where a node was started again.
    fn restarting(&self, canary: &Sample, stable: &Sample) -> Option<Verdict> {
        if canary.restarts < self.restarts {
            return None;
        }
        let all = |of: &Sample| of.pods.map_or(1, |pods| pods.all.max(1));
        let within = |of: &Sample, noun| of.pods.map(|pods| format!(" in {}{noun}", pods.all)).unwrap_or_default();
        let restarts = if canary.restarts == 1 { "restart" } else { "restarts" };
        let own = format!(
            "{} {restarts}{}",
            canary.restarts,
            within(canary, if all(canary) == 1 { " pod" } else { " pods" })
        );
        let why = format!("has {own}, stable {}{}", stable.restarts, within(stable, "")).into();
        let each = |of: &Sample| f64::from(of.restarts) / f64::from(all(of));
        let is_both = stable.restarts > 0 && each(stable) >= each(canary);
        Some(if is_both { Verdict::BothBad(why) } else { Verdict::Breach(why) })
    }
}

/// What the pods of the new revision say against it.
fn unserved(canary: &Sample) -> Option<Verdict> {
    match canary.pods {
        None => Some(Verdict::NotEnough("nobody tells its pods".into())),
        Some(Pods { ready: 0, all: 0 }) => Some(Verdict::FastBreach("has no pods".into())),
        Some(Pods { ready: 0, .. }) => Some(Verdict::FastBreach("has no ready pod".into())),
        Some(Pods { ready, all }) if ready < all => {
            Some(Verdict::NotEnough(format!("{ready} of {all} of its pods are ready").into()))
        }
        Some(_) => None,
    }
}

/// How much a verdict weighs beside others: what is surely worse more than what may have a cause behind both, and that
/// more than what is not known.
fn weight(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Pass(_) => 0,
        Verdict::NotEnough(_) => 1,
        Verdict::BothBad(_) => 2,
        Verdict::Breach(_) => 3,
        Verdict::FastBreach(_) => 4,
    }
}

/// A count of requests, which a rate over a window gives with a fraction.
fn count(requests: f64) -> f64 {
    if requests > 0.0 && requests < 1.0 { 1.0 } else { requests.round() }
}

/// The least part that is likely, where so many of so many were seen: Wilson's bound, which holds for few as well.
pub(super) fn lower_bound(ratio: f64, of: f64) -> f64 {
    if of <= 0.0 {
        return 0.0;
    }
    let squared = CERTAINTY * CERTAINTY;
    let centre = ratio + squared / (2.0 * of);
    let spread = CERTAINTY * (ratio * (1.0 - ratio) / of + squared / (4.0 * of * of)).sqrt();
    ((centre - spread) / (1.0 + squared / of)).max(0.0)
}

/// The most that is likely: the least of those that did not fail.
pub(super) fn upper_bound(ratio: f64, of: f64) -> f64 {
    1.0 - lower_bound(1.0 - ratio, of)
}
