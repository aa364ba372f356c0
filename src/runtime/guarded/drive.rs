//! What a session keeps of a guarded shift that it drives: the machine that decides, what is under way for it, and what
//! faces see.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::{GuardEvent, Guarded, Look, Phase};
use crate::domain::audit::ActionId;
use crate::domain::guard::Course;
use crate::domain::lease::About;
use crate::domain::moment::span;
use crate::domain::object::ObjectRef;
use crate::domain::operation::{Failure, OperationEvent, OperationId, Verdict};
use crate::domain::plan::{Plan, WeightSet};
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::operations::guard::lease::Held;
use crate::operations::guard::{End, GuardedShift, Move, Own};
use crate::operations::ports::ControlPlane;
use crate::runtime::change::Wait;
use crate::state::{ServiceBoard, State};

/// How often sending everything back is tried where the server does not answer.
const TRIES: u8 = 200;

/// How long is waited between two tries.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// For how long a route may show other weights than were set before somebody else is taken to have changed them: a watch
/// takes a moment.
const STRANGE: SignedDuration = SignedDuration::from_secs(10);

/// What is under way for a guarded shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::runtime) enum Errand {
    /// The change that began it, as the face sees it.
    First,
    /// A change of its own, and whether it was confirmed.
    Shift { id: OperationId, percent: u8, is_confirmed: bool },
    /// The lease is being released.
    Release,
}

/// What a change of weights came to.
pub(in crate::runtime) enum Came {
    /// The weights are so.
    Shifted,
    /// The weights were so already; whether requests follow them was not looked at.
    Nothing,
    /// Nobody can tell, or it did not take.
    Unsure(Text),
    /// They are not, and why; whether it may be tried again.
    Not { why: Text, may_work_later: bool },
}

/// A guarded shift that is driven.
pub(in crate::runtime) struct Drive {
    pub(in crate::runtime) view: Guarded,
    pub(in crate::runtime) machine: GuardedShift,
    pub(in crate::runtime) action: ActionId,
    pub(in crate::runtime) plane: Arc<dyn ControlPlane>,
    pub(in crate::runtime) wait: Wait,
    pub(in crate::runtime) errand: Option<Errand>,
    /// The plan that was confirmed, and by what.
    pub(in crate::runtime) plan: Option<Box<Plan>>,
    pub(in crate::runtime) typed: String,
    pub(in crate::runtime) reason: Text,
    /// Each set of weights that the route may have by what was done.
    pub(in crate::runtime) left: Vec<Vec<WeightSet>>,
    pub(in crate::runtime) held: Option<Held>,
    pub(in crate::runtime) about: Option<watch::Sender<About>>,
    pub(in crate::runtime) board: ServiceBoard,
    /// When it looks next, and when whoever counts was heard at the last look.
    next_look: Timestamp,
    heard: Option<Timestamp>,
    strange_since: Option<Timestamp>,
    /// How often going back was tried, and when it is tried again.
    tries: u8,
    /// Why nobody can tell whether going back took, once that was tried.
    pub(in crate::runtime) doubt: Option<Text>,
    pub(in crate::runtime) again_at: Option<Timestamp>,
    /// Whether what is under way is the way back, and whether the server has taken it.
    pub(in crate::runtime) is_going_back: bool,
    pub(in crate::runtime) is_accepted: bool,
    /// Changes of its own that are watched no more, because something else is to be done by now.
    pub(in crate::runtime) past: Vec<OperationId>,
}

/// What makes one.
pub(in crate::runtime) struct Begun {
    pub(in crate::runtime) id: OperationId,
    pub(in crate::runtime) action: ActionId,
    pub(in crate::runtime) route: ObjectRef,
    pub(in crate::runtime) service: ServiceId,
    pub(in crate::runtime) arm: Text,
    pub(in crate::runtime) course: Course,
    pub(in crate::runtime) plane: Arc<dyn ControlPlane>,
    pub(in crate::runtime) wait: Wait,
    pub(in crate::runtime) reason: Text,
    pub(in crate::runtime) now: Timestamp,
}

