//! midwatch: a terminal operations console for on-call engineers.

pub mod clients;
pub mod domain;
