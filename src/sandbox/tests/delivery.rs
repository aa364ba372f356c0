//! Canaries: how the fleet's traffic follows weights, and how a rollout goes on, waits, and goes back.

use super::*;

const ROUTE: &str = "/apis/gateway.networking.k8s.io/v1/namespaces/production/httproutes/search-service";
const CHAT_ROUTE: &str = "/apis/gateway.networking.k8s.io/v1/namespaces/production/httproutes/chat-service";
const ROLLOUT: &str = "/apis/argoproj.io/v1alpha1/namespaces/production/rollouts/chat-service";
const STATUS: &str = "/apis/argoproj.io/v1alpha1/namespaces/production/rollouts/chat-service/status";
const RUNS: &str = "/apis/argoproj.io/v1alpha1/namespaces/production/analysisruns";
const MERGE: &str = "application/merge-patch+json";

impl Bench {
    async fn merge(&self, path: &str, patch: Value) -> (StatusCode, Value) {
        self.ask("maria", "PATCH", path, MERGE, patch).await
    }

    /// Passes some seconds, and reads the rollout then.
    async fn rollout_after(&self, seconds: u64) -> Value {
        self.pass(seconds);
        self.get(ROLLOUT).await
    }

    async fn weights(&self, route: &str) -> Vec<i64> {
        let route = self.get(route).await;
        list(&route, "spec.rules.0.backendRefs").iter().map(|backend| number(backend, "weight")).collect()
    }

    /// Sets the weights of the stable and the canary arm of the search service, as a person does.
    async fn shift(&self, stable: u32, canary: u32) -> Value {
        let weight = |arm: u8| format!("/spec/rules/0/backendRefs/{arm}/weight");
        let patch = json!([
            {"op": "test", "path": "/spec/rules/0/backendRefs/0/name", "value": "search-service-stable"},
            {"op": "add", "path": weight(0), "value": stable},
            {"op": "test", "path": "/spec/rules/0/backendRefs/1/name", "value": "search-service-canary"},
            {"op": "add", "path": weight(1), "value": canary},
        ]);
        let (status, patched) = self.patch(ROUTE, patch).await;
        assert_eq!(status, StatusCode::OK, "{patched}");
        patched
    }

    /// What Prometheus answers to a question with one number.
    async fn number(&self, query: &str) -> f64 {
        let query = query.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02X}"));
        let told = self
            .get(&format!("/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query?query={query}"))
            .await;
        text(&told, "data.result.0.value.1").parse().unwrap_or(0.0)
    }

    /// Requests per second to the pods of one arm of the search service, and to all.
    async fn share_of_canary(&self) -> f64 {
        let of = |pods: &str| format!("sum(rate(http_requests_total{{namespace=\"production\",pod=~\"{pods}\"}}[1m]))");
        let canary = self.number(&of("search-service-canary-.+")).await;
        canary / self.number(&of("search-service-.+")).await
    }

    async fn error_ratio(&self) -> f64 {
        let of = |code: &str| {
            format!("sum(rate(http_requests_total{{namespace=\"production\",app=\"search-service\"{code}}}[1m]))")
        };
        self.number(&of(",code=~\"5..\"")).await / self.number(&of("")).await
    }
}

fn gate(rollout: &Value) -> (&str, &str, i64, bool) {
    let status = &rollout["status"];
    (
        text(status, "phase"),
        text(status, "message"),
        number(status, "currentStepIndex"),
        at(status, "controllerPause") == true && list(status, "pauseConditions").len() == 1,
    )
}

/// The weights of canary and stable by the status of a rollout.
fn weights(rollout: &Value) -> (i64, i64) {
    let said = at(rollout, "status.canary.weights");
    (number(said, "canary.weight"), number(said, "stable.weight"))
}

/// Pods of the revision that is wished for, and of the stable one.
async fn pods_of(bench: &Bench, rollout: &Value) -> (usize, usize) {
    let pods = bench.pods("production", "chat-service").await;
    let of = |hash: &str| {
        let has = |pod: &&Value| at(pod, "metadata.labels")["rollouts-pod-template-hash"] == hash;
        pods.iter().filter(has).count()
    };
    (of(text(rollout, "status.currentPodHash")), of(text(rollout, "status.stableRS")))
}

