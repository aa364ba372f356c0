//! What a terminal sends for a key, by the name that a keymap writes: `ctrl-s`, `shift-tab`, `pagedown`, `F2`, `g g`.

use color_eyre::eyre::{Result, bail};

/// Escape as a terminal says it that tells keys apart. Alone it would become one key with whatever follows at once.
#[allow(dead_code, reason = "only who types fast needs it")]
pub(crate) const ESCAPE: &str = "\x1b[27u";

/// The bytes of a key, or of several one after the other.
pub(crate) fn sequence(chord: &str) -> Result<String> {
    // A space alone is a key, not the gap between two.
    if chord.chars().count() == 1 {
        return Ok(chord.to_owned());
    }
    chord.split(' ').map(key).collect()
}

fn key(name: &str) -> Result<String> {
    Ok(match name {
        "enter" => "\r",
        "esc" => "\x1b",
        "tab" => "\t",
        "shift-tab" => "\x1b[Z",
        "backspace" => "\x7f",
        "space" => " ",
        "up" => "\x1b[A",
        "down" => "\x1b[B",
        "right" => "\x1b[C",
        "left" => "\x1b[D",
        "shift-right" => "\x1b[1;2C",
        "shift-left" => "\x1b[1;2D",
        "home" => "\x1b[H",
        "end" => "\x1b[F",
        "pageup" => "\x1b[5~",
        "pagedown" => "\x1b[6~",
        "F1" => "\x1bOP",
        "F2" => "\x1bOQ",
        "F3" => "\x1bOR",
        "F4" => "\x1bOS",
        _ => match name.strip_prefix("ctrl-").map(str::as_bytes) {
            Some([letter @ b'a'..=b'z']) => return Ok(char::from(letter & 0x1f).to_string()),
            _ if name.chars().count() == 1 => name,
            _ => bail!("no key is named {name:?}"),
        },
    }
    .to_owned())
}
