//! Numbers of Prometheus, or whatever speaks its API: one question for each template and all services, again and again,
//! never before the one before was answered.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::clients::signals::Endpoint;
use crate::domain::metric::{
    Asking, BEFORE, Demand, Focus, Grid, Measure, Measured, Points, Question, Reading, Series,
};
use crate::domain::problem::Problem;
use crate::domain::signal::SignalServer;
use crate::domain::update::Update;
use crate::sources::kubernetes::Outbox;
use crate::sources::signals::answer::{Answer, Sampled};

mod probe;
mod query;

use probe::Probed;
use query::Of;

/// How long after an answer the next round is asked.
const EVERY: Duration = Duration::from_secs(15);

/// The same where a guard looks very often.
const OFTEN: Duration = Duration::from_secs(2);

/// For how long it is believed at most which series a server has.
const BELIEVED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The same at least, and where it has none at all: one that has just been started soon has more.
const DOUBTED_FOR: SignedDuration = SignedDuration::from_secs(15);

/// Reads the numbers of a server until the session ends.
pub async fn metrics(
    server: SignalServer,
    endpoint: Endpoint,
    asking: Asking,
    mut demand: watch::Receiver<Demand>,
    outbox: Outbox,
) {
    let mut asker = Asker { server, endpoint, asking, looked: None };
    loop {
        let wanted = demand.borrow_and_update().clone();
        let told = asker.round(&wanted, outbox.now()).await;
        outbox.send(Update::Metrics(asker.server.id.clone(), outbox.now(), told)).await;
        let pause = tokio::time::sleep(pause_of(&wanted));
        let mut last = wanted;
        tokio::pin!(pause);
        // What is looked at anew is asked for at once, and alone.
        loop {
            tokio::select! {
                () = &mut pause => break,
                changed = demand.changed() => if changed.is_err() { break },
            }
            let wanted = demand.borrow_and_update().clone();
            if wanted.everything && !last.everything || pause_of(&wanted) < pause_of(&last) {
                break;
            }
            if let Some(focus) = wanted.focus.as_ref().filter(|focus| last.focus.as_ref() != Some(focus)) {
                let told = asker.focused(focus, outbox.now()).await;
                outbox.send(Update::Metrics(asker.server.id.clone(), outbox.now(), told)).await;
            }
            last = wanted;
        }
        if outbox.is_closed() {
            return;
        }
    }
}

/// How long after an answer the next round is asked: a guard decides by what it sees, and sees it twice as often as it
/// looks.
fn pause_of(wanted: &Demand) -> Duration {
    let of_guard = wanted.every.and_then(|every| Duration::try_from(every).ok()).map(|every| every / 2);
    of_guard.unwrap_or(EVERY).clamp(OFTEN, EVERY)
}

/// More series are not taken in: what is left out is counted.
const MOST_SERIES: usize = 10_000;

/// One server, and what is known about it.
struct Asker {
    server: SignalServer,
    endpoint: Endpoint,
    asking: Asking,
    looked: Option<Looked>,
}

/// Which series a server has.
struct Looked {
    at: Timestamp,
    /// Since when there was nothing else whenever it was looked.
    since: Timestamp,
    probed: Probed,
}

impl Looked {
    /// Whether it is believed still: what has been so for long, for longer.
    fn holds(&self, now: Timestamp) -> bool {
        let known = if self.probed.is_empty() { SignedDuration::ZERO } else { self.at.duration_since(self.since) };
        now.duration_since(self.at) < known.clamp(DOUBTED_FOR, BELIEVED_FOR)
    }
}

impl Asker {
    /// Asks everything that is wanted, one question after the other: a slow server is not asked several at once.
    async fn round(&mut self, wanted: &Demand, now: Timestamp) -> Result<Measured, Problem> {
        self.probe(now).await?;
        let measures: &[Measure] = if wanted.everything { &Measure::ALL } else { &Measure::ALWAYS };
        let mut measured = self.ask(measures, Of::Services, now).await?;
        if let Some(focus) = &wanted.focus {
            // That one service cannot be looked at closely says nothing about what was told of all.
            match self.focused(focus, now).await {
                Ok(more) => {
                    measured.readings.extend(more.readings);
                    measured.problems.extend(more.problems);
                }
                Err(problem) => measured.problems.push(problem),
            }
        }
        Ok(measured)
    }

