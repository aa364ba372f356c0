//! What a session keeps of a guarded shift that it drives: the machine that decides, what is under way for it, and what
//! faces see.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::came::Came;
use super::{GuardEvent, Guarded, Phase, Trouble};
use crate::domain::audit::ActionId;
use crate::domain::guard::Course;
use crate::domain::lease::About;
use crate::domain::moment::span;
use crate::domain::object::ObjectRef;
use crate::domain::operation::OperationId;
use crate::domain::plan::{Plan, WeightSet};
use crate::domain::problem::Problem;
use crate::domain::service::ServiceId;
use crate::domain::text::Text;
use crate::operations::guard::lease::Held;
use crate::operations::guard::{End, GuardedShift, Move, Own};
use crate::operations::plan::left_by;
use crate::operations::ports::ControlPlane;
use crate::runtime::wait::Wait;

/// How long is waited before sending everything back is tried again: twice as long each time, up to the longest.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// See [`PAUSE`].
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(30);

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
    /// Why that plan is not to be confirmed.
    pub(in crate::runtime) refusal: Option<Problem>,
    pub(in crate::runtime) typed: String,
    pub(in crate::runtime) reason: Text,
    /// Each set of weights that the route may have by what was done.
    pub(in crate::runtime) left: Vec<Vec<WeightSet>>,
    pub(in crate::runtime) held: Option<Held>,
    pub(in crate::runtime) about: Option<watch::Sender<About>>,
    /// When it looks next, and when whoever counts was heard at the last look.
    pub(super) next_look: Timestamp,
    pub(super) heard: Option<Timestamp>,
    pub(super) strange_since: Option<Timestamp>,
    /// The share of the arm by its route, in percent, and of which revision of the state that is.
    pub(super) share: Option<(u64, Option<f64>)>,
    /// Whether nobody can tell what came of a change of weights.
    pub(in crate::runtime) is_in_doubt: bool,
    /// When going back is tried again.
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
            trouble: None,
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
            refusal: None,
            typed: String::new(),
            reason: begun.reason,
            left: Vec::new(),
            held: None,
            about: None,
            next_look: begun.now,
            heard: None,
            strange_since: None,
            share: None,
            is_in_doubt: false,
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
            is_in_doubt: self.is_in_doubt,
        }
    }

    /// Why its next weight is set: what its operator said, and before that why everything goes back.
    pub(in crate::runtime) fn because(&self) -> Text {
        match &self.view.phase {
            Phase::GoingBack { why } => format!("{why}; the guarded shift was begun because: {}", self.reason).into(),
            _ => self.reason.clone(),
        }
    }

    /// Notes the weights that a plan found and those that it leaves: as long as nobody can tell, the route may have either.
    pub(in crate::runtime) fn may_be_left(&mut self, plan: &Plan) {
        for weights in left_by(plan) {
            // What comes last is what was meant last.
            self.left.retain(|known| *known != weights);
            self.left.push(weights);
        }
    }

    /// Notes what came of it: once the weights are so, whatever was so before is not.
    pub(in crate::runtime) fn is_left(&mut self, came: &Came) {
        if matches!(came, Came::Shifted) {
            self.left.drain(..self.left.len().saturating_sub(1));
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
            Move::Stay => None,
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

    /// Whether something is under way for it that has to end first: a call may be in flight. What was not confirmed was not
    /// sent, and what the server has taken may be watched no more.
    pub(in crate::runtime) fn is_busy(&self) -> bool {
        match self.errand {
            None | Some(Errand::Shift { is_confirmed: false, .. }) => false,
            Some(Errand::First | Errand::Shift { .. }) => !self.is_accepted,
            Some(Errand::Release) => true,
        }
    }

    /// The change under way that raises a weight, and whether it was confirmed.
    pub(in crate::runtime) fn raise(&self) -> Option<(OperationId, bool)> {
        match self.errand {
            Some(Errand::First) => Some((self.view.id, true)),
            Some(Errand::Shift { id, percent, is_confirmed }) if percent > 0 => Some((id, is_confirmed)),
            Some(Errand::Shift { .. } | Errand::Release) | None => None,
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

    /// Going back did not come about. It is tried again, for as long as it takes.
    pub(in crate::runtime) fn try_again(&mut self, why: Text, now: Timestamp) -> GuardEvent {
        let tries = self.view.trouble.as_ref().map_or(0, |trouble| trouble.tries).saturating_add(1);
        let doubled = 2_i32.saturating_pow(tries.min(8) - 1);
        let again = now.checked_add((PAUSE * doubled).min(LONGEST_PAUSE)).unwrap_or(now);
        self.again_at = Some(again);
        self.say(format!("not back at stable yet: {why}"), now);
        let trouble = Trouble { why, tries, again };
        self.view.trouble = Some(trouble.clone());
        GuardEvent::NotBack { trouble, by_hand: self.view.by_hand() }
    }
}
