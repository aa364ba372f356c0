//! How a guarded shift looks: at what both arms were seen to do, and at whether somebody else is at the route.

use jiff::{SignedDuration, Timestamp};

use super::drive::Drive;
use super::{Look, Phase};
use crate::domain::text::Text;
use crate::operations::guard::Move;
use crate::state::{ServiceBoard, State};

/// For how long a route may show other weights than were set before somebody else is taken to have changed them: a watch
/// takes a moment.
const STRANGE: SignedDuration = SignedDuration::from_secs(10);

/// After so long without a word, whoever counts is silent, which is worth a look too.
const SILENT: SignedDuration = SignedDuration::from_mins(1);

impl Drive {
    /// Whether it is time to look and there is something new to see: from the yes on for as long as the new revision may
    /// get requests by a weight of ours, also while one is being set.
    pub(in crate::runtime) fn is_due(&self, state: &State, now: Timestamp) -> bool {
        let is_up = matches!(self.view.phase, Phase::Confirmed | Phase::Shifting | Phase::Holding { .. });
        if !is_up || self.machine.is_going_back() || self.machine.is_over() || now < self.next_look {
            return false;
        }
        let heard = state.numbers_heard(&self.view.service.cluster);
        heard != self.heard || heard.is_none_or(|heard| now.duration_since(heard) > SILENT)
    }

    /// Looks.
    pub(in crate::runtime) fn look(&mut self, state: &State, board: &ServiceBoard, now: Timestamp) -> (Look, Move) {
        self.heard = state.numbers_heard(&self.view.service.cluster);
        self.next_look = self.next_look_after(now);
        let numbers = board.numbers(&self.view.service);
        let guard = &self.view.course.guard;
        let (canary, stable) = state.compare(&self.view.route, &self.view.arm, numbers, (guard.window, now));
        let verdict = guard.judge(&canary, &stable);
        let next = self.machine.look(&verdict, now);
        let window = guard.window;
        let begins_before = self.machine.set_since().is_some_and(|since| now.duration_since(since) < window);
        let look = Look { at: now, canary, stable, verdict, window, begins_before };
        self.view.look = Some(look.clone());
        self.say(look.verdict.to_string(), now);
        (look, next)
    }

    /// Whether somebody else has changed the weights that are held, for longer than a watch may take to tell.
    pub(in crate::runtime) fn strange(&mut self, state: &State, now: Timestamp) -> Option<Text> {
        if !matches!(self.view.phase, Phase::Holding { .. }) {
            self.strange_since = None;
            return None;
        }
        let words = match self.share(state) {
            Some(share) if (share - f64::from(self.view.percent)).abs() < 0.5 => {
                self.strange_since = None;
                return None;
            }
            Some(share) => format!("somebody else changed the weights: {} has {} %", self.view.arm, share.round()),
            None => format!("{} splits no requests with {} any more", self.view.route, self.view.arm),
        };
        let since = *self.strange_since.get_or_insert(now);
        (now.duration_since(since) >= STRANGE).then(|| words.into())
    }

    /// The share of the arm by its route, joined anew only where anything moved.
    fn share(&mut self, state: &State) -> Option<f64> {
        let revision = state.splits_revision();
        if let Some((known, share)) = self.share
            && known == revision
        {
            return share;
        }
        let split = state.split_with(&self.view.route, &self.view.arm);
        let arm = split.as_ref().and_then(|split| split.arm_behind(&self.view.arm));
        let share = arm.map(|arm| arm.desired);
        self.share = Some((revision, share));
        share
    }

    /// Begins to look anew after the weights changed.
    pub(in crate::runtime) fn begin_looking(&mut self, now: Timestamp) {
        let guard = &self.view.course.guard;
        self.next_look = now.checked_add(guard.every.min(guard.warm_up)).unwrap_or(now);
        self.strange_since = None;
    }

    /// When it looks after a look: as often as the guard says, and at the end of the warm-up.
    fn next_look_after(&self, now: Timestamp) -> Timestamp {
        let guard = &self.view.course.guard;
        let next = now.checked_add(guard.every).unwrap_or(now);
        let warm = self.machine.set_since().and_then(|since| since.checked_add(guard.warm_up).ok());
        warm.filter(|warm| *warm > now).map_or(next, |warm| warm.min(next))
    }
}
