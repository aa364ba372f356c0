//! Every kind from both wires, as a real kube-apiserver 1.36 sent it, and objects that are not as they should be.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::envelope::{decode_object, decode_status};
use super::*;
use crate::domain::condition::{Truth, find};
use crate::domain::platform::LastWriting;
use crate::domain::pod::{ContainerState, Role};
use crate::domain::workload::{Manager, Strategy as Replacing};

/// What the server sent for a kind or an occasion, as protobuf and as JSON.
pub(super) fn sample(name: &str) -> (Bytes, Bytes) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sources/kubernetes/wire/samples");
    let read = |wire: &str| std::fs::read(format!("{folder}/{name}.{wire}")).unwrap().into();
    (read("pb"), read("json"))
}

/// What the server sent for a list of a kind.
fn list(kind: Kind) -> (Bytes, Bytes) {
    sample(&kind.singular())
}

/// The rows of a list.
fn rows(kind: Kind, format: Format, bytes: Bytes, interner: &mut Interner) -> Vec<Row> {
    let list: List = decode_list(format, bytes).unwrap();
    list.items.into_iter().map(|item| Decoder::of(kind).row(item, interner)).collect()
}

/// The rows of a kind's sample.
fn sample_rows(kind: Kind) -> Vec<Row> {
    rows(kind, Format::Protobuf, list(kind).0, &mut Interner::default())
}

/// One object of JSON as a row.
fn from_json(kind: Kind, object: Value) -> Row {
    Decoder::of(kind).row(Payload::Json(object), &mut Interner::default())
}

/// The kinds that come on both wires.
fn built_in() -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| !kind.is_custom())
}

/// One object of protobuf as a row.
fn from_protobuf(kind: Kind, object: impl Into<Bytes>) -> Row {
    Decoder::of(kind).row(Payload::Protobuf(object.into()), &mut Interner::default())
}

#[test]
fn real_objects_of_every_kind_give_equal_rows_on_both_wires() {
    for kind in built_in() {
        let mut interner = Interner::default();
        let (protobuf, json) = list(kind);
        let from_protobuf = rows(kind, Format::Protobuf, protobuf, &mut interner);
        let from_json = rows(kind, Format::Json, json, &mut interner);
        assert!(!from_protobuf.is_empty(), "{kind}");
        assert_eq!(from_protobuf, from_json, "{kind}");
        for row in from_protobuf {
            assert!(!matches!(row, Row::Unreadable(_)), "{row:?}");
            assert_eq!(row.kind(), kind);
            assert!(!row.meta().uid.is_empty() && row.meta().created.is_some(), "{row:?}");
        }
    }
}

#[test]
fn an_empty_object_of_every_kind_gives_equal_rows_on_both_wires() {
    for kind in built_in() {
        let empty = from_json(kind, json!({}));
        assert_eq!(empty, from_protobuf(kind, Bytes::new()), "{kind}");
        assert_eq!(empty, from_json(kind, json!({"metadata": null, "spec": null, "status": null})), "{kind}");
        let hollow = json!({"metadata": {}, "spec": {"replicas": null}, "status": {"conditions": null}});
        assert_eq!(empty, from_json(kind, hollow), "{kind}");
    }
}

#[test]
fn the_structures_that_read_json_write_what_protobuf_reads() {
    fn check<P: Project>(kind: Kind, object: Value) {
        let written = P::deserialize(&object).unwrap().encode_to_vec();
        assert_eq!(from_json(kind, object), from_protobuf(kind, written), "{kind}");
    }
    let meta = json!({"name": "a", "namespace": "n", "uid": "u", "generation": 3, "labels": {"b": "2", "a": "1"},
        "creationTimestamp": "2026-11-21T08:00:00Z", "deletionTimestamp": "2026-11-21T09:00:00Z"});
    check::<events::Event>(
        Kind::Event,
        json!({"metadata": meta, "eventTime": "2026-11-21T08:00:00.123456Z", "reportingComponent": "scheduler",
            "series": {"count": 7, "lastObservedTime": "2026-11-21T08:10:00.5Z"}, "lastTimestamp": null}),
    );
    check::<scaling::DisruptionBudget>(
        Kind::PodDisruptionBudget,
        json!({"metadata": meta, "spec": {"minAvailable": 0, "maxUnavailable": "25%"}}),
    );
    check::<workloads::Deployment>(
        Kind::Deployment,
        json!({"metadata": meta, "spec": {"replicas": 0, "paused": true}}),
    );
    check::<network::EndpointSlice>(
        Kind::EndpointSlice,
        json!({"metadata": meta, "endpoints": [{"addresses": ["10.0.0.1", "10.0.0.2"], "conditions": {}},
            {"addresses": ["10.0.0.3"], "conditions": {"ready": false}}, {"addresses": ["10.0.0.4"]}]}),
    );
}

