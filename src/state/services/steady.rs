//! Words that hold still: a service that goes back and forth between two states keeps the words for the worse one.

use jiff::{SignedDuration, Timestamp};

use crate::domain::health::{Health, Verdict};

/// Going back and forth is noticed within this time, and forgotten after as long without it.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// So many returns to what was said before are no accident.
const MANY_RETURNS: usize = 2;

/// What was said of one service lately.
#[derive(Debug, Default)]
pub(super) struct Steadiness {
    /// What tells one template of its workloads from the next: a change of it begins a new story.
    generation: i64,
    /// Oldest first; the last one is what is said now.
    turns: Vec<Turn>,
    /// Since when it goes back and forth, while it does.
    since: Option<Timestamp>,
    /// Whether somebody was needed since it was healthy last.
    has_ailed: bool,
    /// Since when it is healthy again, where it was seen to become so.
    mended: Option<Timestamp>,
}

/// A time for which the same was said.
#[derive(Debug)]
struct Turn {
    began: Timestamp,
    /// The latest of it: numbers in it may have changed.
    verdict: Verdict,
}

impl Steadiness {
    /// Takes in how the service is now; gives what is to be said of it.
    pub(super) fn steady(&mut self, verdict: &Verdict, generation: i64, now: Timestamp) -> Verdict {
        if verdict.health == Health::Unknown {
            return verdict.clone();
        }
        if self.generation != generation {
            *self = Self { generation, has_ailed: self.has_ailed, mended: self.mended, ..Self::default() };
        }
        match self.turns.last_mut().filter(|last| is_alike(&last.verdict, verdict)) {
            Some(last) => last.verdict = verdict.clone(),
            None => self.turns.push(Turn { began: now, verdict: verdict.clone() }),
        }
        let recent = self.turns.iter().position(|turn| now.duration_since(turn.began) < WINDOW);
        self.turns.drain(..recent.unwrap_or(self.turns.len() - 1));
        if let Some(worst) = self.worst().filter(|_| self.returns() >= MANY_RETURNS).cloned() {
            let since = *self.since.get_or_insert(self.turns[0].began);
            Verdict::new(worst.health, format!("unsteady: {}", worst.reason), Some(since))
        } else {
            self.since = None;
            verdict.clone()
        }
    }

    /// A service is not healthy for longer than since it was seen to become so: nothing of it was made or changed then
    /// where only its requests went elsewhere.
    pub(super) fn since_mended(&mut self, mut verdict: Verdict, now: Timestamp) -> Verdict {
        if verdict.health == Health::Healthy {
            if std::mem::take(&mut self.has_ailed) {
                self.mended = Some(now);
            }
            verdict.since = verdict.since.max(self.mended);
        } else {
            self.has_ailed |= verdict.health.needs_somebody();
        }
        verdict
    }

    /// How often it returned to what had been said before.
    fn returns(&self) -> usize {
        let is_return = |index: &usize| {
            let (before, turn) = (&self.turns[..*index], &self.turns[*index]);
            before.iter().any(|earlier| is_alike(&earlier.verdict, &turn.verdict))
        };
        (0..self.turns.len()).filter(is_return).count()
    }

    /// The worst that was said lately, if somebody is to look at it; of equals always the same one, whichever is older.
    fn worst(&self) -> Option<&Verdict> {
        let rank = |turn: &&Turn| (turn.verdict.health, wording(&turn.verdict));
        let worst = &self.turns.iter().min_by_key(rank)?.verdict;
        let latest = self.turns.iter().rev().map(|turn| &turn.verdict).find(|verdict| is_alike(verdict, worst))?;
        latest.health.needs_somebody().then_some(latest)
    }
}

/// Whether two verdicts say the same but for the numbers.
fn is_alike(one: &Verdict, other: &Verdict) -> bool {
    one.health == other.health && wording(one) == wording(other)
}

/// What is said without the numbers.
fn wording(verdict: &Verdict) -> String {
    verdict.reason.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests;
