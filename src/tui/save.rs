//! Saving what is shown to a file of its own in the current folder: never over another one.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use jiff::Timestamp;

/// Writes a new file that only its owner may read, named after what it is about and the moment.
pub(super) fn save(about: &str, text: &str, now: Timestamp) -> io::Result<PathBuf> {
    let (stem, ending) = about.rsplit_once('.').unwrap_or((about, "txt"));
    let tame = |letter: char| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
    let stem: String = stem.chars().map(tame).collect();
    let name = format!("midwatch-{stem}-{}.{ending}", now.strftime("%Y%m%dT%H%M%SZ"));
    let path = std::env::current_dir()?.join(name);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(text.as_bytes())?;
    Ok(path)
}
