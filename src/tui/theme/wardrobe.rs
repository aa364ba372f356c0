//! The themes to choose from while the console runs.

use super::color::Depth;
use super::load::Theme;
use crate::config::assets::{Assets, Kind};

/// Where themes come from, and which one is worn.
#[derive(Clone, Debug)]
pub struct Wardrobe {
    assets: Assets,
    depth: Depth,
    name: String,
}

impl Wardrobe {
    /// The themes of these assets, for a terminal of the given depth; the one of this name is worn.
    pub fn new(assets: Assets, depth: Depth, name: &str) -> Self {
        Self { assets, depth, name: name.to_owned() }
    }

    /// Changes to the theme of a name, or says why not.
    pub fn take(&mut self, name: &str) -> Result<Theme, String> {
        let names = self.assets.names(Kind::Theme);
        if !names.iter().any(|known| known == name) {
            return Err(format!("there is no theme {name}; there are {}", names.join(", ")));
        }
        let theme = Theme::load(&self.assets, name, self.depth).map_err(|fault| fault.to_string())?;
        name.clone_into(&mut self.name);
        Ok(theme)
    }

    /// Changes to the next theme after the one that is worn; one with a fault is passed over. None if there is no other.
    pub fn change(&mut self) -> Option<Theme> {
        let names = self.assets.names(Kind::Theme);
        let at = names.iter().position(|name| *name == self.name).map_or(0, |at| at + 1);
        let mut others = names.iter().cycle().skip(at).take(names.len()).filter(|name| **name != self.name);
        let (name, theme) = others.find_map(|name| Some((name, Theme::load(&self.assets, name, self.depth).ok()?)))?;
        self.name.clone_from(name);
        Some(theme)
    }
}

#[cfg(test)]
mod tests;
