//! What came of a call whose answer was lost: told by reading the world, never by sending again.
//!
//! The session that sent it still has the step; a later session has only its footprint in the journal.

use serde_json::Value;

use crate::domain::object::ObjectRef;
use crate::domain::plan::{Call, Step};
use crate::domain::problem::Problem;
use crate::domain::text::Text;

use super::converge::is_ready;
use super::plan::is_same_template;
use super::ports::{ControlPlane, ReadError};
use super::silence;

mod footprint;
mod recall;

pub(super) use footprint::footprint;
pub use recall::recall;

/// What the world shows of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Trace {
    /// What it asked for is so.
    Applied,
    /// What it asked for is not so.
    NotApplied,
    /// The world could not be read.
    Unknown(Problem),
}

/// Looks for the trace of a step.
pub async fn look(step: &Step, plane: &dyn ControlPlane) -> Trace {
    let object = match &step.call {
        Call::Patch { object, .. }
        | Call::Evict { object, .. }
        | Call::TakeLease { object, .. }
        | Call::DeleteBroken { object, .. } => object,
        Call::PostSilence { silence, .. } | Call::DeleteSilence { silence, .. } => {
            return silence::trace(&step.call, silence, plane).await;
        }
    };
    match (plane.get(object).await, &step.call) {
        (Ok(object), Call::Patch { operations, .. }) => {
            if operations.iter().all(|operation| holds(operation, &object)) {
                Trace::Applied
            } else {
                Trace::NotApplied
            }
        }
        (Ok(object), Call::TakeLease { body, .. }) => {
            if object["spec"]["holderIdentity"] == body["spec"]["holderIdentity"] {
                Trace::Applied
            } else {
                Trace::NotApplied
            }
        }
        (Ok(object), Call::Evict { uid, .. } | Call::DeleteBroken { uid, .. }) => {
            let is_going =
                object["metadata"]["uid"] != uid.as_str() || !object["metadata"]["deletionTimestamp"].is_null();
            if is_going { Trace::Applied } else { Trace::NotApplied }
        }
        (Ok(_), Call::PostSilence { .. } | Call::DeleteSilence { .. })
        | (Err(ReadError::NotFound), Call::Patch { .. } | Call::TakeLease { .. }) => Trace::NotApplied,
        (Err(ReadError::NotFound), _) => Trace::Applied,
        (Err(ReadError::Failed(problem) | ReadError::Forbidden(problem)), _) => Trace::Unknown(problem),
    }
}

/// Whether what an operation sets is set. The test of the identity must hold too; other tests speak of what was before.
fn holds(operation: &Value, object: &Value) -> bool {
    let path = operation["path"].as_str().unwrap_or_default();
    match operation["op"].as_str() {
        Some("test") if path != "/metadata/uid" => true,
        Some("remove") => object.pointer(path).is_none(),
        _ => object.pointer(path).is_some_and(|value| is_same_template(value, &operation["value"])),
    }
}

/// What a last look at a pod that a plan deletes shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Suspect {
    /// It is still the one that was meant, of that revision and not ready, in this version.
    Broken(Text),
    /// It needs not be deleted any more, for this reason.
    Spared(&'static str),
}

/// Looks once more at a pod that is to be deleted because it is broken.
pub(super) async fn suspect(
    object: &ObjectRef,
    plane: &dyn ControlPlane,
    uid: &Text,
    revision: &Text,
) -> Result<Suspect, ReadError> {
    let pod = match plane.get(object).await {
        Ok(pod) => pod,
        Err(ReadError::NotFound) => return Ok(Suspect::Spared("the pod is gone")),
        Err(error) => return Err(error),
    };
    let meta = &pod["metadata"];
    Ok(if meta["uid"] != uid.as_str() {
        Suspect::Spared("the pod was made anew")
    } else if meta["labels"]["controller-revision-hash"] != revision.as_str() {
        Suspect::Spared("the pod is of another revision")
    } else if !meta["deletionTimestamp"].is_null() {
        Suspect::Spared("the pod is on its way already")
    } else if is_ready(&pod) {
        Suspect::Spared("the pod is ready by now")
    } else {
        Suspect::Broken(Text::from_untrusted(meta["resourceVersion"].as_str().unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests;
