//! What is done for a guarded shift: weights are set by changes of its own, its lease is released, and what is due by the
//! clock is looked at.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use super::super::evidence::Evidence;
use super::{News, Session};
use crate::domain::intent::Intent;
use crate::domain::operation::OperationId;
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::operations::guard::lease::{conclude, release};
use crate::operations::guard::{End, Move};
use crate::runtime::guarded::came::Came;
use crate::runtime::guarded::drive::{Drive, Errand};
use crate::runtime::guarded::{GuardEvent, Phase};
use crate::runtime::message::Message;

impl Session {
    /// Goes on after weights were set, or were not.
    pub(super) fn take_outcome(&mut self, drive: &mut Drive, came: Came, now: Timestamp, news: &mut News) {
        let is_back = matches!(drive.view.phase, Phase::GoingBack { .. });
        // It was stopped, or ended, while a weight was being set: that is what has to be done now.
        let is_obsolete = !(drive.machine.is_shifting() || is_back && drive.is_going_back);
        // What nobody can tell may yet come about: from then on it is watched that everything stays back.
        let was_in_doubt = drive.is_in_doubt;
        drive.is_in_doubt |= matches!(came, Came::Unsure(_));
        let next = match came {
            Came::Withdrawn(why) => drive.machine.withdrawn(&why),
            _ if is_obsolete => drive.machine.due(),
            Came::Shifted | Came::Nothing => {
                if matches!(came, Came::Nothing) {
                    drive.machine.accepted(now);
                    drive.begin_looking(now);
                }
                drive.view.percent = if is_back { 0 } else { drive.machine.weight() };
                drive.machine.shifted(now)
            }
            Came::Unsure(why) | Came::Not { why, may_work_later: true } if is_back => {
                news.push((drive.view.id, drive.try_again(why, now)));
                return;
            }
            // A call of ours of which nobody could tell has arrived after all.
            Came::Reverted(why) if is_back && was_in_doubt => {
                news.push((drive.view.id, drive.try_again(why, now)));
                return;
            }
            Came::Unsure(why) => drive.machine.unsure(&why),
            Came::Not { why, may_work_later: true } => drive.machine.not_now(&why, now),
            Came::Not { why, .. } | Came::Reverted(why) => drive.machine.not_shifted(&why),
        };
        self.pursue(drive, next, now, news);
    }

    /// Does what is to be done next.
    pub(super) fn pursue(&mut self, drive: &mut Drive, next: Move, now: Timestamp, news: &mut News) {
        let id = drive.view.id;
        if let Move::GoBack(_) | Move::End(_) = next {
            self.take_back(drive, &next);
            if drive.view.phase == Phase::Confirmed && drive.is_busy() {
                // Nothing was sent so far: once that is certain, it is over.
                drive.say("stopped before anything was sent", now);
                return;
            }
        }
        news.extend(drive.show(&next, now).map(|event| (id, event)));
        match next {
            Move::Stay => {}
            Move::Shift(percent) => self.set_weight(drive, percent),
            Move::Wait { .. } => drive.note_progress(),
            // What is under way ends first; then it is looked again at what is to be done.
            Move::GoBack(_) | Move::End(_) if drive.is_busy() => {}
            // Under way already; where it waits to be tried again, that is now.
            Move::GoBack(_) if drive.is_going_back && drive.errand.is_some() => {}
            Move::GoBack(_) => {
                drive.is_going_back = true;
                self.set_weight(drive, 0);
            }
            Move::End(end) => self.end_guarded(drive, end, now, news),
        }
    }

    /// Takes back a raise that is under way: what was not sent is not sent any more, and what the server has taken is
    /// watched no longer.
    fn take_back(&mut self, drive: &mut Drive, next: &Move) {
        let why = match next {
            // Nothing was sent that could go back.
            Move::GoBack(why) if drive.view.phase == Phase::Confirmed => why.to_string(),
            Move::GoBack(why) => format!("everything goes back to stable: {why}"),
            Move::End(end) => end.words().to_string(),
            Move::Shift(_) | Move::Wait { .. } | Move::Stay => return,
        };
        match drive.raise() {
            Some((id, true)) => {
                if let Some(withdrawal) = self.withdrawals.get(&id) {
                    withdrawal.take_back(&why.into());
                }
            }
            // Nobody said yes to it.
            Some((id, false)) => {
                self.leave(id);
                drive.let_go();
            }
            None => {}
        }
    }

