//! The console: the view that is shown, what lies over it, and how a key becomes an effect.

use jiff::Timestamp;
use ratatui::layout::Rect;
use tui_input::Input;

use boards::Made;
use herald::Herald;
use underway::Underway;

use super::command::Context;
use super::effect::{Destination, Outcome, Prompt};
use super::look::Look;
use super::overlays::help::Help;
use super::overlays::palette::Palette;
use super::overlays::plan_review::PlanReview;
use super::overlays::silence_form::SilenceForm;
use super::screen::Screen;
use super::views;
use crate::config::Settings;
use crate::domain::alert::Priority;
use crate::domain::health::Health;
use crate::domain::operation::{OperationEvent, OperationId, Verdict};
use crate::runtime::{Absorbed, Session};
use crate::state::{ServiceBoard, Timeline};

/// How long the answer to a call under way is waited for at the end.
const GRACE: std::time::Duration = std::time::Duration::from_secs(5);

/// How long a guarded shift may take at the end to go back to the stable revision.
const WAY_BACK: std::time::Duration = std::time::Duration::from_secs(30);

/// The smallest window in which something can be shown.
const SMALLEST: (u16, u16) = (40, 10);

/// What the terminal has to do for the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// Copy to the clipboard.
    Copy(String),
    /// Draw everything anew.
    Redraw,
    /// Return to the shell for a while.
    Suspend,
    /// Take the mouse, or leave it.
    Mouse(bool),
    /// Say in the title of the window what is to be seen.
    Title(String),
    /// Tell whoever looks elsewhere.
    Notify(String),
    /// End.
    Quit,
}

/// What lies over the view.
enum Overlay {
    Plan(Box<PlanReview>),
    Help(Help),
    Palette(Palette),
    Silence(Box<SilenceForm>),
}

/// A line of text that is being typed.
struct Field {
    prompt: Prompt,
    input: Input,
    /// Whether what stands there is replaced by what is typed next: it is from the last time, and nobody touched it.
    is_marked: bool,
    /// Why what was typed could not be taken.
    refused: Option<String>,
}

/// Something that is said for a while.
struct Notice {
    health: Health,
    words: String,
    at: Timestamp,
    /// Whether it answers a key of the view that is shown: to any other view it says nothing.
    is_of_view: bool,
}

/// The interactive face.
pub(super) struct Console {
    pub(super) session: Session,
    settings: Settings,
    look: Look,
    board: ServiceBoard,
    timeline: Timeline,
    /// When both were last made, and whether facts have come since.
    made: Made,
    screen: Screen,
    overlay: Option<Overlay>,
    field: Option<Field>,
    pending: Option<String>,
    notice: Option<Notice>,
    underway: Underway,
    leaving: guarding::Leaving,
    /// Whether the window is too small to show anything.
    is_too_small: bool,
    demo: Option<String>,
    /// Whether the mouse is wanted, and whether it is taken now.
    mouse: bool,
    captured: bool,
    followed: Option<follow::Followed>,
    errands: Vec<Errand>,
    body: Rect,
    /// What time it was for what is on the screen.
    drawn_at: Option<Timestamp>,
    latest: Latest,
    herald: Herald,
    /// What the title of the window says; empty before it was set.
    title: String,
}

/// Whether what the keys did so far has been drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Latest {
    /// It has.
    Shown,
    /// The next key is typed ahead of the frame.
    Awaited,
}

/// Borrows what views may see.
macro_rules! seen {
    ($console:expr) => {
        seen!($console, $console.session.clock().now())
    };
    ($console:expr, $now:expr) => {
        $crate::tui::views::Seen {
            session: &$console.session,
            board: &$console.board,
            timeline: &$console.timeline,
            demo: $console.demo.as_deref(),
            settings: &$console.settings,
            look: &$console.look,
            now: $now,
        }
    };
}

mod boards;
mod draw;
mod follow;
mod guarding;
mod herald;
mod idle;
mod keys;
mod perform;
mod underway;
mod waking;

impl Console {
    /// A console on a session.
    pub(super) fn new(session: Session, settings: Settings, look: Look, demo: Option<String>) -> Self {
        let mouse = settings.captures_mouse;
        session.recall();
        Self {
            session,
            settings,
            look,
            board: ServiceBoard::default(),
            timeline: Timeline::default(),
            made: Made::default(),
            screen: Screen::new(Destination::Overview, Box::new(views::Overview::default())),
            overlay: None,
            field: None,
            pending: None,
            notice: None,
            underway: Underway::default(),
            leaving: guarding::Leaving::default(),
            is_too_small: false,
            demo,
            mouse,
            captured: mouse,
            followed: None,
            errands: Vec::new(),
            body: Rect::default(),
            drawn_at: None,
            latest: Latest::Awaited,
            herald: Herald::default(),
            title: String::new(),
        }
    }

