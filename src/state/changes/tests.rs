use super::*;
use crate::domain::change::ChangeClass;
use crate::domain::condition::Truth;
use crate::domain::platform::{Autoscaler, Event, MetadataOnly};
use crate::domain::row::Row;
use crate::domain::text::Text;
use crate::domain::update::Update;
use crate::domain::workload::Workload;
use crate::domain::writing::Writing;
use crate::state::tests::fixture::*;

mod past;
mod recorded;

/// The timeline without what was made a day ago: class, object, sentence, who.
fn timeline(state: &State, now: Timestamp) -> Vec<(ChangeClass, String, String)> {
    let mut timeline = Timeline::default();
    timeline.refresh(state, now);
    timeline
        .changes()
        .iter()
        .filter(|change| change.class != ChangeClass::Existence || change.what != "created")
        .filter(|change| !change.what.ends_with(" finished") || change.at > ago(3_000))
        .map(|change| {
            let by = change.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            (change.class, change.object.name.to_string(), format!("{}{by}", change.sentence()))
        })
        .collect()
}

fn said(class: ChangeClass, name: &str, what: &str) -> (ChangeClass, String, String) {
    (class, name.to_owned(), what.to_owned())
}

fn chat(change: impl FnOnce(&mut Workload)) -> Row {
    let mut workload = workload("chat", 4);
    change(&mut workload);
    Row::Deployment(Box::new(workload))
}

fn event(name: &str, reason: &str, message: &str, about: (Kind, &str), seconds_ago: i64) -> Event {
    Event {
        meta: meta(name),
        class: "Warning".into(),
        reason: reason.into(),
        message: message.into(),
        about_kind: about.0.name().into(),
        about_name: about.1.into(),
        about_uid: format!("uid-{}", about.1).into(),
        count: 1,
        last: Some(ago(seconds_ago)),
        ..Event::default()
    }
}

#[test]
fn what_a_workload_is_seen_to_do_is_told() {
    use ChangeClass::{Existence, Pause, Rollout, Scale};
    let image = |workload: &mut Workload| workload.images = Box::new(["registry.example/chat:1.5.0".into()]);
    let revision = |workload: &mut Workload| workload.revision = "2".into();
    let complete = |workload: &mut Workload| workload.conditions[0].reason = "ReplicaSetUpdated".into();
    let late = |workload: &mut Workload| {
        workload.conditions[0] = condition("Progressing", Truth::False, "ProgressDeadlineExceeded", 0);
    };
    for (before, after, class, what) in [
        (chat(|_| {}), chat(image), Rollout, "rollout 1.5.0 began"),
        (chat(|_| {}), chat(revision), Rollout, "revision 2 began, same images"),
        (chat(|_| {}), chat(|workload| workload.desired = 5), Scale, "scaled 4 → 5"),
        (chat(|_| {}), chat(|workload| workload.is_paused = true), Pause, "paused"),
        (chat(|workload| workload.is_paused = true), chat(|_| {}), Pause, "resumed"),
        (chat(complete), chat(late), Rollout, "rollout 1.4.1 passed its deadline"),
        (chat(|_| {}), chat(|workload| workload.meta.uid = "other".into()), Existence, "deleted and created anew"),
    ] {
        let mut state = world([before]);
        say(&mut state, after, NOW);
        assert_eq!(timeline(&state, NOW), [said(class, "chat", what)]);
    }
    let mut state = world([chat(complete)]);
    let done = chat(|workload| workload.conditions[0].updated = Some(later(20)));
    say(&mut state, done, later(20));
    assert_eq!(timeline(&state, later(20)), [said(Rollout, "chat", "rollout 1.4.1 finished")]);
}

#[test]
fn the_version_that_a_rollout_leads_to_is_not_read_from_its_words() {
    let with_proxy = |proxy: &str| {
        let images = ["registry.example/chat:1.4.1".into(), format!("registry.example/proxy:{proxy}").into()];
        chat(|workload| workload.images = Box::new(images))
    };
    let begun = |before, after| {
        let mut state = world([before]);
        say(&mut state, after, NOW);
        let mut timeline = Timeline::default();
        timeline.refresh(&state, NOW);
        let change = timeline.changes().iter().find(|change| change.class != ChangeClass::Existence);
        let change = change.expect("something changed");
        (change.what.to_string(), change.begins().map(ToString::to_string))
    };
    let told = begun(with_proxy("1"), with_proxy("2"));
    assert_eq!(told, ("rollout 1.4.1 began: proxy:1 → proxy:2".to_owned(), Some("1.4.1".to_owned())));
    let told = begun(chat(|_| {}), chat(|workload| workload.revision = "2".into()));
    assert_eq!(told, ("revision 2 began, same images".to_owned(), Some("revision 2".to_owned())));
    let told = begun(chat(|_| {}), chat(|workload| workload.desired = 5));
    assert_eq!(told, ("scaled 4 → 5".to_owned(), None), "no rollout begins with it");
}

