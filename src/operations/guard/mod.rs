//! A guarded shift: traffic goes to the new revision step by step while a guard holds, stays where nothing can be told,
//! and goes back to the stable revision on a breach. Pure: who drives it looks, shifts, and says what came of it.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::guard::{Course, Looks, OnExit, Verdict};
use crate::domain::text::Text;

pub mod lease;
mod own;
mod sightings;

pub use own::Own;
pub use sightings::Sightings;

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
    /// Nothing new: what is under way goes on.
    Stay,
    /// Send everything back to the stable revision, and say what came of it.
    GoBack(Text),
    /// It is over.
    End(End),
}

/// How a guarded shift ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "why", rename_all = "kebab-case")]
pub enum End {
    /// All weights were held; the last of them stays, in percent.
    Reached(u8),
    /// Everything goes to the stable revision again, because the guard was breached.
    WentBack(Text),
    /// It stays where it is and nobody guards it any more: a shift did not come about, or somebody else is at it.
    Stuck(Text),
    /// Everything goes to the stable revision again, because somebody stopped it.
    InterruptedWentBack(Text),
    /// It stays where it is and nobody guards it any more, because somebody wanted that.
    InterruptedHeld(Text),
    /// No weight was set: it was stopped before that.
    NotBegun(Text),
}

impl End {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Reached(_) => "reached",
            Self::WentBack(_) => "went-back",
            Self::Stuck(_) => "stuck",
            Self::InterruptedWentBack(_) => "interrupted-went-back",
            Self::InterruptedHeld(_) => "interrupted-held",
            Self::NotBegun(_) => "not-begun",
        }
    }

    /// It in a sentence.
    pub fn words(&self) -> Text {
        let words = match self {
            Self::Reached(percent) => format!("reached {percent} %, and the guard held"),
            Self::WentBack(why) => format!("everything goes to stable again: {why}"),
            Self::Stuck(why) => format!("stuck, and this guard has ended: {why}"),
            Self::InterruptedWentBack(why) => format!("stopped, everything goes to stable again: {why}"),
            Self::InterruptedHeld(why) => format!("stopped where it is, and nobody guards it any more: {why}"),
            Self::NotBegun(why) => format!("no weight was set: {why}"),
        };
        words.into()
    }
}

