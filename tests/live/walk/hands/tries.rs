//! Every key of a place, and whatever opens is tried as by a person who will not take no for an answer.

use color_eyre::eyre::{Result, WrapErr, ensure, eyre};
use midwatch::tui::command::{Command, Context};
use midwatch::tui::effect::Asked;
use midwatch::tui::views::propose::is_change;

use super::super::stops::Stop;
use super::looks::{Led, button, confirmable, is_closed, is_palette, is_settled};
use super::{EMPTY, Hands};
use crate::console::keys::{ESCAPE, sequence};
use crate::plane::{PATIENCE, wait_until};

/// Keys, or the name of a command in the palette.
struct Press {
    name: String,
    keys: String,
    command: Command,
}

impl Hands {
    /// Presses every key of a place, each as if it were the first.
    pub(in super::super) fn walk(&mut self, stop: &Stop) -> Result<()> {
        for press in self.presses(stop)? {
            self.attempt(stop, &press).wrap_err_with(|| format!("{} at {}", press.name, stop.name))?;
        }
        self.mash(stop).wrap_err_with(|| format!("quiet keys at {}", stop.name))
    }

    /// Requires that nothing was left out.
    pub(in super::super) fn require_everything(&self) -> Result<()> {
        let missed: Vec<_> = Context::ALL.into_iter().filter(|context| !self.contexts.contains(context)).collect();
        ensure!(missed.is_empty(), "contexts that were not reached: {missed:?}");
        // These take an alert, a silence, a route that splits requests, and a Service that could select other pods, which
        // this platform need not have: tests/live/silences.rs and tests/live/traffic.rs go there.
        let elsewhere = [Asked::Doing, Asked::Length, Asked::Weight, Asked::Selector];
        let missed = Asked::ALL.into_iter().filter(|asked| !self.asked.contains(asked) && !elsewhere.contains(asked));
        let missed: Vec<_> = missed.collect();
        ensure!(missed.is_empty(), "fields that did not open: {missed:?}");
        Ok(())
    }

    /// The keys of a place that may lead somewhere, and the commands that no key runs there. Leaving comes last of all.
    fn presses(&mut self, stop: &Stop) -> Result<Vec<Press>> {
        let mut presses = Vec::new();
        for (chord, command) in self.keymap.bindings(stop.context) {
            let is_everywhere = command.contexts() == [Context::Global];
            let is_new = !is_everywhere || self.done.insert((stop.view, chord.clone()));
            if is_new && !leaves(command) && !is_quiet(command) {
                presses.push(Press { keys: keys_of(&chord)?, name: chord, command });
            }
        }
        for command in Command::all().filter(|command| command.works_in(stop.context)) {
            let name = format!(":{}", command.name());
            let is_new = is_change(command) || self.done.insert((stop.context.name(), name.clone()));
            if is_new && !leaves(command) && self.keymap.keys_of(stop.context, command).is_empty() {
                presses.push(Press { keys: format!("{name}\r"), name, command });
            }
        }
        Ok(presses)
    }

    /// Presses a key at a place and makes the most of what opens.
    fn attempt(&mut self, stop: &Stop, press: &Press) -> Result<()> {
        let led = self.press(stop, &press.keys)?;
        match led {
            Led::View if press.command == Command::Palette => self.explore_palette()?,
            Led::View => {}
            Led::Help => {
                self.read_help(stop.context)?;
                if self.contexts.insert(Context::Text) {
                    self.explore(stop, press, led, Context::Text)?;
                }
                self.leave()?;
            }
            Led::Field(asked) => {
                if !self.asked.contains(&asked) {
                    self.asked.push(asked);
                    self.contexts.insert(Context::Prompt);
                    self.explore(stop, press, led, Context::Prompt)?;
                }
                self.fill(asked)?;
            }
            Led::Review => {
                if self.contexts.insert(Context::PlanReview) {
                    self.explore(stop, press, led, Context::PlanReview)?;
                }
                self.insist()?;
            }
        }
        if press.command == Command::Disarm {
            self.console.type_text(&format!("{EMPTY}arm 15m\r"))?;
            self.wait("an armed session", |screen| screen.contains(" ARMED ") && !is_palette(screen))?;
            self.palette("")?;
        }
        Ok(())
    }

    /// Presses every key of what a key opened. What lies over the view is left open at the end.
    fn explore(&mut self, stop: &Stop, press: &Press, led: Led, context: Context) -> Result<()> {
        for (chord, command) in self.keymap.bindings(context) {
            if command == Command::Quit {
                continue;
            }
            if led == Led::Review {
                self.wait("a plan", is_settled)?;
            }
            self.console.type_text(&keys_of(&chord)?)?;
            self.leave().wrap_err_with(|| format!("{chord} in {}", context.name()))?;
            let again = self.press(stop, &press.keys)?;
            ensure!(again == led, "after {chord} it led to {again:?} and not {led:?}:\n{}", self.screen);
        }
        Ok(())
    }

