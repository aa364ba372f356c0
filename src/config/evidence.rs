//! What a configuration says about evidence: whether it is kept by itself, where, how much and how large.

use std::ops::RangeInclusive;
use std::time::Duration;

use toml::Spanned;

use super::locations::Locations;
use super::table::{Document, Table};
use crate::domain::evidence::Keeping;

/// How many archives may be kept.
const KEEP: RangeInclusive<u64> = 1..=10_000;

/// How many MiB each of them may have.
const MEGABYTES: RangeInclusive<u64> = 1..=64;

/// How many seconds a change may wait for them.
const WAIT: RangeInclusive<u64> = 1..=60;

/// Reads `[evidence]`.
pub(super) fn read(document: &Document<'_>, mut table: Table<'_>, at: &Locations) -> Keeping {
    let usual = Keeping::default();
    let is_automatic = table.value("automatic").map_or(usual.is_automatic, Spanned::into_inner);
    let directory: Option<Spanned<String>> = table.value("directory");
    let keep = table.within("keep", &KEEP).and_then(|keep| usize::try_from(keep).ok());
    let megabytes = table.within("megabytes", &MEGABYTES);
    let wait = table.within("wait", &WAIT).map(Duration::from_secs);
    table.finish();
    if let Some(word) = directory.as_ref().filter(|word| word.get_ref().is_empty()) {
        document.note(Some(word.span()), "`directory` names no place; leave it out for the usual one");
    }
    Keeping {
        is_automatic,
        directory: directory.map(|word| at.config_dir().join(word.get_ref())),
        keep: keep.unwrap_or(usual.keep),
        limit: megabytes.map_or(usual.limit, |megabytes| megabytes * 1024 * 1024),
        wait: wait.unwrap_or(usual.wait),
    }
}

#[cfg(test)]
mod tests;
