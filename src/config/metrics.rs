//! How a configuration asks for numbers: which families of templates, and families of one's own.

use jiff::SignedDuration;
use toml::Spanned;

use super::assets::unknown;
use super::names;
use super::table::{Document, Table};
use crate::domain::metric::{Asking, Family, Measure, Template};
use crate::domain::text::Text;

/// The templates that a family may have, each with the measures that it answers.
const TEMPLATES: [(&str, &[Measure]); 6] = [
    ("requests", &[Measure::Requests]),
    ("errors", &[Measure::Errors]),
    ("latency", &[Measure::P50, Measure::P95, Measure::P99]),
    ("cpu", &[Measure::Cpu]),
    ("memory", &[Measure::Memory]),
    ("saturation", &[Measure::Saturation]),
];

/// Reads how numbers are asked for.
pub(super) fn asking(document: &Document<'_>, mut table: Table<'_>) -> Asking {
    let usual = Asking::default();
    let mut time = |key, usual: SignedDuration| {
        let Some(word) = table.value::<String>(key) else { return usual };
        match names::time(word.get_ref()).map(SignedDuration::try_from) {
            Ok(Ok(time)) => time,
            Ok(Err(_)) => usual,
            Err(what) => {
                document.note(Some(word.span()), what);
                usual
            }
        }
    };
    let (window, span, step) = (time("window", usual.window), time("span", usual.span), time("step", usual.step));
    let chosen = table.value::<Vec<Spanned<String>>>("families").map(Spanned::into_inner);
    let place = table.place();
    let own = table.table("family").map(Table::tables).unwrap_or_default();
    table.finish();
    if step.as_secs() < 1 || span < step || span.as_secs() / step.as_secs().max(1) > 1_000 {
        document.note(Some(place), "`span` must hold between 1 and 1,000 times `step`, which is a second at least");
    }
    let mut families: Vec<Family> =
        own.into_iter().map(|(name, table)| family(document, name.get_ref(), table)).collect();
    families.extend(usual.families);
    let families = match chosen {
        None => families,
        Some(words) => words.iter().filter_map(|word| find(document, &families, word)).collect(),
    };
    Asking { families, window, span, step }
}

/// A family by its name.
fn find(document: &Document<'_>, families: &[Family], word: &Spanned<String>) -> Option<Family> {
    let found = families.iter().find(|family| family.name.as_str() == word.get_ref());
    if found.is_none() {
        let known = families.iter().map(|family| family.name.as_str());
        document.note(Some(word.span()), unknown("family", word.get_ref(), known));
    }
    found.cloned()
}

/// Reads a family; it comes before those that are known without it.
fn family(document: &Document<'_>, name: &str, mut table: Table<'_>) -> Family {
    let usual = Family::named(Text::from_untrusted(name));
    let recorded = table.table("recorded");
    let mut recorded = recorded.map(|mut table| {
        let names = TEMPLATES.map(|(key, _)| table.value::<String>(key));
        table.finish();
        names
    });
    let mut templates = Vec::new();
    for (index, (key, measures)) in TEMPLATES.iter().enumerate() {
        let recorded = recorded.as_mut().and_then(|names| names[index].take());
        let recorded = recorded.map(|name| Text::from_untrusted(name.get_ref()));
        let Some(query) = table.value::<String>(key) else {
            if recorded.is_some() {
                document.note(Some(table.place()), format!("`recorded.{key}` needs a `{key}` to fall back to"));
            }
            continue;
        };
        match template(query.get_ref(), measures) {
            Ok(template) => templates.push(Template { recorded, ..template }),
            Err(what) => document.note(Some(query.span()), format!("`{key}`: {what}")),
        }
    }
    if templates.is_empty() {
        document.note(
            Some(table.place()),
            format!("`{name}` asks for nothing: give it `requests`, `errors` or another template"),
        );
    }
    let mut labels = |key, usual: Vec<Text>| {
        let written = table.value::<Vec<String>>(key).map(Spanned::into_inner);
        written.map_or(usual, |words| words.iter().map(|word| Text::from_untrusted(word)).collect())
    };
    let (namespace, service) = (labels("namespace", usual.namespace), labels("service", usual.service));
    let code = labels("code", usual.code);
    let pod = table.value::<String>("pod").map_or(usual.pod, |word| Text::from_untrusted(word.get_ref()));
    table.finish();
    Family { name: usual.name, templates, namespace, service, code, pod }
}

/// Reads a template: what it needs is the first series that it names.
fn template(query: &str, measures: &[Measure]) -> Result<Template, String> {
    for place in ["$by", "$scope"] {
        if !query.contains(place) {
            return Err(format!(
                "it needs `{place}`, as in `sum by ($by) (rate(http_requests_total{{$scope}}[$window]))`"
            ));
        }
    }
    if measures.len() > 1 && !query.contains("$quantile") {
        return Err("it needs `$quantile`: it is asked for p50, p95 and p99".to_owned());
    }
    let before = query.split("{$scope").next().unwrap_or_default();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':');
    let needs: String = before.chars().rev().take_while(|letter| is_name(*letter)).collect();
    let needs: String = needs.chars().rev().collect();
    if needs.is_empty() {
        return Err("it names no series before `{$scope}`".to_owned());
    }
    let (query, needs) = (Text::from_untrusted(query), needs.into());
    Ok(Template { measures: measures.to_vec(), needs, query, native: None, recorded: None })
}

#[cfg(test)]
mod tests;
