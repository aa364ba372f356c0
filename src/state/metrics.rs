//! Numbers: what every server tells, and what of it is about which service.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::State;
use super::naming::{Known, Naming};
use crate::domain::metric::{Found, Grid, Measure, Measured, Points, Question, Reading};
use crate::domain::object::label;
use crate::domain::problem::Problem;
use crate::domain::service::{Service, ServiceId};
use crate::domain::signal::SignalId;
use crate::domain::text::Text;

/// How a server of numbers is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricServer {
    /// When it answered for the last time.
    pub heard: Option<Timestamp>,
    /// Why it does not answer now; what it told before is shown all the same, with its age.
    pub problem: Option<Problem>,
    /// Which of its answers failed in the last round, although others came.
    pub problems: Vec<Problem>,
    /// What each template found.
    pub found: Vec<Found>,
    readings: BTreeMap<Question, (Timestamp, Reading)>,
}

/// The numbers of all servers.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    servers: BTreeMap<SignalId, MetricServer>,
    revision: u64,
}

impl Metrics {
    /// Takes in what a server said. What is not answered anew stays as it was.
    pub(super) fn apply(&mut self, id: SignalId, at: Timestamp, told: Result<Measured, Problem>) {
        let server = self.servers.entry(id).or_default();
        self.revision += 1;
        match told {
            Err(problem) => server.problem = Some(problem),
            Ok(measured) => {
                server.heard = Some(at);
                server.problem = None;
                server.problems = measured.problems;
                server.found = measured.found;
                for reading in together(server, measured.readings) {
                    server.readings.insert(reading.question.clone(), (at, reading));
                }
            }
        }
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn servers(&self) -> impl Iterator<Item = (&SignalId, &MetricServer)> {
        self.servers.iter()
    }
}

/// What of a round is taken in. Requests without the failures that were told before would look as if none failed, so
/// they wait until both are told again.
fn together(server: &MetricServer, mut readings: Vec<Reading>) -> Vec<Reading> {
    let failures = |question: &Question| Question { measure: Measure::Errors, ..question.clone() };
    let told: Vec<Question> = readings.iter().map(|reading| reading.question.clone()).collect();
    readings.retain(|reading| {
        let errors = failures(&reading.question);
        reading.question.measure != Measure::Requests
            || told.contains(&errors)
            || !server.readings.contains_key(&errors)
    });
    readings
}

/// One line of points, and when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The points.
    pub points: Points,
    /// Their moments.
    pub grid: Grid,
    /// When they were read.
    pub read: Timestamp,
    /// Which family told them: a second one that knows the service too is not added to it.
    told_by: (SignalId, usize),
}

/// Numbers older than this are told as such.
const OLD: SignedDuration = SignedDuration::from_mins(1);

impl Line {
    /// How old it is, where that is worth a word.
    pub fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        Some(now.duration_since(self.read)).filter(|age| *age > OLD)
    }

    /// Whether it is not what is now.
    pub fn is_old(&self, now: Timestamp) -> bool {
        self.age(now).is_some()
    }
}

/// The numbers of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    whole: BTreeMap<Measure, Line>,
    pods: HashMap<Text, BTreeMap<Measure, Line>>,
}

impl Numbers {
    /// A measure of the whole service.
    pub fn line(&self, measure: Measure) -> Option<&Line> {
        self.whole.get(&measure)
    }

    /// The newest number of the whole service.
    pub fn last(&self, measure: Measure) -> Option<f64> {
        self.line(measure)?.points.last()
    }

    /// Which part of the requests failed; none where failures are not told.
    pub fn error_ratio(&self) -> Option<Line> {
        ratio(&self.whole)
    }

    /// Whether anything was told of single pods.
    pub fn knows_pods(&self) -> bool {
        !self.pods.is_empty()
    }

    /// The newest number of a pod.
    pub fn of_pod(&self, pod: &str, measure: Measure) -> Option<f64> {
        self.pods.get(pod)?.get(&measure)?.points.last()
    }

    /// The numbers of some pods together, such as those of one revision.
    #[must_use]
    pub fn of_pods<'a>(&self, pods: impl Iterator<Item = &'a Text>) -> Self {
        let mut whole: BTreeMap<Measure, Line> = BTreeMap::new();
        for (measure, line) in pods.filter_map(|pod| self.pods.get(pod)).flatten() {
            join(&mut whole, *measure, line);
        }
        Self { whole, pods: HashMap::new() }
    }

    /// When the oldest of what is shown was read.
    pub fn read(&self) -> Option<Timestamp> {
        self.whole.values().map(|line| line.read).min()
    }
}

