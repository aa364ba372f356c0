//! `midwatch man`: the manual page of everything, or of one command.

use std::io;

use clap::CommandFactory;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::cli::{Cli, EXIT_CODES};
use crate::domain::nearest::nearest;
use crate::domain::problem::Problem;

use super::{Exit, output};

/// Prints the manual page of a command; without words that of midwatch.
pub fn man(words: &[String]) -> Result<Exit, Problem> {
    let mut all = Cli::command();
    all.build();
    let mut command = &all;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| unknown(command, word))?;
    }
    let mut page = Vec::new();
    render(command, &mut page)
        .map_err(|error| Problem::new("the manual page cannot be made", error.to_string(), "report it as a defect"))?;
    output::ended(output::print_text(&String::from_utf8_lossy(&page)), Exit::Done)
}

/// Writes the sections of a page. The exit codes are the same for every command.
fn render(command: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    let name = command.get_bin_name().unwrap_or("midwatch").replace(' ', "-");
    let source = format!("midwatch {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).title(name.to_uppercase()).source(source).manual("midwatch");
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    let mut exits = Roff::new();
    // The codes stand in columns.
    exits.control("SH", ["EXIT STATUS"]).control("nf", []);
    for line in EXIT_CODES.lines().skip(1) {
        exits.text([roman(line)]);
    }
    exits.control("fi", []);
    exits.to_writer(page)
}

/// There is no such command.
fn unknown(command: &clap::Command, word: &str) -> Problem {
    let names = command.get_subcommands().map(clap::Command::get_name);
    let near = nearest(word, names).map(|name| format!("did you mean {name}?"));
    Problem::new(format!("there is no command {word}"), near.unwrap_or_default(), "midwatch --help")
}
