//! The settings of one run: the configuration file, with flags and the environment laid over it, all of it validated.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use super::assets::{Asset, Fault, Origin};
use super::locations::Locations;
use super::logs::LogSettings;
use super::notify::Notify;
use super::table::Document;
use super::{file, trust};
use crate::domain::alert::Priorities;
use crate::domain::environment::EnvironmentRules;
use crate::domain::evidence::Keeping;
use crate::domain::guard::Guards;
use crate::domain::limits::Limits;
use crate::domain::metric::Asking;
use crate::domain::object::ClusterName;
use crate::domain::rule::OwnRules;
use crate::domain::signal::SignalServer;
use crate::domain::text::Text;
use crate::domain::traffic;

/// What a person may set. The default is what holds without any configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The clusters to read, by context; empty stands for the current context.
    pub contexts: Vec<ClusterName>,
    /// The namespaces of the keys 1 to 9, in their order; at most nine.
    pub favourites: Vec<Text>,
    /// Which namespaces are which environment.
    pub environments: EnvironmentRules,
    /// Where alerts come from; where nothing is said, the usual names are looked for.
    pub signals: Vec<SignalServer>,
    /// What makes an alert urgent.
    pub priorities: Priorities,
    /// How much of logs is kept, and what of them is withheld.
    pub logs: LogSettings,
    /// How evidence of changes is kept.
    pub evidence: Keeping,
    /// Rules that make alerts, for where no server evaluates any.
    pub rules: OwnRules,
    /// How a new alert of high priority is told.
    pub notify: Notify,
    /// For how long an alert is quiet that somebody is at; none where nobody said.
    pub acknowledges_for: Option<Duration>,
    /// How numbers are asked for.
    pub asking: Asking,
    /// From when on they count for health.
    pub limits: Limits,
    /// How far traffic may be shifted.
    pub traffic: traffic::Limits,
    /// What may guard a shift.
    pub guards: Guards,
    /// Login plugins that may run beyond the well-known ones, as absolute paths.
    pub exec_plugins: Vec<PathBuf>,
    /// Clusters that may be changed although their certificate is not verified.
    pub insecure_writes: Vec<ClusterName>,
    /// The file of roles; none where midwatch's own roles are not configured.
    pub roles: Option<PathBuf>,
    /// When a change counts as verified.
    pub verification: Verification,
    /// The theme, by a name that exists.
    pub theme: String,
    /// The keymap, by a name that exists.
    pub keymap: String,
    /// Which characters the screen is drawn with.
    pub glyphs: GlyphChoice,
    /// Whether the mouse is midwatch's rather than the terminal's.
    pub captures_mouse: bool,
}

/// When a change counts as verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How long it must hold once it has converged.
    pub stable: Duration,
    /// How long to wait for it in all; longer than `stable`.
    pub timeout: Duration,
}

/// Which characters the screen is drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GlyphChoice {
    /// What the terminal says that it can show.
    #[default]
    Auto,
    /// Unicode.
    Unicode,
    /// ASCII.
    Ascii,
}

/// What flags and the environment say; each that is given comes before the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--context`, in the order given.
    pub contexts: Vec<String>,
    /// `--theme`.
    pub theme: Option<String>,
    /// `--keymap`.
    pub keymap: Option<String>,
    /// `--glyphs`.
    pub glyphs: Option<String>,
    /// Whether the mouse is midwatch's rather than the terminal's.
    pub captures_mouse: Option<bool>,
}

/// All that is wrong with a configuration, one line for each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    /// What is wrong, in the order of the file.
    pub faults: Vec<Fault>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            contexts: Vec::new(),
            favourites: Vec::new(),
            environments: EnvironmentRules::default(),
            signals: Vec::new(),
            priorities: Priorities::default(),
            logs: LogSettings::default(),
            evidence: Keeping::default(),
            rules: OwnRules::default(),
            notify: Notify::default(),
            acknowledges_for: Some(Duration::from_hours(1)),
            asking: Asking::default(),
            limits: Limits::default(),
            traffic: traffic::Limits::default(),
            guards: Guards::default(),
            exec_plugins: Vec::new(),
            insecure_writes: Vec::new(),
            roles: None,
            verification: Verification::default(),
            theme: "midnight".to_owned(),
            keymap: "default".to_owned(),
            glyphs: GlyphChoice::Auto,
            captures_mouse: true,
        }
    }
}

impl Default for Verification {
    fn default() -> Self {
        Self { stable: Duration::from_secs(30), timeout: Duration::from_mins(5) }
    }
}

impl Settings {
    /// Reads the configuration file, which need not exist, and lays flags and environment over it.
    pub fn load(locations: &Locations, overrides: &Overrides) -> Result<Self, ConfigError> {
        let path = locations.config_file();
        let text = trust::read(&path).map_err(|fault| ConfigError { faults: vec![fault] })?.unwrap_or_default();
        Self::interpret(&text, locations, overrides)
    }

    /// Gives a configuration file's text its meaning.
    pub(super) fn interpret(text: &str, locations: &Locations, overrides: &Overrides) -> Result<Self, ConfigError> {
        let file = locations.config_file().display().to_string();
        let asset = Asset { name: "config".to_owned(), file, origin: Origin::User, text: Cow::Owned(text.to_owned()) };
        let document = Document::new(&asset);
        let settings = document.root().map(|root| file::read(&document, root, locations, overrides));
        match (settings, document.into_faults()) {
            (Some(settings), faults) if faults.is_empty() => Ok(settings),
            (_, faults) => Err(ConfigError { faults }),
        }
    }
}

#[cfg(test)]
mod tests;
