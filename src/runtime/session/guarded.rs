//! Guarded shifts of a session: begun by a change that was confirmed, driven whenever the session takes something in.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use tokio::sync::watch;

use super::Session;
use crate::domain::guard::Guards;
use crate::domain::intent::Intent;
use crate::domain::lease::Lease;
use crate::domain::operation::{Failure, OperationEvent, OperationId};
use crate::domain::plan::Call;
use crate::domain::problem::Problem;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::operations::confirm::Proof;
use crate::operations::guard::Move;
use crate::operations::guard::lease::{Held, said_by};
use crate::runtime::guarded::came::Came;
use crate::runtime::guarded::drive::{Begun, Drive, Errand};
use crate::runtime::guarded::keeper::Keeper;
use crate::runtime::guarded::{GuardEvent, Guarded, Phase};
use crate::runtime::wait::Wait;

mod before;
mod steps;

/// What is told of guarded shifts while something is taken in.
type News = Vec<(OperationId, GuardEvent)>;

impl Session {
    /// The guards that there are.
    pub fn guards(&self) -> &Guards {
        &self.guards
    }

    /// The guarded shifts of this session, the newest last: also those that are only planned, and those that are over
    /// until they are forgotten.
    pub fn guarded(&self) -> impl Iterator<Item = &Guarded> {
        let guarded = self.drives.values().map(|drive| &drive.view);
        #[cfg(test)]
        let guarded = guarded.chain(&self.pretended);
        guarded
    }

    /// One of them, by the change that began it.
    pub fn guarded_shift(&self, id: OperationId) -> Option<&Guarded> {
        self.drives.get(&id).map(|drive| &drive.view)
    }

    /// Takes one that is over off the list.
    pub fn forget(&mut self, id: OperationId) {
        if self.drives.get(&id).is_some_and(|drive| !drive.view.is_under_way()) {
            self.drives.remove(&id);
        }
    }

    /// Sends everything back to the stable revision, whatever was said about the end of midwatch. What was not sent by then
    /// is not sent: before the first weight nothing is changed at all.
    pub fn stop(&mut self, id: OperationId, why: &Text) {
        self.halt(id, |drive| drive.machine.stop(why));
    }

    /// Ends a guarded shift as was said with its course: everything goes back, or the weights stay.
    pub fn interrupt(&mut self, id: OperationId, why: &Text) {
        self.halt(id, |drive| drive.machine.interrupt(why));
    }

    fn halt(&mut self, id: OperationId, say: impl FnOnce(&mut Drive) -> Move) {
        let now = self.clock.now();
        let Some(mut drive) = self.drives.remove(&id) else { return };
        if drive.view.is_under_way() && !matches!(drive.view.phase, Phase::Ending) {
            let next = say(&mut drive);
            let mut news = News::new();
            self.pursue(&mut drive, next, now, &mut news);
            self.told.append(&mut news);
        }
        self.drives.insert(id, drive);
    }

    /// Begins to keep a guarded shift that is proposed.
    pub(super) fn keep_guarded(&mut self, id: OperationId, intent: &Intent, wait: Wait, reason: Text) {
        let Intent::GuardedShift { target, arm, course } = intent else { return };
        let Some(handle) = self.clusters.get(&target.cluster) else { return };
        let place = self.place_of(target);
        let begun = Begun {
            id,
            action: self.action(id),
            route: target.clone(),
            service: ServiceId { cluster: target.cluster.clone(), environment: place.environment, name: place.service },
            arm: arm.clone(),
            course: (**course).clone(),
            plane: Arc::clone(&handle.plane),
            wait,
            reason,
            now: self.clock.now(),
        };
        self.drives.insert(id, Drive::new(begun));
        self.guard_board.refresh(&self.state, self.clock.now());
        self.ask_for_numbers();
    }

    /// Why a guarded shift that is planned is not to be confirmed: whoever says yes all the same changes nothing.
    pub(super) fn refused_guarded(&self, id: OperationId) -> Option<&Problem> {
        self.drives.get(&id)?.refusal.as_ref()
    }

    /// Remembers by what a guarded shift was confirmed: its later steps are by the same.
    pub(super) fn confirm_guarded(&mut self, id: OperationId, proof: &Proof) {
        if let Some(drive) = self.drives.get_mut(&id).filter(|drive| drive.view.phase == Phase::Proposed) {
            drive.typed.clone_from(&proof.typed);
            drive.reason = proof.reason.clone();
            drive.view.phase = Phase::Confirmed;
            // What was seen since the plan was made is looked at before any of it can be sent.
            let mut news = News::new();
            self.drive(&mut news);
            self.told.append(&mut news);
        }
    }

    /// One that was only planned is no more.
    pub(super) fn leave_guarded(&mut self, id: OperationId) {
        if self.drives.get(&id).is_some_and(|drive| drive.view.phase == Phase::Proposed) {
            self.drives.remove(&id);
            self.ask_for_numbers();
        }
    }

    /// Takes in how a change goes on that a guarded shift is about; gives it back where a face has to know of it.
    pub(super) fn hear_change(
        &mut self,
        id: OperationId,
        mut event: OperationEvent,
        news: &mut News,
    ) -> Option<OperationEvent> {
        let now = self.clock.now();
        match &mut event {
            OperationEvent::Proposed(proposal) => self.look_before(proposal, now),
            OperationEvent::Failed { failure: Failure::TooFar, problem } => self.look_at_refused(id, problem, now),
            _ => {}
        }
        if let Some(mut drive) = self.drives.remove(&id) {
            let is_kept = self.hear_first(&mut drive, &event, now, news);
            if is_kept {
                self.drives.insert(id, drive);
            }
            self.ask_for_numbers();
            return Some(event);
        }
        if let Some(drive) = self.drives.values_mut().find(|drive| drive.past.contains(&id)) {
            drive.past.retain(|past| *past != id || !event.is_last());
            return None;
        }
        let is_its = |drive: &Drive| matches!(drive.errand, Some(Errand::Shift { id: own, .. }) if own == id);
        let Some(of) = self.drives.iter().find(|(_, drive)| is_its(drive)).map(|(of, _)| *of) else {
            return Some(event);
        };
        let mut drive = self.drives.remove(&of)?;
        self.hear_own(&mut drive, &event, now, news);
        self.drives.insert(of, drive);
        None
    }

