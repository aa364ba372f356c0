//! Theme and keymap files: those built in, and the user's own in the configuration directory, which come first.
//!
//! This module finds texts and places errors in them; what a text means is known to the theme and to the keymap.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::PathBuf;

use crate::domain::nearest::nearest;
use crate::domain::text::Text;

/// The themes that are built in, by name.
const THEMES: &[(&str, &str)] = &[
    ("midnight", include_str!("../../themes/midnight.toml")),
    ("daylight", include_str!("../../themes/daylight.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// The keymaps that are built in, by name.
const KEYMAPS: &[(&str, &str)] =
    &[("default", include_str!("../../keymaps/default.toml")), ("vim", include_str!("../../keymaps/vim.toml"))];

/// What an asset describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Colours and weights of the screen.
    Theme,
    /// What each key does.
    Keymap,
}

impl Kind {
    /// The folder in the configuration directory.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Theme => "themes",
            Self::Keymap => "keymaps",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Keymap => "keymap",
        }
    }

    fn built_in(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Theme => THEMES,
            Self::Keymap => KEYMAPS,
        }
    }
}

/// Who wrote an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It comes with midwatch.
    BuiltIn,
    /// It lies in the configuration directory.
    User,
}

/// One theme or keymap as text.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The name by which it is chosen: the file's name without `.toml`.
    pub name: String,
    /// What errors call the file: a path, or `themes/NAME.toml (built in)`.
    pub file: String,
    /// Who wrote it.
    pub origin: Origin,
    /// The file's text.
    pub text: Cow<'static, str>,
}

impl Asset {
    /// Makes an error about a place in this asset, given as a range of bytes.
    pub fn fault(&self, place: Option<Range<usize>>, what: impl AsRef<str>) -> Fault {
        let line = place.map(|range| 1 + self.text.bytes().take(range.start).filter(|byte| *byte == b'\n').count());
        Fault::new(&self.file, line, what)
    }

    /// Reads the asset as TOML of a known shape; names that are unknown there get the nearest that is known.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, Fault> {
        toml::from_str(&self.text).map_err(|error| self.fault(error.span(), shorten(error.message())))
    }
}

/// Why a theme or keymap cannot be used, with its place: `FILE:LINE: WHAT`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {what}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct Fault {
    /// The file as [`Asset::file`] names it.
    pub file: Text,
    /// The line, counted from 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong and what may have been meant, as a lower-case fragment.
    pub what: Text,
}

impl Fault {
    /// Makes an error of untrusted parts; each is sanitised.
    pub fn new(file: &str, line: Option<usize>, what: impl AsRef<str>) -> Self {
        Self { file: Text::from_untrusted(file), line, what: Text::from_untrusted(what.as_ref()) }
    }
}

/// Where themes and keymaps are found.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    directory: Option<PathBuf>,
}

impl Assets {
    /// Looks in the configuration directory first, where there is one, and then among what is built in.
    pub fn new(directory: Option<PathBuf>) -> Self {
        Self { directory }
    }

    /// Names what can be chosen: what is built in, then what the user added, in alphabetical order.
    pub fn names(&self, kind: Kind) -> Vec<String> {
        let mut names: Vec<String> = kind.built_in().iter().map(|(name, _)| (*name).to_owned()).collect();
        let added: BTreeSet<String> = (self.directory.iter())
            .filter_map(|directory| fs::read_dir(directory.join(kind.folder())).ok())
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".toml").map(str::to_owned))
            .filter(|name| is_name(name) && !names.contains(name))
            .collect();
        names.extend(added);
        names
    }

    /// Finds an asset by name: the user's, else the one that is built in.
    pub fn read(&self, kind: Kind, name: &str) -> Result<Asset, Fault> {
        if is_name(name)
            && let Some(directory) = &self.directory
        {
            let path = directory.join(kind.folder()).join(format!("{name}.toml"));
            let file = path.display().to_string();
            match fs::read_to_string(&path) {
                Ok(text) => return Ok(Asset { name: name.to_owned(), file, origin: Origin::User, text: text.into() }),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(Fault::new(&file, None, format!("cannot be read: {error}"))),
            }
        }
        built_in(kind, name).ok_or_else(|| {
            let names = self.names(kind);
            let what = unknown(kind.word(), name, names.iter().map(String::as_str));
            Fault::new(kind.folder(), None, format!("{what}; there are {}", names.join(", ")))
        })
    }

    /// Reads an asset and those that it inherits: itself first, the most basic one last.
    ///
    /// A user's file may inherit the built-in one of its own name, so that it needs to hold only what differs.
    pub fn lineage<T, F>(&self, kind: Kind, name: &str, parent: F) -> Result<Vec<(Asset, T)>, Fault>
    where
        T: serde::de::DeserializeOwned,
        F: Fn(&T) -> Option<&toml::Spanned<String>>,
    {
        let mut next = Some(self.read(kind, name)?);
        let mut line: Vec<(Asset, T)> = Vec::new();
        while let Some(asset) = next.take() {
            let parsed: T = asset.parse()?;
            if let Some(wanted) = parent(&parsed) {
                let found = if *wanted.get_ref() == asset.name {
                    built_in(kind, &asset.name)
                        .filter(|_| asset.origin == Origin::User)
                        .ok_or("it inherits itself".into())
                } else {
                    self.read(kind, wanted.get_ref()).map_err(|fault| fault.what.to_string())
                };
                let found = found.map_err(|what: String| asset.fault(Some(wanted.span()), what))?;
                if line.iter().any(|(seen, _)| seen.file == found.file) {
                    return Err(asset.fault(Some(wanted.span()), format!("`{}` inherits this file", found.name)));
                }
                next = Some(found);
            }
            line.push((asset, parsed));
        }
        Ok(line)
    }
}

/// Finds what comes with midwatch.
fn built_in(kind: Kind, name: &str) -> Option<Asset> {
    let (name, text) = kind.built_in().iter().find(|(known, _)| *known == name)?;
    let file = format!("{}/{name}.toml (built in)", kind.folder());
    Some(Asset { name: (*name).to_owned(), file, origin: Origin::BuiltIn, text: Cow::Borrowed(text) })
}

/// Whether a word can name an asset: it must not lead out of the folder.
fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'))
}

/// Says that a name is unknown, and which one may have been meant.
pub fn unknown<'a>(what: &str, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(name, candidates) {
        Some(meant) => format!("unknown {what} `{name}`; did you mean `{meant}`?"),
        None => format!("unknown {what} `{name}`"),
    }
}

/// Puts the nearest name in the place of the long list of known names that serde gives.
fn shorten(message: &str) -> String {
    let Some(rest) = message.strip_prefix("unknown ") else {
        return message.to_owned();
    };
    let what = if rest.starts_with("field") { "field" } else { "name" };
    let mut quoted = rest.split('`').skip(1).step_by(2);
    match quoted.next() {
        Some(name) => unknown(what, name, quoted),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests;
