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
        self.guard_board.refresh(&self.state, now);
        let service = self.service_id_of(target);
        let guard = self.state.usual_guard().clone();
        let numbers = self.guard_board.numbers(&service);
        self.state.splits(&service).into_iter().find_map(|split| {
            let canary = split.arm(ArmRole::Canary).filter(|canary| canary.desired > 0.0)?;
            let why = self.state.against(&split, &guard, numbers, now)?;
            let is_its = self.state.is_behind(&split, canary, target) || split.steered_by.is_some();
            let back = shift_of(&service.name, &split.router, &canary.service);
            let name = if canary.version.is_empty() { &canary.service } else { &canary.version };
            let says = format!("what ails it is the canary {name}, which {why}; this leaves it its requests");
            (!is_its).then(|| format!("{says}. `{back} --to 0` takes them").into())
        })
    }

    /// Says the same of a shift that goes too far at once: nobody is led up there in steps either.
    pub(super) fn look_at_refused(&mut self, id: OperationId, problem: &mut Problem, now: Timestamp) {
        let Some(intent) = self.waiting.get(&id).map(|pending| pending.intent.clone()) else { return };
        if let Some(against) = self.against(&intent, now) {
            problem.more.push(against.words());
            problem.hint = against.way_back().into();
        }
    }

    /// The service that an object belongs to.
    fn service_id_of(&self, target: &ObjectRef) -> ServiceId {
        let place = self.place_of(target);
        ServiceId { cluster: target.cluster.clone(), environment: place.environment, name: place.service }
    }

    /// What is seen against a wish.
    fn against(&mut self, intent: &Intent, now: Timestamp) -> Option<Against> {
        let (target, guard) = match intent {
            Intent::GuardedShift { target, course, .. } => (target, course.guard.clone()),
            Intent::Shift { target, percent: 1.., .. }
            | Intent::Release { target, .. }
            | Intent::Skip { target, .. }
            | Intent::PromoteFull { target } => (target, self.state.usual_guard().clone()),
            _ => return None,
        };
        self.guard_board.refresh(&self.state, now);
        let service = self.service_id_of(target);
        let numbers = self.guard_board.numbers(&service);
        let splits = match intent {
            // The rule that is changed is the one with the arm that is meant.
            Intent::Shift { target, arm, .. } | Intent::GuardedShift { target, arm, .. } => {
                self.state.split_with(target, arm).into_iter().collect()
            }
            _ => self.state.splits(&service),
        };
        let mut raised = splits.into_iter().filter(|split| gains(intent, split));
        let (why, split) = raised.find_map(|split| Some((self.state.against(&split, &guard, numbers, now)?, split)))?;
        let counted = over(guard.window, self.state.begins_before_change(&split, guard.window, now));
        Some(Against { service, guard, split, why, counted })
    }
}

impl Against {
    fn words(&self) -> Text {
        format!("the new revision is worse than the stable one: {}, {}", self.why, self.counted).into()
    }

    /// What can be done about it.
    fn way_back(&self) -> String {
        // Whichever arm the wish names.
        match self.split.arm(ArmRole::Canary).filter(|canary| canary.desired > 0.0) {
            Some(canary) => {
                let back = shift_of(&self.service.name, &self.split.router, &canary.service);
                format!("`{back} --to 0` takes the requests that it has from the new revision")
            }
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