#[test]
fn a_first_list_is_no_news_and_a_second_one_is() {
    let mut state = world([chat(|_| {})]);
    assert_eq!(timeline(&state, NOW), []);
    list(&mut state, Kind::Deployment, vec![chat(|workload| workload.desired = 2)]);
    assert_eq!(timeline(&state, NOW), [said(ChangeClass::Scale, "chat", "scaled 4 → 2")]);
    list(&mut state, Kind::Deployment, Vec::new());
    let told = timeline(&state, NOW);
    assert!(told.contains(&said(ChangeClass::Existence, "chat", "deleted")), "{told:?}");
}

#[test]
fn a_rollout_seen_and_told_is_one_line_with_its_reason() {
    let mut state = world([chat(|_| {}), Row::ReplicaSet(Box::new(replica_set("chat", 1, "1.4.1")))]);
    say(&mut state, chat(|workload| workload.images = Box::new(["registry.example/chat:1.5.0".into()])), NOW);
    let mut set = replica_set("chat", 2, "1.5.0");
    set.meta.created = Some(NOW);
    set.change_cause = "INC-7".into();
    say(&mut state, Row::ReplicaSet(Box::new(set)), later(1));
    let after = chat(|workload| {
        workload.images = Box::new(["registry.example/chat:1.5.0".into()]);
        workload.revision = "2".into();
    });
    say(&mut state, after, later(1));
    assert_eq!(timeline(&state, later(2)), [said(ChangeClass::Rollout, "chat", "rollout 1.5.0 began")]);
    let mut timeline = Timeline::default();
    timeline.refresh(&state, later(2));
    assert_eq!(timeline.changes()[0].why.as_deref(), Some("INC-7"));
}

#[test]
fn two_rollouts_within_a_minute_are_two_lines() {
    let image = |version: &str| {
        let image = format!("registry.example/chat:{version}");
        chat(|workload| workload.images = Box::new([image.into()]))
    };
    let mut state = world([image("1.4.1")]);
    say(&mut state, image("1.5.0"), later(1));
    say(&mut state, image("1.4.1"), later(30));
    assert_eq!(
        timeline(&state, later(31)),
        [
            said(ChangeClass::Rollout, "chat", "rollout 1.4.1 began"),
            said(ChangeClass::Rollout, "chat", "rollout 1.5.0 began"),
        ]
    );
}

#[test]
fn replica_sets_tell_rollouts_of_the_past() {
    let set = |number, version, seconds_ago| {
        let mut set = replica_set("chat", number, version);
        set.meta.created = Some(ago(seconds_ago));
        Row::ReplicaSet(Box::new(set))
    };
    let state = world([chat(|_| {}), set(1, "1.4.1", 86_400), set(2, "1.5.0", 900), set(3, "1.5.0", 600)]);
    assert_eq!(
        timeline(&state, NOW),
        [
            said(ChangeClass::Rollout, "chat", "revision 3 began, same images"),
            said(ChangeClass::Rollout, "chat", "rollout 1.5.0 began"),
        ]
    );
    // Servers tell the second only. Neither the order of a list nor that of words is theirs.
    let state = world([chat(|_| {}), set(3, "1.5.0", 600), set(2, "1.4.2", 600), set(1, "1.4.1", 86_400)]);
    assert_eq!(
        timeline(&state, NOW),
        [
            said(ChangeClass::Rollout, "chat", "rollout 1.5.0 began"),
            said(ChangeClass::Rollout, "chat", "rollout 1.4.2 began"),
        ]
    );
}

#[test]
fn what_was_gone_back_to_began_again_when_its_first_new_pod_was_made() {
    let set = |number: i64, revision, version, seconds_ago| {
        let mut set = replica_set("chat", number, version);
        (set.revision, set.meta.created) = (revision, Some(ago(seconds_ago)));
        set.change_cause = if number == 1 { "rollback by midwatch".into() } else { Text::default() };
        Row::ReplicaSet(Box::new(set))
    };
    let pod = |id, seconds_ago| {
        let mut pod = pod("chat", 1, id);
        pod.meta.created = Some(ago(seconds_ago));
        Row::Pod(Box::new(pod))
    };
    let sets = [set(0, 0, "1.4.0", 90_000), set(1, 3, "1.4.1", 86_400), set(2, 2, "1.5.0", 900)];
    let state = world([chat(|_| {})].into_iter().chain(sets).chain([pod(0, 86_400), pod(1, 300), pod(2, 290)]));
    let mut told = Timeline::default();
    told.refresh(&state, NOW);
    let began = told.changes().iter().filter(|change| change.what.ends_with(" began"));
    let told: Vec<_> = began.map(|change| (change.at, &*change.what, change.why.as_deref())).collect();
    assert_eq!(
        told,
        [
            (ago(300), "rollout 1.4.1 began", Some("rollback by midwatch")),
            (ago(900), "rollout 1.5.0 began", None),
            (ago(86_400), "rollout 1.4.1 began", None),
        ]
    );
}

