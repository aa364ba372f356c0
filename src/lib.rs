//! midwatch: a terminal operations console for on-call engineers.

pub mod config;
pub mod clients;
pub mod domain;
pub mod operations;
pub mod tui;
pub mod state;
pub mod sources;
pub mod sandbox;
