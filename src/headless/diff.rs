//! `midwatch diff`: what differs between two revisions of a workload, from their whole templates.

use serde_json::{Value, json};

use crate::cli::Diff;
use crate::domain::difference;
use crate::domain::kind::Kind;
use crate::domain::object::ObjectRef;
use crate::domain::plan::DiffLine;
use crate::domain::problem::Problem;
use crate::domain::rollout::{Revision, Standing};
use crate::domain::text::Text;
use crate::runtime::Session;

use super::Exit;
use super::answer::{Asked, nothing, print};
use super::find::{check_place, workloads};
use super::history::{ESSENTIAL, KINDS, revisions};
use super::output::{Item, Listing, json};
use super::reading::{judge, read};

/// Shows what differs, for each workload that has both revisions.
pub(super) async fn diff(session: &mut Session, asked: Asked<'_>, args: &Diff) -> Result<Exit, Problem> {
    read(session, &KINDS).await;
    let reading = judge(session, &KINDS, &ESSENTIAL);
    reading.problems.iter().for_each(super::complain);
    if !reading.is_any {
        return nothing(asked.format, &reading);
    }
    check_place(session, asked.place)?;
    let mut items = Vec::new();
    let mut missing = None;
    for workload in workloads(session, asked.place, &args.service, args.workload.as_deref())? {
        let revisions = revisions(session, &workload);
        let from = pick(&revisions, args.from.as_deref(), Standing::Previous, &workload);
        let to = pick(&revisions, args.to.as_deref(), Standing::Current, &workload);
        match (from, to) {
            (Ok(from), Ok(to)) => items.push(compare(session, &workload, from, to).await?),
            (Err(problem), _) | (_, Err(problem)) => missing = Some(problem),
        }
    }
    match missing {
        Some(problem) if items.is_empty() => Err(problem),
        _ => print(session, asked.format, &Listing { kind: "Diff", header: &[], items }, &reading),
    }
}

/// The revision that is meant by its hash, name or number, or the one of a standing.
fn pick<'a>(
    revisions: &'a [Revision],
    wanted: Option<&str>,
    usual: Standing,
    workload: &ObjectRef,
) -> Result<&'a Revision, Problem> {
    let is_meant = |revision: &&Revision| match wanted {
        Some(word) => {
            revision.hash == word || revision.name == word || revision.number.is_some_and(|n| n.to_string() == word)
        }
        None => revision.standing == usual,
    };
    revisions.iter().find(is_meant).ok_or_else(|| {
        let what = match wanted {
            Some(word) => format!("{workload} has no revision {word}"),
            None => format!("{workload} has no other revision"),
        };
        Problem::new(what, "", "midwatch history shows those that there are")
    })
}

/// Reads two revisions and compares their templates.
async fn compare(session: &Session, workload: &ObjectRef, from: &Revision, to: &Revision) -> Result<Item, Problem> {
    let (before, after) = (template(session, workload, from).await?, template(session, workload, to).await?);
    let lines = difference::lines(&before, &after);
    let title = format!("{} in {}: {} -> {}", workload.kind_and_name(), workload.namespace, name(from), name(to));
    let mut cells = vec![Text::from(title)];
    if lines.is_empty() {
        cells.push("  nothing differs".into());
    }
    cells.extend(lines.iter().map(text));
    Ok(Item {
        cluster: workload.cluster.clone(),
        key: format!("{}/{}/{}", workload.cluster, workload.namespace, workload.kind_and_name()),
        cells,
        json: json!({
            "workload": json::object(workload),
            "from": { "hash": from.hash, "name": from.name, "version": from.version },
            "to": { "hash": to.hash, "name": to.name, "version": to.version },
            "lines": lines.iter().map(line).collect::<Vec<_>>(),
        }),
    })
}

/// The template of a revision, without the label that always differs.
async fn template(session: &Session, workload: &ObjectRef, revision: &Revision) -> Result<Value, Problem> {
    let kind = workload.kind.holder_of_revisions().unwrap_or(Kind::ControllerRevision);
    let holder = ObjectRef { kind, name: revision.name.clone(), ..workload.clone() };
    Ok(difference::template_of(kind, &session.object(&holder).await?))
}

/// The shortest name of a revision.
fn name(revision: &Revision) -> &Text {
    if revision.hash.is_empty() { &revision.name } else { &revision.hash }
}

/// A line as people read it.
pub(super) fn text(line: &DiffLine) -> Text {
    Text::from(match line {
        DiffLine::Same(text) => format!("  {text}"),
        DiffLine::Removed(text) => format!("- {text}"),
        DiffLine::Added(text) => format!("+ {text}"),
        DiffLine::Skipped(count) => format!("  ... {count} more"),
    })
}

/// A line as scripts read it.
pub(super) fn line(line: &DiffLine) -> Value {
    match line {
        DiffLine::Same(text) => json!({ "change": "same", "text": text }),
        DiffLine::Removed(text) => json!({ "change": "removed", "text": text }),
        DiffLine::Added(text) => json!({ "change": "added", "text": text }),
        DiffLine::Skipped(count) => json!({ "change": "skipped", "count": count }),
    }
}