    /// Begins to set a weight by a change of its own.
    fn set_weight(&mut self, drive: &mut Drive, percent: u8) {
        drive.again_at = None;
        drive.let_go();
        let intent = Intent::Shift { target: drive.view.route.clone(), arm: drive.view.arm.clone(), percent };
        let (wait, evidence) = match percent {
            0 if drive.view.trouble.is_none() => (drive.wait.for_the_way_back(), Evidence::Brief),
            0 => (drive.wait.for_the_way_back(), Evidence::None),
            _ => (drive.wait, Evidence::None),
        };
        let id = self.begin(intent, wait, drive.because(), Some(drive.own()), evidence);
        drive.errand = Some(Errand::Shift { id, percent, is_confirmed: false });
    }

    /// Releases the lease, if there is one; then it is over.
    fn end_guarded(&mut self, drive: &mut Drive, end: End, now: Timestamp, news: &mut News) {
        let id = drive.view.id;
        // Nobody renews any more what is about to be released.
        drive.about = None;
        drive.let_go();
        let Some(held) = drive.held.take() else {
            news.push((id, drive.ended(end, None, now)));
            return;
        };
        drive.errand = Some(Errand::Release);
        let (plane, policy, ledger) = (Arc::clone(&drive.plane), Arc::clone(&self.policy), Arc::clone(&self.ledger));
        let outbox = self.outbox.clone();
        tokio::spawn(async move {
            let released = release(&held, &policy, &*plane, &*ledger).await;
            let concluded = conclude(&held, &end, &*ledger).await;
            if let (Err(problem), Err(_)) = (&concluded, &released) {
                tracing::error!(%problem, "the end of a guarded shift");
            }
            drop(outbox.send(Message::LeaseReleased(id, released.and(concluded).err())).await);
        });
    }

    /// The lease was released, or why it was not.
    pub(in crate::runtime::session) fn lease_released(
        &mut self,
        id: OperationId,
        problem: Option<Problem>,
        news: &mut News,
    ) {
        let now = self.clock.now();
        if let Some(drive) = self.drives.get_mut(&id)
            && let Move::End(end) = drive.machine.due()
        {
            let left = problem.map(|problem| problem.to_string().into());
            news.push((id, drive.ended(end, left, now)));
        }
        self.ask_for_numbers();
    }

    /// The lease was lost: nothing is raised any more. What goes back goes on going back.
    pub(in crate::runtime::session) fn lease_lost(&mut self, id: OperationId, why: &Text, news: &mut News) {
        let now = self.clock.now();
        let Some(mut drive) = self.drives.remove(&id) else { return };
        if drive.view.is_under_way() && !drive.machine.is_going_back() && !drive.machine.is_over() {
            let next = drive.machine.give_way(&format!("the lease was lost: {why}").into());
            self.pursue(&mut drive, next, now, news);
        }
        self.drives.insert(id, drive);
    }

    /// Looks at what is due: the guards look, and what did not work is tried again.
    pub(in crate::runtime::session) fn drive(&mut self, news: &mut News) {
        let now = self.clock.now();
        self.driven.send_replace(Instant::now());
        news.append(&mut self.told);
        if self.drives.values().any(|drive| drive.is_due(&self.state, now))
            && self.guard_board.refresh(&self.state, now)
        {
            self.ask_for_numbers();
        }
        let ids: Vec<OperationId> = self.drives.keys().copied().collect();
        for id in ids {
            let Some(mut drive) = self.drives.remove(&id) else { continue };
            if drive.again_at.is_some_and(|at| at <= now) && !drive.is_busy() {
                self.set_weight(&mut drive, 0);
            }
            if let Some(why) = drive.strange(&self.state, now) {
                let next = drive.machine.give_way(&why);
                self.pursue(&mut drive, next, now, news);
            }
            if drive.is_due(&self.state, now) {
                let (look, next) = drive.look(&self.state, &self.guard_board, now);
                let held_up = match &next {
                    Move::Wait { why, .. } => why.clone(),
                    _ => None,
                };
                news.push((id, GuardEvent::Looked { look, held_up }));
                self.pursue(&mut drive, next, now, news);
            }
            self.drives.insert(id, drive);
        }
    }
}
