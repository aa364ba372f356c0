//! How long a terminal escape sequence is, and whether it only sets a colour.

/// An escape sequence at the start of a text.
pub(super) struct Sequence {
    /// Bytes that belong to it, at least one character.
    pub len: usize,
    /// Whether it does nothing but set colours and weight (SGR), so that leaving it out hides nothing.
    pub is_colour: bool,
}

/// Longest control string that is taken as one; a longer or unterminated one keeps its words, so that nothing hides in it.
const LONGEST: usize = 4096;

/// Reads the sequence that `text` starts with; its first character is ESC or a C1 introducer.
pub(super) fn read(text: &str) -> Sequence {
    let mut characters = text.char_indices();
    let (_, first) = characters.next().unwrap_or((0, '\u{1b}'));
    let (introducer, body) = if first == '\u{1b}' {
        match text[1..].chars().next() {
            Some(next @ ('[' | ']' | 'P' | 'X' | '^' | '_')) => (next, 2),
            // ESC with one intermediate or final byte: "ESC c" resets the terminal, "ESC ( 0" changes the character set.
            Some(' '..='/') => {
                return Sequence { len: 2 + text[2..].chars().next().map_or(0, ascii_len), is_colour: false };
            }
            Some(next) if next.is_ascii_graphic() => return Sequence { len: 2, is_colour: false },
            _ => return Sequence { len: 1, is_colour: false },
        }
    } else {
        (introducer_of(first), first.len_utf8())
    };
    if introducer == '[' { control_sequence(text, body) } else { control_string(text, body) }
}

/// The seven-bit letter of a C1 introducer.
fn introducer_of(control: char) -> char {
    match control {
        '\u{9b}' => '[',
        '\u{9d}' => ']',
        '\u{90}' => 'P',
        '\u{98}' => 'X',
        '\u{9e}' => '^',
        _ => '_',
    }
}

/// One for an ASCII character; none for another, which is left to be read as text.
fn ascii_len(character: char) -> usize {
    usize::from(character.is_ascii_graphic())
}

/// CSI: parameters, intermediates, one final byte.
fn control_sequence(text: &str, body: usize) -> Sequence {
    for (at, byte) in text.bytes().enumerate().skip(body).take(LONGEST) {
        match byte {
            0x20..=0x3f => {}
            0x40..=0x7e => {
                let plain = text[body..at].bytes().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'));
                return Sequence { len: at + 1, is_colour: byte == b'm' && plain };
            }
            _ => break,
        }
    }
    Sequence { len: body, is_colour: false }
}

/// OSC, DCS, SOS, PM, APC: anything up to BEL or ST.
fn control_string(text: &str, body: usize) -> Sequence {
    let mut previous = '\0';
    for (at, character) in text[body..].char_indices().take(LONGEST) {
        let end = body + at + character.len_utf8();
        match character {
            '\u{7}' | '\u{9c}' => return Sequence { len: end, is_colour: false },
            '\\' if previous == '\u{1b}' => return Sequence { len: end, is_colour: false },
            '\n' => break,
            _ => previous = character,
        }
    }
    Sequence { len: body, is_colour: false }
}
