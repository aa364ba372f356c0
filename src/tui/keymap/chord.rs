//! A key or a sequence of keys, read and written as in `ctrl-s`, `shift-tab`, `F2` and `g g`.

use std::fmt;
use std::ops::Deref;

use keybinds::{Key, KeyInput, KeySeq, Mods};
use serde::Deserialize;

/// A key or a sequence of keys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Chord(KeySeq);

impl Chord {
    /// Whether the other chord cannot be reached beside this one: it is the same, or begins with it.
    pub(super) fn hides(&self, other: &Self) -> bool {
        other.as_slice().starts_with(self.as_slice())
    }

    /// Whether every key may act while text is typed: Esc, Tab, Enter, function keys, and what moves up or down a page
    /// or a line or to the sides. None of them is a character.
    pub(super) fn is_safe_in_text(&self) -> bool {
        self.as_slice().iter().all(|input| match input.key() {
            Key::Esc
            | Key::Tab
            | Key::Enter
            | Key::Up
            | Key::Down
            | Key::Left
            | Key::Right
            | Key::PageUp
            | Key::PageDown => true,
            key => is_function_key(key),
        })
    }
}

impl Deref for Chord {
    type Target = KeySeq;

    fn deref(&self) -> &KeySeq {
        &self.0
    }
}

impl FromIterator<KeyInput> for Chord {
    fn from_iter<T: IntoIterator<Item = KeyInput>>(keys: T) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl TryFrom<String> for Chord {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let keys: Vec<String> = text.split_ascii_whitespace().map(plus_between).collect();
        let sequence = keys.join(" ").parse();
        sequence.map(Self).map_err(|error| {
            format!(
                "`{text}` is no key ({error}); keys are written like `ctrl-s`, `shift-tab`, `pagedown`, `F2`, `g g`"
            )
        })
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, input) in self.as_slice().iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            for (modifier, name) in [(Mods::CTRL, "ctrl-"), (Mods::ALT, "alt-"), (Mods::SHIFT, "shift-")] {
                if input.mods().contains(modifier) {
                    f.write_str(name)?;
                }
            }
            match input.key() {
                Key::Char('+') => f.write_str("+")?,
                key if matches!(key, Key::Char(_)) && key != Key::Char(' ') => write!(f, "{key}")?,
                key if is_function_key(key) => write!(f, "{key}")?,
                key => f.write_str(&key.to_string().to_lowercase())?,
            }
        }
        Ok(())
    }
}

/// Whether a key is one of F1 to F35, which write themselves so.
fn is_function_key(key: Key) -> bool {
    key.to_string().strip_prefix('F').is_some_and(|number| number.parse::<u8>().is_ok())
}

/// Writes `ctrl-s` as the parser wants it, `ctrl+s`; the key itself may be `-` or `+`.
fn plus_between(key: &str) -> String {
    let Some((last, _)) = key.char_indices().last() else {
        return String::new();
    };
    let (modifiers, last) = key.split_at(last);
    let last = if last == "+" { "plus" } else { last };
    format!("{}{last}", modifiers.replace('-', "+"))
}
