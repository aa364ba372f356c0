//! The rules of the configuration as midwatch evaluates them: one query for each, and for each series of the answer a
//! criterion that is watched.
//!
//! The first question asks for the past too, so that it is known since when a condition holds, also by who asks once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::answer::{Answer, Sampled};
use super::prometheus;
use crate::clients::signals::Endpoint;
use crate::domain::alert::{Alert, Evaluated, Priorities, Standing};
use crate::domain::criterion::{CriterionState, Watching};
use crate::domain::object::{ClusterName, Labels};
use crate::domain::problem::Problem;
use crate::domain::rule::{AlertRule, OwnRules, Rule, RuleKind, RuleState};
use crate::domain::signal::SignalServer;
use crate::domain::text::Text;
use crate::domain::uri::encode;
use crate::sources::kubernetes::Outbox;

/// The past is asked for at least this far back, and twice as far as a condition must hold.
const PAST: SignedDuration = SignedDuration::from_mins(15);

/// How many moments of the past are asked for.
const MOMENTS: i64 = 60;

/// A series that is gone has ended by then, as it has for Prometheus: while others are there, or while the answers are
/// empty, as they are for `absent(…)` when all is well. Only no answer at all ends nothing, however long it lasts.
const GONE: SignedDuration = SignedDuration::from_mins(5);

/// More series of one rule are not watched; a rule that has them is told so.
const MOST: usize = 10_000;

/// All rules of the configuration against one server.
pub(super) struct Evaluation {
    cluster: ClusterName,
    interval: SignedDuration,
    priorities: Priorities,
    rules: Vec<Watched>,
}

/// One rule, and the series that it was told of.
pub(super) struct Watched {
    rule: AlertRule,
    /// Since when its condition is watched.
    looks_since: Option<Timestamp>,
    /// When it was evaluated last.
    evaluated: Option<Timestamp>,
    problem: Option<Problem>,
    /// Whether it could not be asked the last time.
    failed: bool,
    /// Since when it is answered, and each time with no series.
    empty: Option<Timestamp>,
    series: BTreeMap<Labels, Series>,
}

#[derive(Default)]
struct Series {
    watching: Watching,
    /// What was measured last, and when.
    value: f64,
    seen: Option<Timestamp>,
}

/// What an answer tells: labels with values at moments.
pub(super) type Samples = Vec<(Labels, BTreeMap<Timestamp, f64>)>;

impl Evaluation {
    pub(super) fn new(server: &SignalServer, own: &OwnRules, priorities: Priorities) -> Self {
        let rules = own.rules.iter().cloned().map(Watched::new).collect();
        Self { cluster: server.id.cluster.clone(), interval: own.interval, priorities, rules }
    }

    /// Evaluates every rule once, one after the other; an error where none could be.
    pub(super) async fn round(&mut self, endpoint: &Endpoint, outbox: &Outbox) -> Result<Vec<Alert>, Problem> {
        for rule in &mut self.rules {
            let now = Timestamp::from_second(outbox.now().as_second()).unwrap_or_else(|_far| outbox.now());
            let moments = rule.moments(self.interval, now);
            match endpoint.get::<Answer>(&path(&rule.rule.criterion.query, &moments)).await.map(Answer::series) {
                Ok(Some(series)) => rule.take_in(series.iter().map(told_of).collect(), &moments),
                Ok(None) => {
                    rule.fail(&Problem::new("", "its query makes no series", "compare series, not a constant"), now);
                }
                Err(problem) => rule.fail(&problem, now),
            }
        }
        let failed = self.rules.iter().filter(|rule| rule.failed).count();
        match self.rules.first().and_then(|rule| rule.problem.clone()) {
            Some(problem) if failed == self.rules.len() => Err(problem),
            _ => Ok(self.rules.iter().flat_map(|rule| rule.alerts(&self.cluster, &self.priorities)).collect()),
        }
    }

    /// The rules as their evaluation went, or why there is none.
    pub(super) fn rules(&self, why_not: Option<&Text>) -> Vec<Rule> {
        self.rules.iter().map(|rule| rule.told(&self.cluster, why_not)).collect()
    }
}

