//! What this machine's journal tells of the past: the changes that midwatch made, for the timeline of what changed.

use jiff::Timestamp;

use super::ledger::Ledger;
use crate::domain::audit::{Action, Event, Footprint, Intent as Recorded, StepResult};
use crate::domain::change::{Change, ChangeClass};
use crate::domain::intent::Intent;
use crate::domain::target::Target;
use crate::domain::text::Text;
use crate::operations::audit::actions;

/// How many actions are looked at, the newest.
const LOOKED_AT: usize = 200;

impl Ledger {
    /// The changes of objects that were made from this machine, oldest first; none where they cannot be read, which the
    /// audit tells. Blocks.
    pub(super) fn deeds(&self) -> Option<Vec<Change>> {
        if !self.is_begun() {
            return Some(Vec::new());
        }
        let (newest, _unreadable) = actions(self.directory(), LOOKED_AT).ok()?;
        Some(newest.iter().filter_map(deed).collect())
    }
}

/// What an action changed; none where it changed no object.
fn deed(action: &Action) -> Option<Change> {
    let recorded = action.intents().next()?;
    let intent: Intent = serde_json::from_value(recorded.plan["intent"].clone()).ok()?;
    let target = intent.target()?;
    let at = applied(action, &target)?;
    let Target::Object(object) = target else { return None };
    let said = |member: &str| recorded.plan[member].as_str().map(Text::from_untrusted).filter(|said| !said.is_empty());
    Some(Change {
        at,
        times: 1,
        class: class(&intent),
        object,
        environment: recorded.environment.clone(),
        service: said("service"),
        what: small(&said("title").unwrap_or_else(|| recorded.what.clone())),
        edge: None,
        aim: None,
        is_vague: false,
        why: Some(recorded.reason.clone()).filter(|reason| !reason.is_empty()),
        by: Some(recorded.identity.clone()).filter(|who| !who.is_empty()),
    })
}

/// When the first step came about that is about what was to be changed: the lease of a guarded shift is not.
fn applied(action: &Action, target: &Target) -> Option<Timestamp> {
    let is_about_it =
        |recorded: &&Recorded| Footprint::of(recorded).is_none_or(|footprint| footprint.object == *target);
    let steps: Vec<u32> = action.intents().filter(is_about_it).map(|recorded| recorded.step).collect();
    action.records.iter().find_map(|entry| match &entry.event {
        Event::Outcome { step, result: StepResult::Applied, .. }
        | Event::Reconciled { step, result: StepResult::Applied, .. } => steps.contains(step).then_some(entry.at),
        _ => None,
    })
}

/// What sort of change it is.
fn class(intent: &Intent) -> ChangeClass {
    match intent {
        Intent::Shift { .. } | Intent::GuardedShift { .. } | Intent::Switch { .. } => ChangeClass::Traffic,
        Intent::Scale { .. } => ChangeClass::Scale,
        Intent::Pause { .. } | Intent::Resume { .. } => ChangeClass::Pause,
        Intent::Evict { .. } => ChangeClass::Existence,
        Intent::Rollback { .. }
        | Intent::Restart { .. }
        | Intent::SetImage { .. }
        | Intent::Release { .. }
        | Intent::Skip { .. }
        | Intent::PromoteFull { .. }
        | Intent::Abort { .. }
        | Intent::Retry { .. } => ChangeClass::Rollout,
        Intent::Silence { .. }
        | Intent::Acknowledge { .. }
        | Intent::ExtendSilence { .. }
        | Intent::ExpireSilence { .. } => ChangeClass::Alert,
    }
}

/// A title as a line of the timeline has it: within a sentence.
fn small(title: &Text) -> Text {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>().into()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
