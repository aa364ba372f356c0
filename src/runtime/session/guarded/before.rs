//! What is seen of a new revision before it gets more requests.

use jiff::Timestamp;

use super::Session;
use crate::domain::guard::{over, shift_of};
use crate::domain::intent::Intent;
use crate::domain::moment::span;
use crate::domain::operation::Proposal;
use crate::domain::problem::Problem;
use crate::domain::service::ServiceId;
use crate::domain::traffic::{ArmRole, Split};

impl Session {
    /// Says what is seen against a change that sends more requests to a new revision. A guarded shift does not begin where
    /// its guard is breached already.
    pub(super) fn look_before(&mut self, proposal: &mut Proposal, now: Timestamp) {
        let (target, guard) = match &proposal.plan.intent {
            Intent::GuardedShift { target, course, .. } => (target, course.guard.clone()),
            Intent::Shift { target, percent: 1.., .. }
            | Intent::Release { target, .. }
            | Intent::Skip { target, .. }
            | Intent::PromoteFull { target } => (target, self.state.usual_guard().clone()),
            _ => return,
        };
        self.guard_board.refresh(&self.state, now);
        let place = self.place_of(target);
        let id = ServiceId { cluster: target.cluster.clone(), environment: place.environment, name: place.service };
        let is_raised = |split: &Split| gains(&proposal.plan.intent, split);
        let numbers = self.guard_board.numbers(&id);
        let splits = match &proposal.plan.intent {
            // The rule that is changed is the one with the arm that is meant.
            Intent::Shift { target, arm, .. } | Intent::GuardedShift { target, arm, .. } => {
                self.state.split_with(target, arm).into_iter().collect()
            }
            _ => self.state.splits(&id),
        };
        let mut raised = splits.into_iter().filter(is_raised);
        let worse = raised.find_map(|split| Some((self.state.against(&split, &guard, numbers, now)?, split)));
        let Some((why, split)) = worse else { return };
        let counted = over(guard.window, self.state.begins_before_change(&split, guard.window, now));
        proposal.against = Some(format!("the new revision is worse than the stable one: {why}, {counted}").into());
        if let Intent::GuardedShift { target, arm, .. } = &proposal.plan.intent {
            let back = shift_of(&id.name, target, arm);
            let what = format!("the guard {} is breached already, and nothing is sent", guard.name);
            let hint = if split.arm(ArmRole::Canary).is_some_and(|canary| canary.desired > 0.0) {
                format!("`{back} --to 0` takes the requests that it has from the new revision")
            } else {
                format!("it gets nothing now; what it did counts for {}", span(guard.window))
            };
            proposal.refusal.get_or_insert_with(|| Problem::new(what, why, hint));
        }
    }
}

/// Whether the canary of a split gets more by a change.
fn gains(intent: &Intent, split: &Split) -> bool {
    let Some(canary) = split.arm(ArmRole::Canary) else { return false };
    match intent {
        Intent::Shift { target, arm, percent } => {
            let is_own = *arm == canary.service;
            let then = if is_own { f64::from(*percent) } else { 100.0 - f64::from(*percent) };
            *target == split.router && then > canary.desired
        }
        Intent::GuardedShift { target, arm, .. } => *target == split.router && *arm == canary.service,
        _ => canary.desired > 0.0,
    }
}
