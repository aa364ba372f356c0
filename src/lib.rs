//! midwatch: a terminal operations console for on-call engineers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

pub mod cli;
pub mod clients;
pub mod config;
pub mod domain;
pub mod headless;
pub mod operations;
pub mod runtime;
pub mod sandbox;
pub mod sources;
pub mod state;
pub mod targets;
pub mod tui;

mod face;

/// Runs midwatch with the arguments of this process.
pub fn run() -> ExitCode {
    match cli::Cli::try_parse() {
        // A panic was told by then; what is left is to end as documented.
        Ok(cli) => catch_unwind(AssertUnwindSafe(|| face::run(cli))).unwrap_or(ExitCode::from(70)),
        Err(error) => {
            // clap knows whether this is help for stdout or a mistake for stderr; a closed pipe is no error.
            drop(error.print());
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
    }
}
