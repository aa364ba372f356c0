//! Text that may reach a terminal, a file or a script: the only door for words that we did not write.
//!
//! Nothing is removed silently, because removal can lie (`good\rBAD` must not become `goodBAD`): what could drive a
//! terminal or deceive a reader is replaced by a visible mark. Colours (SGR) and variation selectors are the exception:
//! taking them away can only reveal.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod escape;

/// Marks in a row on one base character; what is piled higher is counted and named instead.
const MAX_MARKS: usize = 4;

/// Sanitised text, cheap to clone and to share.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

impl Text {
    /// Sanitises text from outside.
    pub fn from_untrusted(text: &str) -> Self {
        Self(Arc::from(sanitize(text)))
    }

    /// Sanitises bytes from outside; what is not UTF-8 becomes U+FFFD.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::from_untrusted(&String::from_utf8_lossy(bytes))
    }

    /// The text as a string slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether two texts are the same allocation, which interned texts are when they are equal.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether somebody else holds the same allocation.
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from_untrusted(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from_untrusted(&text)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_untrusted(&String::deserialize(deserializer)?))
    }
}

/// Makes one line of untrusted text harmless: control characters and escape sequences, direction overrides, invisible
/// characters and piles of marks are replaced by something that can be seen.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 16);
    let mut marks = 0;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let mut used = character.len_utf8();
        let shown = class_of(character);
        if !matches!(shown, Shown::Mark) {
            finish_pile(&mut clean, &mut marks);
        }
        match shown {
            Shown::Plain => clean.push(character),
            // Without a letter of its own it would stand on whatever is printed before this text.
            Shown::Mark if clean.is_empty() => push_code(&mut clean, character),
            Shown::Mark => {
                marks += 1;
                if marks <= MAX_MARKS {
                    clean.push(character);
                }
            }
            Shown::Tab => clean.push_str("    "),
            Shown::Escape => {
                let sequence = escape::read(rest);
                used = sequence.len;
                if !sequence.is_colour {
                    clean.push_str("^[");
                }
            }
            Shown::Caret(letter) => clean.extend(['^', letter]),
            Shown::Code => push_code(&mut clean, character),
            Shown::Nothing => {}
        }
        rest = &rest[used..];
    }
    finish_pile(&mut clean, &mut marks);
    Cow::Owned(clean)
}

/// Names a character that is not to be seen.
fn push_code(clean: &mut String, character: char) {
    let _ = write!(clean, "<U+{:04X}>", u32::from(character));
}

/// Says how many marks were left out of a pile, and starts counting anew.
fn finish_pile(clean: &mut String, marks: &mut usize) {
    if *marks > MAX_MARKS {
        let _ = write!(clean, "<{} marks>", *marks - MAX_MARKS);
    }
    *marks = 0;
}

/// How a character is shown.
enum Shown {
    Plain,
    Mark,
    Tab,
    Escape,
    Caret(char),
    Code,
    Nothing,
}

/// Decides how a character is shown.
fn class_of(character: char) -> Shown {
    match character {
        ' '..='~' => Shown::Plain,
        '\t' => Shown::Tab,
        '\u{1b}' | '\u{9b}' | '\u{9d}' | '\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}' => Shown::Escape,
        '\0'..='\u{1f}' => Shown::Caret(char::from(character as u8 + 0x40)),
        '\u{7f}' => Shown::Caret('?'),
        '\u{80}'..='\u{9f}' => Shown::Code,
        // A joiner or a presentation selector only joins what stands beside it: without it both are still there.
        '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => Shown::Nothing,
        _ if is_deceptive(character) => Shown::Code,
        _ if unicode_width::UnicodeWidthChar::width(character) == Some(0) => Shown::Mark,
        _ => Shown::Plain,
    }
}

/// Whether a character is invisible, changes the direction of what follows, or has no width on which terminals agree.
fn is_deceptive(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{1f1e6}'..='\u{1f1ff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
        // Conjoining Hangul and the like: one terminal joins them, the next one does not.
        || matches!(character, '\u{1161}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}')
}

#[cfg(test)]
mod tests;