#[test]
fn a_pod_joins_what_is_wished_with_what_is_reported() {
    let pods = sample_rows(Kind::Pod);
    let stuck = pods.iter().find_map(|row| match row {
        Row::Pod(pod) if pod.meta.name.starts_with("chat-service") => Some(pod),
        _ => None,
    });
    let stuck = stuck.unwrap();
    let names: Vec<_> = stuck.containers.iter().map(|container| (&*container.name, container.role)).collect();
    let expected = [("migrate", Role::Init), ("mesh", Role::Sidecar), ("chat", Role::Main), ("metrics", Role::Main)];
    assert_eq!(names, expected);
    assert_eq!(stuck.containers[0].state, ContainerState::Unreported);
    assert!(
        matches!(&stuck.containers[2].state, ContainerState::Waiting { reason, .. } if reason == "CrashLoopBackOff")
    );
    assert_eq!(stuck.last_termination().unwrap().exit_code, 137);
    assert_eq!((stuck.restarts(), stuck.readiness()), (8, (0, 3)));
    assert_eq!(stuck.meta.owner.as_ref().unwrap().kind, "ReplicaSet");
    let conditions: Vec<_> = stuck.conditions.iter().map(|condition| &*condition.about).collect();
    assert_eq!(conditions, ["Ready"]);
    let Row::Pod(running) = &pods[0] else { panic!("{:?}", pods[0]) };
    assert!(running.is_ready() && running.ip == "10.64.0.4" && running.node == "node-0", "{running:?}");
}

#[test]
fn a_pod_that_no_node_takes_says_why() {
    let Row::Pod(pod) = from_json(
        Kind::Pod,
        json!({"status": {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
            "message": "0/3 nodes are available"}, {"type": "Initialized", "status": "True"}]}}),
    ) else {
        panic!("not a pod")
    };
    assert_eq!(pod.unschedulable().unwrap().message, "0/3 nodes are available");
    assert_eq!(pod.conditions.len(), 1);
}

#[test]
fn workloads_tell_who_manages_them_and_how_they_roll() {
    let workload = |kind, name: &str| {
        sample_rows(kind).iter().filter_map(Row::workload).find(|row| row.meta.name == name).cloned().unwrap()
    };
    let chat = workload(Kind::Deployment, "chat-service");
    assert_eq!(chat.manager, Some(Manager::Helm(Text::from("chat"))));
    assert_eq!((&*chat.change_cause, &*chat.revision, chat.deadline_seconds), ("chat 1.5.0", "1", 600));
    assert_eq!((chat.desired, chat.current, chat.updated, chat.ready), (2, 2, 2, 0));
    assert_eq!(chat.images[0], "registry.example/chat:1.5.0");
    assert_eq!(chat.version(), "1.5.0");
    assert_eq!(find(&chat.conditions, "Available").unwrap().truth, Truth::False);
    assert!(find(&chat.conditions, "Progressing").unwrap().updated.is_some());
    let idle = workload(Kind::Deployment, "idle");
    assert_eq!((idle.desired, idle.is_paused, idle.strategy), (0, true, Replacing::Recreate));
    let store = workload(Kind::StatefulSet, "store");
    assert_eq!(store.manager, Some(Manager::ArgoCd(Text::from("messaging"))));
    assert_eq!((store.partition, store.available), (1, 2));
    assert!(!store.update_revision.is_empty() && store.update_revision == store.current_revision);
    let agent = workload(Kind::DaemonSet, "agent");
    assert_eq!(agent.manager, Some(Manager::FluxKustomization(Text::from("platform"))));
    assert_eq!((agent.desired, agent.ready, agent.strategy), (1, 1, Replacing::OnDelete));
}

#[test]
fn the_largest_deadline_is_none() {
    let row = from_json(Kind::Deployment, json!({"spec": {"progressDeadlineSeconds": i32::MAX}}));
    assert_eq!(row.workload().unwrap().deadline_seconds, 0);
}

