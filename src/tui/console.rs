//! The console: the view that is shown, what lies over it, and how a key becomes an effect.

use crossterm::event::{Event, KeyCode, KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use jiff::{SignedDuration, Timestamp};
use ratatui::Frame;
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::chrome::{self, Bottom};
use super::command::{Command, Context};
use super::effect::{Destination, Effect, Outcome, Prompt};
use super::keymap::Pressed;
use super::look::Look;
use super::overlays::help::Help;
use super::overlays::palette::{Palette, Picked};
use super::overlays::plan_review::{self, Ask, PlanReview};
use super::paint::Painter;
use super::screen::Screen;
use super::theme::Role;
use super::views::{self, Seen, View};
use crate::config::Settings;
use crate::domain::health::Health;
use crate::domain::intent::Intent;
use crate::domain::operation::{OperationEvent, OperationId};
use crate::runtime::{Absorbed, Patience, Session, Wait};
use crate::state::{ServiceBoard, Timeline};

/// How long a notice stays.
const NOTICE: SignedDuration = SignedDuration::from_secs(8);

/// The smallest window in which something can be shown.
const SMALLEST: (u16, u16) = (40, 10);

/// What the terminal has to do for the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Copy to the clipboard.
    Copy(String),
    /// Draw everything anew.
    Redraw,
    /// Return to the shell for a while.
    Suspend,
    /// Take the mouse, or leave it.
    Mouse(bool),
    /// Write a file.
    Save {
        /// What it is about.
        about: String,
        /// What is in it.
        text: String,
    },
    /// End.
    Quit,
}

/// What lies over the view.
enum Overlay {
    Plan(PlanReview),
    Help(Help),
    Palette(Palette),
}

/// A line of text that is being typed.
struct Field {
    prompt: Prompt,
    input: Input,
}

/// Something that is said for a while.
struct Notice {
    health: Health,
    words: String,
    at: Timestamp,
}

/// The interactive face.
pub struct Console {
    pub(super) session: Session,
    settings: Settings,
    look: Look,
    board: ServiceBoard,
    timeline: Timeline,
    screen: Screen,
    overlay: Option<Overlay>,
    field: Option<Field>,
    pending: Option<String>,
    notice: Option<Notice>,
    running: Option<OperationId>,
    demo: Option<String>,
    mouse: bool,
    errands: Vec<Errand>,
    body: Rect,
}

/// Borrows what views may see.
macro_rules! seen {
    ($console:expr) => {
        Seen {
            session: &$console.session,
            board: &$console.board,
            timeline: &$console.timeline,
            demo: $console.demo.as_deref(),
            settings: &$console.settings,
            look: &$console.look,
            now: $console.session.clock().now(),
        }
    };
}

impl Console {
    /// A console on a session.
    pub fn new(session: Session, settings: Settings, look: Look, demo: Option<String>) -> Self {
        let mouse = settings.captures_mouse;
        Self {
            session,
            settings,
            look,
            board: ServiceBoard::default(),
            timeline: Timeline::default(),
            screen: Screen::new(Destination::Overview, Box::new(views::Overview::default())),
            overlay: None,
            field: None,
            pending: None,
            notice: None,
            running: None,
            demo,
            mouse,
            errands: Vec::new(),
            body: Rect::default(),
        }
    }

    /// What the terminal has to do now.
    pub fn errands(&mut self) -> Vec<Errand> {
        std::mem::take(&mut self.errands)
    }

    /// Takes what the terminal told; whether something is to be drawn.
    pub fn event(&mut self, event: Event) -> bool {
        match event {
            Event::Key(key) => self.key(key),
            Event::Mouse(mouse) => self.mouse(mouse),
            Event::Paste(text) => self.paste(&text),
            Event::Resize(..) => true,
            Event::FocusGained | Event::FocusLost => false,
        }
    }