/// Where it is.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// A shift to the next weight is under way. Requests go by weights that were set then: by the ones before until the
    /// server has taken the next ones, and by none of ours before the first.
    Shifting { set: Option<Timestamp>, looks: Looks },
    /// A weight is held since then; it was set a little earlier. Why it was not raised from here, where that was tried.
    Holding { since: Timestamp, set: Timestamp, looks: Looks, refused: Option<Text> },
    /// It goes back, for a breach or because somebody stopped it.
    GoingBack { why: Text, is_stopped: bool },
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
        Self { course, at: 0, stage: Stage::Shifting { set: None, looks: Looks::default() } }
    }

    /// The weight that is held or being set.
    pub fn weight(&self) -> u8 {
        self.course.weights().get(self.at).copied().unwrap_or_default()
    }

    /// Which weight of how many, from 1.
    pub fn progress(&self) -> (usize, usize) {
        (self.at + 1, self.course.weights().len())
    }

    /// Since when the weight is held.
    pub fn held_since(&self) -> Option<Timestamp> {
        match &self.stage {
            Stage::Holding { since, .. } => Some(*since),
            _ => None,
        }
    }

    /// Since when requests go by the weights that were set last, as long as that is watched.
    pub fn set_since(&self) -> Option<Timestamp> {
        match &self.stage {
            Stage::Shifting { set, .. } => *set,
            Stage::Holding { set, .. } => Some(*set),
            Stage::GoingBack { .. } | Stage::Over(_) => None,
        }
    }

    /// Whether a weight is being set.
    pub fn is_shifting(&self) -> bool {
        matches!(self.stage, Stage::Shifting { .. })
    }

    /// Whether everything is being sent back.
    pub fn is_going_back(&self) -> bool {
        matches!(self.stage, Stage::GoingBack { .. })
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over(_))
    }

    /// What is to be done at the beginning.
    pub fn begin(&self) -> Move {
        Move::Shift(self.weight())
    }

    /// The server has taken the weights: from now on requests go by them, whatever is still to be seen.
    pub fn accepted(&mut self, now: Timestamp) {
        if let Stage::Shifting { set, looks } = &mut self.stage {
            (*set, *looks) = (Some(now), Looks::default());
        }
    }

    /// The shift was taken back before it was sent: the weights are those of before.
    pub fn withdrawn(&mut self, why: &Text) -> Move {
        match &self.stage {
            Stage::GoingBack { why, .. } | Stage::Over(End::InterruptedHeld(why)) if self.at == 0 => {
                let why = why.clone();
                self.over(End::NotBegun(why))
            }
            Stage::GoingBack { .. } | Stage::Over(_) => self.due(),
            Stage::Shifting { .. } | Stage::Holding { .. } => self.not_shifted(why),
        }
    }

    /// The shift came about.
    pub fn shifted(&mut self, now: Timestamp) -> Move {
        match &self.stage {
            Stage::GoingBack { why, is_stopped: false } => self.over(End::WentBack(why.clone())),
            Stage::GoingBack { why, is_stopped: true } => self.over(End::InterruptedWentBack(why.clone())),
            Stage::Over(end) => Move::End(end.clone()),
            Stage::Shifting { set, looks } => {
                // What was seen while it was watched that the weights took counts on.
                let looks = if set.is_some() { looks.clone() } else { Looks::default() };
                self.stage = Stage::Holding { since: now, set: set.unwrap_or(now), looks, refused: None };
                Move::Wait { until: self.until(now), why: None }
            }
            Stage::Holding { since, .. } => Move::Wait { until: self.until(*since), why: None },
        }
    }

    /// The shift did not come about, and will not. Going up is left where it was, for the weights of the step before hold;
    /// that going back failed is the worst, and is told as such.
    pub fn not_shifted(&mut self, why: &Text) -> Move {
        match &self.stage {
            Stage::GoingBack { why: reason, .. } => {
                let why = format!("it was to go back ({reason}), and that failed: {why}");
                self.over(End::Stuck(why.into()))
            }
            Stage::Over(end) => Move::End(end.clone()),
            _ => self.over(End::Stuck(why.clone())),
        }
    }

    /// The shift did not come about and may later: the weight before is held on, as long again as each is, and looked at.
    /// Before the first weight there is none.
    pub fn not_now(&mut self, why: &Text, now: Timestamp) -> Move {
        match &self.stage {
            Stage::Shifting { set: Some(set), looks } if self.at > 0 => {
                self.at -= 1;
                self.stage = Stage::Holding { since: now, set: *set, looks: looks.clone(), refused: Some(why.clone()) };
                Move::Wait { until: self.until(now), why: Some(why.clone()) }
            }
            _ => self.not_shifted(why),
        }
    }

    /// Nobody can tell what the shift came to, or it did not take: everything goes back.
    pub fn unsure(&mut self, why: &Text) -> Move {
        match &self.stage {
            Stage::Shifting { .. } => self.go_back(why, false),
            _ => self.not_shifted(why),
        }
    }

    /// Takes in what was seen, as long as the new revision may get requests by a weight of ours: while one is held, and
    /// also while one is being set.
    pub fn look(&mut self, verdict: &Verdict, now: Timestamp) -> Move {
        let (hold, settled_after) = (self.course.hold, self.course.settled_after());
        if self.is_breached(verdict, now) {
            return self.go_back(&format!("the new revision {}", verdict.why()).into(), false);
        }
        let (since, refused) = match &self.stage {
            Stage::Holding { since, refused, .. } => (*since, refused.clone()),
            Stage::Shifting { .. } => return Move::Stay,
            Stage::GoingBack { .. } | Stage::Over(_) => return self.due(),
        };
        let held = now.duration_since(since);
        // What speaks for it has to be of this weight alone.
        let is_good = held >= settled_after && verdict.allows_more();
        let why = (held >= hold && !is_good).then(|| Text::from(verdict.to_string()));
        if held < hold || !is_good {
            return Move::Wait { until: self.until(since), why: why.or(refused) };
        }
        if self.at + 1 == self.course.weights().len() {
            return self.over(End::Reached(self.weight()));
        }
        self.at += 1;
        self.stage = Stage::Shifting { set: self.set_since(), looks: Looks::default() };
        Move::Shift(self.weight())
    }

    /// Whether what was seen is enough to go back.
    fn is_breached(&mut self, verdict: &Verdict, now: Timestamp) -> bool {
        let set = self.set_since();
        let (Stage::Shifting { looks, .. } | Stage::Holding { looks, .. }) = &mut self.stage else { return false };
        // Before the first weight of ours one look is enough: what fails by somebody else's weight gets no more.
        let Some(set) = set else { return verdict.is_breach() };
        // What is seen while the new pods warm up, or of the weights before, says little; that all fails says enough.
        let is_warm = now.duration_since(set) >= self.course.guard.warm_up;
        let counts = is_warm || matches!(verdict, Verdict::FastBreach(_));
        counts && looks.is_enough(verdict, &self.course.guard)
    }

    /// Somebody stops it: everything goes back.
    pub fn stop(&mut self, why: &Text) -> Move {
        match &self.stage {
            Stage::Over(_) | Stage::GoingBack { .. } => self.due(),
            Stage::Shifting { .. } | Stage::Holding { .. } => self.go_back(why, true),
        }
    }

    /// midwatch is ended: what happens then was said with the course. Going back is not broken off.
    pub fn interrupt(&mut self, why: &Text) -> Move {
        match (&self.stage, self.course.on_exit) {
            (Stage::Shifting { .. } | Stage::Holding { .. }, OnExit::Hold) => {
                self.over(End::InterruptedHeld(why.clone()))
            }
            _ => self.stop(why),
        }
    }

    /// Somebody else is at it: it ends where it is, and fights nobody.
    pub fn give_way(&mut self, why: &Text) -> Move {
        self.not_shifted(why)
    }

    /// When a weight that is held since then may be left at the earliest.
    fn until(&self, since: Timestamp) -> Timestamp {
        since.checked_add(self.course.held_for()).unwrap_or(since)
    }

    fn go_back(&mut self, why: &Text, is_stopped: bool) -> Move {
        self.stage = Stage::GoingBack { why: why.clone(), is_stopped };
        Move::GoBack(why.clone())
    }

    /// What is under way, or has to be by now.
    pub fn due(&self) -> Move {
        match &self.stage {
            Stage::GoingBack { why, .. } => Move::GoBack(why.clone()),
            Stage::Over(end) => Move::End(end.clone()),
            Stage::Shifting { .. } | Stage::Holding { .. } => Move::Shift(self.weight()),
        }
    }

    fn over(&mut self, end: End) -> Move {
        self.stage = Stage::Over(end.clone());
        Move::End(end)
    }
}

#[cfg(test)]
mod tests;