#[test]
fn kinds_around_the_workloads_show_what_matters() {
    let first = |kind| sample_rows(kind).remove(0);
    let Row::ReplicaSet(set) = first(Kind::ReplicaSet) else { panic!() };
    assert_eq!((set.revision, set.desired, &*set.change_cause), (1, 2, "chat 1.5.0"));
    let Row::Autoscaler(scaler) = first(Kind::HorizontalPodAutoscaler) else { panic!() };
    assert_eq!((&*scaler.target_name, scaler.min, scaler.max, scaler.current), ("chat-service", 2, 6, 2));
    let Row::DisruptionBudget(budget) = first(Kind::PodDisruptionBudget) else { panic!() };
    assert_eq!((&*budget.min_available, &*budget.max_unavailable, budget.expected), ("50%", "", 2));
    let Row::DisruptionBudget(budget) = sample_rows(Kind::PodDisruptionBudget).remove(1) else { panic!() };
    assert_eq!((&*budget.min_available, &*budget.max_unavailable, budget.healthy), ("", "0", 2));
    let Row::Service(service) = first(Kind::Service) else { panic!() };
    assert_eq!(*service.ports, ["http 80/TCP", "dns 53/UDP"].map(Text::from));
    let Row::EndpointSlice(slice) = sample_rows(Kind::EndpointSlice).remove(1) else { panic!() };
    assert_eq!((slice.ready, slice.total, &*slice.address_type), (2, 2, "IPv4"));
    let Row::Ingress(ingress) = first(Kind::Ingress) else { panic!() };
    assert_eq!((&*ingress.class, &*ingress.hosts), ("traefik", [Text::from("chat.example")].as_slice()));
    assert_eq!(*ingress.backends, ["fallback", "chat-service", "store"].map(Text::from));
    assert_eq!(*ingress.addresses, ["192.0.2.10", "lb.example"].map(Text::from));
    let Row::Job(job) = first(Kind::Job) else { panic!() };
    assert_eq!((job.completions, job.succeeded, job.active), (1, 1, 0));
    assert!(job.started.is_some() && job.finished.is_some());
    let Row::CronJob(cron) = first(Kind::CronJob) else { panic!() };
    assert_eq!((&*cron.schedule, cron.is_suspended, cron.last.is_some()), ("* * * * *", false, true));
    let Row::Node(node) = first(Kind::Node) else { panic!() };
    assert_eq!((&*node.version, &*node.ip, node.conditions.len()), ("kwok-0.8.0", "127.0.0.1", 5));
    let Row::Namespace(namespace) = first(Kind::Namespace) else { panic!() };
    assert_eq!(namespace.phase, "Active");
}

#[test]
fn configuration_tells_who_wrote_it_last() {
    let entry = |manager: &str, minute: u8, subresource: &str| {
        json!({"manager": manager, "time": format!("2026-11-25T03:0{minute}:00Z"), "subresource": subresource,
            "fieldsV1": {"f:data": {"f:mode": {}}}})
    };
    let managed = json!([
        entry("helm", 1, ""), entry("kubectl-edit", 3, ""), entry("kubectl", 2, ""), entry("kube-controller-manager", 4, ""),
        entry("somebody", 5, "status"), {"manager": "without-a-time"},
    ]);
    let written = |annotations: Value| {
        let meta = json!({"name": "chat-config", "managedFields": managed, "annotations": annotations});
        let Row::ConfigMap(config) = from_json(Kind::ConfigMap, json!({"metadata": meta})) else { panic!() };
        config.written
    };
    let last = LastWriting { at: "2026-11-25T03:03:00Z".parse().unwrap(), by: "kubectl-edit".into() };
    assert_eq!(written(json!({})), Some(last));
    assert_eq!(
        written(json!({"control-plane.alpha.kubernetes.io/leader": "{}"})),
        None,
        "a lock is written all the time"
    );
}

#[test]
fn a_failed_job_ended_when_it_failed() {
    let condition = json!({"type": "Failed", "status": "True", "lastTransitionTime": "2026-11-21T08:00:00Z"});
    let Row::Job(job) = from_json(Kind::Job, json!({"status": {"conditions": [condition]}})) else { panic!() };
    assert_eq!(job.finished, Some("2026-11-21T08:00:00Z".parse().unwrap()));
}

