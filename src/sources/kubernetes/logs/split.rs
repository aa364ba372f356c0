//! Bytes of a stream cut into lines, whatever pieces they arrive in.

use memchr::memchr;

/// The longest line that is kept, in bytes; what is longer is counted and left out.
pub(super) const LONGEST: usize = 64 * 1024;

/// One line as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Raw<'a> {
    /// Its bytes, without the line feed.
    pub(super) bytes: &'a [u8],
    /// How many bytes were left out at its end.
    pub(super) left_out: usize,
}

/// The beginning of a line whose end has not arrived.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    held: Vec<u8>,
    left_out: usize,
}

impl Splitter {
    /// Takes a piece and gives the lines that end in it.
    pub(super) fn push(&mut self, mut piece: &[u8], mut each: impl FnMut(Raw<'_>)) {
        while let Some(end) = memchr(b'\n', piece) {
            let line = &piece[..end];
            piece = &piece[end + 1..];
            if self.held.is_empty() && line.len() <= LONGEST {
                each(Raw { bytes: without_return(line), left_out: 0 });
            } else {
                self.hold(line);
                each(Raw { bytes: without_return(&self.held), left_out: self.left_out });
                self.forget();
            }
        }
        self.hold(piece);
    }

    /// The line that has begun and not ended.
    pub(super) fn rest(&self) -> Option<Raw<'_>> {
        (!self.held.is_empty()).then(|| Raw { bytes: without_return(&self.held), left_out: self.left_out })
    }

    /// Begins anew, with another stream.
    pub(super) fn forget(&mut self) {
        self.held.clear();
        self.left_out = 0;
    }

    fn hold(&mut self, bytes: &[u8]) {
        let room = bytes.len().min(LONGEST - self.held.len());
        self.held.extend_from_slice(&bytes[..room]);
        self.left_out += bytes.len() - room;
    }
}

/// A line without the carriage return that some programs write before the line feed.
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests;
