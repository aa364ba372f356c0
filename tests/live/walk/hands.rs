//! A console under somebody's hands. Keys are sent without waiting. After each comes `:` with a word of its own, and the
//! screen says in one look what the key led to: the palette shows the word over a view, a text field takes it in, a plan
//! and the help leave it.

use std::collections::BTreeSet;

use color_eyre::eyre::{Result, ensure, eyre};
use midwatch::tui::command::Context;
use midwatch::tui::effect::Asked;
use midwatch::tui::keymap::Keymap;

use super::stops::{Stop, shows};
use crate::command::{LEFT, Seat};
use crate::console::Console;
use crate::console::keys::ESCAPE;

mod looks;
mod tries;

use looks::{Led, is_palette, led};

/// Wide enough that the palette leaves the beginning of each line to be seen; more would only take longer to draw.
const SIZE: (u16, u16) = (120, 30);

/// Empties a text field.
const EMPTY: &str = "\x15";

/// Somebody before a console.
pub(super) struct Hands {
    console: Console,
    keymap: Keymap,
    /// How many keys were tried, which makes the word that follows each.
    beat: usize,
    /// What was seen last, and the place that was gone to.
    screen: String,
    at: Option<String>,
    /// The contexts that were reached, and what was asked for.
    contexts: BTreeSet<Context>,
    asked: Vec<Asked>,
    /// Keys and commands that do the same in every place of a view, and those without a key, in every one of a context.
    done: BTreeSet<(&'static str, String)>,
    /// Buttons that changed something: each is pressed with patience once, and in haste from then on.
    pressed: BTreeSet<String>,
}

impl Hands {
    /// Sits down before a console and waits until the palette lies over a platform that is read.
    pub(super) fn on(seat: &Seat, keymap: (&str, Keymap), ready: &str) -> Result<Self> {
        let (name, keymap) = keymap;
        let console = seat.shell(SIZE, &["--write", "--keymap", name])?;
        let mut hands = Self {
            console,
            keymap,
            beat: 0,
            screen: String::new(),
            at: None,
            contexts: BTreeSet::new(),
            asked: Vec::new(),
            done: BTreeSet::new(),
            pressed: BTreeSet::new(),
        };
        hands.wait("the platform", |screen| screen.contains(ready) && screen.contains(" ARMED "))?;
        hands.palette("")?;
        Ok(hands)
    }

    /// Leaves, and requires that the terminal is as it was.
    pub(super) fn quit(mut self) -> Result<()> {
        self.console.type_text(ESCAPE)?;
        self.wait("a console without a palette", |screen| !is_palette(screen))?;
        self.console.press("ctrl-c")?;
        // As long as any change is watched, leaving takes asking twice.
        let ends = |screen: &str| screen.contains(LEFT);
        self.console.wait_until("an end or a warning", |screen| ends(screen) || screen.contains("again leaves"))?;
        if !ends(&self.console.screen()) {
            self.console.press("ctrl-c")?;
        }
        self.console.wait_for(&format!("{LEFT} 0, the terminal as it was"))?;
        let painted = self.console.painted();
        ensure!(!painted.alternate_screen(), "the other screen is still shown");
        ensure!(!painted.hide_cursor(), "the cursor is hidden");
        ensure!(!painted.bracketed_paste(), "pastes are still bracketed");
        let mouse = painted.mouse_protocol_mode();
        ensure!(mouse == vt100::MouseProtocolMode::None, "the mouse is still taken: {mouse:?}");
        Ok(())
    }

    /// Goes where a line leads and waits until the screen says all of this, with nothing in doubt.
    pub(super) fn look(&mut self, line: &str, said: &[String]) -> Result<()> {
        self.at = None;
        self.console.type_text(&format!("{EMPTY}{line}\r"))?;
        // Long lines are broken between words.
        let as_one_line = |screen: &str| screen.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_said = |screen: &str| said.iter().all(|said| as_one_line(screen).contains(said));
        self.wait(&format!("{said:#?}"), |screen| !is_palette(screen) && is_said(screen))?;
        self.palette("")
    }

    /// Presses keys at a place, which is gone to unless one is there.
    fn press(&mut self, stop: &Stop, keys: &str) -> Result<Led> {
        if self.at.as_ref() == Some(&stop.name) && is_palette(&self.screen) && stop.is_behind(&self.screen) {
            return self.knock(&format!("{ESCAPE}{keys}"));
        }
        for (index, (line, mark)) in stop.lines.iter().enumerate() {
            let opened = if index == 0 { EMPTY } else { ":" };
            self.console.type_text(&format!("{opened}{line}\r"))?;
            self.wait(&stop.name, |screen| !is_palette(screen) && shows(screen, mark))?;
        }
        self.at = Some(stop.name.clone());
        let rows: Vec<String> = stop.rows.iter().map(|command| format!(":{command}\r")).collect();
        self.knock(&(rows.concat() + keys))
    }

    /// Closes what lies over the view.
    fn leave(&mut self) -> Result<()> {
        self.palette(ESCAPE)
    }

    /// Presses keys that lead to a view, whatever is shown before.
    fn palette(&mut self, keys: &str) -> Result<()> {
        let word = self.send(keys)?;
        self.wait("the palette over a view", |screen| led(screen, &word) == Some(Led::View))
    }

    /// Presses keys and sees what they led to.
    fn knock(&mut self, keys: &str) -> Result<Led> {
        let word = self.send(keys)?;
        self.wait("what came of a key", |screen| led(screen, &word).is_some())?;
        led(&self.screen, &word).ok_or_else(|| eyre!("it changed by itself:\n{}", self.screen))
    }

    /// Presses keys and then types a word of its own, whose letters mean nothing in any context.
    fn send(&mut self, keys: &str) -> Result<String> {
        self.beat += 1;
        let word = format!(":zz{}", self.beat);
        self.console.type_text(&format!("{keys}{word}"))?;
        Ok(word)
    }

    fn wait(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> Result<()> {
        let seen = std::cell::RefCell::new(String::new());
        self.console.wait_until(what, |screen| {
            let is_over = wanted(screen) || screen.contains(LEFT);
            if is_over {
                screen.clone_into(&mut seen.borrow_mut());
            }
            is_over
        })?;
        self.screen = seen.into_inner();
        ensure!(!self.screen.contains(LEFT), "the console has ended:\n{}", self.screen);
        Ok(())
    }
}
