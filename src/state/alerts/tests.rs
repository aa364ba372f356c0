use super::*;
use crate::domain::alert::Priority;
use crate::domain::change::ChangeClass;
use crate::domain::kind::Kind;
use crate::domain::row::Row;
use crate::domain::update::Update;
use crate::state::tests::fixture::*;
use crate::state::{ServiceBoard, Timeline};

fn alert(name: &str, pairs: &[(&str, &str)], standing: Standing) -> Alert {
    let mut told = vec![(Text::from("alertname"), Text::from(name))];
    told.extend(pairs.iter().map(|(name, value)| (Text::from(*name), Text::from(*value))));
    told.sort();
    Alert {
        cluster: cluster(),
        name: name.into(),
        priority: Priority::High,
        standing,
        since: ago(60),
        labels: told.into(),
        annotations: Labels::from([(Text::from("summary"), Text::from("errors are many"))]),
        silenced_by: Vec::new(),
        evaluated: None,
    }
}

fn tell(state: &mut State, kind: SignalKind, name: &str, told: Result<Vec<Alert>, Problem>) -> bool {
    let id = SignalId { cluster: cluster(), name: name.into() };
    state.apply(Update::Alerts(kind, id, NOW, told), NOW).touches_alerts()
}

fn standing(state: &State) -> Vec<(String, Standing)> {
    state.alerts().iter().map(|alert| (alert.name.to_string(), alert.standing)).collect()
}

#[test]
fn a_pair_tells_once_and_whoever_has_not_heard_of_a_silence_is_believed() {
    let mut state = State::default();
    let one = |standing| vec![alert("A", &[("x", "1")], standing)];
    assert!(tell(&mut state, SignalKind::Alertmanager, "a", Ok(one(Standing::Silenced))));
    tell(&mut state, SignalKind::Alertmanager, "b", Ok(one(Standing::Firing)));
    assert_eq!(standing(&state), [("A".to_owned(), Standing::Firing)]);
    tell(&mut state, SignalKind::Alertmanager, "b", Ok(one(Standing::Silenced)));
    assert_eq!(standing(&state), [("A".to_owned(), Standing::Silenced)]);
}

#[test]
fn prometheus_adds_only_what_alertmanager_does_not_know() {
    let mut state = State::default();
    let known = alert("A", &[("x", "1"), ("prometheus", "k8s")], Standing::Silenced);
    tell(&mut state, SignalKind::Alertmanager, "a", Ok(vec![known]));
    let told = vec![alert("A", &[("x", "1")], Standing::Firing), alert("A", &[("x", "2")], Standing::Pending)];
    tell(&mut state, SignalKind::Prometheus, "p", Ok(told));
    assert_eq!(standing(&state), [("A".to_owned(), Standing::Pending), ("A".to_owned(), Standing::Silenced)]);
}

#[test]
fn a_server_that_falls_silent_takes_nothing_back() {
    let mut state = State::default();
    tell(&mut state, SignalKind::Alertmanager, "a", Ok(vec![alert("A", &[], Standing::Firing)]));
    let problem = || Err(Problem::new("it cannot be asked", "connection refused", ""));
    assert!(tell(&mut state, SignalKind::Alertmanager, "a", problem()));
    assert!(!tell(&mut state, SignalKind::Alertmanager, "a", problem()), "the same is no news");
    assert_eq!(state.alerts().len(), 1);
    let (_, _, server) = state.alert_servers().next().expect("there is one");
    assert_eq!((server.heard, server.problem.is_some()), (Some(NOW), true));
    assert!(tell(&mut state, SignalKind::Alertmanager, "a", Ok(Vec::new())));
    assert!(state.alerts().is_empty());
}

fn board(state: &State) -> ServiceBoard {
    let mut board = ServiceBoard::default();
    board.refresh(state, NOW);
    board
}

fn chat() -> State {
    let rows = [Row::Deployment(Box::new(workload("chat-service", 1))), Row::Pod(Box::new(pod("chat-service", 1, 0)))];
    world(rows)
}

#[test]
fn an_alert_finds_its_service_by_whatever_its_labels_say() {
    for (pairs, is_found) in [
        (&[("namespace", "shop"), ("service", "chat-service")][..], true),
        (&[("namespace", "shop"), ("deployment", "chat-service")], true),
        (&[("namespace", "shop"), ("pod", "chat-service-hash1-0")], true),
        (&[("namespace", "shop"), ("pod", "chat-service-gone-x2v7q")], true),
        (&[("service", "chat-service")], true),
        (&[("namespace", "other"), ("service", "chat-service")], false),
        (&[("namespace", "shop"), ("pod", "chat")], false),
        (&[("namespace", "shop")], false),
        (&[], false),
    ] {
        let mut state = chat();
        let namespace = board(&state).services()[0].namespaces[0].clone();
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (*name, if *value == "shop" { namespace.as_str() } else { *value }))
            .collect();
        tell(&mut state, SignalKind::Alertmanager, "a", Ok(vec![alert("A", &pairs, Standing::Firing)]));
        let board = board(&state);
        let found = board.alerts()[0].service.as_ref().map(|id| id.name.as_str());
        assert_eq!(found, is_found.then_some("chat-service"), "{pairs:?}");
    }
}

