//! Where midwatch keeps its files: what a person writes, and what it writes itself.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::assets::{Assets, Kind};

/// The variable that names another directory for what a person writes.
const CONFIG_VARIABLE: &str = "MIDWATCH_CONFIG_DIR";
/// The variable that names another directory for what midwatch writes.
const STATE_VARIABLE: &str = "MIDWATCH_STATE_DIR";

/// The directories of one user. Nothing is made or looked at here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locations {
    config: PathBuf,
    state: PathBuf,
}

/// Why there is no place for files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// The user has no home directory.
    #[error("no home directory for the {what}: set HOME, or {variable}")]
    Homeless {
        /// What has no place.
        what: &'static str,
        /// The variable that would give it one.
        variable: &'static str,
    },
    /// A variable would mean another directory wherever midwatch is started.
    #[error("{variable} is `{}`: give an absolute path", path.display())]
    Relative {
        /// The variable.
        variable: &'static str,
        /// What it holds.
        path: PathBuf,
    },
}

impl Locations {
    /// Uses these directories.
    pub fn new(config: impl Into<PathBuf>, state: impl Into<PathBuf>) -> Self {
        Self { config: config.into(), state: state.into() }
    }

    /// Finds the directories by the customs of the system, unless `MIDWATCH_CONFIG_DIR` and `MIDWATCH_STATE_DIR` name
    /// others. `variable` reads the environment.
    pub fn find(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, LocationError> {
        let usual = ProjectDirs::from("", "", "midwatch");
        let place = |name, what, usual: Option<&Path>| match variable(name).filter(|value| !value.is_empty()) {
            Some(given) if Path::new(&given).is_absolute() => Ok(PathBuf::from(given)),
            Some(given) => Err(LocationError::Relative { variable: name, path: given.into() }),
            None => usual.map(Path::to_owned).ok_or(LocationError::Homeless { what, variable: name }),
        };
        Ok(Self {
            config: place(CONFIG_VARIABLE, "configuration", usual.as_ref().map(ProjectDirs::config_dir))?,
            state: place(STATE_VARIABLE, "audit journal", usual.as_ref().map(state_dir))?,
        })
    }

    /// The directory of what a person writes.
    pub fn config_dir(&self) -> &Path {
        &self.config
    }

    /// The settings.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The roles, where the settings name no other file.
    pub fn roles_file(&self) -> PathBuf {
        self.config.join("roles.toml")
    }

    /// The user's own themes.
    pub fn themes_dir(&self) -> PathBuf {
        self.config.join(Kind::Theme.folder())
    }

    /// The user's own keymaps.
    pub fn keymaps_dir(&self) -> PathBuf {
        self.config.join(Kind::Keymap.folder())
    }

    /// The themes and keymaps that can be chosen: this user's, then those built in.
    pub fn assets(&self) -> Assets {
        Assets::new(Some(self.config.clone()))
    }

    /// The audit journal.
    pub fn audit_dir(&self) -> PathBuf {
        self.state.join("audit")
    }

    /// Evidence of changes, where the settings name no other place.
    pub fn evidence_dir(&self) -> PathBuf {
        self.state.join("evidence")
    }

    /// What midwatch tells about itself while the screen is in use.
    pub fn log_file(&self) -> PathBuf {
        self.state.join("midwatch.log")
    }
}

/// The directory for what outlives a run; systems that know none keep it with the user's data.
fn state_dir(usual: &ProjectDirs) -> &Path {
    usual.state_dir().unwrap_or_else(|| usual.data_local_dir())
}

#[cfg(test)]
mod tests;
