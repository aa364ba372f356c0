//! Makes the footprint of a step, and judges later by what it meets whether the step was applied.

use jiff::{Timestamp, Unit};
use serde_json::Value;

use super::super::plan::normalized;
use super::super::ports::ReadError;
use super::super::silence;
use crate::domain::audit::{ActionId, Field, Footprint, Left, StepResult};
use crate::domain::digest::sha256;
use crate::domain::plan::{Call, Step};
use crate::domain::text::Text;

/// Where the test of an object's identity stands in a patch.
const UID: &str = "/metadata/uid";

/// What a Rollout is asked by a field that goes away again.
const PROMOTE_FULL: &str = "/status/promoteFull";

/// What a step will leave behind.
pub(in crate::operations) fn footprint(step: &Step) -> Footprint {
    let (uid, left) = match &step.call {
        Call::Patch { operations, .. } => (tested_uid(operations), Left::Fields(fields(operations))),
        Call::Evict { uid, .. } | Call::DeleteBroken { uid, .. } => (uid.clone(), Left::Gone),
        Call::TakeLease { .. } => (Text::default(), Left::Lease),
        Call::PostSilence { silence, body, .. } => (silence.id.clone(), silence::left_by(body)),
        Call::DeleteSilence { silence, .. } => (silence.id.clone(), Left::Gone),
    };
    Footprint { object: step.call.target(), uid, left }
}

fn tested_uid(operations: &[Value]) -> Text {
    let test = operations.iter().find(|operation| operation["op"] == "test" && operation["path"] == UID);
    Text::from_untrusted(test.and_then(|test| test["value"].as_str()).unwrap_or_default())
}

/// The fields that a patch sets, with what its tests say they are before.
fn fields(operations: &[Value]) -> Vec<Field> {
    let path_of = |operation: &Value| operation["path"].as_str().unwrap_or_default().to_owned();
    let (tests, sets): (Vec<_>, Vec<_>) = operations.iter().partition(|operation| operation["op"] == "test");
    let field = |operation: &&Value| {
        let path = path_of(operation);
        let before = tests.iter().find(|test| path_of(test) == path).map(|test| hash(&test["value"]));
        let after = (operation["op"] != "remove").then(|| hash(&operation["value"]));
        Field { path, before, after }
    };
    sets.iter().map(field).collect()
}

/// The hash of a value, the same for all that ask for the same: see [`normalized`].
fn hash(value: &Value) -> String {
    let mut value = normalized(value);
    value.sort_all_objects();
    sha256(value.to_string())
}

/// Whether a step that was begun at `since` was applied, by what its object is now. None where it could not be read: a
/// later look may tell.
pub(super) fn judge(
    footprint: &Footprint,
    since: Timestamp,
    seen: &Result<Value, ReadError>,
) -> Option<(StepResult, Text)> {
    let object = match seen {
        Ok(object) => Some(object),
        Err(ReadError::NotFound) => None,
        Err(ReadError::Failed(_) | ReadError::Forbidden(_)) => return None,
    };
    let same = object.filter(|object| object["metadata"]["uid"] == footprint.uid.as_str());
    let (result, words) = match (&footprint.left, same) {
        (Left::Gone, None) => (StepResult::Applied, "it is gone".to_owned()),
        (Left::Gone, Some(pod)) if !pod["metadata"]["deletionTimestamp"].is_null() => {
            (StepResult::Applied, "it is on its way".to_owned())
        }
        (Left::Gone, Some(_)) => (StepResult::Rejected, "it is still there".to_owned()),
        // A silence is judged by what the Alertmanagers tell, a lease by who holds it.
        (Left::Silence { .. } | Left::Lease, _) => return None,
        (Left::Fields(_), None) => (StepResult::Unknown, "the object has since gone or been made anew".to_owned()),
        (Left::Fields(fields), Some(object)) => judge_fields(fields, since, object),
    };
    Some((result, words.into()))
}

/// Whether an action took a lease, by who holds it now. None where it could not be read.
pub(super) fn judge_lease(action: &ActionId, seen: &Result<Value, ReadError>) -> Option<(StepResult, Text)> {
    match seen {
        Ok(lease) if lease["spec"]["holderIdentity"] == action.as_str() => {
            Some((StepResult::Applied, "it holds the lease".into()))
        }
        Ok(_) => Some((StepResult::Unknown, "somebody else holds the lease, or nobody does".into())),
        Err(ReadError::NotFound) => Some((StepResult::Rejected, "there is no lease".into())),
        Err(ReadError::Failed(_) | ReadError::Forbidden(_)) => None,
    }
}

fn judge_fields(fields: &[Field], since: Timestamp, object: &Value) -> (StepResult, String) {
    let all = |wanted: fn(&Field) -> &Option<String>| {
        fields.iter().all(|field| object.pointer(&field.path).map(hash) == *wanted(field))
    };
    if all(|field| &field.after) {
        (StepResult::Applied, "it is as the step makes it".to_owned())
    } else if !all(|field| &field.before) {
        (StepResult::Unknown, "it was changed again since".to_owned())
    } else {
        // Applied and put back would look the same as never applied.
        match writer_since(object, fields, since) {
            _ if fields.iter().any(|field| field.path == PROMOTE_FULL) => {
                (StepResult::Unknown, "its controller takes that wish away once it has followed it".to_owned())
            }
            Some(writer) => (StepResult::Unknown, format!("it is as it was before, but {writer} wrote to it since")),
            None => (StepResult::Rejected, "it is as it was before".to_owned()),
        }
    }
}

/// Who has written to an object since a moment: to its status where the fields are there, else to anything but it. A
/// status is written all the time, so only who wrote one of these fields counts. Servers write the time in whole seconds.
fn writer_since<'a>(object: &'a Value, fields: &[Field], since: Timestamp) -> Option<&'a str> {
    let of_status: Vec<_> = fields.iter().filter_map(|field| field.path.strip_prefix("/status/")).collect();
    let is_about = |entry: &Value| match (of_status.is_empty(), entry["subresource"] == "status") {
        (true, is_status) => !is_status,
        (false, is_status) => {
            let written = &entry["fieldsV1"]["f:status"];
            is_status && of_status.iter().any(|field| !written[format!("f:{field}")].is_null())
        }
    };
    let since = since.round(jiff::TimestampRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Floor)).ok()?;
    let mut entries = object["metadata"]["managedFields"].as_array()?.iter();
    let entry = entries.find(|entry| {
        let at = entry["time"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
        is_about(entry) && at.is_some_and(|at| at >= since)
    })?;
    entry["manager"].as_str()
}

#[cfg(test)]
mod tests;