    /// What the terminal has to do now.
    pub(super) fn errands(&mut self) -> Vec<Errand> {
        self.mind_mouse();
        self.mind_title();
        std::mem::take(&mut self.errands)
    }

    /// Has the title of the window say how many page.
    fn mind_title(&mut self) {
        if !self.settings.notify.title {
            return;
        }
        let high = self.session.state().firing(Priority::High);
        let title = herald::title(high, self.look.glyphs.dot);
        if title != self.title {
            self.errands.push(Errand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Tells of what pages anew, when it is time to.
    fn mind_pages(&mut self) {
        self.errands.extend(self.herald.take(self.session.clock().now()).map(Errand::Notify));
    }

    /// Takes in what the session told; whether something is to be drawn.
    pub(super) fn absorbed(&mut self, absorbed: Absorbed) -> bool {
        if absorbed.changed.touches_alerts() {
            let (session, now) = (&self.session, self.session.clock().now());
            let alerts = session.state().alerts().iter().map(AsRef::as_ref);
            self.herald.look(alerts, session.knows_alerts(), now);
            self.mind_pages();
        }
        let mut redraw = self.moved(absorbed.changed) || absorbed.history;
        if let [first, others @ ..] = absorbed.recalled.as_deref().unwrap_or_default() {
            let more =
                if others.is_empty() { String::new() } else { format!("; and {} more, see :audit", others.len()) };
            self.say(Health::Attention, format!("{}{more}", first.words()));
            redraw = true;
        }
        for (id, event) in absorbed.operations {
            self.operation(id, &event);
            redraw = true;
        }
        for (id, event) in absorbed.guarded {
            self.guard_told(id, &event);
            redraw = true;
        }
        self.mind_leaving();
        for made in absorbed.evidence {
            self.evidence(made);
            redraw = true;
        }
        redraw |= absorbed.logs && self.screen.view().context() == Context::Logs;
        for (object, result) in absorbed.objects {
            let outcomes: Vec<Outcome> = self.screen.views_mut().map(|view| view.object(&object, &result)).collect();
            for outcome in outcomes {
                redraw |= self.outcome(outcome);
            }
        }
        redraw
    }

    pub(super) fn operation(&mut self, id: OperationId, event: &OperationEvent) {
        let now = self.session.clock().now();
        self.underway.follow(id, event);
        match &mut self.overlay {
            Some(Overlay::Plan(review)) if review.id == id => {
                review.follow(event, now);
                if let OperationEvent::Overtaken { .. } = event {
                    self.session.refresh(id);
                }
                self.guard_begun(id, event);
            }
            _ => match event {
                OperationEvent::Ended { verdict } => {
                    let health = match verdict {
                        Verdict::Verified(_) => Health::Healthy,
                        _ => Health::Attention,
                    };
                    let archive = self.underway.archive(id).map(|at| format!("; evidence: {at}")).unwrap_or_default();
                    self.say(health, format!("{}: {}{archive}", verdict.word(), verdict.detail()));
                }
                OperationEvent::Failed { problem, .. } => self.say(Health::Bad, problem.to_string()),
                OperationEvent::Overtaken { problem } => {
                    // Nobody is there to look at another plan.
                    self.session.leave(id);
                    self.say(Health::Bad, problem.to_string());
                }
                _ => {}
            },
        }
    }

    /// Waits a while for the answer to a call that is under way, so that its outcome is recorded before the end.
    pub(super) async fn finish(&mut self) {
        self.interrupt_guards("midwatch was ended");
        let grace = if self.is_guarding() { WAY_BACK } else { GRACE };
        let answered = async {
            while self.underway.is_in_flight() || self.is_guarding() {
                let absorbed = self.session.absorb().await;
                self.absorbed(absorbed);
            }
        };
        // What does not come in time is found by the next session, which reads the journal and the cluster.
        drop(tokio::time::timeout(grace, answered).await);
    }

    pub(super) fn say(&mut self, health: Health, words: String) {
        self.note(health, words, false);
    }

    /// Answers a key of the view that is shown.
    pub(super) fn say_of_view(&mut self, health: Health, words: String) {
        self.note(health, words, true);
    }

    fn note(&mut self, health: Health, words: String, is_of_view: bool) {
        self.notice = Some(Notice { health, words, at: self.session.clock().now(), is_of_view });
    }
}

#[cfg(test)]
mod tests;
