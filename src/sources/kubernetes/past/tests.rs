use serde_json::json;

use super::*;

#[test]
fn managers_tell_when_they_wrote_what() {
    let object = json!({"metadata": {"managedFields": [
        {"manager": "kubectl-set", "operation": "Update", "time": "2026-11-25T03:03:00Z", "fieldsV1": {"f:spec": {
            "f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"chat\"}": {".": {}, "f:image": {}}}}}}}},
        {"manager": "kubectl", "subresource": "scale", "time": "2026-11-25T03:01:00Z",
            "fieldsV1": {"f:spec": {"f:replicas": {}}}},
        {"manager": "kubectl-annotate", "time": "2026-11-25T03:00:00Z",
            "fieldsV1": {"f:metadata": {"f:annotations": {"f:note": {}}}}},
        {"manager": "kube-controller-manager", "subresource": "status", "time": "2026-11-25T03:04:00Z",
            "fieldsV1": {"f:status": {}}},
        {"manager": "kube-controller-manager", "time": "2026-11-25T03:04:00Z",
            "fieldsV1": {"f:metadata": {"f:annotations": {}}}},
        {"manager": "rollouts-controller", "time": "2026-11-25T03:04:00Z",
            "fieldsV1": {"f:metadata": {"f:annotations": {"f:rollout.argoproj.io/revision": {}}}}},
        {"manager": "argo-rollouts", "time": "2026-11-25T03:05:00Z",
            "fieldsV1": {"f:spec": {"f:replicas": {}}}},
        {"manager": "without-a-time", "fieldsV1": {}},
    ]}});
    let told: Vec<_> = writings(&object).iter().map(|one| (one.by.to_string(), one.words("it"))).collect();
    let expected = [
        ("kubectl-set", "it written: image"),
        ("kubectl", "it written: replicas"),
        ("kubectl-annotate", "it written: annotations"),
    ];
    assert_eq!(told, expected.map(|(by, what)| (by.to_owned(), what.to_owned())));
}

#[test]
fn whoever_wrote_a_whole_object_is_told_without_a_list_of_its_fields() {
    let fields = json!({"f:data": {"f:A": {}, "f:B": {}, "f:C": {}, "f:D": {}, "f:E": {}}});
    let object = json!({"metadata": {"managedFields": [
        {"manager": "helm", "time": "2026-11-25T03:03:00Z", "fieldsV1": fields},
    ]}});
    assert_eq!(writings(&object)[0].words("ConfigMap chat-config"), "ConfigMap chat-config written");
}
