//! Keys, clicks and typed text: how each becomes a command, and who gets it first.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{Console, Errand, Latest, Overlay};
use crate::domain::health::Health;
use crate::tui::chrome;
use crate::tui::command::{Command, Context};
use crate::tui::effect::{Destination, Effect, Outcome};
use crate::tui::keymap::Pressed;
use crate::tui::overlays::help::Help;
use crate::tui::overlays::palette::Palette;
use crate::tui::paste;
use crate::tui::theme::Theme;
use crate::tui::views;
use crate::tui::views::propose;

impl Console {
    /// Takes what the terminal told; whether something is to be drawn.
    pub(in crate::tui) fn event(&mut self, event: Event) -> bool {
        let is_changed = match event {
            Event::Key(key) => self.key(key),
            Event::Mouse(mouse) => self.mouse(mouse),
            Event::Paste(text) => self.paste(&text),
            Event::Resize(..) => true,
            Event::FocusGained | Event::FocusLost => false,
        };
        if is_changed {
            self.latest = Latest::Awaited;
        }
        is_changed
    }

    /// Settles the view where keys come faster than frames: one that follows a filter acts on what the filter leaves, not
    /// on what was selected before it.
    fn catch_up(&mut self) {
        if self.latest == Latest::Awaited && !self.body.is_empty() {
            self.screen.view_mut().settle(&seen!(self), self.body);
        }
    }

