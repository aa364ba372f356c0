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
            // What was pressed before the plan could be seen says nothing of it.
            Focus::Reason | Focus::Name if !self.is_read(now) || self.is_typing_ahead(now) => None,
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
                if let Some((field, problem)) = self.missing() {
                    (self.focus, self.problem) = (field, Some(problem));
                    return Some(Ask::Redraw);
                }
                let plan = self.plan()?;
                // That it is done anyway is asked for here; the rest of the house asks for the name.
                let typed = if self.is_against() { plan.service.to_string() } else { self.name.value().to_owned() };
                let proof = Proof { plan: plan.hash(), typed, reason: self.reason() };
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
        let (plan, wanted) = (self.plan()?, self.to_type()?);
        if plan.is_protected && self.reason().trim().is_empty() {
            let why = "there is no reason yet";
            return Some((Focus::Reason, Problem::new("not confirmed", why, "type why: it is recorded")));
        }
        let typed = self.name.value();
        if typed == wanted {
            return None;
        }
        let why = match typed {
            "" => "the name is not typed yet".to_owned(),
            _ if self.is_against() => format!("{typed:?} is not enough: something is seen against it"),
            _ => format!("{typed:?} is not the name"),
        };
        Some((Focus::Name, Problem::new("not confirmed", why, format!("type {wanted}"))))
    }

    /// What has to be typed: the name of the service where it is protected, and more than that where something is seen
    /// against the change, so that it is not done by habit.
    pub(super) fn to_type(&self) -> Option<String> {
        let plan = self.plan()?;
        match (self.is_against(), plan.is_protected) {
            (true, _) => Some(format!("{} anyway", plan.service)),
            (false, true) => Some(plan.service.to_string()),
            (false, false) => None,
        }
    }

    /// Whether anything is seen against it.
    fn is_against(&self) -> bool {
        self.proposal.as_ref().is_some_and(|proposal| proposal.against.is_some())
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
