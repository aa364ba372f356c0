//! The lines by which two values differ: of two templates, two revisions, two objects.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::plan::DiffLine;
use super::text::Text;

/// Lines of context that are kept around a difference.
const CONTEXT: usize = 2;

/// The lines by which two values differ, as YAML, with a little context.
pub fn of(before: &Value, after: &Value) -> Vec<DiffLine> {
    let (before, after) = (yaml(before), yaml(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    let mut last_end = 0;
    for group in diff.grouped_ops(CONTEXT) {
        let begins = group.first().map_or(0, |op| op.old_range().start);
        if begins > last_end {
            lines.push(DiffLine::Skipped(begins - last_end));
        }
        last_end = group.last().map_or(begins, |op| op.old_range().end);
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = Text::from_untrusted(change.value().trim_end_matches('\n'));
            lines.push(match change.tag() {
                ChangeTag::Equal => DiffLine::Same(text),
                ChangeTag::Delete => DiffLine::Removed(text),
                ChangeTag::Insert => DiffLine::Added(text),
            });
        }
    }
    lines
}

/// A value as YAML.
fn yaml(value: &Value) -> String {
    serde_saphyr::to_string(value).unwrap_or_else(|_error| value.to_string())
}