#[test]
fn what_pages_counts_for_the_health_of_its_service_and_what_is_silenced_does_not() {
    for (name, standing, health) in [
        ("Firing", Standing::Firing, Health::Bad),
        ("Silenced", Standing::Silenced, Health::Healthy),
        ("Pending", Standing::Pending, Health::Healthy),
    ] {
        let mut state = world([Row::Deployment(Box::new(workload("chat-service", 1)))]);
        for kind in [Kind::StatefulSet, Kind::DaemonSet, Kind::Pod] {
            list(&mut state, kind, Vec::new());
        }
        tell(
            &mut state,
            SignalKind::Alertmanager,
            "a",
            Ok(vec![alert(name, &[("service", "chat-service")], standing)]),
        );
        let board = board(&state);
        let verdict = &board.services()[0].verdict;
        assert_eq!(verdict.health, health, "{name}: {}", verdict.reason);
        if health == Health::Bad {
            assert_eq!((verdict.reason.as_str(), verdict.since), ("alert Firing: errors are many", Some(ago(60))));
        }
    }
}

/// The alerts in the timeline: when, and what.
fn told(state: &State, now: Timestamp) -> Vec<(Timestamp, String, Option<String>)> {
    let mut timeline = Timeline::default();
    timeline.refresh(state, now);
    let alerts = timeline.changes().iter().filter(|change| change.class == ChangeClass::Alert);
    alerts.map(|it| (it.at, it.sentence(), it.service.as_ref().map(ToString::to_string))).collect()
}

#[test]
fn alerts_that_begin_and_end_are_in_the_timeline_of_their_service() {
    let mut state = chat();
    let one = || vec![alert("A", &[("service", "chat-service")], Standing::Firing), alert("B", &[], Standing::Pending)];
    tell(&mut state, SignalKind::Alertmanager, "a", Ok(one()));
    let began = || (ago(60), "alert A began".to_owned(), Some("chat-service".to_owned()));
    assert_eq!(told(&state, NOW), [began()]);
    // Told by somebody else meanwhile, with other labels, it goes on.
    let same = alert("A", &[("service", "chat-service"), ("x", "1")], Standing::Silenced);
    tell(&mut state, SignalKind::Alertmanager, "b", Ok(vec![same.clone()]));
    tell(&mut state, SignalKind::Alertmanager, "a", Ok(Vec::new()));
    assert_eq!(told(&state, NOW), [began()]);
    tell(&mut state, SignalKind::Alertmanager, "b", Ok(Vec::new()));
    assert_eq!(told(&state, NOW), [(NOW, "alert A ended".to_owned(), Some("chat-service".to_owned())), began()]);
    // A server that was started anew tells it as it was.
    tell(&mut state, SignalKind::Alertmanager, "b", Ok(vec![same]));
    assert_eq!(told(&state, NOW), [began()]);
    tell(&mut state, SignalKind::Alertmanager, "b", Err(Problem::new("x", "y", "z")));
    assert_eq!(told(&state, NOW), [began()], "silence ends nothing");
}

#[test]
fn alerts_of_one_rule_about_one_service_are_one_line() {
    let mut state = chat();
    let pods = ["a", "b", "c"].map(|x| alert("A", &[("service", "chat-service"), ("x", x)], Standing::Firing));
    tell(&mut state, SignalKind::Alertmanager, "a", Ok(pods.to_vec()));
    let told: Vec<String> = told(&state, NOW).into_iter().map(|(_, what, _)| what).collect();
    assert_eq!(told, ["alert A began, 3 times"]);
}

#[test]
fn that_somebody_is_at_it_mends_nothing() {
    let mut state = world([Row::Deployment(Box::new(workload("chat-service", 1)))]);
    for kind in [Kind::StatefulSet, Kind::DaemonSet, Kind::Pod] {
        list(&mut state, kind, Vec::new());
    }
    let silenced = Alert {
        silenced_by: vec!["s-1".into()],
        ..alert("Errors", &[("service", "chat-service")], Standing::Silenced)
    };
    tell(&mut state, SignalKind::Alertmanager, "a", Ok(vec![silenced]));
    for (comment, health) in [("known", Health::Healthy), ("on it: redis", Health::Bad)] {
        let silence = silence("a", comment, later(600));
        let id = SignalId { cluster: cluster(), name: "a".into() };
        let _ = state.apply(Update::Silences(id, Ok(vec![silence])), NOW);
        let board = board(&state);
        let verdict = &board.services()[0].verdict;
        assert_eq!(verdict.health, health, "{}", verdict.reason);
        assert_eq!(verdict.reason.ends_with("; maria is on it"), health == Health::Bad, "{}", verdict.reason);
    }
}