impl Watched {
    pub(super) fn new(rule: AlertRule) -> Self {
        let (looks_since, evaluated, problem, empty) = (None, None, None, None);
        Self { rule, looks_since, evaluated, problem, failed: false, empty, series: BTreeMap::new() }
    }

    /// The moments that are asked for at `now`: that one, and those before it that were missed.
    pub(super) fn moments(&self, interval: SignedDuration, now: Timestamp) -> Vec<Timestamp> {
        let missed = self.evaluated.map(|last| now.duration_since(last));
        let span = match missed {
            Some(missed) if missed <= interval * 4 => return vec![now],
            Some(missed) => missed.min(SignedDuration::from_hours(24)),
            None => PAST.max(self.rule.criterion.hold.saturating_mul(2)),
        };
        let step = (span.as_secs() / MOMENTS).max(interval.as_secs().min(60)).max(1);
        let count = span.as_secs() / step;
        (0..=count).rev().map(|back| now - SignedDuration::from_secs(back * step)).collect()
    }

    /// Takes in what was told of these moments, the last of which is now.
    pub(super) fn take_in(&mut self, mut told: Samples, moments: &[Timestamp]) {
        let (Some(first), Some(now)) = (moments.first().copied(), moments.last().copied()) else { return };
        self.failed = false;
        self.problem = (told.len() > MOST).then(|| {
            let what = format!("{} series are told and {MOST} are watched", told.len());
            Problem::new(self.what(), what, "narrow the condition")
        });
        told.truncate(MOST);
        self.looks_since.get_or_insert(first);
        self.evaluated = Some(now);
        for (labels, _) in &told {
            self.series.entry(labels.clone()).or_default();
        }
        let values: BTreeMap<&Labels, &BTreeMap<Timestamp, f64>> =
            told.iter().map(|(labels, values)| (labels, values)).collect();
        for (labels, series) in &mut self.series {
            for at in moments {
                let value = values.get(labels).and_then(|values| values.get(at)).copied();
                let outcome = self.rule.criterion.judge(value, None);
                series.watching.observe(&self.rule.criterion, outcome, *at);
                if let Some(value) = value {
                    (series.value, series.seen) = (value, Some(*at));
                }
            }
        }
        // Pods come and go. Where nothing is told at all it may be the measuring that has gone: that is waited for. What
        // was missed before this answer is not counted, for the server may have been down itself.
        self.empty = told.is_empty().then(|| self.empty.unwrap_or(now));
        let is_measured = self.empty.is_none_or(|since| now.duration_since(since) > GONE);
        self.series.retain(|_, series| {
            let is_gone = series.seen.is_none_or(|seen| now.duration_since(seen) > GONE);
            !is_gone
                || !is_measured && matches!(series.watching.state(), CriterionState::Pending | CriterionState::Firing)
        });
    }

    /// It could not be asked: nothing is known of this moment.
    pub(super) fn fail(&mut self, problem: &Problem, now: Timestamp) {
        self.failed = true;
        self.empty = None;
        self.problem = Some(Problem { what: self.what().into(), ..problem.clone() });
        for series in self.series.values_mut() {
            let outcome = self.rule.criterion.judge(None, None);
            series.watching.observe(&self.rule.criterion, outcome, now);
        }
    }

    fn what(&self) -> String {
        format!("the rule {} cannot be evaluated", self.rule.name)
    }

    /// The alerts that are on.
    pub(super) fn alerts(&self, cluster: &ClusterName, priorities: &Priorities) -> Vec<Alert> {
        let alert = |(of, series): (&Labels, &Series)| {
            let standing = match series.watching.state() {
                CriterionState::Firing => Standing::Firing,
                CriterionState::Pending => Standing::Pending,
                CriterionState::NoData | CriterionState::Passing => return None,
            };
            let labels = self.labels(of);
            Some(Alert {
                cluster: cluster.clone(),
                name: self.rule.name.clone(),
                priority: priorities.of(&labels),
                standing,
                since: series.watching.since()?,
                annotations: self.annotations(&labels, series.value),
                labels,
                silenced_by: Vec::new(),
                evaluated: Some(Evaluated { watched: self.looks_since?, no_data: series.watching.blind_since() }),
            })
        };
        self.series.iter().filter_map(alert).collect()
    }