    /// Takes in what the session told; whether something is to be drawn.
    pub fn absorbed(&mut self, absorbed: Absorbed) -> bool {
        let mut redraw = !absorbed.changed.is_nothing();
        for (id, event) in absorbed.operations {
            self.operation(id, &event);
            redraw = true;
        }
        for (object, result) in absorbed.objects {
            let outcomes: Vec<Outcome> =
                self.screen.views_mut().map(|view| view.object(&object, &result)).collect();
            for outcome in outcomes {
                redraw |= self.outcome(outcome);
            }
        }
        redraw
    }

    fn operation(&mut self, id: OperationId, event: &OperationEvent) {
        let now = self.session.clock().now();
        if matches!(event, OperationEvent::StepStarted { .. }) {
            self.running = Some(id);
        }
        if event.is_last() && self.running == Some(id) {
            self.running = None;
        }
        match &mut self.overlay {
            Some(Overlay::Plan(review)) if review.id == id => review.follow(event, now),
            _ => match event {
                OperationEvent::Ended { verdict } => {
                    let health = match verdict {
                        crate::domain::operation::Verdict::Verified(_) => Health::Healthy,
                        _ => Health::Attention,
                    };
                    self.say(health, format!("{}: {}", verdict.word(), verdict.detail()));
                }
                OperationEvent::Failed { problem, .. } => self.say(Health::Bad, problem.to_string()),
                _ => {}
            },
        }
    }

    fn say(&mut self, health: Health, words: String) {
        self.notice = Some(Notice { health, words, at: self.session.clock().now() });
    }

    /// In which context a key is pressed.
    fn context(&self) -> Context {
        match (&self.field, &self.overlay) {
            (Some(_), _) | (None, Some(Overlay::Palette(_))) => Context::Prompt,
            (None, Some(Overlay::Plan(_))) => Context::PlanReview,
            (None, Some(Overlay::Help(_))) => Context::Text,
            (None, None) => self.screen.view().context(),
        }
    }

    fn key(&mut self, key: KeyEvent) -> bool {
        self.pending = None;
        // A program that takes text must still be left somehow: this chord is no text in any keyboard layout.
        if key.code == KeyCode::Char('c') && key.modifiers == crossterm::event::KeyModifiers::CONTROL && self.context().takes_text() {
            return self.command(Command::Cancel);
        }
        match self.look.keymap.press(self.context(), key) {
            Pressed::Command(command) => self.command(command),
            Pressed::Pending(keys) => {
                self.pending = Some(keys);
                true
            }
            Pressed::None => self.typed(key),
        }
    }

    /// A key that is no command: text, where text is taken.
    fn typed(&mut self, key: KeyEvent) -> bool {
        let now = self.session.clock().now();
        if let Some(field) = &mut self.field {
            if field.input.handle_event(&Event::Key(key)).is_some_and(|change| change.value) {
                return self.tell_field();
            }
            return true;
        }
        match &mut self.overlay {
            Some(Overlay::Plan(review)) => {
                let ask = review.type_key(key, now);
                self.review(ask)
            }
            Some(Overlay::Palette(palette)) => palette.type_key(key, &seen!(self)),
            Some(Overlay::Help(_)) | None => false,
        }
    }

    fn paste(&mut self, text: &str) -> bool {
        if let Some(field) = &mut self.field {
            for letter in text.chars().filter(|letter| !letter.is_control()).take(500) {
                field.input.handle(tui_input::InputRequest::InsertChar(letter));
            }
            return self.tell_field();
        }
        if let Some(Overlay::Plan(review)) = &mut self.overlay {
            let ask = review.paste(text);
            return self.review(ask);
        }
        false
    }

