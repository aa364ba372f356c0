//! The limits of a configuration: from when on numbers count for health, for all environments and for single ones.

use toml::Spanned;

use super::assets::unknown;
use super::names;
use super::table::{Document, Table};
use crate::domain::environment::EnvironmentRules;
use crate::domain::limits::{Bounds, Limit, Limits};
use crate::domain::text::Text;

/// The settings that stand beside the environments.
const SETTINGS: [&str; 5] = ["error-ratio", "latency", "for", "keep", "requests"];

/// Reads the limits. What is left of the table are environments by their names.
pub(super) fn limits(document: &Document<'_>, mut table: Table<'_>, rules: &EnvironmentRules) -> Limits {
    let usual = bounds(document, &mut table, &Bounds::default());
    let environments = table.tables().into_iter().filter_map(|(name, mut table)| {
        let bounds = bounds(document, &mut table, &usual);
        table.finish();
        let checked = environment(name.get_ref(), rules);
        checked.map_err(|what| document.note(Some(name.span()), what)).ok().map(|name| (name, bounds))
    });
    let environments = environments.collect();
    Limits { usual, environments, ..Limits::default() }
}

/// An environment that there is: limits of one that nobody has would hold for nothing.
fn environment(word: &str, rules: &EnvironmentRules) -> Result<Text, String> {
    let name = names::environment(word)?;
    if rules.names().any(|known| name == *known) {
        return Ok(name);
    }
    let what = unknown("environment", word, rules.names().chain(SETTINGS));
    let known: Vec<&str> = rules.names().collect();
    let cure = format!("another one is named under [environments.{word}]");
    Err(format!("{what}; there are {}; {cure}", known.join(", ")))
}

fn bounds(document: &Document<'_>, table: &mut Table<'_>, usual: &Bounds) -> Bounds {
    let (hold, keep) = (table.word("for", names::span), table.word("keep", names::span));
    let least = table.value::<u32>("requests").map(Spanned::into_inner);
    Bounds {
        error_ratio: limit(document, table, "error-ratio", usual.error_ratio, names::part),
        latency: limit(document, table, "latency", usual.latency, seconds),
        hold: hold.unwrap_or(usual.hold),
        keep: keep.unwrap_or(usual.keep),
        least: least.unwrap_or(usual.least),
    }
}

/// Reads `{ attention = "1 %", bad = "5 %" }`; what is left out there is no limit.
fn limit(
    document: &Document<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    usual: Limit,
    read: impl Fn(&str) -> Result<f64, String>,
) -> Limit {
    let Some(mut levels) = table.table(key) else { return usual };
    let place = levels.place();
    let (attention, bad) = (levels.word("attention", &read), levels.word("bad", &read));
    levels.finish();
    if let (Some(attention), Some(bad)) = (attention, bad)
        && attention > bad
    {
        document.note(Some(place), format!("`{key}`: `attention` must not be above `bad`"));
    }
    Limit::new(attention, bad)
}

fn seconds(word: &str) -> Result<f64, String> {
    names::time(word).map(|time| time.as_secs_f64())
}

#[cfg(test)]
mod tests;