#[test]
fn an_event_with_invalid_utf8_reads_alike_on_both_wires() {
    let (protobuf, json) = sample("odd-event");
    let read = |format, bytes| {
        let object = decode_object(format, bytes).unwrap();
        assert!(object.resource_version().is_some());
        Decoder::of(Kind::Event).row(object, &mut Interner::default())
    };
    let row = read(Format::Protobuf, protobuf);
    assert_eq!(row, read(Format::Json, json));
    let Row::Event(event) = row else { panic!("{row:?}") };
    assert_eq!(event.message, "caf\u{fffd} \u{fffd}\u{fffd} \u{fffd}\u{fffd} end");
    assert_eq!((event.count, &*event.source, event.is_warning()), (3, "kubelet", true));
}

#[test]
fn a_bad_item_becomes_one_unreadable_row() {
    let (protobuf, json) = list(Kind::Pod);
    let mut interner = Interner::default();
    let mut items = decode_list(Format::Protobuf, protobuf).unwrap().items;
    let Payload::Protobuf(good) = &items[1] else { panic!() };
    // Cut behind its metadata: the identity is still to be read.
    items[1] = Payload::Protobuf(good.slice(..good.len() - 5));
    items.push(Payload::Protobuf(Bytes::from_static(b"\xff\xff\xff")));
    items.push(Payload::Protobuf(Bytes::from_static(b"\xff\xff\xfe")));
    let rows: Vec<_> = items.into_iter().map(|item| Decoder::of(Kind::Pod).row(item, &mut interner)).collect();
    assert!(matches!(rows[0], Row::Pod(_)) && matches!(rows[2], Row::Pod(_)));
    let Row::Unreadable(bad) = &rows[1] else { panic!("{:?}", rows[1]) };
    assert_eq!((bad.kind, &*bad.meta.namespace), (Kind::Pod, "production"));
    assert!(bad.meta.name.starts_with("chat-service-") && bad.why.contains("protobuf"), "{bad:?}");
    let names = [rows[3].meta(), rows[4].meta()];
    assert!(!names[0].name.is_empty() && names[0].name != names[1].name && names[0].uid != names[1].uid);

    let mut items = decode_list(Format::Json, json).unwrap().items;
    let Payload::Json(broken) = &mut items[1] else { panic!() };
    broken["spec"]["containers"] = json!("\u{1b}[2J");
    let row = Decoder::of(Kind::Pod).row(items.remove(1), &mut interner);
    let Row::Unreadable(bad) = &row else { panic!("{row:?}") };
    assert!(bad.meta.name.starts_with("chat-service-") && !bad.why.contains('\u{1b}'), "{bad:?}");
}

#[test]
fn pods_of_one_revision_share_labels_and_words() {
    let pods = sample_rows(Kind::Pod);
    let [Row::Pod(one), Row::Pod(two)] = &pods[1..] else { panic!("{pods:?}") };
    assert!(Arc::ptr_eq(&one.meta.labels, &two.meta.labels));
    assert!(one.node.is_same(&two.node) && one.containers[2].image.is_same(&two.containers[2].image));
    assert!(one.meta.owner_uid().unwrap().is_same(two.meta.owner_uid().unwrap()));
}

#[test]
fn a_pod_with_two_containers_stays_under_a_kilobyte() {
    use crate::domain::condition::Condition;
    use crate::domain::pod::{Container, Pod};
    // Name, identity and address are a pod's own; 16 bytes of counters and 16 of the allocator come with each.
    let own = 3 * (40 + 32);
    assert!(size_of::<Pod>() + 2 * size_of::<Container>() + size_of::<Condition>() + own < 1000);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut interner = Interner::default();
        let raw = Bytes::from(bytes);
        let wrapped = Bytes::from([b"k8s\0".as_slice(), &raw].concat());
        for format in [Format::Protobuf, Format::Json] {
            let _ = decode_list(format, wrapped.clone());
            let _ = decode_object(format, raw.clone());
            let mut frames = Frames::new(format);
            frames.push(&raw);
            let _: Option<Result<WatchEvent, DecodeError>> = frames.next();
        }
        let _ = decode_status("application/vnd.kubernetes.protobuf", &wrapped);
        for kind in built_in() {
            let row = Decoder::of(kind).row(Payload::Protobuf(raw.clone()), &mut interner);
            prop_assert_eq!(row.kind(), kind);
        }
    }

    #[test]
    fn no_damage_to_a_real_object_makes_it_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for kind in built_in() {
            let mut bytes = list(kind).0.to_vec();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(list) = decode_list(Format::Protobuf, Bytes::from(bytes)) {
                for item in list.items {
                    Decoder::of(kind).row(item, &mut Interner::default());
                }
            }
        }
    }
}

