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
        owner,
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
        meta.owner =
            Some(Owner { kind: "Deployment".into(), name: "chat-service".into(), uid: "uid-chat-service".into() });
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

/// Where something can be planted that nobody may see.
const PLACES: [&str; 15] = [
    "label",
    "annotation",
    "copy",
    "env",
    "argument",
    "status",
    "event",
    "line",
    "line of JSON",
    "label of an alert",
    "annotation of an alert",
    "reason",
    "outcome",
    "record",
    "missing",
];

/// What is planted in each place: how it is written there, and of that what may be found nowhere.
fn planted_in(place: &str) -> Vec<(String, String)> {
    let number = PLACES.iter().position(|one| *one == place).unwrap() + 10;
    let card = (0..10).map(|last| format!("41111111111{number}00{last}")).find(|card| is_card(card)).unwrap();
    let alone = |secret: String| (secret.clone(), secret);
    vec![
        (format!("password=hunter2-named-{number}"), format!("hunter2-named-{number}")),
        (format!("password:hunter2-colon-{number}"), format!("hunter2-colon-{number}")),
        (format!("postgres://app:hunter2-url-{number}@db:5432/chat"), format!("hunter2-url-{number}")),
        (format!("Authorization: Bearer hunter2-bearer-{number}"), format!("hunter2-bearer-{number}")),
        (
            format!("-----BEGIN PRIVATE KEY-----MIIEpAIBAAKC{number}-----END PRIVATE KEY-----"),
            format!("MIIEpAIBAAKC{number}"),
        ),
        alone(format!("ghp_0123456789abcdefghijklmnopqrstuv{number}")),
        alone(format!("somebody-{number}@example.com")),
        alone(format!("+49 151 234567{number}")),
        alone(format!("+49151234567{number}")),
        alone(card),
        alone(format!("cust-{number}-own-rule")),
    ]
}

/// Whether the last digit of a number is that which the others ask for.
fn is_card(digits: &str) -> bool {
    let digits = digits.bytes().rev().map(|byte| u32::from(byte - b'0')).enumerate();
    let sum: u32 = digits.map(|(at, digit)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit }).sum();
    sum.is_multiple_of(10)
}

/// All that is planted in a place, each alone and all in a sentence.
fn texts(place: &str) -> Vec<String> {
    let all: Vec<String> = planted_in(place).into_iter().map(|(text, _)| text).collect();
    let sentence = format!("{place} failed for {} today", all.join(" and "));
    all.into_iter().chain([sentence]).collect()
}

/// The same under names that tell nothing.
fn named(place: &str) -> Vec<(String, String)> {
    texts(place).into_iter().enumerate().map(|(number, text)| (format!("note-{number}"), text)).collect()
}

/// The same as labels.
fn as_labels(place: &str, more: &[(&str, &str)]) -> Labels {
    let planted = named(place).into_iter().map(|(name, text)| (Text::from(name), Text::from_untrusted(&text)));
    planted.chain(more.iter().map(|(name, value)| (Text::from(*name), Text::from(*value)))).collect::<Vec<_>>().into()
}

/// Rules with one of one's own.
fn rules() -> Arc<Rules> {
    let own = Rule { name: "customer".into(), pattern: regex::Regex::new("cust-[0-9]+-[a-z-]+").unwrap() };
    Arc::new(Rules { own: vec![own], ..Rules::default() })
}

fn planted() -> (Gathered, Close, Arc<Rules>) {
    let (mut session, rules) = (session(2, 0), rules());
    let mut leaky = pod("bbb", 0, false);
    if let Row::Pod(pod) = &mut leaky {
        let own = [("app.kubernetes.io/name", "chat-service"), ("pod-template-hash", "bbb")];
        pod.meta.labels = as_labels("label", &own);
        pod.reason = texts("status").pop().unwrap().as_str().into();
    }
    tell(&mut session, Kind::Pod, vec![leaky, pod("aaa", 0, true)]);
    let told = texts("event").into_iter().enumerate();
    let events: Vec<Row> = told.map(|(number, text)| event(number, "chat-service-bbb-00000", &text)).collect();
    tell(&mut session, Kind::Event, events);
    let own = [("alertname", "ChatErrors"), ("api_token", "hunter2-label"), ("service", "chat-service")];
    let alert = Alert {
        cluster: cluster(),
        name: "ChatErrors".into(),
        priority: Priority::High,
        standing: Standing::Firing,
        since: NOW,
        labels: as_labels("label of an alert", &own),
        annotations: as_labels("annotation of an alert", &[("summary", "login fails for summary@example.com")]),
        silenced_by: Vec::new(),
        evaluated: None,
    };
    let server = SignalId { cluster: cluster(), name: "am".into() };
    let _ = session.believe(Update::Alerts(SignalKind::Alertmanager, server, NOW, Ok(vec![alert])));
    let mut gathered = gather(&session, &subject(), true).unwrap();
    assert!(gathered.alerts.len() == 1 && gathered.events.len() == texts("event").len());
    gathered.missing.extend(texts("missing").iter().map(|why| Missing {
        moment: None,
        part: Part::Pods,
        why: why.as_str().into(),
    }));
    let tail = gathered.tails[0].clone();
    let pod = gathered.pods[0].object.clone();
    let close =
        Close { heard: vec![(tail, vec![heard(&rules)])], objects: vec![(pod, planted_object())], missing: Vec::new() };
    (gathered, close, rules)
}

