#![expect(clippy::unwrap_used, reason = "tests")]

use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::domain::intent::Intent;
use crate::domain::platform::Event;
use crate::domain::row::Row;
use crate::domain::workload::{ReplicaSet, Workload};
use crate::tui::test_support::{Stage, ago, cluster, labels, meta, owner};
use crate::tui::views::fixture::delivered::canary;

fn object(kind: Kind, name: &str) -> ObjectRef {
    ObjectRef { cluster: cluster(), kind, namespace: "production".into(), name: name.into() }
}

fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": "chat", "namespace": "production", "uid": "uid-production-chat",
            "creationTimestamp": "2023-11-14T22:05:00Z",
            "labels": { "app": "chat" },
            "annotations": {
                "note": "two\nlines \u{1b}[2J\u{202e}evil",
                "kubectl.kubernetes.io/last-applied-configuration": "{\"long\":1}"
            },
            "ownerReferences": [{ "kind": "ReplicaSet", "name": "chat-596cfc544f" }],
            "managedFields": [{ "manager": "kubectl", "fieldsV1": { "f:spec": {} } }]
        },
        "spec": {
            "nodeName": "node-1",
            "containers": [{
                "name": "main", "image": "registry.example/chat:1.5.0",
                "ports": [{ "name": "http", "containerPort": 8080 }],
                "resources": { "limits": { "memory": "256Mi" } },
                "env": [{ "name": "A", "value": "1" }]
            }]
        },
        "status": {
            "phase": "Running", "podIP": "10.0.0.7",
            "conditions": [
                { "type": "PodScheduled", "status": "True", "lastTransitionTime": "2023-11-14T22:05:00Z" },
                { "type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "unready: [main]" }
            ],
            "containerStatuses": [{
                "name": "main", "ready": false, "restartCount": 7,
                "state": { "waiting": { "reason": "CrashLoopBackOff", "message": "back-off 5m0s" } },
                "lastState": { "terminated": {
                    "reason": "OOMKilled", "exitCode": 137, "finishedAt": "2023-11-14T22:10:00Z", "message": "out \u{7}of memory"
                } }
            }]
        }
    })
}

fn stage() -> Stage {
    let mut stage = Stage::new();
    let event = Event {
        meta: meta("production", "chat.1"),
        class: "Warning".into(),
        reason: "BackOff".into(),
        message: "Back-off restarting failed container".into(),
        about_kind: "Pod".into(),
        about_name: "chat".into(),
        about_uid: "uid-production-chat".into(),
        count: 12,
        last: Some(ago(40)),
        ..Event::default()
    };
    let other = Event { about_uid: "another".into(), reason: "Elsewhere".into(), ..event.clone() };
    stage.list(Kind::Event, vec![Row::Event(Box::new(event))]);
    stage.tell(crate::domain::update::Update::Applied(
        crate::tui::test_support::source(Kind::Event),
        vec![Row::Event(Box::new(Event { meta: meta("production", "chat.2"), ..other }))],
    ));
    stage
}

fn detail(form: Form) -> Detail {
    let mut view = Detail::new(object(Kind::Pod, "chat"), form);
    assert_eq!(view.object(&object(Kind::Pod, "chat"), &Ok(pod())), Outcome::Redraw);
    view
}

#[test]
fn a_pod_is_told_in_words() {
    assert_snapshot!(stage().draw(&mut detail(Form::Words), 90, 50).trim_end());
}

#[test]
fn yaml_leaves_out_what_machines_wrote_until_it_is_asked_for() {
    let mut stage = stage();
    let mut view = detail(Form::Yaml);
    let drawn = stage.draw(&mut view, 90, 60);
    assert!(drawn.contains("  creationTimestamp: ") && !drawn.contains("managedFields"), "{drawn}");
    view.handle(Command::Fold, &stage.seen());
    assert!(stage.draw(&mut view, 90, 60).contains("managedFields"));
}

#[test]
fn nothing_that_is_drawn_or_saved_can_drive_a_terminal() {
    let mut stage = stage();
    for form in [Form::Words, Form::Yaml] {
        let mut view = detail(form);
        stage.draw(&mut view, 90, 60);
        let Outcome::Ask(Effect::Save { text, .. }) = view.handle(Command::Save, &stage.seen()) else {
            panic!("no text")
        };
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text}");
    }
}

#[test]
fn until_it_is_read_and_when_it_cannot_be_that_is_said() {
    let mut stage = Stage::new();
    let mut view = Detail::new(object(Kind::Pod, "chat"), Form::Words);
    assert!(stage.draw(&mut view, 80, 5).contains("reading pod/chat in production"));
    let problem = Problem::new("no access: pod/chat", "forbidden", "ask for get on pods");
    view.object(&object(Kind::Pod, "chat"), &Err(problem));
    let drawn = stage.draw(&mut view, 80, 5);
    assert!(drawn.contains("no access: pod/chat") && drawn.contains("ask for get on pods"), "{drawn}");
    assert_eq!(view.object(&object(Kind::Pod, "other"), &Ok(pod())), Outcome::Ignored);
}

