//! The palette: views, kinds, commands and services by name, as a k9s hand expects after `:`.

use crossterm::event::{Event, KeyEvent};
use jiff::SignedDuration;
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{centered, panel};
use crate::domain::kind::Kind;
use crate::domain::nearest::nearest;
use crate::tui::chrome;
use crate::tui::command::Command;
use crate::tui::effect::Destination;
use crate::tui::paint::{Painter, cells};
use crate::tui::paste;
use crate::tui::theme::Role;
use crate::tui::views::{Hint, Seen};

mod offers;

/// How long a session is armed when nothing else is said.
const ARMED: SignedDuration = SignedDuration::from_mins(15);

/// No session is armed for longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(8);

/// The narrowest column of names.
const NAMES: usize = 24;

/// What was picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picked {
    /// Nothing yet.
    Nothing,
    /// Close without doing anything.
    Close,
    /// Go somewhere.
    Go(Destination),
    /// Run a command.
    Run(Command),
    /// Arm the session.
    Arm(SignedDuration),
    /// Take the theme of this name.
    Theme(String),
    /// Say why it cannot be done.
    Say(String),
}

/// The palette.
#[derive(Default)]
pub struct Palette {
    input: Input,
    chosen: usize,
}

impl Palette {
    /// Takes a key that is text.
    pub fn type_key(&mut self, key: KeyEvent, _seen: &Seen<'_>) -> bool {
        self.input.handle_event(&Event::Key(key));
        self.chosen = 0;
        true
    }

    /// Takes text that was pasted.
    pub fn paste(&mut self, text: &str) {
        paste::into(&mut self.input, text);
        self.chosen = 0;
    }

    /// Takes a command.
    pub fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Picked {
        let typed = self.input.value().trim().to_owned();
        let mut offers = offers::matching(self.input.value(), seen);
        match command {
            Command::Cancel => return Picked::Close,
            Command::SelectNext => self.chosen = (self.chosen + 1).min(offers.len().saturating_sub(1)),
            Command::SelectPrevious => self.chosen = self.chosen.saturating_sub(1),
            Command::Complete => {
                if let Some(offer) = offers.get(self.chosen) {
                    self.input = Input::new(format!("{} ", offer.words));
                }
            }
            Command::Accept => {
                let exact = run(&typed).or_else(|| offers::service(&typed, seen));
                let is_meant = self.chosen > 0 || exact.is_none();
                // What was typed whole is meant, unless another line was chosen on purpose.
                if self.chosen < offers.len() && is_meant {
                    let offer = offers.swap_remove(self.chosen);
                    // Words behind the name of a kind or a command would be lost.
                    if self.chosen > 0 || offer.takes_all_words || !typed.contains(' ') {
                        return offer.does;
                    }
                }
                return exact.unwrap_or_else(|| Picked::Say(unknown(&typed, seen)));
            }
            _ => {}
        }
        Picked::Nothing
    }

    /// Draws the palette.
    pub fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let offers = offers::matching(self.input.value(), seen);
        let height = u16::try_from(offers.len()).unwrap_or_default() + 4;
        let room = Rect { height: area.height.min(height.max(6)), ..centered(area, 76, area.height) };
        let inner = panel(painter, room, "Go to", "enter goes, tab completes, esc closes");
        chrome::field(painter, inner.x, inner.y, inner.width, (":", self.input.value(), self.input.cursor()));
        let widest = offers.iter().map(|offer| cells(&offer.name)).max().unwrap_or_default().max(NAMES);
        let names = u16::try_from(widest).unwrap_or(inner.width).min(inner.width * 2 / 3);
        for (index, offer) in offers.iter().enumerate() {
            let y = inner.y + 2 + u16::try_from(index).unwrap_or_default();
            if y >= inner.bottom() {
                break;
            }
            let is_chosen = index == self.chosen;
            if is_chosen {
                painter.fill(Rect { x: inner.x, y, width: inner.width, height: 1 }, Role::Selection);
                painter.set_ground(Some(Role::Selection));
            }
            painter.text(inner.x + 1, y, names, if is_chosen { Role::Title } else { Role::Text }, &offer.name);
            let room = inner.width.saturating_sub(names + 3);
            painter.text(inner.x + names + 2, y, room, Role::Muted, &offer.description);
            painter.set_ground(Some(Role::Panel));
        }
        painter.set_ground(None);
    }
}

/// What a line means; none when nothing is called that.
fn run(line: &str) -> Option<Picked> {
    let mut words = line.split_whitespace();
    let word = words.next().unwrap_or_default();
    let rest: Vec<&str> = words.collect();
    match word {
        "" => return Some(Picked::Close),
        "arm" => return Some(arm(rest.first().copied())),
        "theme" => {
            return Some(
                rest.first().map_or(Picked::Run(Command::ToggleTheme), |name| Picked::Theme((*name).to_owned())),
            );
        }
        "q" | "quit" | "q!" | "exit" => return Some(Picked::Run(Command::Quit)),
        "ctx" | "context" | "contexts" => return Some(Picked::Go(Destination::Contexts)),
        _ => {}
    }
    // A view keeps its name where a kind has the same one: `rollouts` is all that moves, `ro` the objects of Argo.
    let command = Command::named(word);
    if let Some(kind) = Kind::find(word).filter(|_| command.is_none() || !rest.is_empty()) {
        let (mut namespace, mut filter) = (None, String::new());
        for word in rest {
            match word.strip_prefix('/') {
                Some(wanted) => wanted.clone_into(&mut filter),
                None if word.contains('=') => filter = format!("-l {word}"),
                None => namespace = Some(word.to_owned()),
            }
        }
        return Some(Picked::Go(Destination::Resources { kind, namespace, filter }));
    }
    command.map(Picked::Run)
}

/// Arms for as long as was said.
fn arm(duration: Option<&str>) -> Picked {
    match duration.map(str::parse::<SignedDuration>) {
        None => Picked::Arm(ARMED),
        Some(Ok(duration)) if duration > LONGEST => Picked::Say("no session is armed for longer than 8 h".to_owned()),
        Some(Ok(duration)) if duration.is_positive() => Picked::Arm(duration),
        Some(_) => Picked::Say("write how long: `:arm 15m`".to_owned()),
    }
}

/// Nothing is called that.
fn unknown(line: &str, seen: &Seen<'_>) -> String {
    let word = line.split_whitespace().next().unwrap_or_default();
    let all = offers::all(seen);
    match nearest(word, all.iter().map(offers::Offer::first_word)) {
        Some(near) => format!("nothing is called {word:?}; did you mean {near:?}?"),
        None => format!("nothing is called {word:?}; `?` shows every key and name"),
    }
}

/// The keys of the palette itself.
pub fn hints() -> Vec<Hint> {
    vec![
        Hint::new(Command::Accept, "go"),
        Hint::new(Command::Complete, "complete"),
        Hint::new(Command::SelectNext, "next"),
        Hint::new(Command::Cancel, "close"),
    ]
}

#[cfg(test)]
mod tests;
