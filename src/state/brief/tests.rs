use super::*;
use crate::domain::alert::{self, Alert, Priority};
use crate::domain::argo::{Argo, CanaryStep, Pause};
use crate::domain::row::Row;
use crate::domain::signal::{SignalId, SignalKind};
use crate::domain::update::{Liveness, Update};
use crate::state::tests::fixture::*;

fn made(state: &State, environment: Option<&str>) -> Brief {
    let (mut board, mut timeline) = (ServiceBoard::default(), Timeline::default());
    board.refresh(state, NOW);
    timeline.refresh(state, NOW);
    brief(state, &board, &timeline, environment.map(Text::from).as_ref(), NOW)
}

/// chat-service with a release that does not become ready, and one that is well.
fn stuck() -> State {
    let mut deployment = rolling(workload("chat-service", 3), 1);
    deployment.images = Box::new(["registry.example/chat-service:1.5.0".into()]);
    let (mut old, mut new) = (replica_set("chat-service", 1, "1.4.1"), replica_set("chat-service", 2, "1.5.0"));
    (old.meta.created, new.meta.created) = (Some(ago(90_000)), Some(ago(600)));
    (old.ready, old.desired, new.desired) = (2, 2, 1);
    let pods = [
        pod("chat-service", 1, 0),
        pod("chat-service", 1, 1),
        crashing(unready(pod("chat-service", 2, 0)), "OOMKilled", 6),
    ];
    let rows = [Row::Deployment(Box::new(deployment)), Row::ReplicaSet(Box::new(old)), Row::ReplicaSet(Box::new(new))];
    let well = deployed("auth-service", vec![pod("auth-service", 1, 0)]);
    world(rows.into_iter().chain(pods.into_iter().map(|pod| Row::Pod(Box::new(pod)))).chain(well))
}

#[test]
fn it_names_what_is_broken_and_the_way_back_from_it() {
    let brief = made(&stuck(), None);
    let broken: Vec<&str> = brief.broken.iter().map(|one| one.service.as_str()).collect();
    assert_eq!(broken, ["chat-service"], "{}", brief.text());
    assert!(brief.changes.iter().any(|change| change.what.starts_with("rollout 1.5.0 began")), "{}", brief.text());
    let [safe] = brief.safe.as_slice() else { panic!("{}", brief.text()) };
    assert_eq!(safe.what, "plan to roll chat-service back to 1.4.1, of which 2 pods still serve");
    assert!(safe.command.ends_with("--to hash1 --dry-run"), "{}", safe.command);
}

/// The same, where the newest revision is of a version and older or younger than what it replaced.
fn replaced_by(version: &str, made: i64) -> State {
    let mut state = stuck();
    let (mut before, mut now) = (replica_set("chat-service", 1, "1.5.0"), replica_set("chat-service", 2, version));
    (before.meta.created, now.meta.created) = (Some(ago(700)), Some(ago(made)));
    for set in [before, now] {
        say(&mut state, Row::ReplicaSet(Box::new(set)), NOW);
    }
    state
}

#[test]
fn the_release_that_was_restarted_is_no_way_back() {
    let brief = made(&replaced_by("1.5.0", 600), None);
    let [safe] = brief.safe.as_slice() else { panic!("{}", brief.text()) };
    assert_eq!(safe.what, "plan to roll chat-service back", "which revision is another release, the plan says");
    assert!(!safe.command.contains("--to") && safe.command.ends_with(" --dry-run"), "{}", safe.command);
}

#[test]
fn from_a_rollback_that_is_under_way_nobody_is_sent_back_to_the_bad_release() {
    let brief = made(&replaced_by("1.4.1", 90_000), None);
    let [safe] = brief.safe.as_slice() else { panic!("{}", brief.text()) };
    assert_eq!(safe.what, "read what chat-service says");
}

#[test]
fn of_another_environment_nothing_is_told() {
    let brief = made(&stuck(), Some("elsewhere"));
    assert_eq!((brief.services, brief.broken.len(), brief.safe.len()), (0, 0, 0));
}

