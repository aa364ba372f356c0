//! Finds the actions that were begun and whose end no record tells, so that the next session can find it out.

use std::path::Path;

use super::error::AuditError;
use super::origin::is_running;
use super::reader::read;
use crate::domain::audit::{ActionId, Entry, Event, Missing, StepResult, Unfinished, Writer};

/// Lists the actions whose process is not known to run any more and whose end is not in the journal, oldest first.
///
/// An action has ended with a verdict, with a step that was rejected or not sent, or with a reconciled step.
pub fn unfinished(directory: &Path) -> Result<Vec<Unfinished>, AuditError> {
    let mut open: Vec<Unfinished> = Vec::new();
    for entry in read(directory)?.into_iter().flatten() {
        let Some(action) = entry.action.clone() else { continue };
        let position = open.iter().position(|other| other.action == action);
        match after(&entry.event) {
            After::Begun => match position {
                Some(position) => begin(&mut open[position], entry),
                None => open.push(opened(action, entry)),
            },
            After::Applied(step) => {
                if let Some(one) = position.map(|position| &mut open[position]) {
                    apply(one, step);
                }
            }
            After::Ended => {
                position.map(|position| open.remove(position));
            }
            After::Open => {}
        }
    }
    open.retain_mut(|one| {
        let running = one.intents.last().map_or(Some(false), |last| is_running(&last.origin));
        one.writer = if running.is_none() { Writer::Elsewhere } else { Writer::Gone };
        running != Some(true)
    });
    Ok(open)
}

/// What a record means for its action.
enum After {
    Begun,
    Applied(u32),
    Ended,
    Open,
}

/// Tells what a record means for its action.
fn after(event: &Event) -> After {
    match event {
        Event::Intent(_) => After::Begun,
        Event::Outcome { step, result: StepResult::Applied, .. } => After::Applied(*step),
        Event::Outcome { result: StepResult::Rejected | StepResult::NotSent, .. }
        | Event::Verdict { .. }
        | Event::Reconciled { .. } => After::Ended,
        Event::Outcome { result: StepResult::Unknown, .. } | Event::Denied(_) | Event::Recovered { .. } => After::Open,
    }
}

/// An action by its first intent.
fn opened(action: ActionId, intent: Entry) -> Unfinished {
    Unfinished { action, intents: vec![intent], missing: Missing::Outcome, writer: Writer::Gone }
}

/// Takes note of a further step.
fn begin(action: &mut Unfinished, intent: Entry) {
    action.intents.push(intent);
    action.missing = Missing::Outcome;
}

/// Takes note that a step was applied.
fn apply(action: &mut Unfinished, step: u32) {
    let last = action.intents.iter().rev().find_map(|entry| match &entry.event {
        Event::Intent(intent) => Some(intent),
        _ => None,
    });
    if let Some(intent) = last.filter(|intent| intent.step == step) {
        action.missing = if step < intent.steps { Missing::Steps } else { Missing::Verdict };
    }
}
