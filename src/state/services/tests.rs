use proptest::prelude::*;

use super::*;
use crate::domain::argo::Argo;
use crate::domain::object::Meta;
use crate::domain::platform::{Event, Job, Namespace};
use crate::domain::pod::{Container, Pod};
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::update::{Liveness, SourceId, Update};
use crate::domain::workload::Workload;
use crate::state::tests::fixture::*;

mod board;

fn board(state: &State) -> ServiceBoard {
    let mut board = ServiceBoard::default();
    board.refresh(state, NOW);
    board
}

fn names(board: &ServiceBoard) -> Vec<String> {
    board.services().iter().map(|service| format!("{} {}", service.id.environment, service.id.name)).collect()
}

fn only(state: &State) -> Service {
    let board = board(state);
    assert_eq!(board.services().len(), 1, "{:?}", names(&board));
    board.services()[0].clone()
}

fn labelled(name: &str, pairs: &[(&str, &str)]) -> Row {
    let mut workload = workload(name, 1);
    workload.meta.labels = labels(pairs);
    Row::Deployment(Box::new(workload))
}

#[test]
fn labels_group_workloads_and_part_of_is_kept() {
    let mut worker = workload("chat-worker", 1);
    worker.template_labels = labels(&[("app", "chat")]);
    let state = world([
        labelled(
            "chat-web",
            &[("app.kubernetes.io/name", "chat"), ("app", "x"), ("app.kubernetes.io/part-of", "messaging")],
        ),
        Row::Deployment(Box::new(worker)),
        labelled("plain", &[]),
    ]);
    let board = board(&state);
    assert_eq!(names(&board), ["production chat", "production plain"]);
    let chat = &board.services()[0];
    assert_eq!((chat.workloads.len(), chat.desired, chat.ready), (2, 2, 2));
    assert_eq!(chat.part_of.as_deref(), Some("messaging"));
    assert!(chat.is_protected);
}

#[test]
fn the_same_name_in_two_environments_is_two_services() {
    let mut other = workload("chat", 1);
    other.meta.namespace = "room-7".into();
    let mut namespace = Namespace::default();
    namespace.meta.name = "room-7".into();
    namespace.meta.labels = labels(&[("environment", "testing")]);
    let state = world([labelled("chat", &[]), Row::Deployment(Box::new(other)), Row::Namespace(Box::new(namespace))]);
    let board = board(&state);
    assert_eq!(names(&board), ["production chat", "testing chat"]);
    assert!(!board.services()[1].is_protected);
}

#[test]
fn pods_join_their_workload_by_identity_even_without_replica_sets() {
    let pods = || vec![pod("chat", 1, 1), ended(pod("chat", 1, 2), "Error", 2, 4_000)];
    let service = only(&world(deployed("chat", pods())));
    assert_eq!((service.restarts, service.version.to_string().as_str()), (2, "1.4.1"));
    let mut unlabelled = deployed("chat", pods());
    for row in &mut unlabelled {
        if let Row::Pod(pod) = row {
            pod.meta.labels = labels(&[]);
        }
    }
    assert_eq!(only(&world(unlabelled)).restarts, 2, "the identity is enough");
    let without_sets = deployed("chat", pods()).into_iter().filter(|row| !matches!(row, Row::ReplicaSet(_)));
    assert_eq!(only(&world(without_sets)).restarts, 2);
}

#[test]
fn what_has_no_workload_appears_and_what_has_ended_does_not() {
    let bare = |name: &str, phase: &str| {
        let mut pod = pod("chat", 1, 1);
        pod.meta = meta(name);
        pod.phase = phase.into();
        pod
    };
    let custom = |id: usize| {
        let mut pod = bare(&format!("kafka-{id}"), "Running");
        pod.meta.owner = Some(owner(Kind::Pod, "kafka"));
        pod
    };
    let job = |name: &str, finished: bool| {
        let meta = Meta { owner: Some(owner(Kind::CronJob, "nightly")), ..meta(name) };
        Row::Job(Box::new(Job { meta, completions: 1, active: 1, finished: finished.then_some(NOW), ..Job::default() }))
    };
    let mut job_pod = bare("nightly-2-x", "Running");
    job_pod.meta.owner = Some(owner(Kind::Job, "nightly-2"));
    let pods = [bare("debug", "Running"), bare("done", "Succeeded"), custom(0), custom(1), job_pod];
    let rows = pods.into_iter().map(|pod| Row::Pod(Box::new(pod)));
    let board = board(&world(rows.chain([job("nightly-1", true), job("nightly-2", false)])));
    assert_eq!(names(&board), ["production debug", "production kafka", "production nightly"]);
    let kafka = &board.services()[1];
    assert_eq!((kafka.ready, kafka.desired), (2, 2));
    assert_eq!(board.services()[2].workloads, [reference(Kind::Job, "nightly-2")]);
}

