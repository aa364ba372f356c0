//! What differs between two templates, as lines; and where the template of a revision is kept.

use serde_json::Value;
use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::{ChangeTag, DiffOp, group_diff_ops};

use super::kind::Kind;
use super::object::TEMPLATE_HASHES;
use super::plan::{Call, DiffLine, Plan};
use super::redaction::Redaction;
use super::text::Text;

/// Lines of context that are kept around a difference.
const CONTEXT: usize = 2;

/// The lines by which two values differ, as YAML, with a little context. Of what looks secret only whether it differs.
pub fn lines(before: &Value, after: &Value) -> Vec<DiffLine> {
    let mut redaction = Redaction::default();
    let (before, after) = (yaml(&redaction.of(before)), yaml(&redaction.of(after)));
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut lines = Vec::new();
    let mut last_end = 0;
    for group in group_diff_ops(operations(&before, &after), CONTEXT) {
        let begins = group.first().map_or(0, |op| op.old_range().start);
        if begins > last_end {
            lines.push(DiffLine::Skipped(begins - last_end));
        }
        last_end = group.last().map_or(begins, |op| op.old_range().end);
        for change in group.iter().flat_map(|op| op.iter_changes(&before[..], &after[..])) {
            let text = Text::from_untrusted(change.value());
            lines.push(match change.tag() {
                ChangeTag::Equal => DiffLine::Same(text),
                ChangeTag::Delete => DiffLine::Removed(text),
                ChangeTag::Insert => DiffLine::Added(text),
            });
        }
    }
    lines
}

/// What leads from the lines before to those after. Names its algorithm, so that the program does not carry the others.
fn operations(before: &[&str], after: &[&str]) -> Vec<DiffOp> {
    let mut captured = Compact::new(Replace::new(Capture::new()), before, after);
    let Ok(()) = myers::diff(&mut captured, before, 0..before.len(), after, 0..after.len());
    captured.into_inner().into_inner().into_ops()
}

/// What has changed in the world between two plans for one wish: the lines by which the values differ that both rest on.
/// What neither rests on may have changed as well.
pub fn drift(earlier: &Plan, now: &Plan) -> Vec<DiffLine> {
    let before = tests(earlier);
    let changed = tests(now).into_iter().filter_map(|(place, now)| {
        let (_, then) = before.iter().find(|(known, then)| *known == place && *then != now)?;
        Some(lines(then, now))
    });
    changed.flatten().filter(|line| matches!(line, DiffLine::Added(_) | DiffLine::Removed(_))).collect()
}

/// What the patches of a plan require to be so, each with its place.
fn tests(plan: &Plan) -> Vec<(String, &Value)> {
    let patches = plan.steps.iter().filter_map(|step| match &step.call {
        Call::Patch { object, operations, .. } => Some((object, operations)),
        _ => None,
    });
    let tests = patches.flat_map(|(object, operations)| {
        let tests = operations.iter().filter(|operation| operation["op"] == "test");
        tests.map(move |test| (format!("{object}{}", test["path"]), &test["value"]))
    });
    tests.collect()
}

/// A value as YAML, as it is: who shows it to anybody redacts it first.
pub fn yaml(value: &Value) -> String {
    serde_saphyr::to_string(value).unwrap_or_else(|_error| value.to_string())
}

/// The template that a revision holds, as its workload would carry it: without the label that the maker of
/// ReplicaSets adds, and without the directive that makes the data of a ControllerRevision a patch.
pub fn template_of(holder: Kind, object: &Value) -> Value {
    if holder == Kind::ReplicaSet {
        let mut template = object["spec"]["template"].clone();
        if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
            for hash in TEMPLATE_HASHES {
                labels.shift_remove(hash);
            }
        }
        return template;
    }
    let mut template = object["data"]["spec"]["template"].clone();
    if let Some(members) = template.as_object_mut() {
        members.shift_remove("$patch");
    }
    template
}
