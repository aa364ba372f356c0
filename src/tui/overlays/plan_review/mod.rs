//! The review of a plan: everything to know before saying yes, the consent itself, and then how it goes.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::{SignedDuration, Timestamp};
use tui_input::{Input, InputRequest};

use crate::domain::difference::drift;
use crate::domain::operation::{OperationEvent, OperationId, Proposal, Verdict};
use crate::domain::plan::{DiffLine, Plan};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::Proof;
use crate::tui::command::Command;
use crate::tui::paste;

mod body;
mod consent;
mod render;

pub use render::{hints, render};

/// Keys that were pressed before one could have read the plan do not count.
const READING: SignedDuration = SignedDuration::from_millis(400);

/// What has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The field for the reason.
    Reason,
    /// The field in which the service's name is typed.
    Name,
    /// The button that leaves.
    Cancel,
    /// The button that does it.
    Confirm,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// The world is being read.
    Preparing,
    /// The plan waits for consent.
    Waiting,
    /// It was confirmed; these lines tell how it goes.
    Running,
    /// It ended.
    Ended(Verdict),
    /// It did not happen, or not wholly.
    Failed(Problem),
}

/// What the review asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Nothing but to be drawn.
    Redraw,
    /// Say yes.
    Confirm(Proof),
    /// Make the plan anew.
    Refresh,
    /// Close the review. What was confirmed goes on.
    Close,
    /// Copy the command that does the same.
    Copy(String),
}

/// What of a plan was seen before it was drawn.
const UNSEEN: (usize, usize) = (0, usize::MAX);

/// So many lines of a plan must be seen at once by who confirms it.
const LEAST_SEEN: usize = 3;

/// The review of one change.
pub struct PlanReview {
    /// Which change.
    pub id: OperationId,
    proposal: Option<Proposal>,
    stage: Stage,
    focus: Focus,
    reason: Input,
    name: Input,
    /// The first visible line, and how many are visible; what is drawn does not go past the end.
    window: std::cell::Cell<(usize, usize)>,
    /// Up to which line each was visible, and how many must be: neither warnings nor what happens can be confirmed unseen.
    seen_to: std::cell::Cell<(usize, usize)>,
    shown_at: Option<Timestamp>,
    /// When text was typed last for which there is no field: it was meant for a plan that was not there, or is refused.
    typed_at: Option<Timestamp>,
    /// When Enter moved the focus from the last field to the button that does it.
    moved_at: Option<Timestamp>,
    problem: Option<Problem>,
    /// Why the plan that was confirmed could not be carried out, until the next one is shown.
    overtaken: Option<Problem>,
    progress: Vec<Text>,
    /// Where evidence of it is kept, once it is.
    archive: Option<Text>,
    /// What has to be watched before there is a plan.
    waiting: Option<Text>,
    /// Whether anything was sent.
    is_sent: bool,
    has_changed: bool,
    /// What changed in the world between the plan that was shown and this one.
    drift: Vec<DiffLine>,
}

impl PlanReview {
    /// Begins before there is a plan.
    pub fn new(id: OperationId) -> Self {
        Self {
            id,
            proposal: None,
            stage: Stage::Preparing,
            focus: Focus::Cancel,
            reason: Input::default(),
            name: Input::default(),
            window: std::cell::Cell::new((0, LEAST_SEEN)),
            seen_to: std::cell::Cell::new(UNSEEN),
            shown_at: None,
            typed_at: None,
            moved_at: None,
            problem: None,
            overtaken: None,
            progress: Vec::new(),
            archive: None,
            waiting: None,
            is_sent: false,
            has_changed: false,
            drift: Vec::new(),
        }
    }

    /// The plan, once there is one.
    pub fn plan(&self) -> Option<&Plan> {
        self.proposal.as_ref().map(|proposal| &*proposal.plan)
    }

