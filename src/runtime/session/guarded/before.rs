//! What is seen of a new revision before it gets more requests.

use jiff::Timestamp;

use super::Session;
use crate::domain::guard::{Guard, over, shift_of};
use crate::domain::intent::Intent;
use crate::domain::moment::span;
use crate::domain::object::ObjectRef;
use crate::domain::operation::{OperationId, Proposal};
use crate::domain::problem::Problem;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::domain::traffic::{ArmRole, Split};
use crate::state::State;

/// What is seen of a new revision that would get more requests, where that speaks against it.
struct Against {
    service: ServiceId,
    guard: Guard,
    split: Split,
    why: Text,
    /// Over how long, and whether that begins before the last change of weights.
    counted: String,
}

impl Session {
    /// Says what is seen against a change that sends more requests to a new revision. A guarded shift does not begin where
    /// its guard is breached already.
    pub(super) fn look_before(&mut self, proposal: &mut Proposal, now: Timestamp) {
        if let Intent::Rollback { target, .. } = &proposal.plan.intent {
            proposal.against = self.beside(target, now);
            return;
        }
        let Some(against) = self.against(&proposal.plan.intent, now) else { return };
        proposal.against = Some(against.words());
        if let Intent::GuardedShift { .. } = &proposal.plan.intent {
            let what = format!("the guard {} is breached already, and nothing is sent", against.guard.name);
            let (why, hint) = (format!("the new revision {}", against.why), against.way_back());
            proposal.refusal.get_or_insert_with(|| Problem::new(what, why, hint));
        }
    }

    /// What ails a service of which a workload is to be rolled back, where that is another one's canary.
    pub(super) fn beside(&mut self, target: &ObjectRef, now: Timestamp) -> Option<Text> {
        let guard = self.state.usual_guard().clone();
        let is_other = |state: &State, split: &Split| {
            let canary = split.arm(ArmRole::Canary);
            split.steered_by.is_none() && canary.is_some_and(|canary| !state.is_behind(split, canary, target))
        };
        let against = self.find(target, None, guard, now, is_other)?;
        let back = against.back()?;
        let canary = against.split.arm(ArmRole::Canary)?;
        let name = if canary.version.is_empty() { &canary.service } else { &canary.version };
        let says = format!("what ails it is the canary {name}, which {}; this leaves it its requests", against.why);
        Some(format!("{says}. {back} takes them").into())
    }

    /// Says the same of a shift that goes too far at once: nobody is led up there in steps either.
    pub(super) fn look_at_refused(&mut self, id: OperationId, problem: &mut Problem, now: Timestamp) {
        let Some(intent) = self.waiting.get(&id).map(|pending| pending.intent.clone()) else { return };
        if let Some(against) = self.against(&intent, now) {
            problem.more.push(against.words());
            problem.hint = against.way_back().into();
        }
    }

    /// What is seen against a wish.
    fn against(&mut self, intent: &Intent, now: Timestamp) -> Option<Against> {
        let usual = self.state.usual_guard().clone();
        let (target, arm, guard) = match intent {
            Intent::GuardedShift { target, arm, course } => (target, Some(arm), course.guard.clone()),
            Intent::Shift { target, arm, percent: 1.. } => (target, Some(arm), usual),
            Intent::Release { target, .. } | Intent::Skip { target, .. } | Intent::PromoteFull { target } => {
                (target, None, usual)
            }
            _ => return None,
        };
        self.find(target, arm, guard, now, |_, split| gains(intent, split))
    }

    /// What a guard has against the first canary of the service of an object, or of the rule of a route with this arm, that
    /// counts.
    fn find(
        &mut self,
        target: &ObjectRef,
        arm: Option<&Text>,
        guard: Guard,
        now: Timestamp,
        counts: impl Fn(&State, &Split) -> bool,
    ) -> Option<Against> {
        self.guard_board.refresh(&self.state, now);
        let place = self.place_of(target);
        let service =
            ServiceId { cluster: target.cluster.clone(), environment: place.environment, name: place.service };
        let numbers = self.guard_board.numbers(&service);
        let splits = match arm {
            // The rule that is changed is the one with the arm that is meant.
            Some(arm) => self.state.split_with(target, arm).into_iter().collect(),
            None => self.state.splits(&service),
        };
        let mut own = splits.into_iter().filter(|split| counts(&self.state, split));
        let (why, split) = own.find_map(|split| Some((self.state.against(&split, &guard, numbers, now)?, split)))?;
        let counted = over(guard.window, self.state.begins_before_change(&split, guard.window, now));
        Some(Against { service, guard, split, why, counted })
    }
}

impl Against {
    fn words(&self) -> Text {
        format!("the new revision is worse than the stable one: {}, {}", self.why, self.counted).into()
    }

    /// The command that takes its requests from the new revision, whichever arm a wish names; none where it gets none.
    fn back(&self) -> Option<String> {
        let canary = self.split.arm(ArmRole::Canary).filter(|canary| canary.desired > 0.0)?;
        Some(format!("`{} --to 0`", shift_of(&self.service.name, &self.split.router, &canary.service)))
    }

    /// What can be done about it.
    fn way_back(&self) -> String {
        match self.back() {
            Some(back) => format!("{back} takes the requests that it has from the new revision"),
            None => format!("it gets nothing now; what it did counts for {}", span(self.guard.window)),
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
