//! How a plan is agreed to: what has to be typed first, what Enter does where, and what must have been seen.

use jiff::Timestamp;

use super::{Ask, Focus, LEAST_SEEN, PlanReview, Stage};
use crate::domain::problem::Problem;
use crate::runtime::Proof;

impl PlanReview {
    /// Presses what has the focus. In a field that only means to go on.
    pub(super) fn press(&mut self, now: Timestamp) -> Option<Ask> {
        match self.focus {
            Focus::Cancel if !self.is_open() && !self.may_close(now) => None,
            Focus::Cancel => Some(Ask::Close),
            Focus::Reason | Focus::Name => {
                self.go_on(now);
                Some(Ask::Redraw)
            }
            Focus::Confirm if !self.is_read(now) || !self.is_meant(now) => None,
            Focus::Confirm if self.window.get().1 < LEAST_SEEN => {
                let why = "the window is too small to show what is confirmed";
                self.problem = Some(Problem::new("not confirmed", why, "make it larger"));
                Some(Ask::Redraw)
            }
            Focus::Confirm => {
                if let Some(problem) = self.unread() {
                    self.problem = Some(problem);
                    return Some(Ask::Redraw);
                }
                let proof =
                    Proof { plan: self.plan()?.hash(), typed: self.name.value().to_owned(), reason: self.reason() };
                // From here on it goes its way: closing the review does not take the consent back.
                self.stage = Stage::Running;
                self.focus = Focus::Cancel;
                Some(Ask::Confirm(proof))
            }
        }
    }

    /// Goes on from a field: from the last one to the button that does it, once nothing is missing. What is missing is
    /// said, and asked for where it belongs.
    fn go_on(&mut self, now: Timestamp) {
        let is_last = self.fields().iter().rposition(|field| matches!(field, Focus::Reason | Focus::Name))
            == self.fields().iter().position(|field| *field == self.focus);
        match self.missing() {
            Some((Focus::Name, _)) if self.focus == Focus::Reason => self.focus = Focus::Name,
            Some((field, problem)) => {
                self.focus = field;
                self.problem = Some(problem);
                return;
            }
            None if is_last => {
                self.focus = Focus::Confirm;
                // One more press is meant only if it comes after this one could be seen.
                self.moved_at = Some(now);
            }
            None => self.step_focus(false),
        }
        self.problem = None;
    }

    /// What has to be typed before this can be sent, and in which field.
    pub(super) fn missing(&self) -> Option<(Focus, Problem)> {
        let plan = self.plan().filter(|plan| plan.is_protected)?;
        if self.reason().trim().is_empty() {
            let why = "there is no reason yet";
            return Some((Focus::Reason, Problem::new("not confirmed", why, "type why: it is recorded")));
        }
        let typed = self.name.value();
        if typed == plan.service.as_str() {
            return None;
        }
        let why = if typed.is_empty() {
            "the name is not typed yet".to_owned()
        } else {
            format!("{typed:?} is not the name")
        };
        Some((Focus::Name, Problem::new("not confirmed", why, format!("type {}", plan.service))))
    }

    /// What was not shown yet and must be.
    pub(super) fn unread(&self) -> Option<Problem> {
        let (seen, all) = self.seen_to.get();
        let warns = self.plan().is_some_and(|plan| !plan.warnings.is_empty());
        let why =
            if warns { "warnings, or what happens, were not shown yet" } else { "what happens was not shown yet" };
        (seen < all).then(|| Problem::new("not confirmed", why, "page down first"))
    }
}
