//! When time alone asks for a frame: what is on the screen reads differently from some moment on.
//!
//! Those moments are counted from when the screen was drawn, not from now. One that passes while something else is
//! done is still due afterwards; counted from now, it would be forgotten.

use jiff::{SignedDuration, Timestamp};

use super::{Console, Overlay};
use crate::state::LATE_AFTER;
use crate::tui::widgets::rollout::ticks_at;

/// How long a notice stays.
const NOTICE: SignedDuration = SignedDuration::from_secs(8);

impl Console {
    /// When something has to be drawn or done although nothing happens. It may be past.
    pub(in crate::tui) fn wakes_at(&self) -> Timestamp {
        let drawn = self.drawn_at.unwrap_or_else(|| self.session.clock().now());
        let minute = drawn + SignedDuration::from_secs(60 - drawn.as_second().rem_euclid(60));
        let expiry = match &self.overlay {
            Some(Overlay::Plan(review)) => review.expires_at().map(|at| {
                let left = at.duration_since(drawn);
                // The countdown is told in tens of seconds.
                let tens = match left.as_secs().max(0) % 10 {
                    0 => 10,
                    seconds => seconds,
                };
                drawn + SignedDuration::from_secs(tens).min(left)
            }),
            _ => None,
        };
        let notice = self.notice.as_ref().map(|notice| notice.at + NOTICE);
        let view = self.screen.view().wakes_at(&seen!(self, drawn));
        let guarded = self.session.guarded().filter_map(|guarded| ticks_at(drawn + guarded.left(drawn)?, drawn)).min();
        let others = [expiry, notice, view, guarded, self.late_at(drawn), self.boards_due_at(), self.herald.due_at()];
        others.into_iter().flatten().fold(minute, Timestamp::min)
    }

    /// When a cluster that was live on the screen is late, if it stays silent.
    fn late_at(&self, drawn: Timestamp) -> Option<Timestamp> {
        let heard = self.session.state().clusters().filter_map(|(_, cluster)| cluster.heard());
        heard.map(|heard| heard + LATE_AFTER).filter(|at| *at > drawn).min()
    }

    /// Does what time asks for; a frame is due after it.
    pub(in crate::tui) fn tick(&mut self) {
        let now = self.session.clock().now();
        if self.notice.as_ref().is_some_and(|notice| now.duration_since(notice.at) >= NOTICE) {
            self.notice = None;
        }
        self.mind_leaving();
        self.mind_pages();
        if let Some(Overlay::Plan(review)) = &mut self.overlay {
            let ask = review.tick(now);
            self.review(ask);
        }
    }
}

#[cfg(test)]
mod tests;
