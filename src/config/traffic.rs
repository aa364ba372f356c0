//! How far traffic may be shifted, for all environments and for single ones.

use toml::Spanned;

use super::names;
use super::table::{Document, Table};
use crate::domain::traffic::{Bounds, Limits};

/// Reads the bounds. What is left of the table are environments by their names.
pub(super) fn limits(document: &Document<'_>, mut table: Table<'_>) -> Limits {
    let usual = bounds(document, &mut table, Bounds::default());
    let environments = table.tables().into_iter().filter_map(|(name, mut table)| {
        let bounds = bounds(document, &mut table, usual);
        table.finish();
        let checked = names::environment(name.get_ref());
        checked.map_err(|what| document.note(Some(name.span()), what)).ok().map(|name| (name, bounds))
    });
    Limits { usual, environments: environments.collect() }
}

fn bounds(document: &Document<'_>, table: &mut Table<'_>, usual: Bounds) -> Bounds {
    let mut percent = |key| {
        let written: Spanned<u8> = table.value(key)?;
        let value = *written.get_ref();
        if (1..=100).contains(&value) {
            return Some(value);
        }
        document.note(Some(written.span()), format!("`{key}` is a share in percent: 1 to 100"));
        None
    };
    let (step, ceiling) = (percent("step"), percent("ceiling"));
    Bounds { step: step.unwrap_or(usual.step), ceiling: ceiling.unwrap_or(usual.ceiling) }
}

#[cfg(test)]
mod tests;
