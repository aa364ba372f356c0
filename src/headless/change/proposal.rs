//! A plan as `--dry-run` prints it: everything that the screen shows before somebody says yes.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::domain::operation::{Mark, Proposal};
use crate::domain::plan::{Call, Step};
use crate::domain::silence::Matcher;
use crate::domain::text::Text;

use super::super::diff;
use super::super::output::json as shape;

/// The plan for people.
pub(super) fn text(proposal: &Proposal) -> String {
    let plan = &proposal.plan;
    let mut text = format!("{}\n  {}", plan.title, plan.target);
    let (cluster, hash) = (plan.target.cluster(), plan.short_hash());
    let _ = writeln!(text, " on {cluster}, environment {}, plan {hash}", plan.environment);
    let _ = writeln!(text, "  as {}", proposal.actor);
    for (number, step) in (1..).zip(&plan.steps) {
        let _ = writeln!(text, "\nstep {number}: {}", step.what);
        let _ = writeln!(text, "  {} -> {}", step.before, step.after);
        let _ = writeln!(text, "  {}", step.call.request());
    }
    let _ = writeln!(text);
    if !plan.then.is_empty() {
        let _ = writeln!(text, "{}", plan.then);
    }
    said(&mut text, "course", &plan.course);
    said(&mut text, "touches", [&plan.touches]);
    said(&mut text, "restores", &plan.restores);
    said(&mut text, "does not restore", &plan.does_not_restore);
    said(&mut text, "alert", &plan.alerts);
    said(&mut text, "seen now", proposal.against.as_ref());
    said(&mut text, "beware", &plan.warnings);
    for check in &proposal.checks {
        let mark = match check.mark {
            Mark::Allowed => "allowed",
            Mark::Denied => "denied",
            Mark::Unknown => "unknown",
        };
        let _ = writeln!(text, "{mark}: {}", check.what);
        if !check.remedy.is_empty() {
            let _ = writeln!(text, "  {}", check.remedy);
        }
    }
    for line in &plan.difference {
        let _ = writeln!(text, "  {}", diff::text(line));
    }
    let line = |command: &Text| Text::from(plan.confirmed(command, ""));
    said(&mut text, "way back", plan.way_back.as_ref().map(line).as_ref());
    said(&mut text, "beware of the way back", plan.way_back_warns().map(Text::from).as_ref());
    said(&mut text, "command", [&Text::from(plan.as_command(""))]);
    text
}

/// Adds lines under a word; nothing where there is nothing to say.
fn said<'a>(text: &mut String, word: &str, lines: impl IntoIterator<Item = &'a Text>) {
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        let _ = writeln!(text, "{word}: {line}");
    }
}

/// The plan for scripts.
pub(super) fn json(proposal: &Proposal) -> Value {
    let plan = &proposal.plan;
    json!({
        "plan": {
            "hash": plan.hash(),
            "verb": plan.intent.verb().word(),
            "title": plan.title,
            "service": plan.service,
            "environment": plan.environment,
            "protected": plan.is_protected,
            "target": shape::target(&plan.target),
            "uid": plan.uid,
            "steps": plan.steps.iter().map(step).collect::<Vec<_>>(),
            "then": plan.then,
            "course": plan.course,
            "touches": plan.touches,
            "restores": plan.restores,
            "doesNotRestore": plan.does_not_restore,
            "alerts": plan.alerts,
            "warnings": plan.warnings,
            "difference": plan.difference.iter().map(diff::line).collect::<Vec<_>>(),
            "wayBack": plan.way_back.as_ref().map(|command| plan.confirmed(command, "")),
            "wayBackWarns": plan.way_back_warns(),
            "command": plan.as_command(""),
        },
        "actor": proposal.actor,
        "checks": proposal.checks.iter().map(shape::check).collect::<Vec<_>>(),
        "refusal": proposal.refusal.as_ref().map(shape::problem),
        "against": proposal.against,
    })
}

/// A call without the values that it sends: a template may hold secrets, and this may end in the log of a pipeline.
fn call(call: &Call) -> Value {
    match call {
        Call::Patch { subresource, operations, .. } => {
            let operation = |one: &Value| json!({ "op": one["op"], "path": one["path"] });
            json!({ "patch": { "subresource": subresource, "operations": operations.iter().map(operation).collect::<Vec<_>>() } })
        }
        Call::Evict { uid, .. } => json!({ "evict": { "uid": uid } }),
        Call::TakeLease { over, .. } => json!({ "take-lease": { "over": over } }),
        Call::DeleteBroken { uid, revision, .. } => json!({ "delete-broken": { "uid": uid, "revision": revision } }),
        Call::PostSilence { body, .. } => json!({ "post-silence": shown(body) }),
        Call::DeleteSilence { silence, .. } => json!({ "delete-silence": { "id": silence.id } }),
    }
}

/// What an Alertmanager is told, in words that may be shown.
fn shown(body: &Value) -> Value {
    let text = |name: &str| Text::from_untrusted(body[name].as_str().unwrap_or_default());
    let matchers: Vec<_> = body["matchers"].as_array().into_iter().flatten().filter_map(Matcher::read).collect();
    json!({
        "matchers": matchers.iter().map(Matcher::json).collect::<Vec<_>>(),
        "startsAt": text("startsAt"), "endsAt": text("endsAt"),
        "createdBy": text("createdBy"), "comment": text("comment"),
    })
}

fn step(step: &Step) -> Value {
    json!({
        "what": step.what,
        "object": shape::target(&step.call.target()),
        "before": step.before,
        "after": step.after,
        "request": step.call.request(),
        "call": call(&step.call),
    })
}
