//! Alert rules of a configuration: `[rules.high_cpu]` with a condition, for how long, and how severe.

use jiff::SignedDuration;
use toml::Spanned;

use super::names;
use super::table::{Document, Table};
use crate::domain::alert::Priorities;
use crate::domain::criterion::Criterion;
use crate::domain::object::Labels;
use crate::domain::rule::{AlertRule, Evaluate, OwnRules, condition};
use crate::domain::text::Text;

/// The words for [`Evaluate`].
const EVALUATE: [(&str, Evaluate); 3] =
    [("auto", Evaluate::Auto), ("always", Evaluate::Always), ("never", Evaluate::Never)];

/// The labels that an alert has of itself.
const OWN: [&str; 2] = ["alertname", "severity"];

/// Reads the table of all rules.
pub(super) fn read(document: &Document<'_>, mut table: Table<'_>, priorities: &Priorities) -> OwnRules {
    let usual = OwnRules::default();
    let checked = Checked { document, priorities };
    let evaluate = table.word("evaluate", |word| {
        let chosen = names::choice("evaluation", word, &EVALUATE.map(|(word, _)| word))?;
        Ok(EVALUATE.into_iter().find(|(word, _)| *word == chosen).map(|(_, evaluate)| evaluate).unwrap_or_default())
    });
    let interval = table.word("interval", span);
    let rules = table.tables().into_iter().filter_map(|(name, table)| rule(&checked, &name, table)).collect();
    OwnRules {
        evaluate: evaluate.unwrap_or(usual.evaluate),
        interval: interval.unwrap_or(usual.interval),
        rules,
        ..usual
    }
}

/// What words are checked against.
struct Checked<'a> {
    document: &'a Document<'a>,
    priorities: &'a Priorities,
}

impl Checked<'_> {
    /// What a label says; the word by which its alerts are urgent or not has to be a known one, for any other makes them
    /// low without a word.
    fn label(&self, name: &str, value: &str) -> Result<Text, String> {
        let tells = self.priorities.labels.iter().any(|label| label == name);
        if tells { names::severity(value, self.priorities) } else { Ok(Text::from_untrusted(value)) }
    }
}

fn rule(checked: &Checked<'_>, name: &Spanned<String>, mut table: Table<'_>) -> Option<AlertRule> {
    let note = |word: &Spanned<String>, what: String| checked.document.note(Some(word.span()), what);
    let written = table.value::<String>("condition");
    if written.is_none() {
        let what = format!("`{}` needs a `condition`: an expression, an operator and a number", name.get_ref());
        note(name, what);
    }
    let compared = written.and_then(|word| condition(word.get_ref()).map_err(|what| note(&word, what)).ok());
    // The seeds say `duration`, Prometheus says `for`.
    let hold = table.word("for", span).or(table.word("duration", span));
    let keep = table.word("keep-firing-for", span);
    let severity = table.word("severity", |word| checked.label("severity", word));
    let mut annotations = Vec::new();
    for (key, annotation) in [("summary", "summary"), ("description", "description"), ("runbook", "runbook_url")] {
        if let Some(text) = table.word(key, template) {
            annotations.push((Text::from(annotation), text));
        }
    }
    let mut labels = vec![(Text::from("severity"), severity.unwrap_or_else(|| "warning".into()))];
    for (label, value) in table.table("labels").map(Table::words).unwrap_or_default() {
        let name = label_name(label.get_ref());
        match name.and_then(|name| checked.label(&name, &value).map(|value| (name, value))) {
            Ok(label) => labels.push(label),
            Err(what) => note(&label, what),
        }
    }
    table.finish();
    let (query, operator, threshold) = compared?;
    Some(AlertRule {
        name: Text::from_untrusted(name.get_ref()),
        criterion: Criterion {
            query,
            operator,
            threshold,
            hold: hold.unwrap_or_default(),
            keep: keep.unwrap_or_default(),
            least: 0,
        },
        labels: sorted(labels),
        annotations: sorted(annotations),
    })
}

fn sorted(mut labels: Vec<(Text, Text)>) -> Labels {
    labels.sort();
    labels.into()
}

/// A span of whole seconds.
fn span(word: &str) -> Result<SignedDuration, String> {
    let time = names::time(word)?;
    let whole = i64::try_from(time.as_secs()).ok().filter(|_| time.subsec_nanos() == 0);
    whole.map(SignedDuration::from_secs).ok_or_else(|| format!("`{word}` is no whole number of seconds"))
}

/// A label as Prometheus takes it, and not one that an alert has of itself.
fn label_name(word: &str) -> Result<Text, String> {
    let is_letter = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    let is_name =
        word.starts_with(is_letter) && word.chars().all(|letter| is_letter(letter) || letter.is_ascii_digit());
    match (is_name, OWN.contains(&word)) {
        (true, false) => Ok(Text::from_untrusted(word)),
        (true, true) => Err(format!("`{word}` is not given here: it is the name of the rule, or its `severity`")),
        (false, _) => Err(format!("`{word}` cannot be a label; those have letters, digits and `_`")),
    }
}

/// Words with places for what a series says.
fn template(word: &str) -> Result<Text, String> {
    let mut rest = word;
    while let Some((_, after)) = rest.split_once("{{") {
        let (place, after) = after.split_once("}}").ok_or("`{{` is not closed")?;
        let place = place.trim();
        if place != "$value"
            && !place.strip_prefix("$labels.").is_some_and(|label| label_name(label).is_ok() || OWN.contains(&label))
        {
            return Err(format!(
                "midwatch fills in `{{{{ $value }}}}` and `{{{{ $labels.NAME }}}}`, and not `{place}`"
            ));
        }
        rest = after;
    }
    Ok(Text::from_untrusted(word))
}

#[cfg(test)]
mod tests;
