//! All that is wrong with the files that a person wrote, whether they are in use or not: `midwatch config check`.

use super::assets::{Assets, Fault, Kind, Origin};
use super::locations::Locations;
use super::settings::{Overrides, Settings};

/// Finds what is wrong with the settings and with every theme and keymap in the user's folders; each fault has its file
/// and, where one is to blame, its line. `try_asset` loads a theme or keymap by name, as the screen would.
pub fn check(locations: &Locations, try_asset: impl Fn(&Assets, Kind, &str) -> Result<(), Fault>) -> Vec<Fault> {
    let mut faults = Settings::load(locations, &Overrides::default()).map_or_else(|error| error.faults, |_| Vec::new());
    let assets = locations.assets();
    for kind in [Kind::Theme, Kind::Keymap] {
        for name in assets.names(kind) {
            let is_ours = assets.read(kind, &name).is_ok_and(|asset| asset.origin == Origin::BuiltIn);
            // A file that several others inherit would have its fault told by each of them.
            if !is_ours
                && let Err(fault) = try_asset(&assets, kind, &name)
                && !faults.contains(&fault)
            {
                faults.push(fault);
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests;