    /// The labels of an alert: those of its series, of its rule, and its name.
    fn labels(&self, of: &Labels) -> Labels {
        let mut labels: BTreeMap<Text, Text> = of.iter().filter(|(name, _)| name != "__name__").cloned().collect();
        labels.extend(self.rule.labels.iter().cloned());
        labels.insert("alertname".into(), self.rule.name.clone());
        labels.into_iter().collect()
    }

    /// What is said of an alert, with its labels and value in their places; its value, where nothing is said.
    fn annotations(&self, labels: &Labels, value: f64) -> Labels {
        let value = told(value);
        if !self.rule.annotations.iter().any(|(name, _)| name == "summary") {
            let said = format!("{value}, which is {} {}", self.rule.criterion.operator, self.rule.criterion.threshold);
            let own = self.rule.annotations.iter().cloned().chain([("summary".into(), Text::from(said))]);
            return own.collect();
        }
        let fill = |text: &Text| Text::from(filled(text, labels, &value));
        self.rule.annotations.iter().map(|(name, text)| (name.clone(), fill(text))).collect()
    }

    fn told(&self, cluster: &ClusterName, why_not: Option<&Text>) -> Rule {
        let phases = || self.series.values().map(|series| series.watching.state());
        let on = || {
            self.series
                .values()
                .filter(|it| matches!(it.watching.state(), CriterionState::Pending | CriterionState::Firing))
        };
        let has = |phase| phases().any(|held| held == phase);
        let state = match why_not {
            Some(_) => RuleState::None,
            None if has(CriterionState::Firing) => RuleState::Firing,
            None if has(CriterionState::Pending) => RuleState::Pending,
            None if has(CriterionState::Passing) => RuleState::Inactive,
            None => RuleState::NoData,
        };
        let is_on = why_not.is_none();
        Rule {
            cluster: cluster.clone(),
            name: self.rule.name.clone(),
            group: "midwatch".into(),
            kind: RuleKind::Alerting,
            state,
            since: on().filter_map(|series| series.watching.since()).min().filter(|_| is_on),
            alerts: if is_on { on().count() } else { 0 },
            query: Text::from(self.rule.criterion.to_string()),
            hold: self.rule.criterion.hold,
            evaluated: self.evaluated.filter(|_| is_on),
            problem: why_not.cloned().or_else(|| self.problem.as_ref().map(|problem| problem.why.clone())),
            labels: self.rule.labels.clone(),
        }
    }
}

/// The path and query of a question about moments: one of them, or many at equal distances.
fn path(query: &str, moments: &[Timestamp]) -> String {
    match moments {
        [first, second, ..] => {
            let last = moments.last().unwrap_or(second);
            prometheus::range(query, *first, *last, second.duration_since(*first).as_secs())
        }
        [at] => format!("/api/v1/query?query={}&time={}&timeout=10s", encode(query), at.as_second()),
        [] => format!("/api/v1/query?query={}&timeout=10s", encode(query)),
    }
}

/// A series by its labels, with a value at each moment.
fn told_of(series: &Sampled) -> (Labels, BTreeMap<Timestamp, f64>) {
    // "+Inf" and "NaN" are numbers that the criterion knows.
    (series.labels(|name| name), series.samples().collect())
}

/// A number in few digits: whole, or with three that count.
fn told(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{value}");
    }
    let digits = if value.abs() >= 100.0 {
        1
    } else if value.abs() >= 1.0 {
        2
    } else {
        4
    };
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A template with its places filled.
fn filled(template: &str, labels: &Labels, value: &str) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, (place, after))) = rest.split_once("{{").and_then(|(b, a)| Some((b, a.split_once("}}")?))) {
        filled.push_str(before);
        match place.trim().strip_prefix("$labels.") {
            Some(name) => {
                let told = labels.iter().find(|(label, _)| label == name);
                filled.push_str(told.map_or("", |(_, value)| value.as_str()));
            }
            None => filled.push_str(value),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests;
