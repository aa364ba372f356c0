//! Reading a configuration as tests do: what it means, or what is wrong with it, each fault with its line.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Locations, Overrides, Settings};

/// Gives the text of a configuration its meaning.
pub(super) fn read(text: &str) -> Result<Settings, Vec<String>> {
    let at = Locations::new("/etc/midwatch", "/nowhere");
    let read = Settings::interpret(text, &at, &Overrides::default());
    read.map_err(|error| error.faults.iter().map(|fault| format!("{}: {}", fault.line.unwrap(), fault.what)).collect())
}