/// A whole pod.
fn planted_object() -> Value {
    let variables = |place: &str| {
        let named = named(place).into_iter().map(|(name, value)| json!({ "name": name, "value": value }));
        named.chain([json!({ "name": "API_KEY", "value": format!("hunter2-{place}") })]).collect::<Vec<_>>()
    };
    let mut arguments = texts("argument");
    arguments.extend(["--password", "hunter2-argument", "--verbose"].map(str::to_owned));
    let copy = json!({ "spec": { "containers": [{ "env": variables("copy") }] } });
    let tags = |place: &str, more: &[(&str, &str)]| {
        let more = more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Value::Object(named(place).into_iter().chain(more).map(|(name, text)| (name, text.into())).collect())
    };
    let copy = copy.to_string();
    let labels = tags("label", &[]);
    let annotations = tags(
        "annotation",
        &[
            ("kubectl.kubernetes.io/last-applied-configuration", &copy),
            ("vault.example.com/token", "hunter2-annotation"),
        ],
    );
    json!({
        "kind": "Pod",
        "metadata": { "labels": labels, "annotations": annotations },
        "spec": { "containers": [{
            "image": "registry.example.com/secret-store:1.4.2", "env": variables("env"), "args": arguments,
        }] },
        "status": { "message": "it was refused \u{202e}\u{1b}[2J", "conditions": texts("status") },
    })
}

/// The last lines of a container, as they come through the rules of logs.
fn heard(rules: &Arc<Rules>) -> Lines {
    let mut lines = Lines::default();
    let mut withholder = Withholder::new(Arc::clone(rules));
    let of_json =
        named("line of JSON").into_iter().map(|(name, text)| json!({ "level": "info", name: text }).to_string());
    let said: Vec<String> = texts("line").into_iter().chain(of_json).chain(["ERROR it broke".to_owned()]).collect();
    for line in &said {
        lines.push(NOW, line, "", &mut withholder);
    }
    lines
}

/// An archive of a change around which all that is planted was seen.
fn planted_archive() -> (Vec<u8>, String) {
    let (gathered, close, rules) = planted();
    let sentence = |place: &str| Text::from_untrusted(&texts(place).pop().unwrap());
    let mut manifest = Head {
        action: ActionId::parse("a-1").unwrap(),
        what: "restart".into(),
        reason: sentence("reason"),
        by: "maria@example.com admin".into(),
        target: Text::default(),
        is_change: true,
    }
    .manifest(&subject(), &rules);
    let taken = Taken { moment: Moment::Now, at: NOW, milliseconds: 1 };
    let look =
        Look { taken, gathered: Some(Box::new(gathered)), close, missing: Vec::new(), rules: Arc::clone(&rules) };
    let mut pieces = look.write(&mut manifest);
    manifest.outcome = lines::of_words(&sentence("outcome"), &rules);
    let record = json!({ "event": "outcome", "identity": "maria@example.com", "detail": texts("record") });
    pieces.push(lines::audit(&[record], &rules));
    unzipped(pack(&manifest, &pieces, 20 * 1024 * 1024).unwrap())
}

#[test]
fn nothing_that_is_planted_is_in_an_archive() {
    let (bytes, raw) = planted_archive();
    for place in PLACES {
        assert!(raw.contains(&format!("{place} failed for")), "the {place} was looked at");
        for (text, secret) in planted_in(place) {
            assert!(!raw.contains(&secret), "{secret} of the {place} is in it, written {text}");
        }
    }
    for secret in ["hunter2", "summary@example.com"] {
        assert!(!raw.contains(secret), "{secret} is in it");
    }
    assert!(!raw.contains('\u{202e}') && !raw.contains('\u{1b}'));
    assert!(read(bytes.as_slice()).unwrap().is_whole());
}

#[test]
fn what_is_no_secret_stays_in_an_archive() {
    let bundle = read(planted_archive().0.as_slice()).unwrap();
    let first = |moment, part| bundle.lines(moment, part).unwrap().next().unwrap();
    let last = bundle.lines(Some(Moment::Now), Part::Logs).unwrap().last().unwrap();
    assert_eq!((&last["message"], &last["arm"]), (&json!("ERROR it broke"), &json!("new")));
    let container = &first(Some(Moment::Now), Part::Objects)["spec"]["containers"][0];
    assert_eq!(container["env"][0]["name"], "note-0", "only the value goes");
    assert_eq!(
        container["image"], "registry.example.com/secret-store:1.4.2",
        "the name of an image is none of a secret"
    );
    let event = first(Some(Moment::Now), Part::Events);
    assert!(event["message"].as_str().unwrap().starts_with("password=<not shown"), "{event}");
    let alert = first(Some(Moment::Now), Part::Alerts);
    assert_eq!((&alert["labels"]["service"], &alert["isAboutService"]), (&json!("chat-service"), &json!(true)));
    // Whom an archive has to name, it names.
    assert_eq!(bundle.manifest.by.as_str(), "maria@example.com admin");
    assert_eq!(first(None, Part::Audit)["identity"], "maria@example.com");
    assert_eq!(first(Some(Moment::Now), Part::Pods)["cluster"], "prod-eu");
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
