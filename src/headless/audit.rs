//! The journal from a script: who did what, and whether it still says what was written.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::cli::Format;
use crate::cli::audit::{Audit, AuditCommand, AuditShow};
use crate::domain::audit::{Action, ActionId, History, Report};
use crate::domain::problem::Problem;
use crate::runtime::{Ledger, Session};

use super::{Exit, complain, say};

/// The version of the JSON that is written here.
const SCHEMA: u32 = 1;

/// How long to wait for what earlier sessions left open.
const RECALLING: Duration = Duration::from_secs(10);

/// Runs `midwatch audit`.
pub fn run(ledger: &Ledger, format: Format, args: &Audit) -> Result<Exit, Problem> {
    let history = ledger.history()?;
    match &args.command {
        AuditCommand::Show(args) => show(&history, format, args),
        AuditCommand::Verify => Ok(verify(&history.report)),
    }
}

/// Says on stderr what earlier sessions left open, before this one changes anything.
pub(super) async fn tell_left_open(session: &mut Session) {
    session.recall();
    let recalling = async {
        loop {
            if let Some(found) = session.absorb().await.recalled {
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

fn show(history: &History, format: Format, args: &AuditShow) -> Result<Exit, Problem> {
    let chosen: Vec<&Action> = match &args.action {
        Some(name) => {
            let wrong = |why: String| Problem::new(format!("there is no action {name}"), why, "midwatch audit show");
            let id = ActionId::parse(name).map_err(|error| wrong(error.to_string()))?;
            let found = history.actions.iter().find(|action| action.id == id);
            vec![found.ok_or_else(|| wrong("the journal does not name it".to_owned()))?]
        }
        None => history.actions.iter().take(args.last).collect(),
    };
    write(&match format {
        Format::Text if args.action.is_some() => chosen.iter().map(|action| records(action)).collect(),
        Format::Text => chosen.iter().map(|action| line(action)).collect(),
        Format::Json => {
            let actions = chosen.into_iter().map(Told::of).collect();
            json(&Document { schema: SCHEMA, actions })
        }
        Format::Ndjson => chosen.into_iter().map(|action| json(&Told::of(action))).collect(),
    });
    for broken in &history.unreadable {
        say(&format!("midwatch: {broken}"));
    }
    if !history.report.is_intact() {
        let place = history.report.broken[0].place;
        complain(&Problem::new("the journal was changed", format!("first at {place}"), "midwatch audit verify"));
    }
    Ok(Exit::Done)
}

fn verify(report: &Report) -> Exit {
    write(&words(report));
    if report.is_intact() { Exit::Done } else { Exit::Failed }
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
fn records(action: &Action) -> String {
    let mut text = format!("{}: {}: {}\n", action.id, action.word(), action.detail());
    for record in &action.records {
        let _ = writeln!(text, "\nrecord {}", record.sequence);
        for (name, value) in record.fields() {
            let _ = writeln!(text, "  {name}: {value}");
        }
    }
    text
}

/// What is written for programs.
#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    actions: Vec<Told<'a>>,
}

/// An action with what is concluded from its records.
#[derive(Serialize)]
struct Told<'a> {
    word: &'static str,
    detail: String,
    #[serde(flatten)]
    action: &'a Action,
}

impl<'a> Told<'a> {
    fn of(action: &'a Action) -> Self {
        Self { word: action.word(), detail: action.detail().to_string(), action }
    }
}

/// JSON in one line. What is not ASCII is escaped: strings of a plan come from clusters and must not drive a terminal.
fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("records are plain data");
    let mut line = String::with_capacity(text.len() + 1);
    let mut units = [0; 2];
    for character in text.chars() {
        if matches!(character, ' '..='~') {
            line.push(character);
        } else {
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        }
    }
    line.push('\n');
    line
}

/// Writes data to stdout. That nobody reads it to its end is no error.
fn write(text: &str) {
    drop(std::io::stdout().lock().write_all(text.as_bytes()));
}

#[cfg(test)]
mod tests;
