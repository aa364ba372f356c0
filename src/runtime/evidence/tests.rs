#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Read;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::closely::Close;
use super::gather::gather;
use super::*;
use crate::domain::alert::{Alert, Priority, Standing};
use crate::domain::audit::ActionId;
use crate::domain::logs::{Lines, Rule, Withholder};
use crate::domain::object::{ClusterName, Labels, Meta, ObjectRef, Owner};
use crate::domain::platform::Event;
use crate::domain::pod::{Container, ContainerState, Pod, Termination};
use crate::domain::row::Row;
use crate::domain::service::ServiceId;
use crate::domain::signal::SignalId;
use crate::domain::signal::SignalKind;
use crate::domain::update::{Liveness, SourceId, Update};
use crate::domain::workload::{ReplicaSet, Workload};
use crate::operations::evidence::{pack, read};
use crate::runtime::Session;

mod planted;

/// 2023-11-14 22:13:20 UTC.
const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn cluster() -> ClusterName {
    ClusterName("prod-eu".into())
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| (Text::from(*key), Text::from(*value))).collect::<Vec<_>>().into()
}

fn meta(name: &str, pairs: &[(&str, &str)], owner: Option<&str>) -> Meta {
    let owner =
        owner.map(|name| Owner { kind: "ReplicaSet".into(), name: name.into(), uid: format!("uid-{name}").into() });
    Meta {
        namespace: "production".into(),
        name: name.into(),
        uid: format!("uid-{name}").into(),
        created: Some(NOW - SignedDuration::from_mins(5)),
        generation: 1,
        labels: labels(pairs),
        owner: owner.map(Arc::new),
        ..Meta::default()
    }
}

fn tell(session: &mut Session, kind: Kind, rows: Vec<Row>) {
    let source = SourceId { cluster: cluster(), kind, namespace: None };
    let _ = session.believe(Update::Applied(source.clone(), rows));
    let _ = session.believe(Update::ListEnded(source.clone()));
    let _ = session.believe(Update::Source(source, Liveness::Live));
}

fn pod(revision: &str, number: usize, is_well: bool) -> Row {
    let set = format!("chat-service-{revision}");
    let hash = [("app.kubernetes.io/name", "chat-service"), ("pod-template-hash", revision)];
    let ended = Termination { reason: "Error".into(), exit_code: 1, at: Some(NOW), ..Termination::default() };
    let container = Container {
        name: "chat".into(),
        image: "registry.example.com/chat-service:1.5.0".into(),
        ready: is_well,
        restarts: if is_well { 0 } else { 7 },
        state: if is_well {
            ContainerState::Running { since: Some(NOW) }
        } else {
            ContainerState::Waiting { reason: "CrashLoopBackOff".into(), message: "back-off".into() }
        },
        last: (!is_well).then(|| Box::new(ended)),
        ..Container::default()
    };
    Row::Pod(Box::new(Pod {
        meta: meta(&format!("{set}-{number:05}"), &hash, Some(&set)),
        node: format!("node-{}", number % 100).into(),
        ip: "10.0.0.1".into(),
        phase: "Running".into(),
        containers: Box::new([container]),
        ..Pod::default()
    }))
}

/// chat-service in the middle of a release: many old pods that are well, some new ones that are not.
fn session(old: usize, new: usize) -> Session {
    let mut session = Session::offline(Clock::fixed(NOW));
    let name = [("app.kubernetes.io/name", "chat-service")];
    let workload = Workload {
        meta: meta("chat-service", &name, None),
        desired: i32::try_from(old + new).unwrap(),
        template_labels: labels(&name),
        images: Box::new(["registry.example.com/chat-service:1.5.0".into()]),
        revision: "2".into(),
        ..Workload::default()
    };
    tell(&mut session, Kind::Deployment, vec![Row::Deployment(Box::new(workload))]);
    let set = |hash: &str, revision| {
        let mut meta = meta(&format!("chat-service-{hash}"), &[("pod-template-hash", hash)], None);
        meta.owner = Some(
            Owner { kind: "Deployment".into(), name: "chat-service".into(), uid: "uid-chat-service".into() }.into(),
        );
        Row::ReplicaSet(Box::new(ReplicaSet { meta, revision, ..ReplicaSet::default() }))
    };
    tell(&mut session, Kind::ReplicaSet, vec![set("aaa", 1), set("bbb", 2)]);
    let pods = (0..old).map(|number| pod("aaa", number, true)).chain((0..new).map(|number| pod("bbb", number, false)));
    tell(&mut session, Kind::Pod, pods.collect());
    session
}

fn subject() -> Subject {
    let service = ServiceId { cluster: cluster(), environment: "production".into(), name: "chat-service".into() };
    Subject { service, target: None }
}

fn event(number: usize, about: &str, message: &str) -> Row {
    Row::Event(Box::new(Event {
        meta: meta(&format!("event-{number}"), &[], None),
        class: "Warning".into(),
        reason: "BackOff".into(),
        message: message.into(),
        about_kind: "Pod".into(),
        about_name: about.into(),
        about_uid: format!("uid-{about}").into(),
        count: 1,
        last: Some(NOW),
        ..Event::default()
    }))
}

fn manifest() -> Manifest {
    Head {
        action: ActionId::parse("a-1").unwrap(),
        what: "look".into(),
        reason: Text::default(),
        by: "maria".into(),
        target: Text::default(),
        is_change: false,
    }
    .manifest(&subject(), &Arc::new(Rules::default()))
}