#[test]
fn configuration_is_seen_to_change_though_its_row_does_not() {
    let config = || {
        let mut meta = meta("chat-config");
        meta.created = Some(ago(500_000));
        Row::ConfigMap(Box::new(MetadataOnly { meta, written: None }))
    };
    let mut state = world([config(), chat(|_| {})]);
    list(&mut state, Kind::ConfigMap, vec![config()]);
    let before = timeline(&state, NOW).len();
    say(&mut state, config(), NOW);
    say(&mut state, config(), later(2));
    let told = timeline(&state, later(2));
    assert_eq!(told.len(), before + 1);
    assert_eq!(told[0], said(ChangeClass::Config, "chat-config", "ConfigMap chat-config changed, 2 times"));
    let gone = Update::Gone(source(Kind::ConfigMap), vec![("production".into(), "chat-config".into())]);
    let _ = state.apply(gone, later(9));
    let mut timeline = Timeline::default();
    timeline.refresh(&state, later(9));
    let service = ServiceId { cluster: cluster(), environment: "production".into(), name: "chat".into() };
    let first = timeline.of(&service).next().map(|change| change.what.to_string());
    assert_eq!(first.as_deref(), Some("ConfigMap chat-config deleted"), "it names no service, so it may concern any");
}

#[test]
fn restarts_of_one_service_fold() {
    let pods = vec![
        ended(pod("chat", 1, 1), "OOMKilled", 9, 60),
        ended(pod("chat", 1, 2), "OOMKilled", 5, 30),
        ended(pod("chat", 1, 3), "Error", 1, 10),
    ];
    assert_eq!(
        timeline(&world(deployed("chat", pods)), NOW),
        [
            said(ChangeClass::Restart, "chat-hash1-3", "pod restarted: exit 137"),
            said(ChangeClass::Restart, "chat-hash1-2", "pod restarted: OOMKilled, 14 times"),
        ]
    );
}

#[test]
fn events_fold_and_find_their_service_even_when_their_pod_is_gone() {
    let message = |pod: &str| format!("Back-off restarting failed container chat in pod {pod}_production(1)");
    let back_off = |name: &str, pod: &str, seconds_ago| {
        let mut event = event(name, "BackOff", &message(pod), (Kind::Pod, pod), seconds_ago);
        event.count = 7;
        Row::Event(Box::new(event))
    };
    let mut normal = event("e3", "Pulled", "Image pulled", (Kind::Pod, "chat-hash1-1"), 10);
    normal.class = "Normal".into();
    let state = world(deployed("chat", vec![pod("chat", 1, 1)]).into_iter().chain([
        back_off("e1", "chat-hash1-1", 60),
        back_off("e2", "chat-hash1-gone", 90),
        Row::Event(Box::new(normal)),
    ]));
    assert_eq!(
        timeline(&state, NOW),
        [said(ChangeClass::Event, "chat-hash1-1", "BackOff: Back-off restarting failed container chat, 14 times")]
    );
}

#[test]
fn an_autoscaler_is_named_as_who_scaled() {
    let scaler = Autoscaler {
        meta: meta("chat-hpa"),
        target_kind: "Deployment".into(),
        target_name: "chat".into(),
        ..Autoscaler::default()
    };
    let mut rescaled = event(
        "e1",
        "SuccessfulRescale",
        "New size: 5; reason: cpu above target",
        (Kind::HorizontalPodAutoscaler, "chat-hpa"),
        0,
    );
    rescaled.class = "Normal".into();
    let mut replaced =
        event("e2", "ScalingReplicaSet", "Scaled up replica set chat-hash1 from 4 to 5", (Kind::Deployment, "chat"), 0);
    replaced.class = "Normal".into();
    let mut state = world([
        chat(|_| {}),
        Row::ReplicaSet(Box::new(replica_set("chat", 1, "1.4.1"))),
        Row::Autoscaler(Box::new(scaler)),
        Row::Event(Box::new(rescaled)),
        Row::Event(Box::new(replaced)),
    ]);
    say(&mut state, chat(|workload| workload.desired = 5), later(1));
    assert_eq!(timeline(&state, later(1)), [said(ChangeClass::Scale, "chat", "scaled 4 → 5 by hpa")]);
}