/// The patch that lets a rollout past the gate that was seen, and past no other.
fn release(seen: &Value) -> Value {
    let mut patch: Vec<Value> = ["currentPodHash", "currentStepIndex", "controllerPause", "pauseConditions"]
        .iter()
        .map(|member| json!({"op": "test", "path": format!("/status/{member}"), "value": seen["status"][member]}))
        .collect();
    patch.push(json!({"op": "remove", "path": "/status/pauseConditions"}));
    json!(patch)
}

#[tokio::test]
async fn the_new_kinds_are_discovered_with_their_status_and_have_rights_of_their_own() {
    let bench = Bench::new();
    let argo = bench.get("/apis/argoproj.io/v1alpha1").await;
    let names: Vec<&str> = list(&argo, "resources").iter().map(name_of).collect();
    for wanted in ["rollouts", "rollouts/status", "rollouts/scale", "analysisruns"] {
        assert!(names.contains(&wanted), "{names:?}");
    }
    let nothing = json!([]);
    for (path, user, code) in [
        (STATUS, "dana", StatusCode::OK),
        (STATUS, "victor", StatusCode::FORBIDDEN),
        (ROLLOUT, "dana", StatusCode::OK),
        (ROUTE, "dana", StatusCode::OK),
        (ROUTE, "victor", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(bench.ask(user, "PATCH", path, JSON_PATCH, nothing.clone()).await.0, code, "{user} {path}");
    }
    let (_, refusal) = bench.ask("victor", "PATCH", STATUS, JSON_PATCH, nothing).await;
    assert_eq!(
        text(&refusal, "message"),
        r#"rollouts.argoproj.io "chat-service" is forbidden: User "victor" cannot patch resource "rollouts/status" in API group "argoproj.io" in the namespace "production""#
    );
    assert_eq!(bench.ask("victor", "GET", ROUTE, "", Value::Null).await.0, StatusCode::OK);
    let reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    for (user, allowed) in [("dana", true), ("victor", false)] {
        let wish = json!({
            "verb": "patch", "group": "argoproj.io", "resource": "rollouts", "subresource": "status",
            "namespace": "production", "name": "chat-service",
        });
        let review = json!({"spec": {"resourceAttributes": wish}});
        let (_, review) = bench.ask(user, "POST", reviews, "application/json", review).await;
        assert_eq!(at(&review, "status.allowed"), allowed, "{user}");
    }
}

fn name_of(resource: &Value) -> &str {
    text(resource, "name")
}

#[tokio::test]
async fn a_status_is_written_by_its_own_path_alone_and_moves_no_generation() {
    let bench = Bench::new();
    let before = bench.get(ROLLOUT).await;
    let (status, same) = bench.merge(ROLLOUT, json!({"status": {"abort": true}})).await;
    assert_eq!((status, &same), (StatusCode::OK, &before), "the main path leaves the status as it is");
    let (status, same) = bench.merge(STATUS, json!({"spec": {"replicas": 9}})).await;
    assert_eq!((status, &same), (StatusCode::OK, &before), "the path of the status leaves the spec as it is");
    let (_, would_be) = bench.merge(&format!("{STATUS}?dryRun=All"), json!({"status": {"abort": true}})).await;
    assert_eq!(at(&would_be, "status.abort"), true);
    assert_eq!(bench.get(ROLLOUT).await, before);
    let failing = json!([
        {"op": "test", "path": "/status/currentStepIndex", "value": 4},
        {"op": "add", "path": "/status/promoteFull", "value": true},
    ]);
    assert_eq!(bench.patch(STATUS, failing).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, aborted) = bench.merge(STATUS, json!({"status": {"abort": true}})).await;
    assert_eq!(number(&aborted, "metadata.generation"), number(&before, "metadata.generation"));
    let (_, paused) = bench.merge(ROLLOUT, json!({"spec": {"paused": true}})).await;
    assert_eq!(number(&paused, "metadata.generation"), number(&before, "metadata.generation") + 1);
}

#[tokio::test]
async fn a_rollout_waits_at_its_gate_for_ever() {
    let bench = Bench::new();
    let rollout = bench.get(ROLLOUT).await;
    for rollout in [rollout, bench.rollout_after(3_600).await] {
        assert_eq!(gate(&rollout), ("Paused", "CanaryPauseStep", 1, true), "{rollout:#}");
        assert_eq!(weights(&rollout), (20, 80));
        assert_eq!(pods_of(&bench, &rollout).await, (1, 4));
        assert_eq!(rollout["metadata"]["annotations"]["rollout.argoproj.io/revision"], "4");
        assert_eq!(text(&rollout, "status.observedGeneration"), number(&rollout, "metadata.generation").to_string());
        assert_eq!(condition(&rollout["status"], "Progressing")["reason"], "RolloutPaused");
    }
    assert_eq!(bench.weights(CHAT_ROUTE).await, [80, 20]);
    let route = bench.get(CHAT_ROUTE).await;
    assert_eq!(route["metadata"]["labels"]["rollouts.argoproj.io/gatewayapi-canary"], "in-progress");
    let runs = bench.get(RUNS).await;
    let run = &list(&runs, "items")[0];
    assert_eq!((text(run, "status.phase"), number(run, "status.metricResults.0.failed")), ("Running", 0));
    assert!(number(run, "status.metricResults.0.count") > 60, "{run:#}");
    let value = text(run, "status.metricResults.0.measurements.9.value");
    let value: f64 = value.trim_matches(['[', ']']).parse().unwrap();
    assert!(value > 0.06 && value < 0.08, "{value}");
}

#[tokio::test]
async fn a_release_lets_it_past_one_gate_though_two_press() {
    let bench = Bench::new();
    let seen = bench.get(ROLLOUT).await;
    let patch = release(&seen);
    assert_eq!(bench.patch(STATUS, patch.clone()).await.0, StatusCode::OK);
    assert_eq!(bench.patch(STATUS, patch.clone()).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let rollout = bench.rollout_after(20).await;
    assert_eq!(bench.patch(STATUS, patch).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(gate(&rollout), ("Paused", "CanaryPauseStep", 3, true));
    assert_eq!((weights(&rollout), pods_of(&bench, &rollout).await), ((40, 60), (2, 4)));
    let rollout = bench.rollout_after(270).await;
    assert_eq!(number(&rollout, "status.currentStepIndex"), 3, "five minutes are not over");
    let rollout = bench.rollout_after(50).await;
    assert_eq!((gate(&rollout).0, number(&rollout, "status.currentStepIndex")), ("Healthy", 5), "{rollout:#}");
    assert_eq!(text(&rollout, "status.stableRS"), text(&seen, "status.currentPodHash"));
    assert_eq!(weights(&rollout), (0, 100));
    assert!(bench.get(CHAT_ROUTE).await["metadata"]["labels"].get("rollouts.argoproj.io/gatewayapi-canary").is_none());
    bench.pass(40);
    assert_eq!(bench.pods("production", "chat-service").await.len(), 4, "the old revision is gone");
    let runs = bench.get(RUNS).await;
    assert_eq!(text(&runs, "items.0.status.phase"), "Successful");
}

#[tokio::test]
async fn an_abort_goes_back_to_the_stable_revision_and_a_retry_begins_anew() {
    let bench = Bench::new();
    let before = bench.get(ROLLOUT).await;
    bench.merge(STATUS, json!({"status": {"abort": true}})).await;
    let rollout = bench.rollout_after(2).await;
    assert_eq!(
        gate(&rollout),
        ("Degraded", "RolloutAborted: Rollout aborted update to revision 4", 0, false),
        "{rollout:#}"
    );
    assert!(!text(&rollout, "status.abortedAt").is_empty());
    assert_eq!((weights(&rollout), bench.weights(CHAT_ROUTE).await), ((0, 100), vec![100, 0]));
    assert_eq!(rollout["spec"]["template"], before["spec"]["template"], "what is wished for stays");
    assert_eq!(pods_of(&bench, &rollout).await, (1, 4), "the canary keeps its pods for a while");
    let rollout = bench.rollout_after(40).await;
    assert_eq!(pods_of(&bench, &rollout).await, (0, 4));
    bench.merge(STATUS, json!({"status": {"abort": false}})).await;
    let rollout = bench.rollout_after(20).await;
    assert_eq!(gate(&rollout), ("Paused", "CanaryPauseStep", 1, true));
    assert_eq!((weights(&rollout), pods_of(&bench, &rollout).await), ((20, 80), (1, 4)));
    assert!(at(&rollout, "status.abortedAt").is_null());
}

#[tokio::test]
async fn a_full_promotion_and_a_skipped_step_leave_gates_behind() {
    let bench = Bench::new();
    bench.merge(STATUS, json!({"status": {"promoteFull": true}})).await;
    let rollout = bench.rollout_after(20).await;
    assert_eq!((gate(&rollout).0, at(&rollout, "status.promoteFull")), ("Healthy", &Value::Null), "{rollout:#}");
    assert_eq!(text(&rollout, "status.stableRS"), text(&rollout, "status.currentPodHash"));
    let bench = Bench::new();
    bench.merge(STATUS, json!({"status": {"pauseConditions": null, "currentStepIndex": 2}})).await;
    let rollout = bench.rollout_after(20).await;
    assert_eq!(gate(&rollout), ("Paused", "CanaryPauseStep", 3, true));
    bench.merge(STATUS, json!({"status": {"pauseConditions": null, "currentStepIndex": 5}})).await;
    let rollout = bench.rollout_after(20).await;
    assert_eq!(gate(&rollout).0, "Healthy");
}

#[tokio::test]
async fn a_rollout_paused_by_hand_holds_although_its_gate_is_released() {
    let bench = Bench::new();
    bench.merge(ROLLOUT, json!({"spec": {"paused": true}})).await;
    let rollout = bench.rollout_after(2).await;
    assert_eq!((gate(&rollout).0, gate(&rollout).1), ("Paused", "manually paused"));
    bench.merge(STATUS, json!({"status": {"pauseConditions": null}})).await;
    let rollout = bench.rollout_after(20).await;
    assert_eq!((gate(&rollout).0, number(&rollout, "status.currentStepIndex")), ("Paused", 1));
    bench.merge(ROLLOUT, json!({"spec": {"paused": false}})).await;
    let rollout = bench.rollout_after(20).await;
    assert_eq!(gate(&rollout), ("Paused", "CanaryPauseStep", 1, true), "the release was lost: it waits anew");
}

#[tokio::test]
async fn going_back_to_the_stable_template_skips_the_steps_and_going_further_back_takes_them() {
    let bench = Bench::new();
    let sets = bench
        .get("/apis/apps/v1/namespaces/production/replicasets?labelSelector=app.kubernetes.io/name=chat-service")
        .await;
    let template = |version: &str| {
        let has = |set: &&Value| text(set, "spec.template.spec.containers.0.image").ends_with(version);
        let mut template = list(&sets, "items").iter().find(has).unwrap()["spec"]["template"].clone();
        template["metadata"]["labels"].as_object_mut().unwrap().shift_remove("rollouts-pod-template-hash");
        template
    };
    let back = |version: &str| json!([{"op": "replace", "path": "/spec/template", "value": template(version)}]);
    let stable = text(&bench.get(ROLLOUT).await, "status.stableRS").to_owned();
    bench.patch(ROLLOUT, back(":1.4.1")).await;
    let rollout = bench.rollout_after(20).await;
    assert_eq!(
        (gate(&rollout).0, text(&rollout, "status.currentPodHash")),
        ("Healthy", stable.as_str()),
        "{rollout:#}"
    );
    assert_eq!(
        rollout["metadata"]["annotations"]["rollout.argoproj.io/revision"], "5",
        "the same set has a new number"
    );
    assert_eq!(bench.pods("production", "chat-service").await.len(), 4);
    bench.patch(ROLLOUT, back(":1.4.0")).await;
    let rollout = bench.rollout_after(20).await;
    assert_eq!(gate(&rollout), ("Paused", "CanaryPauseStep", 1, true));
}

#[tokio::test]
async fn a_restart_replaces_all_pods_one_after_the_other() {
    let bench = Bench::new();
    let before = bench.pods("production", "chat-service").await;
    bench.merge(ROLLOUT, json!({"spec": {"restartAt": "2026-11-21T03:12:00Z"}})).await;
    let rollout = bench.rollout_after(4).await;
    assert!(number(&rollout, "status.availableReplicas") >= 4, "one at a time: {rollout:#}");
    let rollout = bench.rollout_after(120).await;
    assert_eq!(text(&rollout, "status.restartedAt"), "2026-11-21T03:12:00Z");
    let after = bench.pods("production", "chat-service").await;
    assert!(after.len() == 5 && after.iter().all(|pod| before.iter().all(|old| uid(old) != uid(pod))));
    assert_eq!(number(&rollout, "status.currentStepIndex"), 1, "the gate holds");
}

#[tokio::test]
async fn what_a_person_sets_at_the_route_of_a_rollout_is_taken_back() {
    let bench = Bench::new();
    let patch = json!([{"op": "replace", "path": "/spec/rules/0/backendRefs/1/weight", "value": 70}]);
    assert_eq!(bench.patch(CHAT_ROUTE, patch).await.0, StatusCode::OK);
    bench.pass(1);
    assert_eq!(bench.weights(CHAT_ROUTE).await, [80, 20]);
    bench.shift(30, 70).await;
    bench.pass(60);
    assert_eq!(bench.weights(ROUTE).await, [30, 70], "nobody steers this one");
}

#[tokio::test]
async fn a_gateway_says_what_it_makes_of_a_route() {
    let bench = Bench::new();
    let parent = |route: &Value| at(route, "status.parents.0").clone();
    let before = bench.get(ROUTE).await;
    let patched = bench.shift(50, 50).await;
    assert_eq!(number(&patched, "metadata.generation"), number(&before, "metadata.generation") + 1);
    assert_eq!(parent(&patched), parent(&before), "the gateway has not seen it yet");
    bench.pass(1);
    let seen = parent(&bench.get(ROUTE).await);
    for kind in ["Accepted", "ResolvedRefs"] {
        let told = condition(&seen, kind);
        assert_eq!(
            (text(told, "status"), number(told, "observedGeneration")),
            ("True", number(&patched, "metadata.generation"))
        );
    }
    let lost = json!([{"op": "replace", "path": "/spec/rules/0/backendRefs/1/name", "value": "nowhere"}]);
    bench.patch(ROUTE, lost).await;
    bench.pass(1);
    let seen = parent(&bench.get(ROUTE).await);
    assert_eq!(condition(&seen, "ResolvedRefs")["reason"], "BackendNotFound");
    let wrong = json!([{"op": "replace", "path": "/spec/rules/0/backendRefs/0/weight", "value": -1}]);
    let (status, refusal) = bench.patch(ROUTE, wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&refusal, "message").contains("backendRefs[0].weight: Invalid value: -1"), "{refusal}");
}

#[tokio::test]
async fn requests_follow_the_weights_and_errors_follow_the_requests() {
    let bench = Bench::new();
    let (share, ratio) = (bench.share_of_canary().await, bench.error_ratio().await);
    assert!((share - 0.1).abs() < 0.005 && (0.005..0.012).contains(&ratio), "{share} {ratio}");
    bench.shift(50, 50).await;
    bench.pass(120);
    let (share, ratio) = (bench.share_of_canary().await, bench.error_ratio().await);
    assert!((share - 0.5).abs() < 0.005 && (0.03..0.05).contains(&ratio), "{share} {ratio}");
    bench.shift(100, 0).await;
    bench.pass(120);
    let (share, ratio) = (bench.share_of_canary().await, bench.error_ratio().await);
    assert!(share < 0.001 && ratio < 0.002, "{share} {ratio}");
}

#[tokio::test]
async fn requests_to_an_arm_without_pods_fail_at_the_gateway() {
    let bench = Bench::new();
    let canary = "/apis/apps/v1/namespaces/production/deployments/search-service-canary";
    bench.merge(canary, json!({"spec": {"replicas": 0}})).await;
    bench.shift(60, 40).await;
    bench.pass(120);
    let ratio = bench.error_ratio().await;
    assert!((ratio - 0.4).abs() < 0.02, "{ratio}");
    assert!(bench.share_of_canary().await < 0.001);
    bench.shift(100, 0).await;
    bench.pass(120);
    assert!(bench.error_ratio().await < 0.002);
}
