//! A guarded shift: traffic goes to the new revision step by step while a guard holds, stays where nothing can be told,
//! and goes back to the stable revision on a breach. Pure: who drives it looks, shifts, and says what came of it.

use jiff::{SignedDuration, Timestamp};

use crate::domain::guard::{Guard, Looks, Verdict};
use crate::domain::text::Text;

/// What a guarded shift is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The shares of the new revision in percent, each larger than the one before.
    pub weights: Vec<u8>,
    /// How long each of them is held at least.
    pub hold: SignedDuration,
    /// What has to hold meanwhile.
    pub guard: Guard,
}

/// Why there is no course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCourse {
    /// There is no weight at all.
    #[error("a guarded shift needs at least one weight")]
    Empty,
    /// A weight is not larger than the one before.
    #[error("each weight must be larger than the one before it, and {0} is not")]
    NotRising(u8),
    /// A weight is more than everything, or nothing.
    #[error("a weight is 1 to 100, and {0} is not")]
    OutOfRange(u8),
}

impl Course {
    /// A course, if its weights rise.
    pub fn new(weights: Vec<u8>, hold: SignedDuration, guard: Guard) -> Result<Self, NoCourse> {
        if weights.is_empty() {
            return Err(NoCourse::Empty);
        }
        if let Some(weight) = weights.iter().find(|weight| !(1..=100).contains(*weight)) {
            return Err(NoCourse::OutOfRange(*weight));
        }
        match weights.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => Err(NoCourse::NotRising(pair[1])),
            None => Ok(Self { weights, hold, guard }),
        }
    }
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Shift to so many percent, and say what came of it.
    Shift(u8),
    /// Look again.
    Wait {
        /// When it may go on at the earliest.
        until: Timestamp,
        /// Why it does not go on by then, where that is known.
        why: Option<Text>,
    },
    /// Send everything back to the stable revision, and say what came of it.
    GoBack(Text),
    /// It is over.
    End(End),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// All weights were held.
    Reached(u8),
    /// Everything goes to the stable revision again, for this reason.
    WentBack(Text),
    /// It stays where it is: a shift did not come about, for this reason.
    Stuck(Text),
}

/// Where it is.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// A shift to the next weight is under way.
    Shifting,
    /// A weight is held since then.
    Holding { since: Timestamp, looks: Looks, last: Option<Verdict> },
    /// It goes back.
    GoingBack(Text),
    /// It is over.
    Over(End),
}

/// A guarded shift under way.
#[derive(Clone, Debug)]
pub struct GuardedShift {
    course: Course,
    at: usize,
    stage: Stage,
}

impl GuardedShift {
    /// Begins one.
    pub fn new(course: Course) -> Self {
        Self { course, at: 0, stage: Stage::Shifting }
    }

    /// What it is to do.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// The weight that is held or being set.
    pub fn weight(&self) -> u8 {
        self.course.weights.get(self.at).copied().unwrap_or_default()
    }

    /// Which weight of how many, from 1.
    pub fn progress(&self) -> (usize, usize) {
        (self.at + 1, self.course.weights.len())
    }

    /// What the last look said, while a weight is held.
    pub fn last(&self) -> Option<&Verdict> {
        match &self.stage {
            Stage::Holding { last, .. } => last.as_ref(),
            _ => None,
        }
    }

    /// What is to be done at the beginning.
    pub fn begin(&self) -> Move {
        Move::Shift(self.weight())
    }

    /// The shift came about.
    pub fn shifted(&mut self, now: Timestamp) -> Move {
        match &self.stage {
            Stage::GoingBack(why) => self.over(End::WentBack(why.clone())),
            Stage::Over(end) => Move::End(end.clone()),
            Stage::Shifting | Stage::Holding { .. } => {
                self.stage = Stage::Holding { since: now, looks: Looks::default(), last: None };
                Move::Wait { until: self.until(now), why: None }
            }
        }
    }

    /// The shift did not come about. Going up is left where it was, for the weights of the step before hold; that going
    /// back failed is the worst, and is told as such.
    pub fn not_shifted(&mut self, why: &Text) -> Move {
        match &self.stage {
            Stage::GoingBack(reason) => {
                let why = format!("it was to go back ({reason}), and that failed: {why}");
                self.over(End::Stuck(why.into()))
            }
            _ => self.over(End::Stuck(why.clone())),
        }
    }

    /// Takes in what was seen while a weight is held.
    pub fn look(&mut self, verdict: Verdict, now: Timestamp) -> Move {
        let (hold, warm_up) = (self.course.hold, self.course.guard.warm_up);
        let Stage::Holding { since, looks, last } = &mut self.stage else { return self.pending() };
        let (since, held) = (*since, now.duration_since(*since));
        // What is seen while the new pods warm up, or of the weights before, says little; that all fails says enough.
        let counts = held >= warm_up || matches!(verdict, Verdict::FastBreach(_));
        if counts && looks.is_enough(&verdict, &self.course.guard) {
            let why = verdict.why().clone();
            self.stage = Stage::GoingBack(why.clone());
            return Move::GoBack(why);
        }
        let is_good = counts && verdict.allows_more();
        let why = (held >= hold && !is_good).then(|| Text::from(verdict.to_string()));
        *last = Some(verdict);
        if held < hold || !is_good {
            return Move::Wait { until: self.until(since), why };
        }
        if self.at + 1 == self.course.weights.len() {
            return self.over(End::Reached(self.weight()));
        }
        self.at += 1;
        self.stage = Stage::Shifting;
        Move::Shift(self.weight())
    }

    /// Somebody stops it: everything goes back.
    pub fn stop(&mut self, why: &Text) -> Move {
        if let Stage::Over(end) = &self.stage {
            return Move::End(end.clone());
        }
        self.stage = Stage::GoingBack(why.clone());
        Move::GoBack(why.clone())
    }

    /// When a weight that is held since then may be left at the earliest.
    fn until(&self, since: Timestamp) -> Timestamp {
        since.checked_add(self.course.hold).unwrap_or(since)
    }

    /// What is under way already.
    fn pending(&self) -> Move {
        match &self.stage {
            Stage::GoingBack(why) => Move::GoBack(why.clone()),
            Stage::Over(end) => Move::End(end.clone()),
            Stage::Shifting | Stage::Holding { .. } => Move::Shift(self.weight()),
        }
    }

    fn over(&mut self, end: End) -> Move {
        self.stage = Stage::Over(end.clone());
        Move::End(end)
    }
}

#[cfg(test)]
mod tests;
