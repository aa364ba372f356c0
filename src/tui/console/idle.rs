//! Commands that have nothing to do where one is: said when one is given, and left out of the help.

use super::Console;
use crate::domain::health::Health;
use crate::tui::command::{Command, Context};
use crate::tui::effect::Outcome;
use crate::tui::views;

impl Console {
    /// Says that a command has nothing to do here: a key without an answer looks like a console that hangs.
    pub(super) fn nothing_there(&mut self, command: Command) -> bool {
        let words = match command {
            Command::Logs => {
                let troubles = seen!(self).troubles();
                let why = troubles.first().map_or("no service is known", |trouble| trouble.what.as_str());
                format!("no logs to show: {why}")
            }
            _ if is_move(command) => return false,
            _ => format!("{} ({}) does nothing in this view", self.key_of(command), command.description()),
        };
        self.say(Health::Attention, words);
        true
    }

    /// The key of a command where one is, or how it is called without one.
    fn key_of(&self, command: Command) -> String {
        let keys = self.look.keymap.keys_of(self.screen.view().context(), command);
        keys.into_iter().next().unwrap_or_else(|| format!(":{}", command.name()))
    }

    /// The commands of tables for which the view has no use: tried on views made anew, which changes nothing. One that
    /// ignored a command is as it was, and takes the next one.
    pub(super) fn idle_commands(&self) -> Vec<Command> {
        let seen = seen!(self);
        let mut fresh = None;
        let is_idle = |command: &Command| {
            let mut view = fresh.take().unwrap_or_else(|| {
                let mut view = views::make(self.screen.destination(), &seen);
                view.settle(&seen, self.body);
                view
            });
            let is_idle = view.handle(*command, &seen) == Outcome::Ignored;
            fresh = is_idle.then_some(view);
            is_idle
        };
        let is_of_tables = |command: &Command| command.contexts() == [Context::Table].as_slice();
        // Scrolling to the side depends on how wide things are, and a guarded shift can be stopped from everywhere.
        let is_sure = |command: &Command| !is_move(*command) && *command != Command::StopGuard;
        Command::all().filter(is_of_tables).filter(is_sure).filter(is_idle).collect()
    }
}

/// Whether a command moves the selection or what is shown.
fn is_move(command: Command) -> bool {
    Command::SelectNext <= command && command <= Command::ScrollRight
}