#[test]
fn it_names_who_is_on_it() {
    let mut state = stuck();
    let alert = Alert {
        cluster: cluster(),
        name: "KafkaLag".into(),
        priority: Priority::High,
        standing: alert::Standing::Silenced,
        since: ago(60),
        labels: [(Text::from("service"), Text::from("chat-service"))].into_iter().collect(),
        annotations: crate::domain::object::Labels::default(),
        silenced_by: vec!["s-1".into()],
        evaluated: None,
    };
    let id = SignalId { cluster: cluster(), name: "main".into() };
    let told = Update::Alerts(SignalKind::Alertmanager, id, NOW, Ok(vec![alert]));
    let _ = state.apply(told, NOW);
    let brief = made(&state, None);
    let said: Vec<&str> = brief.on_it.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(said, ["somebody silenced KafkaLag of chat-service (s-1)"], "{}", brief.text());
    assert!(brief.text().contains("\non it       somebody silenced KafkaLag"), "{}", brief.text());
    let ends = NOW + SignedDuration::from_mins(30);
    let until = moment(ends, NOW);
    for (comment, how) in [("known", "silenced"), ("on it: the pods", "acknowledged")] {
        let silence = silence("main", comment, ends);
        let id = SignalId { cluster: cluster(), name: "main".into() };
        let _ = state.apply(Update::Silences(id, Ok(vec![silence])), NOW);
        let brief = made(&state, None);
        let line = format!("maria {how} KafkaLag of chat-service until {until}");
        assert!(brief.text().contains(&line), "{}", brief.text());
    }
}

/// chat-service with all pods of a release that is ten minutes old, about which an alert fires since some seconds.
fn paged(since: i64) -> State {
    let mut deployment = workload("chat-service", 1);
    deployment.revision = "2".into();
    deployment.images = Box::new(["registry.example/chat-service:1.5.0".into()]);
    let (mut old, mut new) = (replica_set("chat-service", 1, "1.4.1"), replica_set("chat-service", 2, "1.5.0"));
    (old.meta.created, new.meta.created) = (Some(ago(90_000)), Some(ago(600)));
    (old.desired, old.ready, new.desired) = (0, 0, 1);
    let rows = [Row::Deployment(Box::new(deployment)), Row::ReplicaSet(Box::new(old)), Row::ReplicaSet(Box::new(new))];
    let mut state = world(rows.into_iter().chain([Row::Pod(Box::new(pod("chat-service", 2, 0)))]));
    let about = [("alertname", "HighErrorRate"), ("namespace", "production"), ("service", "chat-service")];
    let alert = Alert {
        cluster: cluster(),
        name: "HighErrorRate".into(),
        labels: labels(&about),
        annotations: labels(&[]),
        priority: Priority::High,
        standing: alert::Standing::Firing,
        since: ago(since),
        silenced_by: Vec::new(),
        evaluated: None,
    };
    let id = SignalId { cluster: cluster(), name: "main".into() };
    let _ = state.apply(Update::Alerts(SignalKind::Alertmanager, id, NOW, Ok(vec![alert])), NOW);
    state
}

#[test]
fn who_is_paged_shortly_after_a_release_may_go_back_from_it() {
    let brief = made(&paged(540), None);
    let [safe] = brief.safe.as_slice() else { panic!("{}", brief.text()) };
    assert_eq!(safe.what, "plan to roll chat-service back to 1.4.1");
    assert!(safe.command.ends_with("--to hash1 --dry-run"), "{}", safe.command);
    // It was so before.
    let brief = made(&paged(660), None);
    let [safe] = brief.safe.as_slice() else { panic!("{}", brief.text()) };
    assert_eq!(safe.what, "read what chat-service says");
}

