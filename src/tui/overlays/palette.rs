//! The palette: views, kinds and commands by name, as a k9s hand expects after `:`.

use crossterm::event::{Event, KeyEvent};
use jiff::SignedDuration;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{centered, panel};
use crate::domain::kind::Kind;
use crate::domain::nearest::nearest;
use crate::tui::chrome;
use crate::tui::command::{Command, Context};
use crate::tui::effect::Destination;
use crate::tui::paint::Painter;
use crate::tui::theme::Role;
use crate::tui::views::{Hint, Seen};

/// How long a session is armed when nothing else is said.
const ARMED: SignedDuration = SignedDuration::from_mins(15);

/// No session is armed for longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(8);

/// Suggestions that are shown.
const SHOWN: usize = 12;

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

    /// Takes a command.
    pub fn handle(&mut self, command: Command, seen: &Seen<'_>) -> Picked {
        let suggestions = self.suggestions(seen);
        match command {
            Command::Cancel => return Picked::Close,
            Command::SelectNext => self.chosen = (self.chosen + 1).min(suggestions.len().saturating_sub(1)),
            Command::SelectPrevious => self.chosen = self.chosen.saturating_sub(1),
            Command::Complete => {
                if let Some((word, _)) = suggestions.get(self.chosen) {
                    self.input = Input::new(format!("{word} "));
                }
            }
            Command::Accept => {
                let typed = self.input.value().trim().to_owned();
                let exact = run(&typed);
                return match suggestions.get(self.chosen) {
                    // What was typed whole is meant, unless another line was chosen on purpose.
                    Some((word, _)) if self.chosen > 0 || exact.is_none() && !typed.contains(' ') => run(word),
                    _ => exact,
                }
                .unwrap_or_else(|| Picked::Say(unknown(&typed)));
            }
            _ => {}
        }
        Picked::Nothing
    }

    /// Names that match what is typed, the best first, with what they do.
    fn suggestions(&self, _seen: &Seen<'_>) -> Vec<(String, String)> {
        let typed = self.input.value();
        let word = typed.split(' ').next().unwrap_or_default();
        let all = names();
        if word.is_empty() {
            return all.into_iter().take(SHOWN).collect();
        }
        let pattern = Pattern::parse(word, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let words = all.iter().map(|(word, _)| word.as_str());
        let mut matches = pattern.match_list(words, &mut matcher);
        matches.sort_by_key(|(word, score)| (std::cmp::Reverse(*score), word.len()));
        let found = matches.into_iter().take(SHOWN);
        found.filter_map(|(word, _)| all.iter().find(|(name, _)| name == word).cloned()).collect()
    }

    /// Draws the palette.
    pub fn render(&self, painter: &mut Painter<'_>, area: Rect, seen: &Seen<'_>) {
        let suggestions = self.suggestions(seen);
        let height = u16::try_from(suggestions.len()).unwrap_or_default() + 4;
        let room = Rect { height: area.height.min(height.max(6)), ..centered(area, 76, area.height) };
        let inner = panel(painter, room, "Go to", "enter goes, tab completes, esc closes");
        chrome::field(painter, inner.x, inner.y, inner.width, (":", self.input.value(), self.input.cursor()));
        for (index, (word, description)) in suggestions.iter().enumerate() {
            let y = inner.y + 2 + u16::try_from(index).unwrap_or_default();
            if y >= inner.bottom() {
                break;
            }
            let is_chosen = index == self.chosen;
            if is_chosen {
                painter.fill(Rect { x: inner.x, y, width: inner.width, height: 1 }, Role::Selection);
                painter.set_ground(Some(Role::Selection));
            }
            painter.text(inner.x + 1, y, 24, if is_chosen { Role::Title } else { Role::Text }, word);
            painter.text(inner.x + 26, y, inner.width.saturating_sub(27), Role::Muted, description);
            painter.set_ground(Some(Role::Panel));
        }
        painter.set_ground(None);
    }
}

/// Everything that can be typed, with what it does.
fn names() -> Vec<(String, String)> {
    let is_meant = |command: &Command| {
        command.contexts().contains(&Context::Global) || command.contexts().contains(&Context::Table)
    };
    let quiet = |command: &Command| command.favourite().is_some() || command.name().starts_with("select-");
    let commands = Command::all().filter(|command| is_meant(command) && !quiet(command));
    let mut names: Vec<_> =
        commands.map(|command| (command.name().to_owned(), command.description().to_owned())).collect();
    names.extend(
        Kind::ALL
            .into_iter()
            .map(|kind| (kind.short().to_owned(), format!("{} as a table", kind.title().to_lowercase()))),
    );
    names.extend(
        Kind::ALL
            .into_iter()
            .filter(|kind| kind.short() != kind.plural())
            .map(|kind| (kind.plural().to_owned(), format!("{} as a table", kind.title().to_lowercase()))),
    );
    names.push(("ctx".to_owned(), "the contexts of the kubeconfig".to_owned()));
    names
}

/// What a line means; none when nothing is called that.
fn run(line: &str) -> Option<Picked> {
    let mut words = line.split_whitespace();
    let word = words.next().unwrap_or_default();
    let rest: Vec<&str> = words.collect();
    match word {
        "" => return Some(Picked::Close),
        "arm" => return Some(arm(rest.first().copied())),
        "q" | "quit" | "q!" | "exit" => return Some(Picked::Run(Command::Quit)),
        "ctx" | "context" | "contexts" => return Some(Picked::Go(Destination::Contexts)),
        _ => {}
    }
    if let Some(kind) = Kind::find(word) {
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
    Command::named(word).map(Picked::Run)
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
fn unknown(line: &str) -> String {
    let word = line.split_whitespace().next().unwrap_or_default();
    let names = names();
    match nearest(word, names.iter().map(|(name, _)| name.as_str())) {
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
