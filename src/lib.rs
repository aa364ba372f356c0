//! midwatch: a terminal operations console for on-call engineers.

pub mod clients;
pub mod config;
pub mod domain;
pub mod operations;
pub mod runtime;
pub mod sandbox;
pub mod sources;
pub mod state;
pub mod targets;
pub mod tui;