#[test]
fn a_service_is_as_well_as_its_worst_workload_which_it_names() {
    let mut broken = deployed("chat-worker", vec![crashing(pod("chat-worker", 1, 1), "OOMKilled", 9)]);
    let Row::Deployment(worker) = &mut broken[0] else { panic!("the deployment comes first") };
    worker.meta.labels = labels(&[("app", "chat")]);
    let state = world(deployed("chat", vec![pod("chat", 1, 1)]).into_iter().chain(broken));
    let service = only(&state);
    assert_eq!(service.verdict.health, Health::Bad);
    assert_eq!(service.verdict.reason, "chat-worker: CrashLoopBackOff: OOMKilled, 1 of 1 pods");
    assert_eq!(service.since(), Some(ago(300)));
}

#[test]
fn a_service_of_a_silent_cluster_is_named_once_with_what_was_worst_before() {
    let reason = |rows: Vec<Row>| {
        let mut board = ServiceBoard::default();
        board.refresh(&world(rows), later(30));
        assert_eq!(board.services().len(), 1);
        board.services()[0].verdict.reason.to_string()
    };
    let of_chat = |name: &str, pod: Pod| {
        let mut rows = deployed(name, vec![pod]);
        let Row::Deployment(workload) = &mut rows[0] else { panic!("the deployment comes first") };
        workload.meta.labels = labels(&[("app", "chat")]);
        rows
    };
    let well = of_chat("chat", pod("chat", 1, 1));
    let two = |worker: Pod| well.iter().cloned().chain(of_chat("chat-worker", worker)).collect();
    let worker = || pod("chat-worker", 1, 1);
    assert_eq!(reason(two(worker())), "unknown: cluster last heard 22:13");
    assert_eq!(
        reason(two(crashing(worker(), "OOMKilled", 9))),
        "unknown: cluster last heard 22:13, before that chat-worker: CrashLoopBackOff: OOMKilled, 1 of 1 pods"
    );
}

#[test]
fn a_rollout_shows_the_version_that_runs_and_the_one_that_comes() {
    let mut workload = rolling(workload("chat", 3), 1);
    workload.images = Box::new(["registry.example/chat:1.5.0".into()]);
    let proxy = Container { name: "proxy".into(), image: "mesh/proxy:9".into(), ready: true, ..Container::default() };
    let injected = |mut pod: Pod| {
        pod.containers = [proxy.clone()].into_iter().chain(pod.containers).collect();
        pod
    };
    let pods = [pod("chat", 1, 1), pod("chat", 1, 2), pod("chat", 2, 1)].map(injected);
    let state = world(
        [
            Row::Deployment(Box::new(workload)),
            Row::ReplicaSet(Box::new(replica_set("chat", 1, "1.4.1"))),
            Row::ReplicaSet(Box::new(replica_set("chat", 2, "1.5.0"))),
        ]
        .into_iter()
        .chain(pods.map(|pod| Row::Pod(Box::new(pod)))),
    );
    assert_eq!(only(&state).version.to_string(), "1.4.1 → 1.5.0");
    let board = board(&state);
    assert_eq!(board.rollouts()[0].status.progress, "1 of 3 updated");
}

/// A Rollout on its way from the first to the second revision, with its ReplicaSets and pods.
fn canary() -> Vec<Row> {
    let hashed = |meta: &mut Meta, number: i64| {
        meta.labels = labels(&[("rollouts-pod-template-hash", &format!("hash{number}"))]);
    };
    let argo = Argo { current: "hash2".into(), stable: "hash1".into(), most: 100, ..Argo::default() };
    let mut rows = vec![Row::Rollout(Box::new(Workload {
        images: Box::new(["registry.example/chat:1.5.0".into()]),
        argo: Some(Box::new(argo)),
        ..rolling(workload("chat", 3), 1)
    }))];
    for (number, version) in [(1, "1.4.1"), (2, "1.5.0")] {
        let mut set = replica_set("chat", number, version);
        hashed(&mut set.meta, number);
        rows.push(Row::ReplicaSet(Box::new(set)));
    }
    for (number, id) in [(1, 1), (1, 2), (2, 1)] {
        let mut pod = ended(pod("chat", number, id), "Error", 1, 4_000);
        hashed(&mut pod.meta, number);
        rows.push(Row::Pod(Box::new(pod)));
    }
    rows
}

#[test]
fn a_rollout_of_argo_is_a_workload_like_any_other_even_without_replica_sets() {
    let service = only(&world(canary()));
    assert_eq!((service.restarts, service.version.to_string().as_str()), (3, "1.4.1 → 1.5.0"));
    assert_eq!(service.workloads[0].kind, Kind::Rollout);
    let without_sets = canary().into_iter().filter(|row| !matches!(row, Row::ReplicaSet(_)));
    let service = only(&world(without_sets));
    assert_eq!((service.restarts, service.version.to_string().as_str()), (3, "1.4.1 → 1.5.0"), "names are enough");
}

