//! What a person may set: files, flags and the environment, made into one validated [`Settings`].
//!
//! Without any file everything has a value. What can be chosen by name (themes, keymaps) is built in, and files in the
//! configuration directory come before it.

pub mod assets;
pub mod check;
pub mod init;
pub mod locations;
pub mod logs;
pub mod notify;
pub mod roles;
pub mod settings;
pub mod signals;
pub mod trust;

mod environments;
mod evidence;
mod file;
mod guards;
mod health;
mod metrics;
mod names;
mod rules;
mod table;
mod traffic;

#[cfg(test)]
mod test_support;

pub use assets::Fault;
pub use locations::Locations;
pub use settings::{ConfigError, Overrides, Settings};
