//! What the API answers: lists, watches, patches, refusals and logs.

use super::*;

#[tokio::test]
async fn a_failing_test_of_a_json_patch_is_a_422_and_changes_nothing() {
    let bench = Bench::new();
    let before = bench.get(MEDIA).await;
    let patch = json!([
        {"op": "test", "path": "/metadata/uid", "value": "another"},
        {"op": "replace", "path": "/spec/replicas", "value": 1},
    ]);
    let (status, refusal) = bench.patch(MEDIA, patch).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        (text(&refusal, "kind"), text(&refusal, "reason"), number(&refusal, "code")),
        ("Status", "Invalid", 422)
    );
    assert_eq!(bench.get(MEDIA).await, before);
    let (status, _) =
        bench.patch(MEDIA, json!([{"op": "replace", "path": "/metadata/resourceVersion", "value": "1"}])).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, _) = bench.patch(MEDIA, json!([{"op": "replace", "path": "/spec/replicas", "value": -1}])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_dry_run_shows_the_outcome_and_changes_nothing() {
    let bench = Bench::new();
    let before = bench.get(MEDIA).await;
    let patch = json!([{"op": "replace", "path": "/spec/replicas", "value": 9}]);
    let (status, would_be) = bench.patch(&format!("{MEDIA}?dryRun=All"), patch).await;
    assert_eq!((status, number(&would_be, "spec.replicas")), (StatusCode::OK, 9));
    let scale = json!({"spec": {"replicas": 2}});
    let (_, would_be) =
        bench.ask("maria", "PATCH", &format!("{MEDIA}/scale?dryRun=All"), "application/merge-patch+json", scale).await;
    assert_eq!((text(&would_be, "kind"), number(&would_be, "spec.replicas")), ("Scale", 2));
    assert_eq!(bench.get(MEDIA).await, before);
}

#[tokio::test]
async fn a_watch_tells_what_changed_since_a_list_and_ends_with_a_bookmark() {
    let bench = Bench::new();
    let path = "/apis/apps/v1/namespaces/production/deployments";
    let listed = bench.get(path).await;
    let version = text(&listed, "metadata.resourceVersion").to_owned();
    let (_, patched) = bench.patch(MEDIA, json!([{"op": "replace", "path": "/spec/replicas", "value": 5}])).await;
    let query = format!("watch=1&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion={version}");
    let events = bench.lines(&format!("{path}?{query}")).await;
    assert_eq!((text(&events[0], "type"), &events[0]["object"]), ("MODIFIED", &patched));
    assert_eq!(text(events.last().unwrap(), "type"), "BOOKMARK");
    let selected = bench.lines(&format!("{path}?{query}&labelSelector=app.kubernetes.io/name!=media-service")).await;
    assert!(selected.iter().all(|event| event["type"] == "BOOKMARK"), "{selected:?}");
    bench.patch(MEDIA, json!([{"op": "remove", "path": "/metadata/labels/app.kubernetes.io~1name"}])).await;
    let left = bench.lines(&format!("{path}?{query}&labelSelector=app.kubernetes.io/name")).await;
    assert!(left.iter().any(|event| event["type"] == "DELETED"), "an object that stops matching is gone");
}

#[tokio::test]
async fn an_open_watch_hears_of_later_changes() {
    let bench = Bench::new();
    let pods = bench.get("/api/v1/pods").await;
    let path = format!("/api/v1/pods?watch=true&resourceVersion={}", text(&pods, "metadata.resourceVersion"));
    let (_, body) =
        bench.send("maria", "GET", &path, ("application/json;stream=watch, application/json", ""), String::new()).await;
    let mut stream = body.into_data_stream();
    let waiting = tokio::spawn(async move { stream.next().await.unwrap().unwrap() });
    let first = &list(&pods, "items")[0];
    let path = format!("/api/v1/namespaces/{}/pods/{}", text(first, "metadata.namespace"), name(first));
    bench.ask("maria", "DELETE", &path, "", Value::Null).await;
    let heard: Value =
        serde_json::from_slice(waiting.await.unwrap().split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    assert_eq!((text(&heard, "type"), uid(&heard["object"])), ("MODIFIED", uid(first)));
}

#[tokio::test]
async fn a_watch_from_a_forgotten_version_is_told_that_it_is_gone() {
    let bench = Bench::new();
    let events = bench.lines("/api/v1/pods?watch=1&resourceVersion=1").await;
    assert_eq!(events.len(), 1);
    assert_eq!((text(&events[0], "type"), number(&events[0], "object.code")), ("ERROR", 410));
    assert_eq!(text(&events[0], "object.reason"), "Expired");
}

#[tokio::test]
async fn pages_of_a_list_join_to_the_whole() {
    let bench = Bench::new();
    let whole = bench.get("/api/v1/pods").await;
    let mut joined = Vec::new();
    let mut token = String::new();
    loop {
        let page = bench.get(&format!("/api/v1/pods?limit=7&continue={token}")).await;
        joined.extend(list(&page, "items").to_vec());
        assert_eq!(text(&page, "metadata.resourceVersion"), text(&whole, "metadata.resourceVersion"));
        token = text(&page, "metadata.continue").to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(joined, list(&whole, "items"));
    let (status, _) = bench.ask("maria", "GET", "/api/v1/pods?limit=7&continue=1:a/b", "", Value::Null).await;
    assert_eq!(status, StatusCode::GONE);
}

#[tokio::test]
async fn serves_json_and_metadata_alone_but_neither_protobuf_nor_streaming_lists() {
    let bench = Bench::new();
    let protobuf = ("application/vnd.kubernetes.protobuf", "");
    assert_eq!(bench.send("maria", "GET", "/api/v1/pods", protobuf, String::new()).await.0, StatusCode::NOT_ACCEPTABLE);
    let (status, _) = bench.ask("maria", "GET", "/api/v1/pods?watch=1&sendInitialEvents=true", "", Value::Null).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, body) = bench.send("maria", "GET", "/api/v1/secrets", (METADATA, ""), String::new()).await;
    let secrets: Value = serde_json::from_slice(&to_bytes(body, usize::MAX).await.unwrap()).unwrap();
    assert_eq!(text(&secrets, "kind"), "PartialObjectMetadataList");
    assert!(list(&secrets, "items").iter().all(|secret| secret.get("data").is_none()));
    assert!(!list(&secrets, "items").is_empty());
}

#[tokio::test]
async fn every_kind_is_listed_found_by_name_and_discovered() {
    let bench = Bench::new();
    // Nobody guards anything as long as nobody began to.
    for kind in KINDS.iter().filter(|kind| kind.plural != "leases") {
        let root =
            if kind.group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{}/{}", kind.group, kind.version) };
        let path = format!("{root}/{}", kind.plural);
        let all = bench.get(&path).await;
        let first = list(&all, "items").first().unwrap_or_else(|| panic!("no {}", kind.plural));
        let found = bench.get(&format!("{path}?fieldSelector=metadata.name={}", name(first))).await;
        assert!(list(&found, "items").iter().all(|item| name(item) == name(first)));
        let resources = bench.get(&root).await;
        assert!(list(&resources, "resources").iter().any(|resource| resource["name"] == kind.plural));
    }
}

#[tokio::test]
async fn every_object_is_read_by_the_typed_client() {
    use k8s_openapi::List;
    use k8s_openapi::api::{apps::v1 as apps, autoscaling::v2, batch::v1 as batch, core::v1 as core};
    use k8s_openapi::api::{discovery::v1 as discovery, networking::v1 as networking, policy::v1 as policy};
    fn read<T: k8s_openapi::ListableResource + serde::de::DeserializeOwned>(list: Value) {
        serde_json::from_value::<List<T>>(list).unwrap();
    }
    let bench = Bench::new();
    read::<core::Pod>(bench.get("/api/v1/pods").await);
    read::<core::Event>(bench.get("/api/v1/events").await);
    read::<core::Node>(bench.get("/api/v1/nodes").await);
    read::<core::Namespace>(bench.get("/api/v1/namespaces").await);
    read::<core::Service>(bench.get("/api/v1/services").await);
    read::<core::ConfigMap>(bench.get("/api/v1/configmaps").await);
    read::<core::Secret>(bench.get("/api/v1/secrets").await);
    read::<apps::Deployment>(bench.get("/apis/apps/v1/deployments").await);
    read::<apps::ReplicaSet>(bench.get("/apis/apps/v1/replicasets").await);
    read::<apps::StatefulSet>(bench.get("/apis/apps/v1/statefulsets").await);
    read::<apps::DaemonSet>(bench.get("/apis/apps/v1/daemonsets").await);
    read::<apps::ControllerRevision>(bench.get("/apis/apps/v1/controllerrevisions").await);
    read::<batch::Job>(bench.get("/apis/batch/v1/jobs").await);
    read::<batch::CronJob>(bench.get("/apis/batch/v1/cronjobs").await);
    read::<v2::HorizontalPodAutoscaler>(bench.get("/apis/autoscaling/v2/horizontalpodautoscalers").await);
    read::<discovery::EndpointSlice>(bench.get("/apis/discovery.k8s.io/v1/endpointslices").await);
    read::<networking::Ingress>(bench.get("/apis/networking.k8s.io/v1/ingresses").await);
    read::<policy::PodDisruptionBudget>(bench.get("/apis/policy/v1/poddisruptionbudgets").await);
}

#[tokio::test]
async fn refusals_are_worded_as_the_real_server_words_them() {
    let bench = Bench::new();
    let (status, refusal) = bench.ask("nobody", "GET", "/apis/apps/v1/deployments", "", Value::Null).await;
    assert_eq!((status, text(&refusal, "reason")), (StatusCode::FORBIDDEN, "Forbidden"));
    assert_eq!(
        text(&refusal, "message"),
        r#"deployments.apps is forbidden: User "nobody" cannot list resource "deployments" in API group "apps" at the cluster scope"#
    );
    let (_, refusal) = bench.ask("victor", "PATCH", MEDIA, JSON_PATCH, json!([])).await;
    assert_eq!(
        text(&refusal, "message"),
        r#"deployments.apps "media-service" is forbidden: User "victor" cannot patch resource "deployments" in API group "apps" in the namespace "production""#
    );
    assert_eq!(bench.ask("dana", "PATCH", MEDIA, JSON_PATCH, json!([])).await.0, StatusCode::OK);
    assert_eq!(bench.ask("stranger", "GET", MEDIA, "", Value::Null).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn reviews_say_what_the_api_then_does() {
    let bench = Bench::new();
    let who = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let (status, review) = bench.ask("dana", "POST", path, "application/json", who).await;
    assert_eq!((status, text(&review, "status.userInfo.username")), (StatusCode::CREATED, "dana"));
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    for (user, namespace, allowed) in [
        ("maria", "kube-system", true),
        ("dana", "staging", true),
        ("dana", "kube-system", false),
        ("victor", "staging", false),
    ] {
        let wish = json!({"verb": "patch", "group": "apps", "resource": "deployments", "subresource": "scale", "namespace": namespace});
        let (_, review) =
            bench.ask(user, "POST", path, "application/json", json!({"spec": {"resourceAttributes": wish}})).await;
        assert_eq!(at(&review, "status.allowed"), allowed, "{user} in {namespace}");
    }
}

#[tokio::test]
async fn logs_are_cut_stamped_and_followed_to_the_end_of_the_pod() {
    let bench = Bench::new();
    let pods = bench.pods("production", "media-service").await;
    let bad = pods.iter().find(|pod| text(pod, "spec.containers.0.image").ends_with(":3.2.0")).unwrap();
    let path = |pod: &Value, query: &str| format!("/api/v1/namespaces/production/pods/{}/log?{query}", name(pod));
    let (_, log) = bench.text("maria", "GET", &path(bad, "previous=true"), "", Value::Null).await;
    assert!(log.contains("image decoding failed"), "{log}");
    let good = pods.iter().find(|pod| text(pod, "spec.containers.0.image").ends_with(":3.1.0")).unwrap();
    let (_, log) = bench.text("maria", "GET", &path(good, "tailLines=10&timestamps=true"), "", Value::Null).await;
    let stamps: Vec<&str> = log.lines().map(|line| line.split_once(' ').unwrap().0).collect();
    assert_eq!(stamps.len(), 10);
    assert!(stamps.is_sorted() && stamps.iter().all(|stamp| stamp.len() == 30 && stamp.parse::<Timestamp>().is_ok()));
    let (status, _) = bench.text("maria", "GET", &path(good, "previous=true"), "", Value::Null).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);

    let (_, body) =
        bench.send("maria", "GET", &path(good, "follow=true&tailLines=1"), ("*/*", ""), String::new()).await;
    let mut stream = body.into_data_stream();
    assert_eq!(lines_of(&stream.next().await.unwrap().unwrap()), 1);
    bench.pass(10);
    assert!(lines_of(&stream.next().await.unwrap().unwrap()) > 3);
    let delete = format!("/api/v1/namespaces/production/pods/{}", name(good));
    bench.ask("maria", "DELETE", &delete, "", Value::Null).await;
    bench.pass(5);
    bench.pods("production", "media-service").await;
    assert!(stream.next().await.is_none());
}

fn lines_of(chunk: &[u8]) -> usize {
    chunk.split(|byte| *byte == b'\n').count() - 1
}

#[tokio::test]
async fn listens_on_loopback_until_it_is_dropped() {
    let clock = Clock::manual(start());
    let sandbox = Sandbox::start(Options { seed: 7, clock }).await.unwrap();
    let address = sandbox.address();
    assert!(address.ip().is_loopback());
    assert!(sandbox.kubeconfig_yaml("dana").contains(&format!("server: http://{address}")));
    tokio::net::TcpStream::connect(address).await.unwrap();
    drop(sandbox);
    let began = Instant::now();
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        assert!(began.elapsed() < Duration::from_secs(10), "it still listens");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_real_client_reads_watches_and_patches_over_the_wire() {
    use k8s_openapi::api::core::v1::{ConfigMap, Pod};
    use kube::api::{Api, ListParams, LogParams, Patch, PatchParams, WatchEvent, WatchParams};
    let options = Options { seed: 7, clock: Clock::manual(start()) };
    let sandbox = Sandbox::start(options).await.unwrap();
    let metadata = json!({"name": "a\u{202e}b", "namespace": "staging", "labels": {"app": "\u{1b}[31mred"}});
    sandbox.place(json!({"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata}));
    let kubeconfig = kube::config::Kubeconfig::from_yaml(&sandbox.kubeconfig_yaml("maria")).unwrap();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &kube::config::KubeConfigOptions::default()).await;
    let client = kube::Client::try_from(config.unwrap()).unwrap();
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "staging");
    let listed = maps.list(&ListParams::default()).await.unwrap();
    assert!(listed.items.iter().any(|map| map.metadata.name.as_deref() == Some("a\u{202e}b")));
    let version = listed.metadata.resource_version.unwrap();
    let changed = Patch::Merge(json!({"data": {"RATE_LIMIT_RPS": "300"}}));
    maps.patch("gateway-config", &PatchParams::apply("midwatch"), &changed).await.unwrap();
    let mut events = maps.watch(&WatchParams::default(), &version).await.unwrap().boxed();
    let WatchEvent::Modified(heard) = events.next().await.unwrap().unwrap() else {
        panic!("the first event is the change")
    };
    assert_eq!(heard.data.unwrap()["RATE_LIMIT_RPS"], "300");
    let pods: Api<Pod> = Api::namespaced(client, "production");
    let log = pods.logs("redis-0", &LogParams { tail_lines: Some(3), ..LogParams::default() }).await.unwrap();
    assert_eq!(log.lines().count(), 3);
}
