#![expect(clippy::unwrap_used, reason = "tests")]

use crate::domain::object::ClusterName;

use super::*;

/// The body of the request that a call becomes.
fn body(call: &Call) -> Value {
    request(call).unwrap().3
}

fn pod() -> ObjectRef {
    ObjectRef {
        cluster: ClusterName::default(),
        kind: Kind::Pod,
        namespace: "production".into(),
        name: "store-2".into(),
    }
}

#[test]
fn a_broken_pod_is_deleted_by_identity_and_in_the_version_that_was_seen() {
    let call = |version: Option<&str>| Call::DeleteBroken {
        object: pod(),
        uid: "uid-1".into(),
        revision: "store-bad".into(),
        version: version.map(Into::into),
    };
    assert_eq!(body(&call(Some("41")))["preconditions"], json!({ "uid": "uid-1", "resourceVersion": "41" }));
    assert_eq!(body(&call(None))["preconditions"], json!({ "uid": "uid-1" }), "a rehearsal has no version yet");
}

#[test]
fn an_eviction_holds_the_identity() {
    let call = Call::Evict { object: pod(), uid: "uid-1".into() };
    assert_eq!(body(&call)["deleteOptions"]["preconditions"], json!({ "uid": "uid-1" }));
}

#[test]
fn a_disruption_budget_is_told_apart_from_a_busy_server() {
    let said = |body: Value| {
        let (reason, message) = ("TooManyRequests".into(), "Cannot evict pod.".into());
        answer_of(WriteAnswer::Rejected { code: 429, reason, message, body })
    };
    let budget = json!({ "details": { "causes": [
        { "reason": "DisruptionBudget", "message": "The disruption budget chat needs 4 healthy pods and has 4 currently" },
    ] } });
    let words = "Cannot evict pod. The disruption budget chat needs 4 healthy pods and has 4 currently";
    assert_eq!(said(budget), Answer::Rejected(words.into()));
    assert!(matches!(said(Value::Null), Answer::Rejected(words) if words.contains("too much to do")));
}
