//! One line of the chain: how a record is sealed with its hash, and how a seal is checked.

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::domain::audit::Entry;
use crate::domain::digest::sha256;

/// What stands between a record and its hash.
const SEAL: &str = r#","hash":""#;
/// The letters of a hash.
const HASH: usize = 64;

/// The last record of a chain, as far as the next one needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) sequence: u64,
    pub(super) hash: String,
}

impl Head {
    /// What the first record of a journal follows.
    pub(super) fn genesis() -> Self {
        Self { sequence: 0, hash: "0".repeat(HASH) }
    }
}

/// The part of a line that makes it a link, readable whatever later versions record.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Link {
    pub(super) sequence: u64,
    pub(super) event: String,
    pub(super) previous: String,
    pub(super) hash: String,
}

impl Link {
    /// Reads a line without its end; none if it is no record.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let link: Self = serde_json::from_slice(text).ok()?;
        let is_hash = |text: &str| text.len() == HASH && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_hash(&link.hash) && is_hash(&link.previous)).then_some(link)
    }
}

/// A record with the hash of its predecessor.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    previous: &'a str,
}

/// Makes a line, its end included, of a record that follows a head; gives the new head too.
pub(super) fn seal(entry: &Entry, previous: &str) -> (Vec<u8>, Head) {
    let mut line = Vec::new();
    Body { entry, previous }
        .serialize(&mut Serializer::with_formatter(&mut line, Ascii))
        .expect("a record is plain data and memory takes every byte");
    let hash = sha256(&line);
    line.pop();
    line.extend_from_slice(SEAL.as_bytes());
    line.extend_from_slice(hash.as_bytes());
    line.extend_from_slice(b"\"}\n");
    (line, Head { sequence: entry.sequence, hash })
}

/// Whether a line, without its end, is byte for byte what was sealed.
pub(super) fn is_authentic(line: &[u8]) -> bool {
    let Some(at) = line.len().checked_sub(SEAL.len() + HASH + 2) else { return false };
    let (body, seal) = line.split_at(at);
    let expected = format!("{SEAL}{}\"}}", sha256([body, b"}"].concat()));
    seal == expected.as_bytes()
}

/// Compact JSON in printable ASCII: nothing in the file can drive a terminal, and nothing is lost.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0; 2];
        for character in fragment.chars() {
            if matches!(character, ' '..='~') {
                writer.write_all(&[character as u8])?;
            } else {
                for unit in character.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}
