//! Patches: JSON Patch with its tests, and JSON merge patch.

use axum::http::StatusCode;
use serde_json::Value;

use super::refusal::Refusal;

/// Returns the object as a patch of a media type would have it.
pub(super) fn apply(media_type: &str, body: &[u8], object: &Value) -> Result<Value, Refusal> {
    let mut patched = object.clone();
    match media_type.split(';').next().unwrap_or_default() {
        "application/json-patch+json" => {
            let patch: json_patch::Patch = serde_json::from_slice(body).map_err(|problem| unreadable(&problem))?;
            json_patch::patch(&mut patched, &patch).map_err(|_unsaid| rejected())?;
        }
        "application/merge-patch+json" => {
            let patch: Value = serde_json::from_slice(body).map_err(|problem| unreadable(&problem))?;
            json_patch::merge(&mut patched, &patch);
        }
        other => {
            let message = format!(
                "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json (got {other})"
            );
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message));
        }
    }
    Ok(patched)
}

fn unreadable(problem: &serde_json::Error) -> Refusal {
    Refusal::bad_request(format!("error decoding patch: {problem}"))
}

/// The real server says no more than this about a failed `test` or a path that does not exist.
fn rejected() -> Refusal {
    let message = "the server rejected our request due to an error in our request";
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
}
