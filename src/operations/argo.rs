//! A Rollout as a server gives it, read whole for a plan or a verdict.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::argo::Argo;
use crate::domain::json::strip_nulls;

/// What is particular to the Rollout. Of one that makes no sense nothing is known, and so nothing is planned.
pub(super) fn of(object: &Value) -> Argo {
    let mut object = json!({ "spec": object["spec"], "status": object["status"] });
    strip_nulls(&mut object);
    Argo::deserialize(&object).unwrap_or_default()
}
