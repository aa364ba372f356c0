//! Numbers: what every server tells, and what of it is about which service.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::State;
use super::naming::{Known, Naming};
use crate::domain::metric::{Found, Grid, Measure, Measured, Points, Question, Reading};
use crate::domain::object::{ObjectRef, label};
use crate::domain::problem::Problem;
use crate::domain::service::{Service, ServiceId};
use crate::domain::signal::SignalId;
use crate::domain::text::Text;
use crate::domain::traffic::Split;

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

impl MetricServer {
    /// Whether it has told anything of single pods, or that there is nothing to tell.
    pub fn counts_pods(&self) -> bool {
        self.readings.keys().any(|question| question.by_pod)
    }

    /// What it told, by question: the earlier family of templates first.
    pub(super) fn readings(&self) -> impl Iterator<Item = (&Question, &Reading)> {
        self.readings.iter().map(|(question, (_, reading))| (question, reading))
    }
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
                forget(server, at);
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

/// What of a round is taken in. Requests without the failures that were told before would look as if none failed, and
/// failures without their requests are no part of anything: they wait until both are told again.
fn together(server: &MetricServer, mut readings: Vec<Reading>) -> Vec<Reading> {
    let told: Vec<Question> = readings.iter().map(|reading| reading.question.clone()).collect();
    readings.retain(|Reading { question, .. }| {
        let other = match question.measure {
            Measure::Requests => Measure::Errors,
            Measure::Errors => Measure::Requests,
            _ => return true,
        };
        let other = Question { measure: other, ..question.clone() };
        told.contains(&other) || !server.readings.contains_key(&other)
    });
    readings
}

/// What a server has no series for any more is forgotten after a while: another family may tell it now.
fn forget(server: &mut MetricServer, now: Timestamp) {
    let found = std::mem::take(&mut server.found);
    server.readings.retain(|question, (read, _)| {
        let is_found = found.get(question.family).is_some_and(|family| family.measures.contains(&question.measure));
        is_found || now.duration_since(*read) < FORGOTTEN_AFTER
    });
    server.found = found;
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

/// For how long what a server has no series for any more is still told.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// Numbers older than this are told as such.
const OLD: SignedDuration = SignedDuration::from_mins(1);

impl Line {
    /// How old it is, where that is worth a word.
    pub fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        age_of(self.read, now)
    }

    /// Whether it is not what is now.
    pub fn is_old(&self, now: Timestamp) -> bool {
        self.age(now).is_some()
    }
}

/// How old numbers are that were read then, where that is worth a word.
pub(super) fn age_of(read: Timestamp, now: Timestamp) -> Option<SignedDuration> {
    Some(now.duration_since(read)).filter(|age| *age > OLD)
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

    /// When the newest of what was told of single pods was read.
    pub fn pods_read(&self) -> Option<Timestamp> {
        self.pods.values().flat_map(BTreeMap::values).map(|line| line.read).max()
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
pub(super) fn relate<'a>(
    state: &State,
    services: impl Iterator<Item = &'a Service>,
    compared: &[(ServiceId, Split)],
) -> Related {
    let naming = Naming::of(services.map(Known::from));
    let mut all = Related::default();
    for (id, server) in state.metrics.servers() {
        let families: BTreeSet<usize> = server.readings.keys().map(|question| question.family).collect();
        for family in families {
            let told = told_by(state, &naming, (id, server), family);
            for (into, from) in [(&mut all.now, told.now), (&mut all.before, told.before)] {
                for (service, numbers) in from {
                    into.entry(service).or_default().take_in(numbers);
                }
            }
        }
    }
    all.now.values_mut().chain(all.before.values_mut()).for_each(complete);
    share_pods(compared, &mut all.now);
    all
}

/// Tells each service also of the pods that a route tries beside its own: where what people name is one service on each
/// side of the route, both are looked at together all the same.
fn share_pods(compared: &[(ServiceId, Split)], numbers: &mut HashMap<ServiceId, Numbers>) {
    let mut services: BTreeMap<&ObjectRef, Vec<&ServiceId>> = BTreeMap::new();
    for (service, split) in compared {
        services.entry(&split.router).or_default().push(service);
    }
    for services in services.into_values().filter(|services| services.len() > 1) {
        let of_each = services.iter().filter_map(|service| numbers.get(*service));
        let pods: HashMap<Text, BTreeMap<Measure, Line>> = of_each.flat_map(|known| known.pods.clone()).collect();
        for service in services {
            numbers.entry(service.clone()).or_default().pods.extend(pods.clone());
        }
    }
}

/// What one family of a server tells of each service.
fn told_by(state: &State, naming: &Naming<'_>, (id, server): (&SignalId, &MetricServer), family: usize) -> Related {
    let mut told = Related::default();
    for (question, (read, reading)) in server.readings.iter().filter(|(question, _)| question.family == family) {
        for series in reading.series.iter() {
            let Some(service) = naming.find(state, &id.cluster, &series.labels) else { continue };
            let points = series.points.clone();
            let line = Line { points, grid: reading.grid, read: *read, told_by: (id.clone(), family) };
            let when = if question.is_before { &mut told.before } else { &mut told.now };
            let numbers = when.entry(service.id.clone()).or_default();
            match (question.by_pod, label(&series.labels, "pod")) {
                (false, _) => join(&mut numbers.whole, question.measure, &line),
                (true, Some(pod)) => join(numbers.pods.entry(pod.clone()).or_default(), question.measure, &line),
                (true, None) => {}
            }
        }
    }
    for (is_before, numbers) in [(false, &mut told.now), (true, &mut told.before)] {
        let is_asked = |by_pod, requests: &Line| {
            let question = Question { family, measure: Measure::Errors, by_pod, is_before };
            server.readings.get(&question).is_some_and(|(_, errors)| errors.grid == requests.grid)
        };
        for numbers in numbers.values_mut() {
            none_failed(&mut numbers.whole, |requests| is_asked(false, requests));
            numbers.pods.values_mut().for_each(|lines| none_failed(lines, |requests| is_asked(true, requests)));
        }
    }
    told
}

impl Numbers {
    /// Takes in what a later family tells: what nobody told yet, and what another told long before it.
    fn take_in(&mut self, later: Self) {
        add(&mut self.whole, later.whole);
        for (pod, lines) in later.pods {
            add(self.pods.entry(pod).or_default(), lines);
        }
    }
}

/// Adds lines of a later family. Requests and their failures are told by the same one.
fn add(known: &mut BTreeMap<Measure, Line>, later: BTreeMap<Measure, Line>) {
    let is_better = |known: &BTreeMap<Measure, Line>, measure: Measure, line: &Line| {
        known.get(&measure).is_none_or(|held| line.read.duration_since(held.read) > OLD)
    };
    let takes_requests =
        later.get(&Measure::Requests).is_some_and(|requests| is_better(known, Measure::Requests, requests));
    if takes_requests {
        known.remove(&Measure::Requests);
        known.remove(&Measure::Errors);
    }
    for (measure, line) in later {
        let is_taken = match measure {
            Measure::Requests | Measure::Errors => takes_requests,
            _ => is_better(known, measure, &line),
        };
        if is_taken {
            known.insert(measure, line);
        }
    }
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
