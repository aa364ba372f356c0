//! Joins records to actions, and finds those that were begun and whose end no record tells.

use std::collections::HashMap;
use std::path::Path;

use super::directory::Directory;
use super::error::AuditError;
use super::origin::is_running;
use super::reader::{entries_of, read_newest};
use crate::domain::audit::{Action, ActionId, Broken, Entry, Writer};

/// How many actions are looked through for unfinished ones, and for whether one has ended: a journal grows for years.
const LOOKED_THROUGH: usize = 2_000;

/// The newest actions of a journal, oldest first, and the lines among them that are no records.
pub fn actions(directory: &Path, most: usize) -> Result<(Vec<Action>, Vec<Broken>), AuditError> {
    let mut broken = Vec::new();
    let entries =
        read_newest(directory, most)?.into_iter().filter_map(|entry| entry.map_err(|line| broken.push(line)).ok());
    let mut actions = join(entries);
    let older = actions.len().saturating_sub(most);
    actions.drain(..older);
    Ok((actions, broken))
}

/// Lists the actions whose process is not known to run any more and whose end is not in the journal, oldest first.
///
/// An action has ended with a verdict, with a step that was rejected or not sent, with a reconciled step, or denied.
pub fn unfinished(directory: &Path) -> Result<Vec<Action>, AuditError> {
    let (mut actions, _) = actions(directory, LOOKED_THROUGH)?;
    actions.retain(Action::is_unfinished);
    Ok(actions)
}

/// Whether an action has no end in a journal whose lock is held.
pub(super) fn is_open(directory: &Directory, id: &ActionId) -> Result<bool, AuditError> {
    let entries = entries_of(directory, LOOKED_THROUGH)?.into_iter().flatten();
    Ok(join(entries.filter(|entry| entry.action.as_ref() == Some(id))).iter().any(|one| one.missing().is_some()))
}

/// Joins records by their action, in the order in which the actions began.
fn join(entries: impl Iterator<Item = Entry>) -> Vec<Action> {
    let mut actions: Vec<Action> = Vec::new();
    let mut places: HashMap<ActionId, usize> = HashMap::new();
    for entry in entries {
        let Some(id) = entry.action.clone() else { continue };
        let place = *places.entry(id.clone()).or_insert(actions.len());
        match actions.get_mut(place) {
            Some(action) => action.records.push(entry),
            None => actions.push(Action { id, writer: Writer::Gone, records: vec![entry] }),
        }
    }
    for action in &mut actions {
        // A finished one needs no look at the processes of this machine.
        if action.missing().is_some() {
            action.writer = action.records.last().map_or(Writer::Gone, |last| match is_running(&last.origin) {
                Some(true) => Writer::Running,
                Some(false) => Writer::Gone,
                None => Writer::Elsewhere,
            });
        }
    }
    actions
}
