//! Guarded shifts of this console: what is said of them, how one is stopped, and what leaving means for them.

use super::{Console, Errand, Overlay};
use crate::domain::guard::OnExit;
use crate::domain::health::Health;
use crate::domain::operation::{OperationEvent, OperationId, Verdict};
use crate::runtime::{GuardEvent, Guarded, Phase};
use crate::tui::effect::Destination;
use crate::tui::widgets::guarded;

/// What leaving waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Nobody wants to leave.
    #[default]
    No,
    /// It was said what leaving means.
    Asked,
    /// Guarded shifts come to their end first.
    Waits,
}

impl Console {
    /// The guarded shifts that go on by themselves.
    pub(super) fn guarding(&self) -> impl Iterator<Item = &Guarded> {
        self.session.guarded().filter(|guarded| guarded.is_under_way())
    }

    /// Says what happened to a guarded shift, where nobody may be looking at it.
    pub(super) fn guard_told(&mut self, id: OperationId, event: &GuardEvent) {
        let Some(name) = self.session.guarded_shift(id).map(|guarded| guarded.service.name.clone()) else { return };
        match event {
            GuardEvent::GoingBack { why } => self.say(Health::Bad, format!("{name} goes back to stable: {why}")),
            GuardEvent::Ended { end, left } => {
                let left = left.as_ref().map(|left| format!("; {left}")).unwrap_or_default();
                self.say(guarded::health_of(end), format!("guarded shift of {name}: {}{left}", end.words()));
            }
            GuardEvent::NotBack { trouble, .. } => {
                self.say(Health::Bad, format!("{name} is not back at stable yet: {}", trouble.why));
            }
            GuardEvent::Shifting { .. }
            | GuardEvent::Change { .. }
            | GuardEvent::Holding { .. }
            | GuardEvent::Looked { .. } => {}
        }
    }

    /// Once the first weight is set, the review of its plan makes room for what goes on by itself.
    pub(super) fn guard_begun(&mut self, id: OperationId, event: &OperationEvent) {
        let is_begun = matches!(event, OperationEvent::Ended { verdict: Verdict::Verified(_) | Verdict::Accepted(_) });
        let is_shown = matches!(&self.overlay, Some(Overlay::Plan(review)) if review.id == id);
        let Some(guarded) = self.session.guarded_shift(id).filter(|guarded| is_begun && guarded.is_under_way()) else {
            return;
        };
        let service = guarded.service.clone();
        if is_shown {
            self.overlay = None;
            self.session.leave(id);
            self.go(&Destination::Service(service));
        }
    }

    /// Stops a guarded shift, or shows one no more that is over.
    pub(super) fn stop_guard(&mut self, id: OperationId) {
        match self.session.guarded_shift(id).map(|guarded| (guarded.is_under_way(), guarded.service.name.clone())) {
            Some((true, name)) => {
                let is_begun = self.session.guarded_shift(id).is_some_and(|guarded| guarded.phase != Phase::Confirmed);
                self.session.stop(id, &"stopped on the screen".into());
                let then = if is_begun { "goes back to stable" } else { "nothing is sent" };
                self.say(Health::Attention, format!("stopped: {name}: {then}"));
            }
            Some((false, _)) => self.session.forget(id),
            None => {}
        }
    }

    /// Stops the one guarded shift that is under way, from wherever one is.
    pub(super) fn stop_any_guard(&mut self) {
        let ids: Vec<OperationId> = self.guarding().map(|guarded| guarded.id).collect();
        match ids.as_slice() {
            [id] => self.stop_guard(*id),
            [] => self.say(Health::Attention, "no shift is guarded by this session".to_owned()),
            [..] => self.say(Health::Attention, "several shifts are guarded: choose one in Rollouts".to_owned()),
        }
    }

    /// Leaves, but not by mistake while a change is under way: that takes asking twice. Guarded shifts are ended first.
    pub(super) fn leave(&mut self) -> bool {
        let meaning: Vec<String> = self.guarding().map(meaning).collect();
        match self.leaving {
            Leaving::No if !meaning.is_empty() => {
                self.leaving = Leaving::Asked;
                self.say(Health::Attention, format!("again leaves, and {}", meaning.join("; ")));
            }
            Leaving::Asked if !meaning.is_empty() => {
                self.leaving = Leaving::Waits;
                self.interrupt_guards("midwatch was left");
                self.say(Health::Attention, "leaving as soon as the guarded shifts are over".to_owned());
            }
            Leaving::Waits if !meaning.is_empty() => self.errands.push(Errand::Quit),
            _ if self.underway.warns() => {
                self.say(Health::Attention, "a change is not verified yet; again leaves it to the journal".to_owned());
            }
            _ => self.errands.push(Errand::Quit),
        }
        true
    }

    /// Returns to the shell for a while; not while something goes on by itself, which would stand still unseen.
    pub(super) fn suspend(&mut self) {
        let guarded = self.guarding().next().map(|of| of.service.name.clone());
        match guarded {
            Some(name) => {
                let words = format!("{name} is guarded from here: suspended, nobody would guard it");
                self.say(Health::Attention, words);
            }
            None => self.errands.push(Errand::Suspend),
        }
    }

    /// Ends what goes on by itself as was said when it began.
    pub(super) fn interrupt_guards(&mut self, why: &str) {
        let ids: Vec<OperationId> = self.guarding().map(|guarded| guarded.id).collect();
        for id in ids {
            self.session.interrupt(id, &why.into());
        }
    }

    /// Whether anything still goes on by itself.
    pub(super) fn is_guarding(&self) -> bool {
        self.guarding().next().is_some()
    }

    /// Leaves once what leaving waited for is over. Who did something else meanwhile is asked anew.
    pub(super) fn mind_leaving(&mut self) {
        match self.leaving {
            Leaving::Waits if !self.is_guarding() => self.errands.push(Errand::Quit),
            Leaving::Asked if self.notice.is_none() => self.leaving = Leaving::No,
            _ => {}
        }
    }
}

/// What leaving means for a guarded shift.
fn meaning(of: &Guarded) -> String {
    let name = &of.service.name;
    if of.phase == Phase::Confirmed {
        return format!("nothing of the guarded shift of {name} is sent");
    }
    match of.course.on_exit {
        OnExit::Back => format!("{name} goes back to stable"),
        OnExit::Hold => format!("{name} stays at {} % with nobody to guard it (on-exit hold)", of.percent),
    }
}
