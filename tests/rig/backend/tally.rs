//! What one pod has answered so far, and how it answers next: by counting, never by chance, so that a test can tell.

use std::time::{Duration, Instant};

use crate::pods::Pod;

/// The upper bounds of the buckets of a latency, in seconds; the last one is infinite.
pub(crate) const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How an answer is counted.
pub(crate) const CODES: [u16; 2] = [200, 500];

/// What a pod has answered.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) since: Instant,
    asked: u64,
    /// What is owed in failures, in ten thousandths.
    owed: u32,
    /// By code.
    pub(crate) answers: [Answers; 2],
}

/// The answers of one code.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Answers {
    /// By the first bound that holds it.
    pub(crate) buckets: [u64; BOUNDS.len() + 1],
    pub(crate) seconds: f64,
}

impl Answers {
    pub(crate) fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }
}

impl Tally {
    /// A pod's own tally. Where it begins differs from pod to pod, or all would fail in the same moment.
    pub(crate) fn new(pod: &Pod) -> Self {
        let seed = pod.uid.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        Self { since: Instant::now(), asked: u64::from(seed % 97), owed: seed % 10_000, answers: Default::default() }
    }

    /// The code of the next answer and how long it takes: one in twenty takes three times as long, one in a hundred five.
    pub(crate) fn next(&mut self, pod: &Pod) -> (usize, Duration) {
        self.asked += 1;
        self.owed += pod.errors;
        let fails = self.owed >= 10_000;
        self.owed -= if fails { 10_000 } else { 0 };
        let factor = match self.asked % 100 {
            99 => 5,
            nth if nth % 20 == 19 => 3,
            _ => 1,
        };
        (usize::from(fails), pod.latency * factor)
    }

    /// Counts an answer that was given.
    pub(crate) fn count(&mut self, code: usize, took: Duration) {
        let seconds = took.as_secs_f64();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        let answers = &mut self.answers[code];
        answers.buckets[bucket] += 1;
        answers.seconds += seconds;
    }

    /// The time of a core that it has taken: a little for being there, more for each answer.
    pub(crate) fn cpu(&self) -> f64 {
        let answered: u32 = self.answers.iter().map(|answers| u32::try_from(answers.count()).unwrap_or(u32::MAX)).sum();
        self.since.elapsed().as_secs_f64() * 0.01 + f64::from(answered) * 0.002
    }
}
