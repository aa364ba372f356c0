#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::operations::fake::objects::{autoscaler, budget, now, pod, revision, rollback, target, workload};
use crate::operations::fake::{Plane, entries, recorded};

/// A cluster that holds one target.
fn plane(target: Value, lists: Vec<(Kind, Result<Vec<Value>, ReadError>)>) -> Plane {
    Plane { seen: Mutex::new([Ok(target)].into()), lists, ..Plane::default() }
}

#[tokio::test]
async fn an_eviction_needs_the_pod_and_the_budgets_only() {
    let plane = plane(pod("chat-service-1", "r", true), vec![(Kind::PodDisruptionBudget, Ok(vec![budget(0)]))]);
    let snapshot = read(&Intent::Evict { target: target(Kind::Pod) }, now(), &plane, now()).await.unwrap();
    assert_eq!(snapshot.budgets.len(), 1);
    assert_eq!(
        entries(&plane.diary),
        [
            "get pod/chat-service-1",
            "get namespace/production",
            "list poddisruptionbudgets ",
            "may we create pods/eviction in production chat-service-1",
        ]
    );
}

#[tokio::test]
async fn a_rollback_of_a_stateful_set_asks_whether_pods_may_be_deleted() {
    let plane = plane(workload(Kind::StatefulSet, "1.5.0"), Vec::new());
    let snapshot = read(&rollback(Kind::StatefulSet, None), now(), &plane, now()).await.unwrap();
    let asked: Vec<String> = snapshot.reviews.iter().map(|(access, _)| access.words()).collect();
    assert_eq!(asked, ["patch statefulsets in production", "delete pods in production"]);
    assert!(entries(&plane.diary).contains(&"list controllerrevisions app=chat".to_owned()));
}

#[tokio::test]
async fn bounds_are_asked_for_on_the_autoscaler_that_is_found() {
    let lists = vec![(Kind::HorizontalPodAutoscaler, Ok(vec![autoscaler()]))];
    let plane = plane(workload(Kind::Deployment, "1.5.0"), lists);
    let intent = Intent::Scale { target: target(Kind::Deployment), to: Size::Bounds { min: 1, max: 2 } };
    let snapshot = read(&intent, now(), &plane, now()).await.unwrap();
    assert_eq!(snapshot.reviews[0].0.object.name, "chat-hpa");
}

#[tokio::test]
async fn only_revisions_that_the_target_controls_are_its_own() {
    let mut stranger = revision(Kind::Deployment, 9, "other", "9.9");
    stranger["metadata"]["ownerReferences"][0]["uid"] = json!("uid-other");
    let own = revision(Kind::Deployment, 6, "good", "1.4.1");
    let lists = vec![(Kind::ReplicaSet, Ok(vec![stranger, own.clone()]))];
    let plane = plane(workload(Kind::Deployment, "1.5.0"), lists);
    let snapshot = read(&rollback(Kind::Deployment, None), now(), &plane, now()).await.unwrap();
    assert_eq!(snapshot.revisions, [own]);
}

#[tokio::test]
async fn what_may_not_be_read_is_a_gap_except_the_revisions() {
    let denied = || Err(ReadError::Forbidden(Problem::new("no access", "", "")));
    let gaps = [Kind::Pod, Kind::HorizontalPodAutoscaler, Kind::PodDisruptionBudget].map(|kind| (kind, denied()));
    let partial = plane(workload(Kind::Deployment, "1.5.0"), gaps.into());
    assert_eq!(read(&rollback(Kind::Deployment, None), now(), &partial, now()).await.unwrap().gaps.len(), 3);
    let blind = plane(workload(Kind::Deployment, "1.5.0"), vec![(Kind::ReplicaSet, denied())]);
    assert!(read(&rollback(Kind::Deployment, None), now(), &blind, now()).await.is_err());
}

#[tokio::test]
async fn the_label_of_the_namespace_is_read_with_the_target() {
    let forbidden = Problem::new("forbidden", "namespaces \"production\" is forbidden", "");
    let labelled = |label: Value| Ok(json!({ "metadata": { "labels": { "environment": label } } }));
    for (namespace, label, gaps) in [
        (labelled(json!("staging")), Some("staging"), 0),
        (labelled(Value::Null), None, 0),
        (labelled(json!("")), None, 0),
        (Err(ReadError::NotFound), None, 0),
        (Err(ReadError::Forbidden(forbidden)), None, 0),
        (Err(ReadError::Failed(Problem::new("timeout", "", ""))), None, 1),
    ] {
        let plane = Plane {
            seen: Mutex::new([Ok(workload(Kind::Deployment, "1.5.0")), namespace.clone()].into()),
            ..Plane::default()
        };
        let snapshot = read(&rollback(Kind::Deployment, None), now(), &plane, now()).await.unwrap();
        let seen = (snapshot.environment.as_deref(), snapshot.gaps.len());
        assert_eq!(seen, (label, gaps), "{namespace:?}");
    }
}

#[test]
fn a_selector_becomes_a_query() {
    let selector = json!({ "spec": { "selector": {
        "matchLabels": { "app": "chat" },
        "matchExpressions": [
            { "key": "tier", "operator": "In", "values": ["a", "b"] },
            { "key": "tier", "operator": "NotIn", "values": ["c"] },
            { "key": "old", "operator": "DoesNotExist" },
            { "key": "new", "operator": "Exists" },
        ],
    } } });
    assert_eq!(selector_of(&selector), "app=chat,tier in (a,b),tier notin (c),!old,new");
}

#[tokio::test]
async fn of_a_rollout_its_replica_sets_are_read_and_what_a_pause_by_hand_needs_is_asked_too() {
    let lists = vec![(Kind::ReplicaSet, Ok(recorded::seen("held").revisions))];
    let plane = plane(recorded::rollout("held"), lists);
    let target = recorded::named(&recorded::seen("held"));
    let snapshot = read(&Intent::Abort { target: target.clone() }, now(), &plane, now()).await.unwrap();
    assert_eq!(snapshot.revisions.len(), 2);
    let asked: Vec<String> = snapshot.reviews.iter().map(|(access, _)| access.words()).collect();
    assert_eq!(asked, ["patch rollouts/status in production", "patch rollouts in production"]);
}