/// The archive of a look, and everything in it.
fn archive(gathered: &Gathered, close: &Close, rules: &Arc<Rules>) -> (Vec<u8>, String) {
    let mut manifest = manifest();
    manifest.taken.push(Taken { moment: Moment::Now, at: NOW, milliseconds: 1 });
    let bytes = pack(&manifest, &lines::pieces(Moment::Now, gathered, close, rules), 20 * 1024 * 1024).unwrap();
    unzipped(bytes)
}

/// An archive, and everything in it.
fn unzipped(bytes: Vec<u8>) -> (Vec<u8>, String) {
    let mut raw = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut raw).unwrap();
    (bytes, String::from_utf8(raw).unwrap())
}

#[test]
fn the_worst_pods_come_first_and_each_arm_is_listened_to() {
    let session = session(9, 2);
    let gathered = gather(&session, &subject(), true).unwrap();
    let pods: Vec<(&str, &str)> =
        gathered.pods.iter().map(|pod| (pod.object.name.as_str(), pod.arm.role.as_str())).collect();
    assert_eq!(pods.len(), 11);
    assert_eq!(pods[..2], [("chat-service-bbb-00000", "new"), ("chat-service-bbb-00001", "new")]);
    assert!(pods[2..].iter().all(|(_, arm)| *arm == "old"), "{pods:?}");
    let tails: Vec<String> = gathered
        .tails
        .iter()
        .map(|tail| format!("{} {}", tail.stream.pod, if tail.stream.previous { "before" } else { "now" }))
        .collect();
    let new = ["chat-service-bbb-00000 now", "chat-service-bbb-00000 before", "chat-service-bbb-00001 now"];
    assert_eq!(tails[..3], new);
    assert_eq!(tails.iter().filter(|tail| tail.contains("-aaa-")).count(), 5, "four and the last one: {tails:?}");
    assert!(tails.contains(&"chat-service-aaa-00008 now".to_owned()), "{tails:?}");
    assert_eq!(gathered.objects.len(), 1 + 2 + 5, "the workload and those pods");
}

#[test]
fn what_was_told_about_pods_that_are_gone_is_kept_too() {
    let mut session = session(2, 0);
    let rows = vec![
        event(1, "chat-service-ccc-x7x7x", "gone by now"),
        event(2, "chat-service-aaa", "of a ReplicaSet that is gone"),
        event(3, "chat-service-worker-ddd-x1x1x", "of another workload"),
        event(4, "user-service-aaa-00001", "of another service"),
    ];
    tell(&mut session, Kind::Event, rows);
    let gathered = gather(&session, &subject(), true).unwrap();
    let kept: Vec<&str> = gathered.events.iter().map(|(object, _)| object.name.as_str()).collect();
    assert_eq!(kept, ["event-1", "event-2"]);
}

#[test]
fn what_could_not_be_read_is_named() {
    let session = session(1, 0);
    let gathered = gather(&session, &subject(), true).unwrap();
    let said: Vec<String> = gathered.missing.iter().map(|one| format!("{}: {}", one.part.word(), one.why)).collect();
    assert!(said.contains(&"events: events are not read by this session".to_owned()), "{said:?}");
    assert!(said.contains(&"metrics: nobody is asked for numbers".to_owned()), "{said:?}");
    assert!(!said.iter().any(|one| one.starts_with("pods")), "{said:?}");
}

#[test]
fn ten_thousand_pods_fit() {
    let mut session = session(9_000, 1_000);
    let rows = (0..6_000).map(|number| {
        event(number, &format!("chat-service-bbb-{:05}", number % 1_000), "Back-off restarting failed container chat")
    });
    tell(&mut session, Kind::Event, rows.collect());
    let gathered = gather(&session, &subject(), true).unwrap();
    assert!(gathered.tails.len() <= 20, "{}", gathered.tails.len());
    let (bytes, _) = archive(&gathered, &Close::default(), &Arc::new(Rules::default()));
    assert!(bytes.len() <= 20 * 1024 * 1024, "{} bytes", bytes.len());
    let bundle = read(bytes.as_slice()).unwrap();
    assert_eq!(bundle.lines(Some(Moment::Now), Part::Pods).unwrap().count(), 10_000);
    assert_eq!(bundle.lines(Some(Moment::Now), Part::Events).unwrap().count(), 5_000);
    let missing: Vec<String> = gathered.missing.iter().map(|one| one.why.to_string()).collect();
    assert!(missing.contains(&"1000 older events are left out".to_owned()), "{missing:?}");
}

#[test]
fn a_pod_that_is_changed_is_looked_at_though_nothing_names_its_service() {
    let mut session = session(1, 0);
    let mut lonely = pod("zzz", 1, true);
    if let Row::Pod(pod) = &mut lonely {
        pod.meta = meta("lonely", &[], None);
    }
    tell(&mut session, Kind::Pod, vec![lonely]);
    let target =
        ObjectRef { cluster: cluster(), kind: Kind::Pod, namespace: "production".into(), name: "lonely".into() };
    let service = ServiceId { name: "lonely".into(), ..subject().service };
    let gathered = gather(&session, &Subject { service, target: Some(target.clone()) }, true).unwrap();
    assert_eq!(gathered.pods.iter().map(|pod| &pod.object).collect::<Vec<_>>(), [&target]);
    assert_eq!(gathered.tails.len(), 1);
}
