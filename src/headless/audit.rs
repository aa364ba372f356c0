//! The journal from a script: who did what, and whether it still says what was written.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::Format;
use crate::cli::audit::{Audit, AuditCommand, AuditShow};
use crate::domain::audit::{Action, ActionId, Fault, History, Report, SetAside};
use crate::domain::problem::Problem;
use crate::domain::text::Text;
use crate::runtime::{Ledger, Session, Shelf};

use super::output::{self, Ending};
use super::{Exit, complain, say};

/// How long to wait for what earlier sessions left open.
const RECALLING: Duration = Duration::from_secs(10);

/// Runs `midwatch audit`.
pub fn run(ledger: &Ledger, shelf: &Shelf, format: Format, args: &Audit) -> Result<Exit, Problem> {
    let history = ledger.history()?;
    match &args.command {
        AuditCommand::Show(args) => show(&history, shelf, format, args),
        AuditCommand::Verify => verify(&history.report, format),
    }
}

/// Says on stderr what earlier sessions left open, before this one changes anything.
pub(super) async fn tell_left_open(session: &mut Session) {
    session.recall();
    let recalling = async {
        loop {
            if let Some(found) = super::absorb(session).await.recalled {
                return found;
            }
        }
    };
    let Ok(found) = tokio::time::timeout(RECALLING, recalling).await else {
        return say("midwatch: what earlier sessions left open cannot be told now; see midwatch audit show");
    };
    for one in found {
        say(&format!("midwatch: {}", one.words()));
    }
}

fn show(history: &History, shelf: &Shelf, format: Format, args: &AuditShow) -> Result<Exit, Problem> {
    let chosen: Vec<&Action> = match &args.action {
        Some(name) => {
            let wrong = |why: String| Problem::new(format!("there is no action {name}"), why, "midwatch audit show");
            let id = ActionId::parse(name).map_err(|error| wrong(error.to_string()))?;
            let found = history.actions.iter().find(|action| action.id == id);
            vec![found.ok_or_else(|| wrong("the journal does not name it".to_owned()))?]
        }
        None => history.actions.iter().take(args.last).collect(),
    };
    let problems = problems(history);
    problems.iter().for_each(complain);
    let printed = match format {
        Format::Text if args.action.is_some() => {
            output::print_text(&chosen.into_iter().map(|action| records(action, shelf)).collect::<String>())
        }
        Format::Text => output::print_text(&chosen.into_iter().map(line).collect::<String>()),
        Format::Json => {
            let all = chosen.into_iter().map(|action| described(action, shelf));
            output::print_document(&output::list("Action", all, &problems))
        }
        Format::Ndjson => {
            let mut lines = chosen.into_iter().map(|action| output::of_kind("Action", described(action, shelf)));
            lines.try_for_each(|line| output::print_line(&line)).and_then(|()| ending(Exit::Done, &problems))
        }
    };
    output::ended(printed, Exit::Done)
}

/// What is wrong with the journal itself.
fn problems(history: &History) -> Vec<Problem> {
    let unreadable =
        history.unreadable.iter().map(|broken| Problem::new("a line is no record", broken.to_string(), ""));
    let changed = history.report.broken.first().map(|fault| {
        Problem::new("the journal was changed", format!("first at {}", fault.place), "midwatch audit verify")
    });
    unreadable.chain(changed).collect()
}

fn verify(report: &Report, format: Format) -> Result<Exit, Problem> {
    let exit = if report.is_intact() { Exit::Done } else { Exit::Failed };
    let printed = match format {
        Format::Text => output::print_text(&words(report)),
        Format::Json => output::print_document(&told(report)),
        Format::Ndjson => output::print_line(&told(report)).and_then(|()| ending(exit, &[])),
    };
    output::ended(printed, exit)
}

/// The last line of a stream.
fn ending(exit: Exit, problems: &[Problem]) -> std::io::Result<()> {
    output::print_line(&Ending { exit, problems, more: Value::Null }.json())
}

/// What checking the chain found, in lines.
fn words(report: &Report) -> String {
    let mut text = String::new();
    for fault in &report.broken {
        let kind = fault.kind.word();
        let _ = writeln!(text, "{}: {kind}: {}", fault.place, fault.detail);
    }
    for aside in &report.set_aside {
        let lines = if aside.lines == 1 { "1 line".to_owned() } else { format!("{} lines", aside.lines) };
        let _ = writeln!(text, "{}: {lines} that a crash left, no part of the chain", aside.place);
    }
    let verdict = if report.is_intact() { "the chain is whole" } else { "the chain is BROKEN" };
    let _ = writeln!(text, "{verdict}: {} records in {} files", report.entries, report.segments);
    if let Some(head) = &report.head {
        let _ = writeln!(text, "head: record {} {}", head.sequence, head.hash);
    }
    let _ = writeln!(text, "not seen: {}", Report::LIMIT);
    text
}

/// An action in one line.
fn line(action: &Action) -> String {
    let (who, role) = action.who();
    let who = if role.is_empty() { who.to_owned() } else { format!("{who} {role}") };
    let at = action.began().to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ");
    let (word, detail) = (action.word(), action.detail());
    let Action { id, .. } = action;
    let (what, target, why) = (action.what(), action.target(), action.reason());
    format!("{at}  {id}  {who}  {what}  {target}  {word}: {detail}  reason: {why}\n")
}

/// The records of an action, every field in a line of its own.
fn records(action: &Action, shelf: &Shelf) -> String {
    let mut text = format!("{}: {}: {}\n", action.id, action.word(), action.detail());
    if let Some(archive) = evidence(action, shelf) {
        let _ = writeln!(text, "evidence: {archive}");
    }
    for record in &action.records {
        let _ = writeln!(text, "\nrecord {}", record.sequence);
        for (name, value) in record.fields() {
            let _ = writeln!(text, "  {name}: {value}");
        }
    }
    text
}

/// An action for scripts: what is concluded from its records, and the records as they stand in the journal.
fn described(action: &Action, shelf: &Shelf) -> Value {
    let (user, role) = action.who();
    json!({
        "action": action.id,
        "outcome": action.word(),
        "detail": action.detail(),
        "began": action.began(),
        "last": action.last(),
        "user": user,
        "role": role,
        "what": action.what(),
        "target": action.target(),
        "environment": action.environment(),
        "reason": action.reason(),
        "writer": action.writer,
        "evidence": evidence(action, shelf),
        "records": action.records,
    })
}

/// Where the evidence of an action is kept, where it is.
fn evidence(action: &Action, shelf: &Shelf) -> Option<Text> {
    let path = shelf.path(&action.id);
    path.is_file().then(|| Text::from_untrusted(&path.display().to_string()))
}

/// What checking the chain found, for scripts.
fn told(report: &Report) -> Value {
    let fault =
        |fault: &Fault| json!({ "place": fault.place.to_string(), "fault": fault.kind.word(), "detail": fault.detail });
    let aside = |aside: &SetAside| json!({ "place": aside.place.to_string(), "lines": aside.lines });
    let report = json!({
        "intact": report.is_intact(),
        "records": report.entries,
        "files": report.segments,
        "head": report.head,
        "faults": report.broken.iter().map(fault).collect::<Vec<_>>(),
        "setAside": report.set_aside.iter().map(aside).collect::<Vec<_>>(),
        "notSeen": Report::LIMIT,
    });
    output::of_kind("AuditReport", report)
}

#[cfg(test)]
mod tests;
