use serde_json::json;

use super::*;
use crate::operations::fake::objects::{failing, merge, template, workload};

/// Where a workload with these members of its status stands.
fn at(kind: Kind, status: Value) -> String {
    let mut object = workload(kind, "1.5.0");
    merge(&mut object["status"], status);
    said(kind, &object, &Goal::Template(template("1.5.0")))
}

fn said(kind: Kind, object: &Value, goal: &Goal) -> String {
    match progress(kind, object, goal) {
        Progress::Done(words) => format!("done: {words}"),
        Progress::Moving(words) => format!("moving: {words}"),
        Progress::GivenUp(words) => format!("given up: {words}"),
        Progress::Replaced(words) => format!("replaced: {words}"),
    }
}

/// Members of a target, and what is said of it.
type Case = (Value, &'static str);

#[test]
fn a_deployment_goes_by_the_rules_of_kubectl_in_their_order() {
    let late = json!([{ "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded" }]);
    let cases: [Case; 7] = [
        (json!({}), "done: 4 of 4 ready"),
        (json!({ "observedGeneration": 6, "conditions": late }), "moving: the controller has not seen it yet"),
        (json!({ "conditions": late, "updatedReplicas": 1 }), "given up: past its deadline with 4 of 4 available"),
        (json!({ "updatedReplicas": 1, "replicas": 5 }), "moving: 1 of 4 updated"),
        (json!({ "updatedReplicas": null }), "moving: 0 of 4 updated"),
        (json!({ "replicas": 6, "availableReplicas": 3 }), "moving: 2 old pods still go"),
        (json!({ "availableReplicas": 3 }), "moving: 3 of 4 available"),
    ];
    for (status, words) in cases {
        assert_eq!(at(Kind::Deployment, status.clone()), words, "{status}");
    }
}

#[test]
fn a_stateful_set_goes_by_the_rules_of_kubectl_in_their_order() {
    let cases: [Case; 5] = [
        (json!({}), "done: 4 of 4 ready"),
        (json!({ "observedGeneration": 6 }), "moving: the controller has not seen it yet"),
        (json!({ "readyReplicas": 3, "updatedReplicas": 1 }), "moving: 3 of 4 ready"),
        (json!({ "updatedReplicas": 1 }), "moving: 1 of 4 updated"),
        (json!({ "currentRevision": "before" }), "moving: its controller has not ended the rollout yet"),
    ];
    for (status, words) in cases {
        assert_eq!(at(Kind::StatefulSet, status.clone()), words, "{status}");
    }
    let mut object = workload(Kind::StatefulSet, "1.5.0");
    merge(
        &mut object,
        json!({
            "spec": { "updateStrategy": { "rollingUpdate": { "partition": 3 } } },
            "status": { "updatedReplicas": 1, "currentRevision": "before" },
        }),
    );
    let goal = Goal::Template(template("1.5.0"));
    assert_eq!(said(Kind::StatefulSet, &object, &goal), "done: 1 updated above partition 3");
    merge(&mut object, json!({ "status": { "updatedReplicas": 0 } }));
    assert_eq!(said(Kind::StatefulSet, &object, &goal), "moving: 0 of 1 updated above partition 3");
}

#[test]
fn a_daemon_set_goes_by_the_rules_of_kubectl_in_their_order() {
    let cases: [Case; 5] = [
        (json!({}), "done: 4 of 4 ready"),
        (json!({ "observedGeneration": 6 }), "moving: the controller has not seen it yet"),
        (json!({ "updatedNumberScheduled": 3, "numberAvailable": 2 }), "moving: 3 of 4 updated"),
        (json!({ "numberAvailable": null }), "moving: 0 of 4 available"),
        (json!({ "desiredNumberScheduled": 0 }), "done: 4 of 0 ready"),
    ];
    for (status, words) in cases {
        assert_eq!(at(Kind::DaemonSet, status.clone()), words, "{status}");
    }
}

#[test]
fn what_waits_for_deletes_is_done_when_its_template_is_set() {
    for kind in [Kind::StatefulSet, Kind::DaemonSet] {
        let mut object = failing(kind, "1.5.0");
        merge(&mut object, json!({ "spec": { "updateStrategy": { "type": "OnDelete" } } }));
        let said = said(kind, &object, &Goal::Template(template("1.5.0")));
        assert_eq!(said, "done: the template is set; pods change when they are deleted");
    }
}

#[test]
fn a_goal_that_somebody_took_away_is_replaced() {
    let object = workload(Kind::Deployment, "1.5.0");
    let cases = [
        (Goal::Template(template("1.4.1")), "replaced: the template is another one now"),
        (Goal::Restarted("2026-11-21T03:12:00Z".into()), "replaced: the mark of the restart is gone"),
        (Goal::Paused(true), "replaced: it is not paused any more"),
        (Goal::Paused(false), "done: 4 of 4 ready"),
        (Goal::Replicas(3), "replaced: 4 pods are wished for now"),
        (Goal::Replicas(4), "done: 4 of 4 ready"),
    ];
    for (goal, words) in cases {
        assert_eq!(said(Kind::Deployment, &object, &goal), words);
    }
    let autoscaler = crate::operations::fake::objects::autoscaler();
    let bounds = |min, max| said(Kind::HorizontalPodAutoscaler, &autoscaler, &Goal::Bounds { min, max });
    assert_eq!(bounds(2, 6), "done: between 2 and 6 pods");
    assert_eq!(bounds(2, 7), "replaced: the bounds are other ones now");
}

#[test]
fn what_a_server_fills_in_does_not_make_another_template() {
    let mut object = workload(Kind::Deployment, "1.5.0");
    object["spec"]["template"]["metadata"]["creationTimestamp"] = Value::Null;
    object["spec"]["template"]["spec"]["securityContext"] = json!({});
    assert_eq!(said(Kind::Deployment, &object, &Goal::Template(template("1.5.0"))), "done: 4 of 4 ready");
}

#[test]
fn scaling_is_done_when_the_others_are_gone_too() {
    let mut object = workload(Kind::Deployment, "1.5.0");
    merge(&mut object, json!({ "spec": { "replicas": 0 }, "status": { "readyReplicas": null, "replicas": 1 } }));
    assert_eq!(said(Kind::Deployment, &object, &Goal::Replicas(0)), "moving: 0 of 0 ready");
    merge(&mut object, json!({ "status": { "replicas": null } }));
    assert_eq!(said(Kind::Deployment, &object, &Goal::Replicas(0)), "done: 0 of 0 ready");
}

#[test]
fn a_pod_is_gone_when_another_one_bears_its_name() {
    let pod = json!({ "metadata": { "uid": "uid-2" } });
    assert_eq!(said(Kind::Pod, &pod, &Goal::Gone("uid-1".into())), "done: gone");
    assert_eq!(said(Kind::Pod, &pod, &Goal::Gone("uid-2".into())), "moving: it is still there");
}

#[test]
fn a_rollout_has_finished_also_when_its_pods_failed_afterwards() {
    for kind in Kind::BUILT_IN_WORKLOADS {
        assert!(is_finished(kind, &workload(kind, "1.5.0")), "{kind}");
        assert!(!is_finished(kind, &failing(kind, "1.5.0")), "{kind}");
    }
    for kind in [Kind::Deployment, Kind::StatefulSet] {
        let mut object = workload(kind, "1.5.0");
        merge(&mut object["status"], json!({ "readyReplicas": 1, "availableReplicas": 1 }));
        assert!(is_finished(kind, &object), "{kind}");
        merge(&mut object["metadata"], json!({ "generation": 8 }));
        assert!(!is_finished(kind, &object), "{kind}: a newer one has just begun");
    }
}
