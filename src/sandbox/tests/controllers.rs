//! What the fleet does: its incidents, and how its controllers react to changes.

use super::*;

#[tokio::test]
async fn begins_with_a_stuck_release_a_crashing_pod_and_a_release_on_its_way() {
    let bench = Bench::new();
    let media = bench.get(MEDIA).await;
    assert_eq!(number(&media, "status.updatedReplicas"), 2);
    assert_eq!(number(&media, "status.availableReplicas"), 3);
    assert_eq!(condition(&media["status"], "Progressing")["reason"], "ReplicaSetUpdated");
    let pods = bench.pods("production", "media-service").await;
    let new: Vec<_> = pods.iter().filter(|pod| text(pod, "spec.containers.0.image").ends_with(":3.2.0")).collect();
    assert_eq!((pods.len(), new.len()), (5, 2));
    for pod in new {
        let status = at(pod, "status.containerStatuses.0");
        assert_eq!(text(status, "state.waiting.reason"), "CrashLoopBackOff");
        assert_eq!(text(status, "lastState.terminated.reason"), "OOMKilled");
        assert!(number(status, "restartCount") >= 3);
    }
    let notification = bench.pods("production", "notification-service").await;
    let restarts: Vec<i64> =
        notification.iter().map(|pod| number(pod, "status.containerStatuses.0.restartCount")).collect();
    assert_eq!(restarts.iter().filter(|restarts| **restarts > 4).count(), 1);
    let auth = bench.get("/apis/apps/v1/namespaces/staging/deployments/auth-service").await;
    let updated = number(&auth, "status.updatedReplicas");
    assert!((1..4).contains(&updated), "{updated}");
    bench.pass(120);
    let auth = bench.get("/apis/apps/v1/namespaces/staging/deployments/auth-service").await;
    assert_eq!(condition(&auth["status"], "Progressing")["reason"], "NewReplicaSetAvailable");
    bench.pass(150);
    let auth = bench.get("/apis/apps/v1/namespaces/staging/deployments/auth-service").await;
    assert!(
        text(&auth, "spec.template.spec.containers.0.image").ends_with(":3.2.1"),
        "the pipeline makes the next one"
    );
}

#[tokio::test]
async fn passes_the_progress_deadline_ten_minutes_after_the_last_progress() {
    let bench = Bench::new();
    bench.pass(420);
    let media = bench.get(MEDIA).await;
    let progress = condition(&media["status"], "Progressing");
    assert_eq!((text(progress, "status"), text(progress, "reason")), ("False", "ProgressDeadlineExceeded"));
}

#[tokio::test]
async fn a_rollback_heals_media_service_within_fifteen_seconds() {
    let bench = Bench::new();
    let media = bench.get(MEDIA).await;
    let patch = json!([
        {"op": "test", "path": "/metadata/uid", "value": uid(&media)},
        {"op": "test", "path": "/spec/template", "value": media["spec"]["template"]},
        {"op": "replace", "path": "/spec/template", "value": bench.previous_template().await},
    ]);
    let (status, patched) = bench.patch(&format!("{MEDIA}?fieldManager=midwatch"), patch).await;
    assert_eq!(status, StatusCode::OK, "{patched}");
    assert_eq!(number(&patched, "metadata.generation"), number(&media, "metadata.generation") + 1);
    let entry = list(&patched, "metadata.managedFields").iter().find(|entry| entry["manager"] == "midwatch").unwrap();
    assert_eq!((text(entry, "time"), text(entry, "operation")), ("2026-11-21T03:12:00Z", "Update"));
    bench.pass(15);
    let media = bench.get(MEDIA).await;
    for count in ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"] {
        assert_eq!(number(&media["status"], count), 4, "{count}");
    }
    assert_eq!(
        media["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "4",
        "the old replica set is reused"
    );
    assert_eq!(condition(&media["status"], "Progressing")["reason"], "NewReplicaSetAvailable");
}

#[tokio::test]
async fn a_scale_is_written_and_followed_unless_an_autoscaler_owns_it() {
    let bench = Bench::new();
    let path = "/apis/apps/v1/namespaces/production/deployments/task-service/scale";
    let mut scale = bench.get(path).await;
    scale["spec"]["replicas"] = json!(5);
    let (status, _) = bench.ask("maria", "PUT", path, "application/json", scale.clone()).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = bench.ask("maria", "PUT", path, "application/json", scale).await;
    assert_eq!(status, StatusCode::CONFLICT, "the version in the body is outdated now");
    let gateway = "/apis/apps/v1/namespaces/production/deployments/api-gateway";
    bench.patch(gateway, json!([{"op": "replace", "path": "/spec/replicas", "value": 2}])).await;
    bench.pass(40);
    assert_eq!(bench.pods("production", "task-service").await.len(), 5);
    assert_eq!(number(&bench.get(gateway).await, "spec.replicas"), 6);
}