/// The failures of the requests, by the same teller.
fn ratio(lines: &BTreeMap<Measure, Line>) -> Option<Line> {
    let (requests, errors) = (lines.get(&Measure::Requests)?, lines.get(&Measure::Errors)?);
    let is_same = errors.told_by == requests.told_by && errors.grid == requests.grid;
    is_same.then(|| Line { points: errors.points.of(&requests.points), ..requests.clone() })
}

/// Where nothing failed there is no series of failures, which means none where failures were asked for.
fn none_failed(lines: &mut BTreeMap<Measure, Line>, is_asked: impl Fn(&Line) -> bool) {
    if let Some(requests) = lines.get(&Measure::Requests)
        && !lines.contains_key(&Measure::Errors)
        && is_asked(requests)
    {
        let mut none = requests.clone();
        none.points = Points::gaps(requests.points.len()).of(&requests.points);
        lines.insert(Measure::Errors, none);
    }
}

/// Adds a line to what is known of a measure, unless another teller knows it already.
fn join(lines: &mut BTreeMap<Measure, Line>, measure: Measure, line: &Line) {
    match lines.get_mut(&measure) {
        None => drop(lines.insert(measure, line.clone())),
        Some(known) if known.told_by == line.told_by && known.grid == line.grid => {
            known.points.fold(&line.points, measure.adds_up());
        }
        Some(_) => {}
    }
}

/// The numbers of all services.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Related {
    /// Now.
    pub(super) now: HashMap<ServiceId, Numbers>,
    /// The same time a week ago, where somebody looks at that.
    pub(super) before: HashMap<ServiceId, Numbers>,
}

/// Finds the service of each series. Servers and families are asked in their order: the first that knows a service
/// tells its numbers, because two that count the same requests must not be added up.
pub(super) fn relate<'a>(state: &State, services: impl Iterator<Item = &'a Service>) -> Related {
    let naming = Naming::of(services.map(Known::from));
    let mut all = Related::default();
    for (id, server) in state.metrics.servers() {
        for (question, (read, reading)) in &server.readings {
            for series in reading.series.iter() {
                let Some(service) = naming.find(state, &id.cluster, &series.labels) else { continue };
                let line = Line {
                    points: series.points.clone(),
                    grid: reading.grid,
                    read: *read,
                    told_by: (id.clone(), question.family),
                };
                let when = if question.is_before { &mut all.before } else { &mut all.now };
                let numbers = when.entry(service.id.clone()).or_default();
                match (question.by_pod, label(&series.labels, "pod")) {
                    (false, _) => join(&mut numbers.whole, question.measure, &line),
                    (true, Some(pod)) => {
                        join(numbers.pods.entry(pod.clone()).or_default(), question.measure, &line);
                    }
                    (true, None) => {}
                }
            }
        }
    }
    for (is_before, numbers) in [(false, &mut all.now), (true, &mut all.before)] {
        for numbers in numbers.values_mut() {
            fill(state, numbers, is_before);
        }
    }
    all
}

/// Puts in what follows from what was asked and not told.
fn fill(state: &State, numbers: &mut Numbers, is_before: bool) {
    let is_asked = |by_pod| {
        move |requests: &Line| {
            let (id, family) = &requests.told_by;
            let question = Question { family: *family, measure: Measure::Errors, by_pod, is_before };
            let errors = state.metrics.servers.get(id).and_then(|server| server.readings.get(&question));
            errors.is_some_and(|(_, reading)| reading.grid == requests.grid)
        }
    };
    none_failed(&mut numbers.whole, is_asked(false));
    numbers.pods.values_mut().for_each(|lines| none_failed(lines, is_asked(true)));
    complete(numbers);
}

/// What was asked of pods alone is told of the whole as well, where it follows from them: latencies do not.
fn complete(numbers: &mut Numbers) {
    let mut sums: BTreeMap<Measure, Line> = BTreeMap::new();
    let follows = |measure: Measure| measure.quantile().is_none();
    for (measure, line) in numbers.pods.values().flatten().filter(|(measure, _)| follows(**measure)) {
        join(&mut sums, *measure, line);
    }
    for (measure, line) in sums {
        numbers.whole.entry(measure).or_insert(line);
    }
}

#[cfg(test)]
mod tests;
