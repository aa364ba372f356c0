//! What midwatch may write, as a grammar that is much smaller than what terminals understand.

use color_eyre::eyre::{Result, ensure, eyre};
use unicode_width::UnicodeWidthChar;

/// Columns and rows.
type Size = (u16, u16);

/// The end of a frame, which the terminal shows at once.
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

/// One piece of what a terminal is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Letter(char),
    /// To a row and a column, both from 0.
    Move(u16, u16),
    Style,
    Clear,
    FrameBegins,
    FrameEnds,
    Cursor,
    /// A mode of the whole terminal: another screen, the mouse, pasting.
    Mode,
    Clipboard,
    /// The title of the window, its place on a stack, a notification.
    Beyond,
}

/// Requires that what stands in a file or in a pipe is lines of text that drive nothing and hide nothing.
pub(crate) fn plain(what: &str, bytes: &[u8]) -> Result<()> {
    let text = std::str::from_utf8(bytes).map_err(|error| eyre!("{what} is no UTF-8: {error}"))?;
    let mut before = None;
    for (at, letter) in text.char_indices() {
        let fits = letter == '\n' || is_visible(letter) && (before.is_some() || !is_mark(letter));
        ensure!(fits, "{what} holds {letter:?}: {:?}", around(text.as_bytes(), at));
        before = Some(letter).filter(|letter| *letter != '\n');
    }
    Ok(())
}

/// Requires that what was told to a terminal of this size is midwatch's own, as far as its last frame is complete.
///
/// Answers where that frame ends, and how many frames were drawn on an empty screen. Each of those must be whole: every
/// cell is written once and in its place, as a terminal counts that knows nothing but the width of each character.
pub(crate) fn screen(bytes: &[u8], size: Size) -> Result<(usize, usize)> {
    let ends = bytes.windows(FRAME_ENDS.len()).rposition(|window| window == FRAME_ENDS);
    let Some(end) = ends.map(|at| at + FRAME_ENDS.len()) else { return Ok((0, 0)) };
    let mut judge = Judge { size, is_in_frame: false, is_empty: false, cursor: None, before: None, whole: 0 };
    let mut at = 0;
    while at < end {
        let (piece, used) =
            piece(&bytes[at..end]).ok_or_else(|| eyre!("it is no output of ours: {:?}", around(bytes, at)))?;
        judge.take(piece).map_err(|error| error.wrap_err(format!("{:?}", around(bytes, at))))?;
        at += used;
    }
    Ok((end, judge.whole))
}

/// Follows a stream piece by piece.
struct Judge {
    size: Size,
    is_in_frame: bool,
    /// Whether the screen is empty, so that the frame that follows writes every cell.
    is_empty: bool,
    /// Where the next letter goes, while every cell is written.
    cursor: Option<(u16, u16)>,
    before: Option<Piece>,
    whole: usize,
}

impl Judge {
    fn take(&mut self, piece: Piece) -> Result<()> {
        let before = self.before.replace(piece);
        let after_letter = matches!(before, Some(Piece::Letter(_)));
        match piece {
            Piece::FrameBegins => {
                ensure!(!self.is_in_frame, "a frame begins within a frame");
                self.is_in_frame = true;
                self.cursor = std::mem::take(&mut self.is_empty).then_some((0, 0));
            }
            Piece::FrameEnds => {
                ensure!(std::mem::take(&mut self.is_in_frame), "a frame ends that did not begin");
                if let Some(cursor) = self.cursor.take() {
                    ensure!(cursor == (self.size.1, 0), "the frame ends at {cursor:?}");
                    self.whole += 1;
                }
            }
            Piece::Clear if self.is_in_frame => {
                ensure!(before == Some(Piece::FrameBegins), "the screen is cleared in the middle of a frame");
                self.cursor = Some((0, 0));
            }
            Piece::Clear => self.is_empty = true,
            Piece::Mode | Piece::Clipboard | Piece::Beyond => ensure!(!self.is_in_frame, "{piece:?} within a frame"),
            Piece::Cursor => {}
            Piece::Style => ensure!(self.is_in_frame, "a colour outside of a frame"),
            Piece::Move(row, column) => {
                ensure!(self.is_in_frame && row < self.size.1 && column < self.size.0, "to {row}, {column}");
                if let Some(cursor) = self.cursor {
                    ensure!(cursor == (row, column), "a row breaks: from {cursor:?} to {row}, {column}");
                }
            }
            Piece::Letter(letter) => {
                ensure!(self.is_in_frame, "{letter:?} outside of a frame");
                ensure!(is_visible(letter), "{letter:?}");
                ensure!(after_letter || !is_mark(letter), "{letter:?} hangs on another cell");
                self.advance(letter)?;
            }
        }
        Ok(())
    }