fn replica_set(number: i64, version: &str) -> (Row, Value) {
    let hash = format!("hash{number}");
    let image = format!("registry.example/chat:{version}");
    let mut own = meta("production", &format!("chat-{hash}"));
    own.labels = labels(&[("pod-template-hash", &hash)]);
    own.owner = Some(owner(Kind::Deployment, "production", "chat"));
    own.created = Some(ago(10_000 - number));
    let set =
        ReplicaSet { meta: own, revision: number, images: Box::new([image.as_str().into()]), ..ReplicaSet::default() };
    let value = json!({ "spec": { "template": {
        "metadata": { "labels": { "app": "chat", "pod-template-hash": hash } },
        "spec": { "containers": [{ "name": "main", "image": image }] }
    } } });
    (Row::ReplicaSet(Box::new(set)), value)
}

#[test]
fn any_two_revisions_can_be_compared_and_one_rolled_back_to() {
    let mut stage = Stage::new();
    let workload =
        Workload { meta: meta("production", "chat"), revision: "3".into(), desired: 2, ..Workload::default() };
    let sets = [(1, "1.3.0"), (2, "1.4.1"), (3, "1.5.0")].map(|(number, version)| replica_set(number, version));
    stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(workload))]);
    stage.list(Kind::ReplicaSet, sets.iter().map(|(row, _)| row.clone()).collect());
    let mut view = Revisions::new(object(Kind::Deployment, "chat"));
    stage.draw(&mut view, 100, 30);

    // The templates are read one after the other, beginning when the workload has been.
    let fetch_all = |view: &mut Revisions, mut outcome: Outcome| {
        while let Outcome::Ask(Effect::Fetch(wanted)) = &outcome {
            let wanted = wanted.clone();
            let at = sets.iter().position(|(row, _)| row.meta().name == wanted.name).unwrap();
            outcome = view.object(&wanted, &Ok(sets[at].1.clone()));
        }
    };
    let outcome = view.object(&object(Kind::Deployment, "chat"), &Ok(Value::Null));
    fetch_all(&mut view, outcome);
    assert_snapshot!(stage.draw(&mut view, 100, 30).trim_end());

    view.handle(Command::SelectLast, &stage.seen());
    let outcome = view.handle(Command::Open, &stage.seen());
    assert_eq!(outcome, Outcome::Redraw, "the oldest one has nothing before it");
    let outcome = view.handle(Command::SelectFirst, &stage.seen());
    fetch_all(&mut view, outcome);
    let drawn = stage.draw(&mut view, 100, 30);
    assert!(
        drawn.contains("From 1 (1.3.0) to 3 (1.5.0)") && drawn.contains("- ") && drawn.contains("chat:1.3.0"),
        "{drawn}"
    );

    view.handle(Command::SelectLast, &stage.seen());
    let intent = Intent::Rollback { target: object(Kind::Deployment, "chat"), to: Some("hash1".into()) };
    assert_eq!(view.handle(Command::RollBack, &stage.seen()), Outcome::Ask(Effect::Propose(intent)));
}

#[test]
fn what_is_shown_says_when_it_was_read_and_that_it_changed_since() {
    let mut stage = Stage::new();
    let row = |restarts| {
        let mut pod = crate::tui::test_support::pod("production", "chat");
        pod.containers[0].restarts = restarts;
        vec![Row::Pod(Box::new(pod))]
    };
    stage.list(Kind::Pod, row(0));
    let mut view = Detail::new(object(Kind::Pod, "chat"), Form::Words);
    view.object(&object(Kind::Pod, "chat"), &Ok(pod()));
    stage.draw(&mut view, 100, 20);
    let told = |view: &Detail, stage: &Stage| {
        view.trail(&stage.seen()).iter().map(|it| it.text.to_string()).collect::<String>()
    };
    let first = told(&view, &stage);
    assert!(first.contains("in words, read 22:13:20") && !first.contains("changed"), "{first}");
    stage.list(Kind::Pod, row(1));
    stage.draw(&mut view, 100, 20);
    assert!(told(&view, &stage).contains("changed since"));
    let logs = view.handle(Command::ShowLogs, &stage.seen());
    assert!(matches!(logs, Outcome::Ask(Effect::Go(Destination::Logs(_)))), "{logs:?}");
}

#[test]
fn a_rollout_is_told_with_its_steps_its_revisions_and_their_analyses() {
    let mut stage = Stage::new();
    stage.world(canary());
    let rollout = object(Kind::Rollout, "media-service");
    let mut view = Detail::new(rollout.clone(), Form::Words);
    let value = json!({
        "metadata": { "name": "media-service", "namespace": "production", "uid": "uid-media-service",
            "creationTimestamp": "2023-11-04T22:05:00Z" },
        "spec": { "replicas": 4 },
        "status": { "updatedReplicas": 1, "readyReplicas": 5, "availableReplicas": 5 },
    });
    view.object(&rollout, &Ok(value));
    assert_snapshot!(stage.draw(&mut view, 120, 60));
}

#[test]
fn the_revisions_of_a_rollout_are_read_from_its_replica_sets() {
    let mut stage = Stage::new();
    stage.world(canary());
    let rollout = object(Kind::Rollout, "media-service");
    let mut view = Revisions::new(rollout.clone());
    stage.draw(&mut view, 100, 30);
    let outcome = view.object(&rollout, &Ok(Value::Null));
    let Outcome::Ask(Effect::Fetch(wanted)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(wanted.kind, Kind::ReplicaSet);
}