impl Drive {
    /// One that is proposed.
    pub(in crate::runtime) fn new(begun: Begun) -> Self {
        let machine = GuardedShift::new(begun.course.clone());
        let view = Guarded {
            id: begun.id,
            route: begun.route,
            service: begun.service,
            arm: begun.arm,
            progress: machine.progress(),
            percent: machine.weight(),
            course: begun.course,
            phase: Phase::Proposed,
            look: None,
            held_up: None,
            last: "planned".into(),
            at: begun.now,
        };
        Self {
            view,
            machine,
            action: begun.action,
            plane: begun.plane,
            wait: begun.wait,
            errand: Some(Errand::First),
            plan: None,
            typed: String::new(),
            reason: begun.reason,
            left: Vec::new(),
            held: None,
            about: None,
            board: ServiceBoard::default(),
            next_look: begun.now,
            heard: None,
            strange_since: None,
            tries: 0,
            doubt: None,
            again_at: None,
            is_going_back: false,
            is_accepted: false,
            past: Vec::new(),
        }
    }

    /// What its own changes rest on.
    pub(in crate::runtime) fn own(&self) -> Own {
        Own {
            holder: self.action.clone(),
            uid: self.plan.as_ref().map(|plan| plan.uid.clone()).unwrap_or_default(),
            left: self.left.clone(),
        }
    }

    /// Notes what happened last.
    pub(in crate::runtime) fn say(&mut self, words: impl Into<Text>, now: Timestamp) {
        (self.view.last, self.view.at) = (words.into(), now);
    }

    /// Takes in what the machine says next, for faces. What has to be done for it is the session's business.
    pub(in crate::runtime) fn show(&mut self, next: &Move, now: Timestamp) -> Option<GuardEvent> {
        if matches!(next, Move::Shift(_) | Move::Wait { .. }) {
            (self.view.progress, self.view.percent) = (self.machine.progress(), self.machine.weight());
        }
        let (step, of) = self.view.progress;
        let percent = self.view.percent;
        match next {
            Move::Shift(_) => {
                self.view.phase = Phase::Shifting;
                self.view.held_up = None;
                self.say(format!("setting {percent} %"), now);
                Some(GuardEvent::Shifting { step, of, percent })
            }
            Move::Wait { until, why } => {
                self.view.held_up.clone_from(why);
                let since = self.machine.held_since().unwrap_or(now);
                let is_new = !matches!(&self.view.phase, Phase::Holding { since: before, .. } if *before == since);
                self.view.phase = Phase::Holding { since, until: *until };
                is_new.then(|| {
                    let left = until.duration_since(now);
                    self.say(format!("{percent} % is set, and held for {} at least", span(left)), now);
                    GuardEvent::Holding { step, of, percent, until: *until }
                })
            }
            Move::GoBack(why) => {
                let is_new = !matches!(self.view.phase, Phase::GoingBack { .. });
                self.view.phase = Phase::GoingBack { why: why.clone() };
                is_new.then(|| {
                    self.say(format!("going back to stable: {why}"), now);
                    GuardEvent::GoingBack { why: why.clone() }
                })
            }
            Move::End(_) => {
                self.view.phase = Phase::Ending;
                None
            }
        }
    }

    /// It is over.
    pub(in crate::runtime) fn ended(&mut self, end: End, left: Option<Text>, now: Timestamp) -> GuardEvent {
        self.say(end.words(), now);
        self.about = None;
        self.errand = None;
        self.view.phase = Phase::Ended { end: end.clone(), left: left.clone() };
        GuardEvent::Ended { end, left }
    }

    /// Whether something is under way for it that has to end first: what the server has taken may be watched no more.
    pub(in crate::runtime) fn is_busy(&self) -> bool {
        match self.errand {
            None => false,
            Some(Errand::First | Errand::Shift { .. }) => !self.is_accepted,
            Some(Errand::Release) => true,
        }
    }

    /// Watches no more what was under way.
    pub(in crate::runtime) fn let_go(&mut self) {
        if let Some(Errand::Shift { id, .. }) = self.errand.take() {
            self.past.push(id);
        }
        self.is_accepted = false;
    }

