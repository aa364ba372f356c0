//! Evidence as files: an archive that every tool opens, checked by sums, and the directory where archives are kept.
//!
//! An archive is a `.tar.gz` of one folder. `manifest.json` comes first and says what is in it; the parts follow, lines
//! of JSON each; `SHA256SUMS` comes last and holds the sum of every file, so that a shell can check it:
//! `tar xzf ARCHIVE && cd ACTION && sha256sum -c SHA256SUMS`. The sums show what was damaged or cut off. They are no
//! evidence against whoever may write the file, who can make them anew.
//!
//! All calls block.

mod pack;
mod shelf;
mod unpack;

pub use pack::pack;
pub use shelf::{Shelf, Shelved};
pub use unpack::{Bundle, open, read};

/// The file that says what an archive holds.
const MANIFEST: &str = "manifest.json";

/// The file with the sums of all others.
const SUMS: &str = "SHA256SUMS";

/// How many bytes an archive may have once it is unpacked. None is written larger, and none larger is read.
const LARGEST: u64 = 192 * 1024 * 1024;

#[cfg(test)]
mod tests;
