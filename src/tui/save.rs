//! Saving a text: always to a new file that only its owner may read, never over another one.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// No name is longer.
const LONGEST: usize = 100;

/// Writes a text into a folder, to a file that is named after what it is about and the moment; gives its path.
pub(super) fn write(folder: &Path, about: &str, text: &str, now: Timestamp) -> io::Result<PathBuf> {
    let (name, ending) = match about.strip_suffix(".yaml") {
        Some(name) => (name, "yaml"),
        None => (about, "txt"),
    };
    let folder = folder.canonicalize()?;
    let path = folder.join(format!("midwatch-{}-{}.{ending}", slug(name), now.strftime("%Y%m%dT%H%M%SZ")));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(text.as_bytes())?;
    Ok(path)
}

/// A name of letters, digits and dashes: what others wrote must not choose a path.
fn slug(about: &str) -> String {
    let plain = about.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
    plain.take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
