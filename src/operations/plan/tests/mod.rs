//! What each verb would do: whole plans as pictures, refusals and warnings one by one, and what holds for all of them.

#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::domain::plan::DiffLine;
use crate::operations::fake::objects::{failing, merge, place, rollback, snapshot, target, with_history, workload};
use crate::operations::read::Snapshot;

mod argo;
mod laws;
mod pictures;
mod refusals;
mod said;

/// An intent of every verb that makes sense for a kind.
fn intents(kind: Kind) -> Vec<Intent> {
    let target = target(kind);
    let workload = [
        rollback(kind, None),
        Intent::Restart { target: target.clone() },
        Intent::SetImage { target: target.clone(), container: None, image: "registry.example/chat:1.5.1".into() },
    ];
    let scale = Intent::Scale { target: target.clone(), to: Size::Replicas(6) };
    let pause = Intent::Pause { target: target.clone() };
    match kind {
        Kind::Deployment => workload.into_iter().chain([scale, pause]).collect(),
        Kind::StatefulSet => workload.into_iter().chain([scale]).collect(),
        Kind::Pod => vec![Intent::Evict { target }],
        _ => workload.into(),
    }
}

/// The plan, which the test knows to exist.
fn made(intent: &Intent, snapshot: &Snapshot) -> Plan {
    plan(intent, snapshot, &place()).unwrap()
}

/// Why there is no plan, in one line.
fn refused(intent: &Intent, snapshot: &Snapshot) -> String {
    let none = plan(intent, snapshot, &place()).unwrap_err();
    format!("{:?}: {}", none.failure, none.problem)
}

/// All that a plan says, for the eye.
pub(in crate::operations) fn picture(plan: &Plan) -> String {
    let mut lines = vec![format!("# {}", plan.title), format!("$ {}", plan.command)];
    for step in &plan.steps {
        lines.push(format!("- {}: {} → {}", step.what, step.before, step.after));
        lines.push(format!("  {}", step.call.request()));
        match &step.call {
            Call::Patch { operations, .. } => {
                lines.extend(operations.iter().map(|operation| format!("    {operation}")));
            }
            Call::TakeLease { body, over, .. } => {
                lines.extend([format!("    {body}"), format!("    over {over:?}")]);
            }
            Call::Evict { uid, .. } => lines.push(format!("    uid {uid}")),
            Call::PostSilence { .. } | Call::DeleteSilence { .. } => {}
            Call::DeleteBroken { uid, revision, .. } => lines.push(format!("    uid {uid}, not ready, of {revision}")),
        }
    }
    lines.push(format!("then: {}", plan.then));
    lines.extend(plan.course.iter().map(|one| format!("course: {one}")));
    lines.push(format!("touches: {}", plan.touches));
    lines.extend(plan.restores.iter().map(|one| format!("restores: {one}")));
    lines.extend(plan.does_not_restore.iter().map(|one| format!("does not restore: {one}")));
    lines.extend(plan.warnings.iter().map(|one| format!("warning: {one}")));
    let needs: Vec<&str> = plan.needs.iter().map(|permission| permission.word()).collect();
    lines.push(format!("needs: {}", needs.join(" or ")));
    lines.extend(plan.access.iter().map(|access| format!("access: {}", access.words())));
    lines.push(match &plan.goal {
        Goal::Template(_) => "goal: the template".to_owned(),
        other => format!("goal: {other:?}"),
    });
    lines.extend(plan.difference.iter().map(|line| match line {
        DiffLine::Same(text) => format!("   {text}"),
        DiffLine::Removed(text) => format!("  -{text}"),
        DiffLine::Added(text) => format!("  +{text}"),
        DiffLine::Skipped(count) => format!("  … {count} lines"),
    }));
    lines.extend(plan.way_back.iter().map(|command| format!("way back: {command}")));
    lines.join("\n")
}

/// Sets some members of the snapshot's target.
fn with(mut snapshot: Snapshot, members: Value) -> Snapshot {
    merge(&mut snapshot.target, members);
    snapshot
}
