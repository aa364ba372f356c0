//! How a new alert of high priority is told beyond the screen: `[notify]`.

use toml::Spanned;

use super::names;
use super::table::{Document, Table};

/// How a new alert of high priority is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notify {
    /// Whether the terminal's bell rings.
    pub bell: bool,
    /// How the terminal is asked for a notification of the desktop.
    pub desktop: Desktop,
    /// Whether the title of the window counts what pages.
    pub title: bool,
    /// Whether notifications may go through tmux and screen to the terminal behind them.
    pub through_multiplexer: bool,
}

/// Which sequence asks for a notification of the desktop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Desktop {
    /// The one that the terminal seems to know.
    #[default]
    Auto,
    /// OSC 9: iTerm2, kitty, WezTerm, Ghostty and others.
    Osc9,
    /// OSC 777: urxvt, foot, terminals of GNOME.
    Osc777,
    /// None.
    Off,
}

/// The words for [`Desktop`].
const DESKTOP: [(&str, Desktop); 4] =
    [("auto", Desktop::Auto), ("osc9", Desktop::Osc9), ("osc777", Desktop::Osc777), ("off", Desktop::Off)];

impl Default for Notify {
    fn default() -> Self {
        Self { bell: true, desktop: Desktop::Auto, title: true, through_multiplexer: false }
    }
}

impl Desktop {
    /// The word for it.
    pub fn word(self) -> &'static str {
        DESKTOP.into_iter().find(|(_, known)| *known == self).map_or("auto", |(word, _)| word)
    }
}

/// Reads the table.
pub(super) fn read(document: &Document<'_>, mut table: Table<'_>) -> Notify {
    let usual = Notify::default();
    let mut is = |key, usual| table.value::<bool>(key).map_or(usual, Spanned::into_inner);
    let (bell, title) = (is("bell", usual.bell), is("title", usual.title));
    let through_multiplexer = is("through-multiplexer", usual.through_multiplexer);
    let desktop = table.value::<String>("desktop").and_then(|word| {
        let chosen = names::choice("notification", word.get_ref(), &DESKTOP.map(|(word, _)| word));
        let chosen = chosen.map_err(|what| document.note(Some(word.span()), what)).ok()?;
        DESKTOP.into_iter().find(|(word, _)| *word == chosen).map(|(_, desktop)| desktop)
    });
    table.finish();
    Notify { bell, desktop: desktop.unwrap_or(usual.desktop), title, through_multiplexer }
}