/// media-service, a Rollout of Argo that waits at its first gate since ten minutes, with a new pod that is well or not.
fn gated(step: CanaryStep, is_well: bool) -> State {
    let mut rollout = rolling(workload("media-service", 3), 1);
    let waits = Pause { reason: "CanaryPauseStep".into(), since: Some(ago(600)) };
    rollout.argo = Some(Box::new(Argo {
        phase: crate::domain::argo::Phase::Paused,
        steps: [CanaryStep::Weight(20), step, CanaryStep::Weight(100)].into(),
        step: Some(1),
        pauses: [waits].into(),
        is_held: true,
        current: "hash2".into(),
        stable: "hash1".into(),
        most: 100,
        ..Argo::default()
    }));
    let new = pod("media-service", 2, 9);
    let new = if is_well { new } else { crashing(unready(new), "OOMKilled", 6) };
    let pods = [(pod("media-service", 1, 0), "hash1"), (pod("media-service", 1, 1), "hash1"), (new, "hash2")];
    let pods = pods.map(|(mut pod, hash)| {
        pod.meta.labels = labels(&[("rollouts-pod-template-hash", hash)]);
        Row::Pod(Box::new(pod))
    });
    let sets = [(1, "1.4.1", 2), (2, "1.5.0", 1)].map(|(number, version, ready)| {
        let mut set = replica_set("media-service", number, version);
        set.meta.owner = Some(owner(Kind::Rollout, "media-service"));
        set.template_labels = labels(&[("rollouts-pod-template-hash", &format!("hash{number}"))]);
        (set.current, set.ready) = (ready, ready);
        Row::ReplicaSet(Box::new(set))
    });
    world([Row::Rollout(Box::new(rollout))].into_iter().chain(sets).chain(pods))
}

#[test]
fn a_rollout_that_waits_at_a_gate_is_named_with_what_lets_it_go_on() {
    let brief = made(&gated(CanaryStep::Pause(None), true), None);
    assert!(brief.broken.is_empty(), "{}", brief.text());
    let line = "in motion   media-service (production): step 2 of 3, 20 %, waits for a release since 22:03; to let it go on: \
                midwatch gate release media-service --workload rollout/media-service -n production --context prod-eu \
                --gate hash2/2 --dry-run\n";
    assert!(brief.text().contains(line), "{}", brief.text());
    let timed = made(&gated(CanaryStep::Pause(Some(SignedDuration::from_mins(30))), true), None);
    assert!(timed.text().contains("20 %, goes on by itself at 22:33\n"), "{}", timed.text());
    assert!(made(&gated(CanaryStep::Pause(None), true), Some("elsewhere")).moving.is_empty());
}

#[test]
fn where_something_is_wrong_at_a_gate_the_way_is_back() {
    let brief = made(&gated(CanaryStep::Pause(None), false), None);
    let [safe] = brief.safe.as_slice() else { panic!("{}", brief.text()) };
    assert_eq!(safe.what, "plan to roll media-service back to 1.4.1, of which 2 pods still serve");
    let command = "midwatch rollback media-service --workload rollout/media-service -n production --context prod-eu";
    assert_eq!(safe.command, format!("{command} --to hash1 --dry-run"));
    let mut unread = gated(CanaryStep::Pause(None), false);
    list(&mut unread, Kind::ReplicaSet, Vec::new());
    let [safe] = &made(&unread, None).safe[..] else { panic!("no way back") };
    assert!(safe.command.starts_with("midwatch abort media-service "), "no revision is known: {}", safe.command);
    let [moving] = brief.moving.as_slice() else { panic!("{}", brief.text()) };
    assert!(moving.what.contains("waits for a release") && moving.goes_on_by.is_none(), "{moving:?}");
}

#[test]
fn who_may_see_nothing_is_not_told_that_nothing_is_broken() {
    let mut state = world([]);
    let denied = Liveness::NoAccess(problem("no access: pods"));
    let _ = state.apply(Update::Source(source(Kind::Pod), denied), NOW);
    let text = made(&state, None).text();
    assert!(text.contains("not everything is seen: no access: pods") && !text.contains("do their work"), "{text}");
}