#[test]
fn scaling_within_a_rollout_is_part_of_it_and_an_old_set_that_comes_back_is_a_rollout() {
    let scaling = |name: &str, message: &str, seconds_ago| {
        let mut event = event(name, "ScalingReplicaSet", message, (Kind::Deployment, "chat"), seconds_ago);
        event.class = "Normal".into();
        Row::Event(Box::new(event))
    };
    let set = |number, version, seconds_ago| {
        let mut set = replica_set("chat", number, version);
        set.meta.created = Some(ago(seconds_ago));
        Row::ReplicaSet(Box::new(set))
    };
    let state = world([
        chat(|_| {}),
        set(1, "1.4.1", 86_400),
        set(2, "1.5.0", 1_000),
        scaling("e1", "Scaled up replica set chat-hash2 from 0 to 1", 1_000),
        scaling("e2", "Scaled down replica set chat-hash1 from 4 to 3", 990),
        scaling("e3", "Scaled up replica set chat-hash2 from 1 to 4", 980),
        scaling("e4", "Scaled up replica set chat-hash1 from 0 to 4", 30),
        scaling("e5", "Scaled down replica set chat-hash2 from 4 to 0", 20),
    ]);
    assert_eq!(
        timeline(&state, NOW),
        [
            said(ChangeClass::Rollout, "chat", "rollout 1.4.1 began"),
            said(ChangeClass::Rollout, "chat", "rollout 1.5.0 began"),
        ]
    );
}

#[test]
fn the_timeline_is_bounded_and_newest_first() {
    let rows = (0..600).map(|number| {
        let mut workload = workload(&format!("w{number}"), 1);
        workload.meta.created = Some(ago(100_000 + number));
        Row::Deployment(Box::new(workload))
    });
    let state = world(rows);
    let mut timeline = Timeline::default();
    assert!(timeline.refresh(&state, NOW));
    assert!(!timeline.refresh(&state, NOW), "nothing moved");
    assert_eq!(timeline.changes().len(), KEPT);
    assert!(timeline.changes().is_sorted_by(|newer, older| newer.at >= older.at));
}

#[test]
fn a_clock_that_runs_ahead_does_not_tell_the_future() {
    let mut ahead = event("e1", "BackOff", "Back-off", (Kind::Pod, "x"), 0);
    ahead.last = Some(later(9_000));
    let state = world([Row::Event(Box::new(ahead))]);
    let mut timeline = Timeline::default();
    timeline.refresh(&state, NOW);
    assert_eq!(timeline.changes()[0].at, NOW);
    assert_eq!(timeline.changes()[0].service, None::<Text>);
}

#[test]
fn noise_of_a_clock_that_runs_ahead_folds_no_more_than_other_noise() {
    let noise = [(-30, "e1"), (40, "e2"), (90, "e3")].map(|(minutes, name)| {
        Row::Event(Box::new(event(name, "BackOff", "Back-off", (Kind::Pod, "x"), minutes * 60)))
    });
    let mut timeline = Timeline::default();
    timeline.refresh(&world(noise), NOW);
    let told: Vec<_> = timeline.changes().iter().map(|change| (change.at, change.times)).collect();
    assert_eq!(told, [(NOW, 2), (ago(90 * 60), 1)]);
}

#[test]
fn what_helm_keeps_of_a_release_concerns_its_service_alone() {
    let release = Row::Secret(Box::new(MetadataOnly { meta: meta("sh.helm.release.v1.chat.v3"), written: None }));
    let mut timeline = Timeline::default();
    timeline.refresh(&world([chat(|_| {}), release]), NOW);
    let about = |change: &&Change| change.object.kind == Kind::Secret;
    let change = timeline.changes().iter().find(about).expect("a release is a change");
    assert_eq!((change.service.as_deref(), change.what.as_str()), (Some("chat"), "Helm release chat v3 created"));
}

#[test]
fn managed_fields_name_who_did_it_and_tell_what_nothing_else_does() {
    let writing = |by: &str, seconds_ago: i64, part: &str| Writing {
        at: ago(seconds_ago),
        by: by.into(),
        parts: vec![part.into()],
    };
    let mut state = world(deployed("chat", Vec::new()));
    say(&mut state, chat(|chat| chat.images = Box::new(["registry.example/chat:1.5.0".into()])), ago(300));
    let object = reference(Kind::Deployment, "chat");
    let writings = vec![writing("ci-deployer", 298, "image"), writing("kubectl-edit", 120, "minReadySeconds")];
    assert!(state.apply(Update::Written(object.clone(), writings.clone()), NOW).touches(Kind::Deployment));
    assert!(state.apply(Update::Written(object, writings), NOW).is_nothing(), "the same again is no news");
    let told = timeline(&state, NOW);
    assert!(told.contains(&said(ChangeClass::Rollout, "chat", "rollout 1.5.0 began by ci-deployer")), "{told:#?}");
    let edit = "Deployment chat written: minReadySeconds by kubectl-edit";
    assert!(told.contains(&said(ChangeClass::Config, "chat", edit)), "{told:#?}");
}
