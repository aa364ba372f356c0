//! The head of a line as the server sends it: a time, a blank, then what the container wrote.

use jiff::Timestamp;

/// The longest time that is looked for: nanoseconds and an offset.
const LONGEST: usize = 36;

/// When a line was said, and its words. A line without a time, which the node itself may put in, gets that of the line
/// before it.
pub(super) fn stamp(line: &[u8], before: Option<Timestamp>) -> (Timestamp, &[u8]) {
    let head = &line[..line.len().min(LONGEST)];
    let blank = memchr::memchr(b' ', head).unwrap_or(head.len());
    let at = std::str::from_utf8(&head[..blank]).ok().and_then(|text| text.parse::<Timestamp>().ok());
    match at {
        Some(at) => (at, line.get(blank + 1..).unwrap_or_default()),
        None => (before.unwrap_or(Timestamp::UNIX_EPOCH), line),
    }
}