/// What a real controller of Argo Rollouts left, by its place of the sample: "rollouts/gate".
fn argo_rollouts(place: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sources/kubernetes/wire/samples");
    let sample = std::fs::read_to_string(format!("{folder}/argo-rollouts.json")).unwrap();
    let mut sample: Value = serde_json::from_str(&sample).unwrap();
    sample.pointer_mut(&format!("/{place}")).unwrap().take()
}

/// What is particular to a recorded Rollout.
fn rollout(place: &str) -> (crate::domain::workload::Workload, crate::domain::argo::Argo) {
    let row = from_json(Kind::Rollout, argo_rollouts(&format!("rollouts/{place}")));
    let Row::Rollout(workload) = row else { panic!("{row:?}") };
    let argo = workload.argo.clone().unwrap();
    (*workload, *argo)
}

#[test]
fn a_rollout_tells_its_steps_its_gate_and_its_revisions() {
    use crate::domain::argo::{CanaryStep, Phase, Strategy};
    let (workload, argo) = rollout("gate");
    assert_eq!((workload.observed_generation, workload.meta.generation), (2, 2), "it writes the number in quotes");
    assert_eq!((workload.desired, workload.updated, workload.ready), (5, 1, 5));
    assert_eq!((argo.strategy, argo.phase, argo.is_held), (Strategy::Canary, Phase::Paused, true));
    assert_eq!(argo.steps[..2], [CanaryStep::Weight(20), CanaryStep::Pause(None)]);
    assert_eq!(argo.steps[5], CanaryStep::Pause(Some(jiff::SignedDuration::from_mins(10))));
    assert_eq!((argo.progress(), argo.desired_weight()), (Some((2, 6)), 20));
    assert_eq!(argo.gate().unwrap().name(), "64cf69cfd4/2");
    assert!(!argo.is_fully_promoted() && rollout("promoted").1.is_fully_promoted());

    let (workload, argo) = rollout("aborted");
    assert!(argo.is_aborted && argo.phase == Phase::Degraded && workload.updated == 0);
    assert_eq!(argo.message, "RolloutAborted: Rollout aborted update to revision 2");
    assert!(rollout("held").0.is_paused);
}

#[test]
fn a_blue_green_rollout_tells_what_is_behind_its_services() {
    use crate::domain::argo::Strategy;
    let (_, argo) = rollout("preview");
    assert_eq!(argo.strategy, Strategy::BlueGreen);
    assert_eq!((argo.active == argo.stable, argo.preview == argo.current), (true, true));
    assert_eq!(
        (argo.services.stable.as_str(), argo.services.canary.as_str()),
        ("login-service", "login-service-preview")
    );
    assert_eq!((argo.gate().unwrap().step, argo.progress()), (None, None));
}

#[test]
fn an_analysis_that_came_to_no_answer_says_what_it_measured() {
    let analysis = rollout("inconclusive").1.analysis.unwrap();
    assert_eq!((analysis.name.as_str(), analysis.phase.as_str()), ("rank-service-6c4f9855b5-2-1", "Inconclusive"));
    let row = from_json(Kind::AnalysisRun, argo_rollouts("analysisRuns/0"));
    let Row::AnalysisRun(run) = row else { panic!("{row:?}") };
    assert_eq!((&run.meta.name, &run.phase), (&analysis.name, &analysis.phase));
    let metric = &run.metrics[0];
    assert_eq!((metric.name.as_str(), metric.count, metric.value.as_str()), ("minor", 1, "\"36\""));
    assert!(metric.measured.is_some());
}

#[test]
fn a_replica_set_of_a_rollout_has_its_number_and_hash_like_any_other() {
    let row = from_json(Kind::ReplicaSet, argo_rollouts("replicaSets/1"));
    let Row::ReplicaSet(set) = row else { panic!("{row:?}") };
    assert_eq!((set.revision, set.hash(), set.version().as_str()), (2, "64cf69cfd4", "2.1.0"));
}