    /// How the change goes that begins it. False where it never began.
    fn hear_first(&mut self, drive: &mut Drive, event: &OperationEvent, now: Timestamp, news: &mut News) -> bool {
        match event {
            OperationEvent::Proposed(proposal) => {
                drive.left.clear();
                drive.may_be_left(&proposal.plan);
                drive.plan = Some(proposal.plan.clone());
                drive.refusal.clone_from(&proposal.refusal);
            }
            OperationEvent::StepStarted { .. } if drive.view.phase == Phase::Confirmed => {
                let next = drive.machine.due();
                news.extend(drive.show(&next, now).map(|event| (drive.view.id, event)));
            }
            OperationEvent::StepDone { step, .. } => {
                if *step == 1 {
                    self.hold(drive);
                }
                if drive.plan.as_ref().is_some_and(|plan| plan.steps.len() == *step) {
                    self.accepted(drive, now, news);
                }
            }
            // Nothing was sent: the plan waits for another yes, unless it was stopped.
            OperationEvent::Overtaken { problem } | OperationEvent::NotConfirmed { problem } => {
                if drive.machine.is_shifting() {
                    drive.view.phase = Phase::Proposed;
                } else {
                    self.leave(drive.view.id);
                    drive.let_go();
                    self.take_outcome(drive, Came::Withdrawn(problem.to_string().into()), now, news);
                }
            }
            OperationEvent::Failed { failure, .. } if drive.held.is_none() && *failure != Failure::Withdrawn => {
                return false;
            }
            other if drive.errand == Some(Errand::First) => {
                if let Some(came) = Came::of(other).filter(|_| other.is_last()) {
                    drive.let_go();
                    drive.is_left(&came);
                    self.take_outcome(drive, came, now, news);
                }
            }
            _ => {}
        }
        true
    }

    /// The server has taken the weights that were under way. Where something else is to be done by now, that is begun.
    fn accepted(&mut self, drive: &mut Drive, now: Timestamp, news: &mut News) {
        drive.is_accepted = true;
        if drive.is_going_back {
            return;
        }
        drive.machine.accepted(now);
        drive.begin_looking(now);
        if !drive.machine.is_shifting() {
            let next = drive.machine.due();
            self.pursue(drive, next, now, news);
        }
    }

    /// Keeps the lease that was just taken.
    fn hold(&mut self, drive: &mut Drive) {
        let Some(plan) = &drive.plan else { return };
        let Some(Call::TakeLease { body, .. }) = plan.steps.first().map(|step| &step.call) else { return };
        let held = Held {
            lease: Lease::of(&drive.view.route),
            holder: drive.action.clone(),
            environment: plan.environment.clone(),
            command: plan.command.clone(),
            reason: drive.reason.clone(),
        };
        let (about, heard) = watch::channel(said_by(body));
        let keeper = Keeper {
            id: drive.view.id,
            held: held.clone(),
            plane: Arc::clone(&drive.plane),
            clock: self.clock.clone(),
            about: heard,
            driven: self.driven.subscribe(),
            outbox: self.outbox.clone(),
        };
        drive.about = Some(about);
        drive.held = Some(held);
        tokio::spawn(keeper.keep());
    }

    /// How a change of its own goes on.
    fn hear_own(&mut self, drive: &mut Drive, event: &OperationEvent, now: Timestamp, news: &mut News) {
        let Some(Errand::Shift { id, percent, is_confirmed }) = drive.errand else { return };
        news.push((drive.view.id, GuardEvent::Change { percent, change: Box::new(event.clone()) }));
        if let OperationEvent::Proposed(proposal) = event {
            if let Some(problem) = &proposal.refusal {
                self.leave(id);
                drive.let_go();
                // Rights come and go, and so does who could tell of them.
                let came = Came::Not { why: problem.to_string().into(), may_work_later: true };
                return self.take_outcome(drive, came, now, news);
            }
            drive.may_be_left(&proposal.plan);
            drive.errand = Some(Errand::Shift { id, percent, is_confirmed: true });
            let proof = Proof { plan: proposal.plan.hash(), typed: drive.typed.clone(), reason: drive.because() };
            return self.confirm(id, proof);
        }
        if matches!(event, OperationEvent::StepDone { .. }) {
            return self.accepted(drive, now, news);
        }
        if let Some(came) = Came::of(event) {
            if !event.is_last() {
                self.leave(id);
            }
            drive.let_go();
            if is_confirmed {
                drive.is_left(&came);
            }
            self.take_outcome(drive, came, now, news);
        }
    }

    /// Notes since when the leases of others are as they are: one that is known for long enough is taken over at once.
    pub(super) fn see_leases(&self) {
        for guard in self.state.guards() {
            self.sightings.see(&Lease::of(&guard.route), guard.lease, Instant::now());
        }
    }

    /// Whether there is a guarded shift that has to be looked at again soon.
    pub(super) fn has_drives(&self) -> bool {
        self.drives.values().any(|drive| drive.view.is_under_way())
    }
}

#[cfg(test)]
mod tests;