#[test]
fn one_that_was_stopped_shows_what_serves() {
    let mut rows = canary();
    if let Row::Rollout(rollout) = &mut rows[0]
        && let Some(argo) = &mut rollout.argo
    {
        argo.is_aborted = true;
    }
    assert_eq!(only(&world(rows)).version.to_string(), "1.4.1");
}

#[test]
fn only_an_event_tells_that_a_stateful_set_may_not_make_pods() {
    let mut set = workload("db", 3);
    (set.current, set.ready, set.conditions) = (1, 1, Box::new([]));
    let event = |seconds_ago| {
        Row::Event(Box::new(Event {
            meta: meta("db.1"),
            class: "Warning".into(),
            reason: "FailedCreate".into(),
            message: "create Pod db-1 failed error: pods \"db-1\" is forbidden: exceeded quota: compute".into(),
            about_uid: "uid-db".into(),
            last: Some(ago(seconds_ago)),
            ..Event::default()
        }))
    };
    let set = Row::StatefulSet(Box::new(set));
    let refused = only(&world([set.clone(), event(60)]));
    assert_eq!(refused.verdict.reason, "cannot create pods: exceeded quota: compute");
    assert!(!only(&world([set, event(3_600)])).verdict.reason.contains("quota"), "an old refusal no longer counts");
}

#[test]
fn worst_comes_first_then_longest_and_the_cluster_itself_last_while_it_is_well() {
    let service = |name: &str, namespace: &str, health, since: Option<i64>| Service {
        id: ServiceId { cluster: cluster(), environment: namespace.into(), name: name.into() },
        part_of: None,
        is_protected: true,
        namespaces: vec![namespace.into()],
        workloads: Vec::new(),
        verdict: crate::domain::health::Verdict::new(health, "", since.map(ago)),
        version: crate::domain::service::VersionShown::default(),
        ready: 0,
        desired: 0,
        restarts: 0,
    };
    let mut services = vec![
        service("a-dns", "kube-system", Health::Healthy, Some(9)),
        service("b", "production", Health::Healthy, Some(9)),
        service("a", "production", Health::Healthy, Some(5)),
        service("lost", "production", Health::Unknown, None),
        service("new", "production", Health::Bad, Some(10)),
        service("old", "production", Health::Bad, Some(99)),
        service("timeless", "production", Health::Bad, None),
        service("look", "production", Health::Attention, Some(999)),
        service("proxy", "kube-system", Health::Bad, Some(50)),
    ];
    services.sort_by(Service::worst_first);
    let order: Vec<_> = services.iter().map(|service| service.id.name.as_str()).collect();
    assert_eq!(order, ["old", "proxy", "new", "timeless", "look", "lost", "a", "b", "a-dns"]);
}

fn stale() -> impl Strategy<Value = Option<Liveness>> {
    prop_oneof![
        Just(None),
        Just(Some(Liveness::Loading)),
        Just(Some(Liveness::Late { since: ago(60), problem: problem("no answer") })),
        Just(Some(Liveness::NoAccess(problem("no access")))),
        Just(Some(Liveness::Absent(problem("no such kind")))),
    ]
}

proptest! {
    #[test]
    fn a_source_in_doubt_never_yields_healthy(
        deployments in stale(), pods in stale(), silence in prop_oneof![Just(0i64), Just(30)],
        ready in 0..3usize, ill in 0..3usize,
    ) {
        let all = (0..ready).map(|id| pod("chat", 1, id));
        let all = all.chain((10..10 + ill).map(|id| crashing(pod("chat", 1, id), "OOMKilled", 9)));
        let mut state = world(deployed("chat", all.collect()));
        let is_doubted = deployments.is_some() || pods.is_some() || silence > 10;
        for (kind, liveness) in [(Kind::Deployment, deployments), (Kind::Pod, pods)] {
            if let Some(liveness) = liveness {
                let _ = state.apply(Update::Source(source(kind), liveness), NOW);
            }
        }
        let mut board = ServiceBoard::default();
        board.refresh(&state, later(silence));
        for service in board.services() {
            let is_unknown = service.verdict.health == Health::Unknown;
            prop_assert_eq!(is_unknown, is_doubted, "{:?}", service.verdict);
            prop_assert!(service.verdict.reason.starts_with("unknown: ") == is_doubted);
        }
    }
}

#[test]
fn text_of_a_namespace_without_a_row_is_its_environment() {
    let state = world([labelled("chat", &[])]);
    assert_eq!(only(&state).id.environment, Text::from("production"));
}
