//! JSON for scripts: names in camel case that do not change with ours, and no character that could drive a terminal.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::domain::json::escaped;
use crate::domain::object::ObjectRef;
use crate::domain::operation::{Check, Mark};
use crate::domain::problem::Problem;
use crate::domain::target::Target;

/// Writes a document over several lines.
pub(super) fn document(out: &mut impl Write, value: &Value) -> io::Result<()> {
    writeln!(out, "{}", escaped(&format!("{value:#}")))
}

/// Writes a value as one line.
pub(in crate::headless) fn line(out: &mut impl Write, value: &Value) -> io::Result<()> {
    writeln!(out, "{}", escaped(&value.to_string()))
}

/// An object by name.
pub(in crate::headless) fn object(object: &ObjectRef) -> Value {
    json!({
        "cluster": object.cluster,
        "kind": object.kind.name(),
        "namespace": object.namespace,
        "name": object.name,
    })
}

/// What a change is about, by name.
pub(in crate::headless) fn target(target: &Target) -> Value {
    match target {
        Target::Object(one) => object(one),
        Target::Silence(silence) => json!({
            "cluster": silence.cluster,
            "kind": "Silence",
            "alertmanager": silence.server,
            "name": silence.id,
        }),
    }
}

/// A problem with its parts.
pub(in crate::headless) fn problem(problem: &Problem) -> Value {
    json!({ "what": problem.what, "why": problem.why, "hint": problem.hint })
}

/// A question of permission and its answer.
pub(in crate::headless) fn check(check: &Check) -> Value {
    json!({ "mark": mark(check.mark), "what": check.what, "remedy": check.remedy })
}

/// An answer in a word.
pub(in crate::headless) fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Allowed => "allowed",
        Mark::Denied => "denied",
        Mark::Unknown => "unknown",
    }
}
