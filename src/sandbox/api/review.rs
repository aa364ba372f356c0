//! Access reviews: who am I, may I, and what may I.

use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::sandbox::access::{Attributes, User};
use crate::sandbox::object::{at, text};

/// Answers a review posted to a path; none when the path is no review.
pub(super) fn answer(path: &str, user: &User, body: &[u8]) -> Option<Result<Value, Refusal>> {
    let review = match path {
        "/apis/authentication.k8s.io/v1/selfsubjectreviews" => who,
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" => may,
        "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews" => rules,
        _ => return None,
    };
    let parsed = serde_json::from_slice(body);
    Some(parsed.map(|asked| review(user, asked)).map_err(|problem| Refusal::bad_request(problem.to_string())))
}

fn who(user: &User, mut review: Value) -> Value {
    review["metadata"] = json!({"creationTimestamp": null});
    review["status"] = json!({"userInfo": {"username": user.name, "uid": user.name, "groups": user.groups()}});
    review
}

fn may(user: &User, mut review: Value) -> Value {
    let asked = at(&review, "spec.resourceAttributes");
    let field = |key: &str| text(asked, key).to_owned();
    let wish = Attributes {
        verb: field("verb"),
        group: field("group"),
        resource: field("resource"),
        subresource: field("subresource"),
        namespace: field("namespace"),
        name: field("name"),
    };
    let allowed = asked.is_object() && user.may(&wish);
    let reason = if allowed { format!("RBAC: allowed to user \"{}\"", user.name) } else { String::new() };
    review["status"] = json!({"allowed": allowed, "reason": reason});
    review
}

fn rules(user: &User, mut review: Value) -> Value {
    let granted = user.rules(text(&review, "spec.namespace"));
    review["status"] = json!({"resourceRules": granted, "nonResourceRules": [], "incomplete": false});
    review
}