    /// Goes on by the width of a letter.
    fn advance(&mut self, letter: char) -> Result<()> {
        let Some((row, column)) = self.cursor else { return Ok(()) };
        let column = column + u16::try_from(letter.width().unwrap_or_default())?;
        ensure!(column <= self.size.0, "row {row} is too long");
        // A mark may still follow the last letter of a row; a row is left by moving on.
        self.cursor = Some(if column == self.size.0 { (row + 1, 0) } else { (row, column) });
        Ok(())
    }
}

/// Reads the next piece and how long it is; none where it is nothing that midwatch writes.
fn piece(bytes: &[u8]) -> Option<(Piece, usize)> {
    if bytes[0] == b'\x07' {
        return Some((Piece::Beyond, 1));
    }
    if bytes[0] != b'\x1b' {
        let length = bytes[..bytes.len().min(4)].utf8_chunks().next()?.valid().chars().next()?.len_utf8();
        let letter = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
        return Some((Piece::Letter(letter), length));
    }
    if let Some(copied) = bytes.strip_prefix(b"\x1b]52;c;") {
        let length = copied.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"+/=".contains(byte)))?;
        return (copied[length] == b'\x07').then_some((Piece::Clipboard, b"\x1b]52;c;".len() + length + 1));
    }
    for begin in [&b"\x1b]2;"[..], b"\x1b]9;midwatch: ", b"\x1b]777;notify;midwatch;"] {
        if let Some(told) = bytes.strip_prefix(begin) {
            let length = told.iter().position(|byte| *byte == b'\x07')?;
            let words = std::str::from_utf8(&told[..length]).ok()?;
            return words.chars().all(is_visible).then_some((Piece::Beyond, begin.len() + length + 1));
        }
    }
    let body = bytes.strip_prefix(b"\x1b[")?;
    let length = body.iter().position(|byte| (0x40..=0x7e).contains(byte))?;
    let words = std::str::from_utf8(&body[..length]).ok()?;
    let piece = match (words, body[length]) {
        ("2", b'J') => Piece::Clear,
        ("?2026", b'h') => Piece::FrameBegins,
        ("?2026", b'l') => Piece::FrameEnds,
        ("?25", b'h' | b'l') => Piece::Cursor,
        ("?1049" | "?2004" | "?1000" | "?1002" | "?1003" | "?1006" | "?1015", b'h' | b'l') => Piece::Mode,
        (place, b'H') => {
            let (row, column) = place.split_once(';')?;
            Piece::Move(row.parse::<u16>().ok()?.checked_sub(1)?, column.parse::<u16>().ok()?.checked_sub(1)?)
        }
        ("22;2" | "23;2", b't') => Piece::Beyond,
        (style, b'm') if is_style(style) => Piece::Style,
        _ => return None,
    };
    Some((piece, 2 + length + 1))
}

/// Whether these are colours and weights as midwatch sets them: colours by number or by parts, nothing that hides text.
fn is_style(words: &str) -> bool {
    let numbers: Option<Vec<u16>> = words.split(';').map(|word| word.parse().ok()).collect();
    let mut numbers = numbers.unwrap_or_else(|| vec![u16::MAX]).into_iter();
    while let Some(number) = numbers.next() {
        let fits = match number {
            0..=4 | 7 | 22..=24 | 27 | 39 | 49 | 59 => true,
            38 | 48 | 58 => match numbers.next() {
                Some(2) => numbers.by_ref().take(3).filter(|part| *part < 256).count() == 3,
                Some(5) => numbers.next().is_some_and(|part| part < 256),
                _ => false,
            },
            _ => false,
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Whether a character takes room of its own or belongs to one that does, and turns nothing round.
fn is_visible(letter: char) -> bool {
    let is_hidden = matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    !letter.is_control() && !is_hidden
}

/// Whether a character stands on the one before it.
fn is_mark(letter: char) -> bool {
    letter.width() == Some(0)
}

/// What stands around a place, for a failure.
fn around(bytes: &[u8], at: usize) -> String {
    let piece = &bytes[at.saturating_sub(60)..bytes.len().min(at + 40)];
    String::from_utf8_lossy(piece).into_owned()
}