    fn mouse(&mut self, mouse: MouseEvent) -> bool {
        if self.field.is_some() || self.overlay.is_some() {
            return false;
        }
        match mouse.kind {
            MouseEventKind::ScrollDown => self.command(Command::SelectNext),
            MouseEventKind::ScrollUp => self.command(Command::SelectPrevious),
            MouseEventKind::Down(MouseButton::Left) => {
                if mouse.row == 1 {
                    return self.click_tab(mouse.column);
                }
                let (x, y) = (mouse.column.saturating_sub(self.body.x), mouse.row.saturating_sub(self.body.y));
                let outcome = self.screen.view_mut().click(x, y, &seen!(self));
                self.outcome(outcome)
            }
            _ => false,
        }
    }

    fn click_tab(&mut self, column: u16) -> bool {
        let mut x = 1;
        for (command, title) in chrome::TABS {
            let end = x + u16::try_from(title.len()).unwrap_or_default();
            if (x..end).contains(&column) {
                return self.command(command);
            }
            x = end + 3;
        }
        false
    }

    /// Carries out a command: for what lies on top first, then for the view, then for everywhere.
    fn command(&mut self, command: Command) -> bool {
        if self.field.is_some() {
            return self.field_command(command);
        }
        let now = self.session.clock().now();
        match &mut self.overlay {
            Some(Overlay::Plan(review)) => {
                let ask = review.handle(command, now);
                return self.review(ask);
            }
            Some(Overlay::Palette(palette)) => {
                let picked = palette.handle(command, &seen!(self));
                return self.picked(picked);
            }
            Some(Overlay::Help(help)) => {
                if matches!(command, Command::Back | Command::Close | Command::Help) {
                    self.overlay = None;
                } else {
                    help.handle(command);
                }
                return true;
            }
            None => {}
        }
        let outcome = self.screen.view_mut().handle(command, &seen!(self));
        match outcome {
            Outcome::Ignored => self.everywhere(command),
            outcome => self.outcome(outcome),
        }
    }

    /// Commands that work wherever the view has no use for them.
    fn everywhere(&mut self, command: Command) -> bool {
        match command {
            Command::Quit => self.errands.push(Errand::Quit),
            Command::Close => {
                if !self.screen.back() {
                    self.errands.push(Errand::Quit);
                }
            }
            Command::Back | Command::HistoryBack => drop(self.screen.back()),
            Command::HistoryForward => drop(self.screen.forward()),
            Command::Help => self.overlay = Some(Overlay::Help(Help::new(self.screen.view().context()))),
            Command::Palette => self.overlay = Some(Overlay::Palette(Palette::default())),
            Command::Redraw => self.errands.push(Errand::Redraw),
            Command::Suspend => self.errands.push(Errand::Suspend),
            Command::Disarm => self.session.disarm(),
            Command::ToggleMouse => {
                self.mouse = !self.mouse;
                self.errands.push(Errand::Mouse(self.mouse));
            }
            Command::NextView | Command::PreviousView => self.turn(command == Command::NextView),
            _ => match views::main_view(command, &seen!(self)) {
                Some(destination) => self.go(destination),
                None => return false,
            },
        }
        true
    }

    /// To the next main view, or the one before.
    fn turn(&mut self, forward: bool) {
        let tabs = chrome::TABS;
        let tab = self.screen.view().tab();
        let at = tabs.iter().position(|(command, _)| *command == tab).unwrap_or_default();
        let next = if forward { at + 1 } else { at + tabs.len() - 1 } % tabs.len();
        self.everywhere(tabs[next].0);
    }

    fn go(&mut self, destination: Destination) {
        let seen = seen!(self);
        self.screen.go(destination.clone(), || views::make(&destination, &seen));
        if let Some(object) = views::needs(self.screen.destination()) {
            self.session.fetch(object);
        }
    }