    /// Has the lease say which weight is held, since when and until when.
    pub(in crate::runtime) fn note_progress(&self) {
        let (Some(about), Phase::Holding { since, until }) = (&self.about, &self.view.phase) else { return };
        about.send_if_modified(|about| {
            let now =
                About { percent: Some(self.view.percent), since: Some(*since), next: Some(*until), ..about.clone() };
            let is_new = *about != now;
            *about = now;
            is_new
        });
    }

    /// Looks, where it is time and there is something new to see.
    pub(in crate::runtime) fn look(&mut self, state: &State, now: Timestamp) -> Option<(Look, Move)> {
        if !matches!(self.view.phase, Phase::Holding { .. }) || now < self.next_look {
            return None;
        }
        let heard = state.numbers_heard(&self.view.service.cluster);
        let is_silent = heard.is_none_or(|heard| now.duration_since(heard) > SignedDuration::from_mins(1));
        if !is_silent && heard == self.heard {
            return None;
        }
        self.heard = heard;
        self.next_look = self.next_look_after(now);
        self.board.refresh(state, now);
        let numbers = self.board.numbers(&self.view.service);
        let guard = &self.view.course.guard;
        let (canary, stable) = state.compare(&self.view.route, &self.view.arm, numbers, (guard.window, now));
        let verdict = guard.judge(&canary, &stable);
        let look = Look { at: now, canary, stable, verdict: verdict.clone() };
        let next = self.machine.look(verdict, now);
        self.view.look = Some(look.clone());
        self.say(look.verdict.to_string(), now);
        Some((look, next))
    }

    /// Whether somebody else has changed the weights that are held, for longer than a watch may take to tell.
    pub(in crate::runtime) fn strange(&mut self, state: &State, now: Timestamp) -> Option<Text> {
        if !matches!(self.view.phase, Phase::Holding { .. }) {
            self.strange_since = None;
            return None;
        }
        let split = state.split(&self.view.route);
        let share = split.as_ref().and_then(|split| split.arms.iter().find(|arm| arm.service == self.view.arm));
        let words = match share {
            Some(arm) if (arm.desired - f64::from(self.view.percent)).abs() < 0.5 => {
                self.strange_since = None;
                return None;
            }
            Some(arm) => {
                format!("somebody else changed the weights: {} has {} %", arm.service, arm.desired.round())
            }
            None => format!("{} splits no requests with {} any more", self.view.route, self.view.arm),
        };
        let since = *self.strange_since.get_or_insert(now);
        (now.duration_since(since) >= STRANGE).then(|| words.into())
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
        let warm = self.machine.held_since().and_then(|since| since.checked_add(guard.warm_up).ok());
        warm.filter(|warm| *warm > now).map_or(next, |warm| warm.min(next))
    }

    /// Whether going back is to be tried again; then it is known when.
    pub(in crate::runtime) fn tries_again(&mut self, now: Timestamp) -> bool {
        self.tries += 1;
        let again = self.tries < TRIES;
        self.again_at = again.then(|| now.checked_add(PAUSE).unwrap_or(now));
        again
    }
}

impl Came {
    /// What an event says about how a change ended; none as long as it goes on.
    pub(in crate::runtime) fn of(event: &OperationEvent) -> Option<Self> {
        Some(match event {
            OperationEvent::Ended { verdict } => match verdict {
                Verdict::Verified(_) | Verdict::Accepted(_) => Self::Shifted,
                Verdict::NotConverged(why) | Verdict::Unknown(why) => Self::Unsure(why.clone()),
                Verdict::Reverted(why) => Self::Not { why: why.clone(), may_work_later: false },
            },
            OperationEvent::Failed { failure, problem } => match failure {
                Failure::NothingToDo => Self::Nothing,
                // What was accepted and could not be recorded has happened all the same.
                Failure::Unknown | Failure::NotRecorded => Self::Unsure(problem.to_string().into()),
                other => {
                    let may_work_later = matches!(other, Failure::Unreachable | Failure::Rejected);
                    Self::Not { why: problem.to_string().into(), may_work_later }
                }
            },
            OperationEvent::NotConfirmed { problem } => {
                Self::Not { why: problem.to_string().into(), may_work_later: true }
            }
            _ => return None,
        })
    }
}
