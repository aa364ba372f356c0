//! What a person may set: files in the configuration directory, laid over what is built in.

pub mod assets;
pub mod roles;
pub mod trust;
