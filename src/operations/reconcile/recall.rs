//! What an earlier session left open, told from its records and, where they do not suffice, from the world.

use super::super::ports::{ControlPlane, ReadError};
use super::super::silence;
use super::footprint::{judge, judge_lease};
use crate::domain::audit::{Action, Event, Footprint, Left, Missing, Reconciliation, StepResult};
use crate::domain::target::Target;
use crate::domain::text::Text;

/// Finds out how the last step of an unfinished action ended. The result has none as long as its object cannot be read;
/// `plane` is the cluster that it names, where that is connected. None for an action that is finished.
pub async fn recall(action: &Action, plane: Option<&dyn ControlPlane>) -> Option<Reconciliation> {
    let missing = action.missing()?;
    let (at, intent) = action.records.iter().rev().find_map(|entry| match &entry.event {
        Event::Intent(intent) => Some((entry.at, intent)),
        _ => None,
    })?;
    let outcome = action.records.iter().rev().find_map(|entry| match &entry.event {
        Event::Outcome { result, .. } => Some(*result),
        _ => None,
    });
    let (result, detail): (_, Text) = match missing {
        Missing::Verdict if outcome == Some(StepResult::NotNeeded) => {
            (outcome, "the steps before it were taken; nobody saw what came of them".into())
        }
        Missing::Verdict => (Some(StepResult::Applied), "the server took it; nobody saw what came of it".into()),
        Missing::Steps => (outcome, "the steps after it were never begun".into()),
        Missing::Outcome => match (Footprint::of(intent), plane) {
            (None, _) => (Some(StepResult::Unknown), "its record does not say what to look for".into()),
            (Some(_), None) => (None, "its cluster is not among those that are read".into()),
            (Some(footprint), Some(plane)) => match &footprint.object {
                Target::Object(object) => {
                    let seen = plane.get(object).await;
                    let judged = match footprint.left {
                        Left::Lease => judge_lease(&action.id, &seen),
                        _ => judge(&footprint, at, &seen),
                    };
                    match (judged, seen) {
                        (Some((result, detail)), _) => (Some(result), detail),
                        (None, Err(ReadError::Failed(problem) | ReadError::Forbidden(problem))) => {
                            (None, problem.to_string().into())
                        }
                        (None, _) => (None, "it cannot be read".into()),
                    }
                }
                Target::Silence(silence) => silence::recall(silence, &footprint.left, plane).await,
            },
        },
    };
    Some(Reconciliation {
        action: action.id.clone(),
        what: intent.what.clone(),
        target: intent.target.clone(),
        step: intent.step,
        steps: intent.steps,
        result,
        detail,
    })
}
