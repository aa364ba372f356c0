//! Themes as TOML: from the text of a file and of those that it inherits to one style for each role.

use std::collections::BTreeMap;

use ratatui::style::{Modifier, Style};
use serde::Deserialize;
use toml::Spanned;

use super::color::{Depth, NAMES, Swatch};
use super::role::Role;
use crate::config::assets::{Asset, Assets, Fault, Kind, unknown};
use crate::domain::text::Text;

/// The theme that is used where none is chosen.
const USUAL: &str = "midnight";
/// The theme whose weights are used where there are no colours.
const COLOURLESS: &str = "mono";

/// A look: what each role is painted with on this terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The name that is shown: the one that the file gives itself, else the one by which it was chosen.
    pub name: Text,
    styles: [Style; Role::ALL.len()],
}

impl Theme {
    /// Loads a theme for a terminal of the given depth. Without colours every theme is painted with the weights of `mono`.
    pub fn load(assets: &Assets, name: &str, depth: Depth) -> Result<Self, Fault> {
        let lineage = assets.lineage(Kind::Theme, name, |file: &ThemeFile| file.inherits.as_ref())?;
        let mut styles = resolve(&lineage, depth)?;
        if depth == Depth::None && name != COLOURLESS {
            styles = Self::built_in(COLOURLESS, depth).styles;
        }
        let name = lineage[0].1.name.as_deref().unwrap_or(name);
        Ok(Self { name: Text::from_untrusted(name), styles })
    }

    /// The theme for those who chose none, and for those whose own has an error.
    ///
    /// # Panics
    /// Never: the built-in themes are checked by tests.
    pub fn usual(depth: Depth) -> Self {
        Self::built_in(USUAL, depth)
    }

    /// What a role is painted with. Roles that are no grounds have no ground, so that they can be laid over one.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    fn built_in(name: &str, depth: Depth) -> Self {
        Self::load(&Assets::default(), name, depth).expect("the built-in themes are checked by tests")
    }
}

/// A theme file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    name: Option<String>,
    inherits: Option<Spanned<String>>,
    #[serde(default)]
    palette: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    roles: BTreeMap<Role, Paint>,
}

/// How a file paints a role: names from the palette or colours, and weights.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file, and any mixture of them has a meaning")]
struct Paint {
    fg: Option<Spanned<String>>,
    bg: Option<Spanned<String>>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reversed: bool,
}

/// Lays the files over one another, the first one on top, and finds the style of each role.
fn resolve(lineage: &[(Asset, ThemeFile)], depth: Depth) -> Result<[Style; Role::ALL.len()], Fault> {
    let mut palette = BTreeMap::new();
    let mut paints = BTreeMap::new();
    for (asset, file) in lineage.iter().rev() {
        for (name, colour) in &file.palette {
            let swatch = Swatch::parse(colour.get_ref()).map_err(|what| asset.fault(Some(colour.span()), what))?;
            palette.insert(name.as_str(), swatch);
        }
        paints.extend(file.roles.iter().map(|(role, paint)| (*role, (asset, paint))));
    }
    let mut styles = [Style::new(); Role::ALL.len()];
    for role in Role::ALL {
        let mut source = Some(role);
        let (asset, paint) = loop {
            let Some(wanted) = source else {
                return Err(lineage[0].0.fault(None, format!("nothing is said about the role `{}`", name_of(role))));
            };
            if let Some(found) = paints.get(&wanted) {
                break *found;
            }
            source = wanted.fallback();
        };
        styles[role as usize] = style(asset, paint, &palette, depth)?;
    }
    Ok(styles)
}

/// Turns a paint into a style; colours are looked up in the palette first.
fn style(asset: &Asset, paint: &Paint, palette: &BTreeMap<&str, Swatch>, depth: Depth) -> Result<Style, Fault> {
    let look_up = |colour: &Spanned<String>| {
        let text = colour.get_ref().as_str();
        let is_colour = text == "default" || text.starts_with('#') || NAMES.contains(&text);
        let swatch = match palette.get(text) {
            Some(swatch) => Ok(*swatch),
            None if is_colour => Swatch::parse(text),
            None => Err(unknown("colour", text, palette.keys().copied().chain(NAMES).chain(["default"]))),
        };
        swatch.map(|swatch| swatch.at(depth)).map_err(|what| asset.fault(Some(colour.span()), what))
    };
    let weights = [
        (paint.bold, Modifier::BOLD),
        (paint.dim, Modifier::DIM),
        (paint.italic, Modifier::ITALIC),
        (paint.underline, Modifier::UNDERLINED),
        (paint.reversed, Modifier::REVERSED),
    ];
    Ok(Style {
        fg: paint.fg.as_ref().map(look_up).transpose()?.flatten(),
        bg: paint.bg.as_ref().map(look_up).transpose()?.flatten(),
        add_modifier: weights.into_iter().filter(|(is_set, _)| *is_set).map(|(_, weight)| weight).collect(),
        ..Style::new()
    })
}

/// The name of a role in a file; those without a fallback, which errors may have to name, are of one word.
fn name_of(role: Role) -> String {
    format!("{role:?}").to_lowercase()
}

#[cfg(test)]
mod tests;