    /// How far it is.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Takes in how the change went on.
    pub fn follow(&mut self, event: &OperationEvent, now: Timestamp) {
        match event {
            OperationEvent::Preparing => {
                self.stage = Stage::Preparing;
                self.waiting = None;
            }
            OperationEvent::Waiting { why } => self.waiting = Some(why.clone()),
            OperationEvent::Proposed(proposal) => self.propose(proposal, now),
            OperationEvent::NotConfirmed { problem } => {
                self.problem = Some(problem.clone());
                self.stage = Stage::Waiting;
            }
            OperationEvent::Evidence { kept: Ok(archive) } => self.archive = Some(archive.clone()),
            OperationEvent::Evidence { kept: Err(problem) } => self.progress.push(problem.to_string().into()),
            OperationEvent::StepStarted { step, what } => {
                self.stage = Stage::Running;
                self.is_sent = true;
                self.progress.push(format!("step {step}: {what}").into());
            }
            OperationEvent::StepDone { step, detail } => self.progress.push(format!("step {step}: {detail}").into()),
            OperationEvent::StepNotNeeded { step, why } => {
                self.progress.push(format!("step {step}: not needed: {why}").into());
            }
            OperationEvent::Overtaken { problem } => {
                self.overtaken = Some(problem.clone());
                self.progress.clear();
                self.is_sent = false;
                self.stage = Stage::Preparing;
            }
            OperationEvent::Verifying { progress } => self.progress.push(progress.clone()),
            OperationEvent::Ended { verdict } => self.stage = Stage::Ended(verdict.clone()),
            OperationEvent::Failed { problem, .. } => {
                self.stage = Stage::Failed(problem.clone());
                self.shown_at = Some(now);
            }
        }
    }

    /// Shows a plan. An unchanged one keeps what was typed; another one asks for consent anew.
    fn propose(&mut self, proposal: &Proposal, now: Timestamp) {
        let before = self.plan().map(Plan::hash);
        let is_same = before.as_ref() == Some(&proposal.plan.hash());
        self.has_changed = before.is_some() && !is_same;
        if self.has_changed {
            self.drift = self.plan().map(|earlier| drift(earlier, &proposal.plan)).unwrap_or_default();
        }
        self.stage = Stage::Waiting;
        // The plan may be the same while something is seen against it that was not before.
        let is_new_against = self.proposal.as_ref().is_some_and(|known| known.against != proposal.against);
        if !is_same {
            self.name = Input::default();
        }
        if !is_same || is_new_against {
            self.shown_at = Some(now);
            self.seen_to.set(UNSEEN);
            self.window.set((0, LEAST_SEEN));
        }
        let overtaken = self.overtaken.take();
        self.problem = proposal.refusal.clone().or(overtaken);
        self.proposal = Some(proposal.clone());
        if !is_same || is_new_against {
            self.focus = self.fields().first().copied().unwrap_or(Focus::Cancel);
        }
    }

    /// Why it is done, as the wish says or as it was typed.
    fn reason(&self) -> Text {
        let wished = self.plan().and_then(|plan| plan.intent.reason());
        wished.cloned().unwrap_or_else(|| Text::from_untrusted(self.reason.value()))
    }

    /// Whether leaving it stops it: a guarded shift was confirmed, and nothing was sent so far.
    fn can_be_stopped(&self) -> bool {
        let is_guarded = self.plan().is_some_and(|plan| !plan.course.is_empty());
        is_guarded && self.stage == Stage::Running && !self.is_sent
    }

    /// Whether it can be confirmed at all.
    fn is_open(&self) -> bool {
        self.stage == Stage::Waiting && self.proposal.as_ref().is_some_and(|proposal| proposal.refusal.is_none())
    }

    /// What can have the focus, in its order. Cancel comes before what does it.
    fn fields(&self) -> Vec<Focus> {
        let Some(plan) = self.plan().filter(|_| self.is_open()) else { return vec![Focus::Cancel] };
        let name = self.to_type().map(|_| Focus::Name);
        // Where it is part of the wish it was given before there was a plan.
        let reason = plan.intent.reason().is_none().then_some(Focus::Reason);
        [reason, name, Some(Focus::Cancel), Some(Focus::Confirm)].into_iter().flatten().collect()
    }

    fn step_focus(&mut self, back: bool) {
        let fields = self.fields();
        let at = fields.iter().position(|field| *field == self.focus).unwrap_or_default();
        let next = if back { at + fields.len() - 1 } else { at + 1 };
        self.focus = fields[next % fields.len()];
    }

    /// Whether what was pressed may count already.
    fn is_read(&self, now: Timestamp) -> bool {
        self.shown_at.is_none_or(|shown| now.duration_since(shown) >= READING)
    }

