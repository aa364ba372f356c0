//! Answers: JSON bodies, whole objects or their metadata alone.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::sandbox::kinds::Kind;

/// The shape in which a client wants objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Whole,
    MetadataOnly,
}

impl Shape {
    /// Picks the first shape in an `Accept` header that can be served; only JSON can.
    pub(crate) fn negotiate(headers: &HeaderMap) -> Result<Self, Refusal> {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("*/*");
        accept.split(',').find_map(Self::of_media_type).ok_or_else(|| {
            let message =
                "only the following media types are accepted: application/json, application/json;stream=watch";
            Refusal::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
        })
    }

    fn of_media_type(media_type: &str) -> Option<Self> {
        let mut parts = media_type.split(';').map(str::trim);
        if !matches!(parts.next(), Some("application/json" | "application/*" | "*/*")) {
            return None;
        }
        match parts.find_map(|parameter| parameter.strip_prefix("as=")) {
            None => Some(Self::Whole),
            Some("PartialObjectMetadata" | "PartialObjectMetadataList") => Some(Self::MetadataOnly),
            Some(_) => None,
        }
    }

    /// Shapes one object.
    pub(crate) fn of(self, object: &Value) -> Value {
        match self {
            Self::Whole => object.clone(),
            Self::MetadataOnly => json!({
                "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"],
            }),
        }
    }

    /// Shapes one item of a list; whole items do not repeat the kind that the list already names.
    pub(crate) fn of_item(self, object: &Value) -> Value {
        let mut item = self.of(object);
        if self == Self::Whole
            && let Some(fields) = item.as_object_mut()
        {
            fields.shift_remove("apiVersion");
            fields.shift_remove("kind");
        }
        item
    }

    /// Returns `apiVersion` and `kind` of a list.
    pub(crate) fn list_kind(self, kind: &Kind) -> (String, String) {
        match self {
            Self::Whole => (kind.api_version(), format!("{}List", kind.name)),
            Self::MetadataOnly => ("meta.k8s.io/v1".to_owned(), "PartialObjectMetadataList".to_owned()),
        }
    }
}

/// Answers with a JSON body.
pub(crate) fn json(code: StatusCode, body: &Value) -> Response {
    with_type(code, "application/json", Body::from(body.to_string()))
}

/// Answers with a body of a media type, streamed or whole.
pub(crate) fn with_type(code: StatusCode, media_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