    /// In which context a key is pressed.
    pub(super) fn context(&self) -> Context {
        match (&self.field, &self.overlay) {
            (Some(_), _) | (None, Some(Overlay::Palette(_))) => Context::Prompt,
            (None, Some(Overlay::Plan(_) | Overlay::Silence(_))) => Context::PlanReview,
            (None, Some(Overlay::Help(_))) => Context::Text,
            (None, None) => self.screen.view().context(),
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> bool {
        self.pending = None;
        if self.is_too_small {
            // Nobody sees what a key would do, so only leaving works.
            let leaves = matches!(key.code, KeyCode::Char('c')) && key.modifiers == KeyModifiers::CONTROL;
            return leaves && self.leave();
        }
        // A program that takes text must still be left somehow: this chord is no text in any keyboard layout.
        if key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL && self.context().takes_text() {
            return self.command(Command::Cancel);
        }
        match self.look.keymap.press(self.context(), key) {
            Pressed::Command(command) => self.command(command),
            Pressed::Pending(keys) => {
                self.pending = Some(keys);
                true
            }
            Pressed::None if self.is_two(key) => {
                let is_left = self.key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
                self.key(KeyEvent { modifiers: key.modifiers - KeyModifiers::ALT, ..key }) || is_left
            }
            Pressed::None => self.typed(key),
        }
    }

    /// Whether a key with Alt that is no command is two. A terminal says Alt as Esc before the key, so Esc and a key that
    /// arrive together, as they do over a slow line, look like one. Who edits a line means Alt: `alt-b` is a word back.
    fn is_two(&self, key: KeyEvent) -> bool {
        let edits = key.modifiers == KeyModifiers::ALT
            && matches!(key.code, KeyCode::Char('b' | 'd' | 'f') | KeyCode::Backspace)
            && self.context().takes_text();
        key.modifiers.contains(KeyModifiers::ALT) && !edits
    }

    /// A key that is no command: text, where text is taken.
    pub(super) fn typed(&mut self, mut key: KeyEvent) -> bool {
        if key.modifiers == KeyModifiers::ALT {
            // The name by which an edited line knows it.
            key.modifiers = KeyModifiers::META;
        }
        let now = self.session.clock().now();
        if let Some(field) = &mut self.field {
            field.refused = None;
            if std::mem::take(&mut field.is_marked) && replaces(key) {
                field.input = Input::default();
                if matches!(key.code, KeyCode::Backspace | KeyCode::Delete) {
                    return self.tell_field();
                }
            }
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
            Some(Overlay::Silence(form)) => {
                let ask = form.type_key(key);
                self.composed(ask)
            }
            Some(Overlay::Palette(palette)) => palette.type_key(key, &seen!(self)),
            Some(Overlay::Help(_)) | None => false,
        }
    }

    pub(super) fn paste(&mut self, text: &str) -> bool {
        let text = &paste::one_line(text);
        if let Some(field) = &mut self.field {
            field.refused = None;
            if std::mem::take(&mut field.is_marked) {
                field.input = Input::default();
            }
            paste::into(&mut field.input, text);
            return self.tell_field();
        }
        match &mut self.overlay {
            Some(Overlay::Plan(review)) => {
                let ask = review.paste(text);
                self.review(ask)
            }
            Some(Overlay::Silence(form)) => {
                let ask = form.paste(text);
                self.composed(ask)
            }
            Some(Overlay::Palette(palette)) => {
                palette.paste(text);
                true
            }
            Some(Overlay::Help(_)) | None => false,
        }
    }

    pub(super) fn mouse(&mut self, mouse: MouseEvent) -> bool {
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

    pub(super) fn click_tab(&mut self, column: u16) -> bool {
        // In their place stands the trail to a view that is none of them.
        if !self.screen.view().trail(&seen!(self)).is_empty() {
            return false;
        }
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
    pub(super) fn command(&mut self, command: Command) -> bool {
        if self.field.is_some() {
            return self.field_command(command);
        }
        let now = self.session.clock().now();
        match &mut self.overlay {
            Some(Overlay::Plan(review)) => {
                let ask = review.handle(command, now);
                return self.review(ask);
            }
            Some(Overlay::Silence(form)) => {
                let ask = form.handle(command);
                return self.composed(ask);
            }
            Some(Overlay::Palette(palette)) => {
                let picked = palette.handle(command, &seen!(self));
                return self.picked(picked);
            }
            Some(Overlay::Help(help)) => {
                match command {
                    Command::Back | Command::Close | Command::Help => self.overlay = None,
                    // These are about the terminal, whatever is shown.
                    Command::Quit | Command::Redraw | Command::Suspend => return self.everywhere(command),
                    _ => help.handle(command),
                }
                return true;
            }
            None => {}
        }
        self.catch_up();
        let outcome = self.screen.view_mut().handle(command, &seen!(self));
        match outcome {
            Outcome::Ignored => self.everywhere(command),
            outcome => self.outcome(outcome),
        }
    }

    /// Commands that work wherever the view has no use for them.
    pub(super) fn everywhere(&mut self, command: Command) -> bool {
        match command {
            Command::Quit => {
                self.leave();
            }
            Command::Close => {
                if self.screen.is_at_top() {
                    self.leave();
                } else {
                    self.go_back();
                }
            }
            // Where there is nothing above, a view of long ago would come by surprise.
            Command::Back if self.screen.is_at_top() => return false,
            Command::Back | Command::HistoryBack => self.go_back(),
            Command::HistoryForward => {
                self.screen.forward();
                self.arrive();
            }
            Command::Help => {
                let (context, idle) = (self.screen.view().context(), self.idle_commands());
                self.overlay = Some(Overlay::Help(Help::new(context, idle)));
            }
            Command::Palette => self.overlay = Some(Overlay::Palette(Palette::default())),
            Command::Redraw => self.errands.push(Errand::Redraw),
            Command::Suspend => self.suspend(),
            Command::Disarm => {
                self.session.disarm();
                self.say(Health::Healthy, "disarmed: read-only again".to_owned());
            }
            Command::StopGuard => self.stop_any_guard(),
            Command::ToggleMouse => {
                self.mouse = !self.mouse;
            }
            Command::ToggleTheme => self.change_theme(),
            Command::NextView | Command::PreviousView => self.turn(command == Command::NextView),
            _ => match self.main_view(command) {
                Some(destination) => self.turn_to(&destination),
                None => return self.nothing_there(command),
            },
        }
        true
    }

    /// Where a command leads that is the name of a main view.
    fn main_view(&self, command: Command) -> Option<Destination> {
        self.remembered(command).or_else(|| views::main_view(command, &seen!(self)))
    }

    /// Takes the next theme.
    fn change_theme(&mut self) {
        if let Some(theme) = self.look.wardrobe.change() {
            self.wear(theme);
        }
    }

    pub(super) fn wear(&mut self, theme: Theme) {
        self.say(Health::Healthy, format!("theme: {}", theme.name));
        self.look.theme = theme;
    }

    /// The place of a main view that one was in before: resources open with the kind that was seen last.
    fn remembered(&self, command: Command) -> Option<Destination> {
        let latest = || self.screen.latest(|destination| matches!(destination, Destination::Resources { .. })).cloned();
        (command == Command::Resources).then(latest).flatten()
    }

    /// To the next main view, or the one before.
    pub(super) fn turn(&mut self, forward: bool) {
        let tabs = chrome::TABS;
        let tab = self.screen.view().tab();
        let at = tabs.iter().position(|(command, _)| *command == tab).unwrap_or_default();
        let step = if forward { 1 } else { tabs.len() - 1 };
        // A view that has nothing to show is passed over.
        let next = (1..tabs.len()).find_map(|steps| self.main_view(tabs[(at + steps * step) % tabs.len()].0));
        if let Some(destination) = next {
            self.turn_to(&destination);
        }
    }

    /// A command while a line is typed.
    pub(super) fn field_command(&mut self, command: Command) -> bool {
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
            Command::Complete => {
                let Some(offer) = field.prompt.offer().map(str::to_owned) else { return false };
                if let Some(field) = &mut self.field {
                    (field.input, field.refused) = (Input::new(offer), None);
                }
            }
            Command::Accept => {
                let (text, change) = (field.input.value().to_owned(), field.prompt.change.clone());
                let outcome = match change {
                    Some(change) => propose::answered(&text, change, self.session.guards()),
                    None => self.screen.view_mut().answer(asked, &text, &seen!(self)),
                };
                if let (Outcome::Ask(Effect::Again(words)), Some(field)) = (&outcome, &mut self.field) {
                    // What is typed next is not taken for keys, and what was typed is not lost.
                    (field.refused, field.is_marked) = (Some(words.clone()), false);
                    return true;
                }
                self.field = None;
                self.outcome(outcome);
            }
            _ => return false,
        }
        true
    }

    /// Tells the view what is typed, where it wants to know.
    pub(super) fn tell_field(&mut self) -> bool {
        let Some(field) = &self.field else { return false };
        if field.prompt.asked.is_live() {
            let (asked, text) = (field.prompt.asked, field.input.value().to_owned());
            let outcome = self.screen.view_mut().answer(asked, &text, &seen!(self));
            self.outcome(outcome);
        }
        true
    }
}

/// Whether a key in a field whose text is marked replaces that text: a letter does, and what deletes; what moves does not.
fn replaces(key: KeyEvent) -> bool {
    match key.code {
        KeyCode::Char(_) => !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::META),
        code => matches!(code, KeyCode::Backspace | KeyCode::Delete),
    }
}
