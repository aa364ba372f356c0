//! Fields of lines that stand in columns of their own.

use std::collections::BTreeSet;

use super::row::GAP;
use crate::domain::logs::Entry;
use crate::domain::nearest::nearest;
use crate::state::logs::{Index, LogStore};
use crate::tui::paint::cells;

/// The widest column.
const WIDEST: u16 = 28;

/// How many lines are read, the newest first, to know which fields there are.
const READ: usize = 2_000;

/// The fields that somebody chose, with the widths of their columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) names: Vec<String>,
    widths: Vec<u16>,
}

impl Fields {
    /// Takes names with blanks or commas between them. Each must be one of those that the lines have.
    pub(super) fn parse(typed: &str, known: &BTreeSet<String>) -> Result<Self, String> {
        let mut names = Vec::new();
        for name in typed.split([' ', ',']).filter(|name| !name.is_empty()) {
            match known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                Some(known) if names.contains(known) => {}
                Some(known) => names.push(known.clone()),
                None => return Err(unknown(name, known)),
            }
        }
        let widths = names.iter().map(|name| width_of(name)).collect();
        Ok(Self { names, widths })
    }

    /// The columns, with their widths.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&str, u16)> {
        self.names.iter().map(String::as_str).zip(self.widths.iter().copied())
    }

    /// Makes room for what is visible. Columns only grow, so that they do not dance.
    pub(super) fn fit<'a>(&mut self, visible: impl Iterator<Item = &'a Entry<'a>>) {
        for entry in visible {
            for (name, width) in self.names.iter().zip(&mut self.widths) {
                *width = (*width).max(entry.get(name).map_or(0, width_of));
            }
        }
    }

    /// How much room the columns take, with the gaps behind them.
    pub(super) fn total(&self) -> u16 {
        self.widths.iter().map(|width| width + GAP).sum()
    }
}

fn width_of(text: &str) -> u16 {
    u16::try_from(cells(text)).unwrap_or(WIDEST).min(WIDEST)
}

/// The names of the fields that the newest lines have.
pub(super) fn known(shown: &Index, store: &LogStore) -> BTreeSet<String> {
    let records = shown.ids().iter().rev().take(READ).filter_map(|id| store.line(*id));
    records
        .filter_map(|record| Entry::read(record.text))
        .flat_map(|entry| entry.fields)
        .map(|field| field.name.into_owned())
        .collect()
}

/// Why a name cannot be a column.
fn unknown(name: &str, known: &BTreeSet<String>) -> String {
    if known.is_empty() {
        return "these lines have no fields: they are neither JSON nor logfmt".to_owned();
    }
    if let Some(nearest) = nearest(name, known.iter().map(String::as_str)) {
        return format!("no line has a field {name}; did you mean {nearest}?");
    }
    let some: Vec<&str> = known.iter().map(String::as_str).take(12).collect();
    format!("no line has a field {name}; there are {}", some.join(", "))
}

#[cfg(test)]
mod tests;