    fn outcome(&mut self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Ignored => false,
            Outcome::Redraw => true,
            Outcome::Ask(effect) => {
                self.perform(effect);
                true
            }
        }
    }

    /// Does what a view asks for.
    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Go(destination) => self.go(destination),
            Effect::Back => drop(self.screen.back()),
            Effect::Propose(intent) => self.propose(intent),
            Effect::Fetch(object) => self.session.fetch(object),
            Effect::Copy(text) => self.copy(text),
            Effect::Notice(health, words) => self.say(health, words),
            Effect::Prompt(prompt) => {
                let input = Input::new(prompt.text.clone());
                self.field = Some(Field { prompt, input });
            }
            Effect::Save { about, text } => self.errands.push(Errand::Save { about, text }),
            Effect::Connect(_) => self.say(Health::Attention, "start midwatch with --context to read it".to_owned()),
        }
    }

    fn copy(&mut self, text: String) {
        self.say(Health::Healthy, format!("copied: {text}"));
        self.errands.push(Errand::Copy(text));
    }

    fn propose(&mut self, intent: Intent) {
        let verification = self.settings.verification;
        let patience = Patience { stable: verification.stable, limit: verification.timeout, ..Patience::default() };
        let id = self.session.propose(intent, Wait::For(patience));
        self.overlay = Some(Overlay::Plan(PlanReview::new(id)));
    }

    /// Does what the review of a plan asks for.
    fn review(&mut self, ask: Option<Ask>) -> bool {
        let Some(Overlay::Plan(review)) = &self.overlay else { return false };
        let id = review.id;
        match ask {
            None => return false,
            Some(Ask::Redraw) => {}
            Some(Ask::Confirm(proof)) => self.session.confirm(id, proof),
            Some(Ask::Refresh) => self.session.refresh(id),
            Some(Ask::Copy(text)) => self.copy(text),
            Some(Ask::Close) => {
                if *review.stage() == plan_review::Stage::Running {
                    self.say(Health::Moving, "the change goes on; its end will be told here".to_owned());
                } else {
                    self.session.leave(id);
                }
                self.overlay = None;
            }
        }
        true
    }

    /// Does what was picked in the palette.
    fn picked(&mut self, picked: Picked) -> bool {
        match picked {
            Picked::Nothing => {}
            Picked::Close => self.overlay = None,
            Picked::Go(destination) => {
                self.overlay = None;
                self.go(destination);
            }
            Picked::Run(command) => {
                self.overlay = None;
                self.command(command);
            }
            Picked::Arm(duration) => {
                self.overlay = None;
                self.session.arm(duration);
                self.say(Health::Attention, format!("armed for {}: changes are possible", super::widgets::words::duration(duration)));
            }
            Picked::Say(words) => {
                self.overlay = None;
                self.say(Health::Attention, words);
            }
        }
        true
    }

    /// A command while a line is typed.
    fn field_command(&mut self, command: Command) -> bool {
        let Some(field) = &self.field else { return false };
        let asked = field.prompt.asked;
        match command {
            Command::Cancel => {
                let before = field.prompt.text.clone();
                self.field = None;
                if asked.is_live() {
                    let outcome = self.screen.view_mut().answer(asked, &before, &seen!(self));
                    self.outcome(outcome);
                }
            }
            Command::Accept => {
                let text = field.input.value().to_owned();
                self.field = None;
                let outcome = self.screen.view_mut().answer(asked, &text, &seen!(self));
                self.outcome(outcome);
            }
            _ => return false,
        }
        true
    }

    /// Tells the view what is typed, where it wants to know.
    fn tell_field(&mut self) -> bool {
        let Some(field) = &self.field else { return false };
        if field.prompt.asked.is_live() {
            let (asked, text) = (field.prompt.asked, field.input.value().to_owned());
            let outcome = self.screen.view_mut().answer(asked, &text, &seen!(self));
            self.outcome(outcome);
        }
        true
    }

    /// When something has to be drawn or done although nothing happens.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        let now = self.session.clock().now();
        let minute = SignedDuration::from_secs(60 - now.as_second().rem_euclid(60));
        let expiry = match &self.overlay {
            Some(Overlay::Plan(review)) => review.expires_at().map(|at| {
                let left = at.duration_since(now).as_secs().max(0);
                // The countdown is told in tens of seconds.
                now + SignedDuration::from_secs(left % 10 + i64::from(left % 10 == 0) * 10).min(at.duration_since(now))
            }),
            _ => None,
        };
        let notice = self.notice.as_ref().map(|notice| notice.at + NOTICE);
        let view = self.screen.view().wakes_at(&seen!(self));
        let late = self.late_at();
        [Some(now + minute), expiry, notice, view, late].into_iter().flatten().min()
    }

    /// When a cluster that is live now will be late if it stays silent.
    fn late_at(&self) -> Option<Timestamp> {
        let now = self.session.clock().now();
        let heard = self.session.state().clusters().filter_map(|(_, cluster)| cluster.heard());
        heard.map(|heard| heard + crate::state::LATE_AFTER).filter(|at| *at > now).min()
    }

    /// Does what time asks for; whether something is to be drawn.
    pub fn tick(&mut self) -> bool {
        let now = self.session.clock().now();
        if self.notice.as_ref().is_some_and(|notice| now.duration_since(notice.at) >= NOTICE) {
            self.notice = None;
        }
        if let Some(Overlay::Plan(review)) = &mut self.overlay {
            let ask = review.tick(now);
            self.review(ask);
        }
        true
    }

    /// Draws everything.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let now = self.session.clock().now();
        self.board.refresh(self.session.state(), now);
        self.timeline.refresh(self.session.state(), now);
        let body = Rect { y: area.y + 3, height: area.height.saturating_sub(5), ..area };
        self.body = body;
        let seen = seen!(self);
        if area.width >= SMALLEST.0 && area.height >= SMALLEST.1 {
            self.screen.view_mut().settle(&seen, body);
        }
        let painter = &mut Painter::new(frame.buffer_mut(), seen.look);
        painter.fill(area, Role::Background);
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            painter.text(area.x, area.y, area.width, Role::Text, "too small: 40x10 at least");
            return;
        }
        let line = |y| Rect { y, height: 1, ..area };
        chrome::header(painter, line(area.y), &seen, self.screen.view(), self.running);
        chrome::tabs(painter, line(area.y + 1), &seen, self.screen.view());
        self.screen.view().render(painter, body, &seen);
        self.draw_notice(painter, line(area.bottom().saturating_sub(2)));
        self.draw_overlay(painter, body, &seen);
        self.draw_bottom(painter, line(area.bottom().saturating_sub(1)), &seen);
    }

    fn draw_notice(&self, painter: &mut Painter<'_>, area: Rect) {
        if let Some(notice) = &self.notice {
            let (glyph, role) = self.look.health(notice.health);
            painter.text(area.x + 1, area.y, area.width.saturating_sub(2), role, &format!("{glyph} {}", notice.words));
        }
    }

    fn draw_overlay(&self, painter: &mut Painter<'_>, body: Rect, seen: &Seen<'_>) {
        let room = Rect { y: body.y.saturating_sub(1), height: body.height + 2, ..body };
        match &self.overlay {
            Some(Overlay::Plan(review)) => plan_review::render(review, painter, room, seen.now),
            Some(Overlay::Help(help)) => help.render(painter, room, seen),
            Some(Overlay::Palette(palette)) => palette.render(painter, room, seen),
            None => {}
        }
    }

    fn draw_bottom(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let context = self.context();
        let hints = match &self.overlay {
            Some(Overlay::Plan(_)) => plan_review::hints(),
            Some(Overlay::Palette(_)) => super::overlays::palette::hints(),
            Some(Overlay::Help(_)) => super::overlays::help::hints(),
            None => self.screen.view().hints(seen),
        };
        let bottom = match (&self.field, &self.pending) {
            (Some(field), _) => Bottom::Field(field.prompt.asked.label(), field.input.value(), field.input.cursor()),
            (None, Some(keys)) => Bottom::Pending(keys),
            (None, None) => Bottom::Hints(context, &hints),
        };
        chrome::footer(painter, area, &bottom);
    }
}
