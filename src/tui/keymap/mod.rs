//! What each key does: looked up in the context where it is pressed, and shown as help and footer write it.

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use keybinds::{Key, KeyInput, Match};

use super::command::{Command, Context};

mod chord;
mod load;

use chord::Chord;

/// The keys of each context, with those pressed so far of a sequence.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    rows: BTreeMap<Context, Vec<Row>>,
    pending: Option<Pending>,
}

/// One chord and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    on: Chord,
    run: Command,
}

/// The beginning of a sequence, and where it was pressed.
#[derive(Clone, Debug)]
struct Pending {
    context: Context,
    keys: Vec<KeyInput>,
}

/// What pressing a key led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// The command to carry out.
    Command(Command),
    /// The keys of a sequence so far, as they are shown while the next one is awaited: `g`.
    Pending(String),
    /// No command; a text field may take the key.
    None,
}

impl Keymap {
    /// Takes a key. A sequence that leads nowhere is dropped with its last key, so that a slip does not act.
    pub fn press(&mut self, context: Context, event: KeyEvent) -> Pressed {
        let key = KeyInput::from(event);
        if key.key() == Key::Ignored {
            return Pressed::None;
        }
        let mut keys =
            self.pending.take().filter(|pending| pending.context == context).map_or(vec![], |pending| pending.keys);
        keys.push(key);
        for rows in context.chain().iter().filter_map(|context| self.rows.get(context)) {
            let matched = |wanted| rows.iter().find(|row| row.on.match_to(&keys) == wanted);
            if let Some(row) = matched(Match::Matched) {
                return Pressed::Command(row.run);
            }
            if matched(Match::Prefix).is_some() {
                let shown = keys.iter().copied().collect::<Chord>().to_string();
                self.pending = Some(Pending { context, keys });
                return Pressed::Pending(shown);
            }
        }
        Pressed::None
    }

    /// The keys that run a command in a context, as they are shown: `enter`, `ctrl-s`, `g g`. Keys that mean something
    /// else there are left out.
    pub fn keys_of(&self, context: Context, command: Command) -> Vec<String> {
        self.bindings(context).into_iter().filter(|(_, run)| *run == command).map(|(keys, _)| keys).collect()
    }

    /// Every key that works in a context with its command, the most specific context first.
    pub fn bindings(&self, context: Context) -> Vec<(String, Command)> {
        let mut nearer: Vec<&Row> = Vec::new();
        for rows in context.chain().iter().filter_map(|context| self.rows.get(context)) {
            let reached: Vec<&Row> =
                rows.iter().filter(|row| !nearer.iter().any(|near| near.on.hides(&row.on))).collect();
            nearer.extend(reached);
        }
        nearer.into_iter().map(|row| (row.on.to_string(), row.run)).collect()
    }
}

#[cfg(test)]
mod tests;
