//! The guards of a configuration: what has to hold while a guarded shift raises weights, under `[guards.NAME]`.

use toml::Spanned;

use super::names;
use super::table::{Document, Table};
use crate::domain::guard::{Guard, Guards};
use crate::domain::text::Text;

/// Reads the guards. What one leaves out is as in the built-in one.
pub(super) fn guards(document: &Document<'_>, table: Table<'_>) -> Guards {
    let mut own = Vec::new();
    for (name, mut table) in table.tables() {
        let shown = Text::from_untrusted(name.get_ref());
        if shown.is_empty() || shown != name.get_ref().as_str() {
            document.note(Some(name.span()), "a guard has a name that can be shown");
            continue;
        }
        own.push(guard(document, &mut table, shown));
        table.finish();
    }
    Guards::new(own)
}

fn guard(document: &Document<'_>, table: &mut Table<'_>, name: Text) -> Guard {
    let usual = Guard::default();
    let count = |table: &mut Table<'_>, key| {
        let written: Spanned<u32> = table.value(key)?;
        if *written.get_ref() == 0 {
            document.note(Some(written.span()), format!("`{key}` must be at least 1"));
            return None;
        }
        Some(*written.get_ref())
    };
    let factor = |table: &mut Table<'_>, key| {
        let written: Spanned<f64> = table.value(key)?;
        let value = *written.get_ref();
        if value.is_finite() && value >= 1.0 {
            return Some(value);
        }
        document.note(Some(written.span()), format!("`{key}` says how many times as much is too much: 1.0 or more"));
        None
    };
    Guard {
        window: table.word("window", names::span).unwrap_or(usual.window),
        warm_up: table.word("warm-up", names::span).unwrap_or(usual.warm_up),
        every: table.word("every", names::span).unwrap_or(usual.every),
        looks: count(table, "looks").map_or(usual.looks, |looks| u8::try_from(looks).unwrap_or(u8::MAX)),
        least: count(table, "requests").unwrap_or(usual.least),
        error_ratio: table.word("error-ratio", names::part).unwrap_or(usual.error_ratio),
        error_factor: factor(table, "error-factor").unwrap_or(usual.error_factor),
        fast_ratio: table.word("fast-ratio", names::part).unwrap_or(usual.fast_ratio),
        latency_factor: factor(table, "latency-factor").unwrap_or(usual.latency_factor),
        restarts: count(table, "restarts").unwrap_or(usual.restarts),
        name,
    }
}

#[cfg(test)]
mod tests;