    /// Presses every key of the palette, which lies over the view before and after.
    fn explore_palette(&mut self) -> Result<()> {
        if !self.done.insert(("palette", String::new())) {
            return Ok(());
        }
        for (chord, _) in self.keymap.bindings(Context::Prompt) {
            self.console.type_text(&(keys_of(&chord)? + ESCAPE))?;
            self.wait("a closed palette", |screen| !is_palette(screen))?;
            self.palette("")?;
        }
        self.at = None;
        Ok(())
    }

    /// Answers a question for a line of text, and goes on with what comes of it.
    fn fill(&mut self, asked: Asked) -> Result<()> {
        let answer = match asked {
            // What narrows rows is let go of again: the next key is to find some.
            Asked::Filter | Asked::Search => format!("chat{EMPTY}"),
            Asked::Include | Asked::Exclude => "nothing says this".to_owned(),
            Asked::Time => "5m ago".to_owned(),
            Asked::Fields => "level".to_owned(),
            Asked::Size => "3".to_owned(),
            Asked::Weight => "50".to_owned(),
            Asked::Selector => "track=canary".to_owned(),
            Asked::Doing => "looking at it".to_owned(),
            Asked::Length => "3h".to_owned(),
            Asked::Image => "registry.example/messaging/anything:9.9.9".to_owned(),
        };
        match self.knock(&format!("{EMPTY}{answer}\r"))? {
            Led::View => Ok(()),
            Led::Review => self.insist(),
            Led::Help | Led::Field(_) => self.leave(),
        }
    }

    /// Does whatever confirms a plan: reads all of it, gives a reason, types the name, presses the button.
    fn insist(&mut self) -> Result<()> {
        self.wait("a plan", is_settled)?;
        let button = button(&self.screen);
        let is_new = button.as_ref().is_some_and(|button| !self.pressed.contains(button));
        if is_new {
            // What is typed before anybody can have read the plan does not count.
            wait_until("the field for the reason to take text", PATIENCE, || {
                self.console.type_text(&format!("{}!", sequence("pagedown")?))?;
                let screen = self.console.screen();
                ensure!(screen.lines().any(|line| line.contains(" Reason ") && line.contains('!')), "{screen}");
                Ok(())
            })?;
        }
        let name = confirmable(&self.screen).unwrap_or("chat-service").to_owned();
        self.console.type_text(&format!(" because I say so\t{name}\t\t\r"))?;
        if let (true, Some(button)) = (is_new, button) {
            let is_answered = |screen: &str| ["step 1", "not confirmed"].iter().any(|words| screen.contains(words));
            self.wait("an answer", |screen| is_answered(screen) || is_closed(screen))?;
            if self.screen.contains("step 1") {
                self.pressed.insert(button);
            }
        }
        self.leave()
    }

    /// Presses all keys that lead nowhere at once, and those that mean nothing.
    fn mash(&mut self, stop: &Stop) -> Result<()> {
        let bindings = self.keymap.bindings(stop.context);
        let mut keys = String::new();
        for (chord, _) in bindings.iter().filter(|(_, command)| is_quiet(*command)) {
            keys.push_str(&keys_of(chord)?);
        }
        let begins =
            |letter: char| bindings.iter().any(|(chord, _)| chord.split(' ').next() == Some(&letter.to_string()));
        keys.extend((' '..='~').filter(|letter| !begins(*letter)));
        let led = self.press(stop, &format!("{keys}\r"))?;
        ensure!(led == Led::View, "a quiet key led to {led:?}:\n{}", self.screen);
        self.at = None;
        Ok(())
    }

    /// Notes which contexts the help tells of, and requires that the first is the one that is meant.
    fn read_help(&mut self, wanted: Context) -> Result<()> {
        let named = |part: &str| Context::ALL.into_iter().find(|context| part.trim() == context.name());
        let found = self.screen.split(['│', '\n']).find_map(named);
        let context = found.ok_or_else(|| eyre!("no heading:\n{}", self.screen))?;
        ensure!(context == wanted, "this is {} and not {}", context.name(), wanted.name());
        self.contexts.extend(context.chain());
        Ok(())
    }
}

/// What is typed for a chord.
fn keys_of(chord: &str) -> Result<String> {
    if chord == "esc" { Ok(ESCAPE.to_owned()) } else { sequence(chord) }
}

/// Whether a command leaves midwatch, from a main view at least.
fn leaves(command: Command) -> bool {
    matches!(command, Command::Quit | Command::Close)
}

/// Whether a command moves about in a view, or copies, and leads nowhere. Every other one is tried by itself, and so is
/// one that will be new.
fn is_quiet(command: Command) -> bool {
    use Command as C;
    let moves = C::SelectNext <= command && command <= C::ScrollRight;
    let arranges = C::FaultsOnly <= command && command <= C::ReverseSort;
    let reads = matches!(
        command,
        C::NextMatch
            | C::PreviousMatch
            | C::Wrap
            | C::Fold
            | C::FullScreen
            | C::Follow
            | C::Hold
            | C::NextError
            | C::PreviousError
            | C::ToggleTimestamps
    );
    moves || arranges || reads || matches!(command, C::CopyName | C::CopyCommand | C::Redraw)
}