    /// Whether Enter may close it: not where it ends what was typed ahead, of which the rest would be keys of the view below.
    fn may_close(&self, now: Timestamp) -> bool {
        self.stage != Stage::Preparing && self.is_read(now) && !self.is_typing_ahead(now)
    }

    /// Whether what was typed last was meant for something else, and goes on.
    fn is_typing_ahead(&self, now: Timestamp) -> bool {
        self.typed_at.is_some_and(|typed| now.duration_since(typed) < READING)
    }

    /// Whether one more Enter may count already: one that is held down, or pressed twice, goes no further than the button.
    fn is_meant(&self, now: Timestamp) -> bool {
        self.moved_at.is_none_or(|moved| now.duration_since(moved) >= READING)
    }

    /// Takes a command.
    pub fn handle(&mut self, command: Command, now: Timestamp) -> Option<Ask> {
        match command {
            Command::Cancel => return Some(Ask::Close),
            Command::ScrollDown | Command::ScrollUp | Command::PageDown | Command::PageUp => self.scroll(command),
            Command::NextField => self.step_focus(false),
            Command::PreviousField => self.step_focus(true),
            Command::CopyAsCommand => return self.plan().map(|plan| Ask::Copy(self.as_command(plan))),
            Command::PressFocused => return self.press(now),
            _ => return None,
        }
        Some(Ask::Redraw)
    }

    /// Scrolls: by pages that leave no line out.
    fn scroll(&self, command: Command) {
        let (top, height) = self.window.get();
        let page = height.saturating_sub(1).max(1);
        let top = match command {
            Command::ScrollDown => top + 1,
            Command::ScrollUp => top.saturating_sub(1),
            Command::PageDown => top + page,
            _ => top.saturating_sub(page),
        };
        self.window.set((top, height));
    }

    /// The command that does the same, with what arms and confirms it.
    fn as_command(&self, plan: &Plan) -> String {
        plan.as_command(self.reason.value()) + " --wait"
    }

    /// Takes a key that is text.
    pub fn type_key(&mut self, key: KeyEvent, now: Timestamp) -> Option<Ask> {
        if !self.is_open() || !self.is_read(now) {
            self.typed_at = Some(now);
            return None;
        }
        let input = match self.focus {
            Focus::Reason => &mut self.reason,
            Focus::Name => &mut self.name,
            Focus::Cancel | Focus::Confirm => return None,
        };
        let request = match key.code {
            KeyCode::Char(letter) if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
                InputRequest::InsertChar(letter)
            }
            KeyCode::Char('u') => InputRequest::DeleteLine,
            KeyCode::Char('w') => InputRequest::DeletePrevWord,
            KeyCode::Backspace => InputRequest::DeletePrevChar,
            KeyCode::Delete => InputRequest::DeleteNextChar,
            KeyCode::Left => InputRequest::GoToPrevChar,
            KeyCode::Right => InputRequest::GoToNextChar,
            KeyCode::Home => InputRequest::GoToStart,
            KeyCode::End => InputRequest::GoToEnd,
            _ => return None,
        };
        input.handle(request);
        Some(Ask::Redraw)
    }

    /// Takes one pasted line: a reason may be pasted, consent may not, and says so.
    pub fn paste(&mut self, text: &str) -> Option<Ask> {
        match self.focus {
            _ if !self.is_open() => return None,
            Focus::Reason => paste::into(&mut self.reason, text),
            Focus::Name => {
                let hint = "so that nobody says yes to what was only copied";
                self.problem = Some(Problem::new("not confirmed", "the name is typed, not pasted", hint));
            }
            Focus::Cancel | Focus::Confirm => return None,
        }
        Some(Ask::Redraw)
    }

    /// When the plan is too old to be confirmed, if it waits for that.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let plan = self.plan().filter(|_| self.is_open())?;
        Some(plan.made + Plan::FRESH)
    }

    /// Asks for a new plan when this one is too old.
    pub fn tick(&mut self, now: Timestamp) -> Option<Ask> {
        let expired = self.expires_at().is_some_and(|at| now >= at);
        expired.then(|| {
            self.stage = Stage::Preparing;
            Ask::Refresh
        })
    }
}

#[cfg(test)]
mod tests;
