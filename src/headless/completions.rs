//! `midwatch completions`: what a shell needs to complete our words.

use clap::CommandFactory;

use crate::cli::Cli;
use crate::domain::problem::Problem;

use super::{Exit, output};

/// Prints the completions of a shell.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "midwatch", &mut script);
    output::ended(output::print_text(&String::from_utf8_lossy(&script)), Exit::Done)
}
