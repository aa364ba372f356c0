//! What is told of many lines at once: the patterns in them, and how the newest two revisions compare.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::domain::logs::LogQuery;
use crate::domain::text::Text;
use crate::headless::output::{Item, Listing};
use crate::state::logs::{LogStore, Pattern, Patterns, Side};

/// The headings of patterns.
const HEADER: &[&str] = &["COUNT", "LEVEL", "FIRST", "LAST", "REVISIONS", "PATTERN"];

/// The patterns of all lines that are kept.
fn read(store: &LogStore) -> Patterns {
    let mut patterns = Patterns::default();
    patterns.update(store, usize::MAX);
    patterns
}

/// The patterns, rare ones first.
pub(super) fn patterns(store: &LogStore, query: &LogQuery) -> Listing {
    let patterns = read(store);
    let items = patterns.rare_first().into_iter().map(|at| {
        let pattern = &patterns.all()[at];
        Item {
            cluster: query.object.cluster.clone(),
            key: pattern.shape.to_string(),
            json: pattern_json(&patterns, pattern),
            cells: cells(&patterns, pattern),
        }
    });
    Listing { kind: "LogPattern", header: HEADER, items: items.collect() }
}

/// How the newest two revisions compare; none where there is only one.
pub(super) fn comparison(store: &LogStore, query: &LogQuery) -> Option<Listing> {
    let patterns = read(store);
    let (newer, older) = patterns.newest_two(store)?;
    let only: Vec<&Pattern> =
        patterns.only_in(&newer.revision, &older.revision).into_iter().map(|at| &patterns.all()[at]).collect();
    let mut text = format!("{:<16}  {:>9}  {:>9}  {:>7}  FROM      TO\n", "REVISION", "LINES", "ERRORS", "SHARE");
    for side in [newer, older] {
        let [first, last] = [side.first, side.last].map(|at| at.strftime("%H:%M:%S").to_string());
        let share = format!("{:.1} %", side.share() * 100.0);
        let _ =
            writeln!(text, "{:<16}  {:>9}  {:>9}  {share:>7}  {first}  {last}", side.revision, side.lines, side.errors);
    }
    let _ = writeln!(text, "\nonly in {}: {}", newer.revision, if only.is_empty() { "nothing" } else { "" });
    for pattern in &only {
        let level = pattern.level.map_or("", |level| level.word());
        let _ = writeln!(text, "{:>9}  {level:<5}  {}", pattern.count, pattern.shape);
    }
    let item = Item {
        cluster: query.object.cluster.clone(),
        key: query.object.name.to_string(),
        json: json!({
            "cluster": query.object.cluster,
            "namespace": query.object.namespace,
            "workload": query.object.kind_and_name(),
            "newer": side_json(newer),
            "older": side_json(older),
            "onlyInNewer": only.iter().map(|pattern| pattern_json(&patterns, pattern)).collect::<Vec<_>>(),
        }),
        cells: text.lines().map(Text::from).collect(),
    };
    Some(Listing { kind: "LogComparison", header: &[], items: vec![item] })
}

fn cells(patterns: &Patterns, pattern: &Pattern) -> Vec<Text> {
    let [first, last] = [pattern.first, pattern.last].map(|at| at.strftime("%H:%M:%S").to_string());
    let revisions: Vec<&str> = patterns.revisions(pattern).map(|(revision, _)| &**revision).collect();
    vec![
        pattern.count.to_string().into(),
        pattern.level.map_or("", |level| level.word()).into(),
        first.into(),
        last.into(),
        revisions.join(", ").into(),
        pattern.shape.to_string().into(),
    ]
}

fn pattern_json(patterns: &Patterns, pattern: &Pattern) -> Value {
    let revisions = patterns.revisions(pattern).map(|(revision, count)| json!({"revision": revision, "count": count}));
    json!({
        "pattern": pattern.shape.to_string(),
        "count": pattern.count,
        "level": pattern.level,
        "first": pattern.first.to_string(),
        "last": pattern.last.to_string(),
        "revisions": revisions.collect::<Vec<_>>(),
    })
}

fn side_json(side: &Side) -> Value {
    json!({
        "revision": side.revision,
        "lines": side.lines,
        "errors": side.errors,
        "errorShare": side.share(),
        "first": side.first.to_string(),
        "last": side.last.to_string(),
    })
}