#[tokio::test]
async fn a_paused_deployment_does_not_roll_until_it_is_resumed() {
    let bench = Bench::new();
    let path = "/apis/apps/v1/namespaces/production/deployments/task-service";
    let restart = json!({"spec": {"paused": true, "template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}});
    bench.ask("maria", "PATCH", path, "application/merge-patch+json", restart).await;
    let before = bench.pods("production", "task-service").await;
    bench.pass(30);
    let paused = bench.get(path).await;
    assert_eq!(condition(&paused["status"], "Progressing")["reason"], "DeploymentPaused");
    assert_eq!(bench.pods("production", "task-service").await, before);
    bench.patch(path, json!([{"op": "remove", "path": "/spec/paused"}])).await;
    bench.pass(40);
    let after = bench.pods("production", "task-service").await;
    assert!(after.iter().all(|pod| before.iter().all(|old| uid(old) != uid(pod))), "every pod is new");
    assert_eq!(condition(&bench.get(path).await["status"], "Progressing")["reason"], "NewReplicaSetAvailable");
}

#[tokio::test]
async fn a_stateful_set_rolls_from_the_top_and_a_broken_pod_blocks_it_until_deleted() {
    let bench = Bench::new();
    let path = "/apis/apps/v1/namespaces/production/statefulsets/redis";
    let old = bench.get(path).await;
    let image = "/spec/template/spec/containers/0/image";
    bench
        .patch(
            path,
            json!([{"op": "replace", "path": image, "value": "registry.example.com/messaging/media-service:3.2.0"}]),
        )
        .await;
    bench.pass(60);
    bench.patch(path, json!([{"op": "replace", "path": "/spec/template", "value": old["spec"]["template"]}])).await;
    bench.pass(60);
    let pods = bench.pods("production", "redis").await;
    assert!(text(&pods[2], "spec.containers.0.image").ends_with("media-service:3.2.0"), "the broken pod stays");
    assert!(text(&pods[0], "spec.containers.0.image").ends_with("redis:7.4.2"), "the pods below were not touched");
    let pod = "/api/v1/namespaces/production/pods/redis-2";
    let other = json!({"preconditions": {"uid": "another"}});
    assert_eq!(bench.ask("maria", "DELETE", pod, "application/json", other).await.0, StatusCode::CONFLICT);
    let its = json!({"preconditions": {"uid": uid(&pods[2])}});
    assert_eq!(bench.ask("maria", "DELETE", pod, "application/json", its).await.0, StatusCode::OK);
    bench.pass(20);
    let redis = bench.get(path).await;
    assert_eq!((number(&redis, "status.readyReplicas"), number(&redis, "status.updatedReplicas")), (3, 3));
    assert_eq!(text(&redis, "status.currentRevision"), text(&redis, "status.updateRevision"));
}

#[tokio::test]
async fn an_eviction_respects_budgets_and_the_replacement_of_a_crashing_pod_is_well() {
    let bench = Bench::new();
    let evict = |path: String, uid: String| {
        let body =
            json!({"apiVersion": "policy/v1", "kind": "Eviction", "deleteOptions": {"preconditions": {"uid": uid}}});
        let bench = &bench;
        async move { bench.ask("maria", "POST", &format!("{path}/eviction"), "application/json", body).await }
    };
    let redis = bench.get("/api/v1/namespaces/production/pods/redis-0").await;
    let (status, refusal) =
        evict("/api/v1/namespaces/production/pods/redis-0".to_owned(), uid(&redis).to_owned()).await;
    assert_eq!((status, text(&refusal, "reason")), (StatusCode::TOO_MANY_REQUESTS, "TooManyRequests"));
    assert_eq!(text(&refusal, "details.causes.0.reason"), "DisruptionBudget");
    let pods = bench.pods("production", "notification-service").await;
    let broken = pods.iter().find(|pod| number(pod, "status.containerStatuses.0.restartCount") > 0).unwrap();
    let path = format!("/api/v1/namespaces/production/pods/{}", name(broken));
    assert_eq!(evict(path.clone(), "another".to_owned()).await.0, StatusCode::CONFLICT);
    assert_eq!(evict(path, uid(broken).to_owned()).await.0, StatusCode::CREATED);
    bench.pass(15);
    let service = bench.get("/apis/apps/v1/namespaces/production/deployments/notification-service").await;
    assert_eq!((number(&service, "status.readyReplicas"), number(&service, "status.replicas")), (3, 3));
}

#[tokio::test]
async fn the_same_seed_and_clock_give_the_same_fleet() {
    let (one, other) = (Bench::new(), Bench::of(fleet::build(7, start())));
    for seconds in [0, 90] {
        one.pass(seconds);
        other.pass(seconds / 2);
        other.get("/api/v1/nodes").await;
        other.pass(seconds / 2);
        for path in ["/api/v1/pods", "/api/v1/events", "/apis/apps/v1/replicasets", "/apis/apps/v1/deployments"] {
            assert_eq!(one.get(path).await, other.get(path).await, "{path}");
        }
    }
}