    /// Asks for what is looked at, and nothing else.
    async fn focused(&mut self, focus: &Focus, now: Timestamp) -> Result<Measured, Problem> {
        self.probe(now).await?;
        let mut measured = self.ask(focus.measures, Of::Pods(focus), now).await?;
        // What half of all requests stay below does not follow from what half of each pod's do.
        let quantiles = [Measure::P50, Measure::P99].into_iter().filter(|measure| focus.measures.contains(measure));
        let whole = self.ask(&quantiles.collect::<Vec<_>>(), Of::Whole(focus), now).await?;
        measured.readings.extend(whole.readings);
        measured.problems.extend(whole.problems);
        if focus.compares {
            let then = now.checked_sub(BEFORE).unwrap_or(now);
            let before = self.ask(&Measure::ALWAYS, Of::Services, then).await?;
            let readings = before.readings.into_iter();
            measured.readings.extend(
                readings
                    .map(|reading| Reading { question: Question { is_before: true, ..reading.question }, ..reading }),
            );
            measured.problems.extend(before.problems);
        }
        Ok(measured)
    }

    /// Looks which series the server has, unless that was done lately.
    async fn probe(&mut self, now: Timestamp) -> Result<(), Problem> {
        if !self.looked.as_ref().is_some_and(|looked| looked.holds(now)) {
            let probed = probe::probe(&self.endpoint, &self.asking.families, &self.server.matchers, now).await;
            let probed = match (probed, &self.looked) {
                // What was known a moment ago is good enough to go on with.
                (Err(_), Some(looked)) if now.duration_since(looked.at) < BELIEVED_FOR => return Ok(()),
                (probed, _) => probed?,
            };
            let same = self.looked.take().filter(|before| before.probed == probed);
            self.looked = Some(Looked { at: now, since: same.map_or(now, |before| before.since), probed });
        }
        Ok(())
    }

    /// Asks for some measures of all services, or of each pod of one. One that fails does not keep the others from being
    /// asked, unless the server says nothing at all.
    async fn ask(&self, measures: &[Measure], of: Of<'_>, now: Timestamp) -> Result<Measured, Problem> {
        let Some(Looked { probed, .. }) = &self.looked else { return Ok(Measured::default()) };
        let grid = self.asking.grid(now);
        let mut measured = Measured { found: probed.found(&self.asking.families), ..Measured::default() };
        let mut answers = 0;
        for (family, knowledge) in probed.families() {
            for &measure in measures {
                let Some(known) = knowledge.of(measure) else { continue };
                let about = &self.asking.families[family];
                let Some(query) = query::fill(about, known, measure, &self.server.matchers, self.asking.window, of)
                else {
                    continue;
                };
                let question = Question { family, measure, by_pod: matches!(of, Of::Pods(_)), is_before: false };
                match self.put(&query, grid, known, about.pod.as_str(), question).await {
                    Ok(reading) => {
                        answers += 1;
                        if reading.left_out > 0 {
                            let why = format!("{} series more than are taken in", reading.left_out);
                            let what = format!("{measure} by {} is not complete", about.name);
                            measured.problems.push(Problem::new(what, why, "narrow it with `matchers`"));
                        }
                        measured.readings.push(reading);
                    }
                    // Nobody who is silent once answers the next nine questions.
                    Err(problem) if answers == 0 && measured.problems.len() > 1 => return Err(problem),
                    Err(problem) => {
                        measured.problems.push(Problem::new(
                            format!("{measure} by {} cannot be read", about.name),
                            &problem.why,
                            &problem.hint,
                        ));
                    }
                }
            }
        }
        Ok(measured)
    }

    async fn put(
        &self,
        query: &str,
        grid: Grid,
        known: &probe::Known,
        pod: &str,
        question: Question,
    ) -> Result<Reading, Problem> {
        let path = query::range(query, grid);
        let told = self.endpoint.get::<Answer>(&path).await?.series().ok_or_else(|| {
            let what = format!("{} does not tell series", self.server.id);
            Problem::new(what, "its answer is a number alone", "correct the template")
        })?;
        let left_out = told.len().saturating_sub(MOST_SERIES);
        let series = told.into_iter().take(MOST_SERIES).map(|told| on_grid(&told, grid, known, pod));
        Ok(Reading { question, grid, series: series.collect(), left_out })
    }
}

/// A series on a grid, with labels in the names that midwatch uses; whatever names the service is called as it is there.
fn on_grid(told: &Sampled, grid: Grid, known: &probe::Known, pod: &str) -> Series {
    let mut points = Points::gaps(grid.len);
    for (at, value) in told.samples() {
        if let Some(index) = grid.index(at) {
            points.set(index, value);
        }
    }
    let labels = told.labels(|name| match name {
        name if known.namespace.as_deref() == Some(name) => "namespace",
        name if !pod.is_empty() && name == pod => "pod",
        name => name,
    });
    Series { labels, points }
}

#[cfg(test)]
mod tests;
