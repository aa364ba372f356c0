//! midwatch: a terminal operations console for on-call engineers.

pub mod domain;
pub mod sandbox;
