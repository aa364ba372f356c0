//! What is seen of a canary beside the stable revision, and what a guard makes of it.

use super::*;
use crate::domain::alert::{Alert, Priority, Standing};
use crate::domain::signal::SignalKind;

/// What Prometheus told for two minutes of each pod: how many requests in a second, and how many of them failed.
pub(super) fn tell_of_pods(state: &mut State, told: &[(&str, f64, f64)]) {
    let grid = Grid::before(NOW, SignedDuration::from_secs(30), 10);
    let reading = |measure, by_pod: bool, of: &dyn Fn(&(&str, f64, f64)) -> f64| {
        let series = told.iter().map(|one| {
            let mut points = Points::gaps(10);
            (0..10).for_each(|at| points.set(at, of(one)));
            let pod: &[_] = if by_pod { &[("namespace", "production"), ("pod", one.0)] } else { &[] };
            let service: &[_] = if by_pod { &[] } else { &[("namespace", "production"), ("app", "chat")] };
            Series { labels: labels(&[pod, service].concat()), points }
        });
        let question = Question { family: 0, measure, by_pod, is_before: false };
        let series: Vec<Series> = series.take(if by_pod { told.len() } else { 1 }).collect();
        Reading { question, grid, series: series.into(), left_out: 0 }
    };
    let readings = [true, false].into_iter().flat_map(|by_pod| {
        let failed = reading(Measure::Errors, by_pod, &|one| one.2);
        [reading(Measure::Requests, by_pod, &|one| one.1), failed]
    });
    let measured = Measured { readings: readings.collect(), ..Measured::default() };
    let id = SignalId { cluster: cluster(), name: "prometheus".into() };
    let _ = state.apply(Update::Metrics(id, NOW, Ok(measured)), NOW);
}

/// How chat is, where its canary has a tenth of the requests and so many of them fail in a second.
fn tried(failures: f64) -> (State, ServiceBoard) {
    let mut state = chat(route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]));
    tell_of_pods(&mut state, &[("chat-0", 90.0, 0.0), ("chat-canary-0", 10.0, failures)]);
    let mut board = ServiceBoard::default();
    board.refresh(&state, NOW);
    (state, board)
}

#[test]
fn a_canary_that_is_worse_than_the_stable_revision_is_the_trouble_of_its_service() {
    let (state, board) = tried(0.8);
    let verdict = &board.services()[0].verdict;
    assert_eq!(verdict.health, Health::Attention, "{verdict:?}");
    assert!(verdict.reason.starts_with("canary 1.5.0 fails 8.0 %, stable "), "{verdict:?}");
    let brief = brief(&state, &board, &Timeline::default(), None, NOW);
    let [safe] = brief.safe.as_slice() else { panic!("{}", brief.text()) };
    assert_eq!(safe.what, "plan to send all requests of chat to 1.4.1, the stable revision");
    assert!(safe.command.starts_with("midwatch shift chat --route chat -n production "), "{}", safe.command);
    assert!(safe.command.ends_with(" --arm chat-canary --to 0 --dry-run"), "{}", safe.command);
    // It is not well again because nobody counts any more.
    let (mut state, mut board) = tried(0.8);
    let _ = state.apply(Update::Heard(cluster(), later(300)), later(300));
    board.refresh(&state, later(300));
    let old = &board.services()[0].verdict;
    assert_eq!(
        (old.health, old.reason.as_str()),
        (Health::Attention, &*format!("{}; numbers 5 min old", verdict.reason))
    );
    // One that fails as little as the stable one is none.
    assert_eq!(tried(0.0).1.services()[0].verdict.health, Health::Healthy);
}

#[test]
fn a_canary_that_is_a_service_of_its_own_is_compared_as_well() {
    let named = |mut row: Row| {
        let labels = labels(&[("app", "chat-next"), ("arm", "chat-canary")]);
        match &mut row {
            Row::Deployment(row) => (row.meta.labels, row.template_labels) = (labels.clone(), labels),
            Row::Service(row) => row.selector = labels,
            Row::Pod(row) => row.meta.labels = labels,
            _ => {}
        }
        row
    };
    let mut rows = arm("chat", "1.4.1", 3, 3);
    rows.extend(arm("chat-canary", "1.5.0", 1, 1).into_iter().map(named));
    rows.push(Row::HttpRoute(Box::new(route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]))));
    let mut state = world(rows);
    tell_of_pods(&mut state, &[("chat-0", 90.0, 0.0), ("chat-canary-0", 10.0, 0.8)]);
    let mut board = ServiceBoard::default();
    board.refresh(&state, NOW);
    let said = |name: &str| board.find(&id(name)).expect("both are services").verdict.reason.to_string();
    assert!(said("chat").starts_with("canary 1.5.0 fails 8.0 %, stable "), "{}", said("chat"));
    assert!(said("chat-next").starts_with("error ratio 8.00 %"), "{}", said("chat-next"));
    let numbers = board.numbers(&id("chat")).expect("they are told");
    assert_eq!(numbers.last(Measure::Requests), Some(90.0), "what the other one answers is not among its own");
}

#[test]
fn what_was_counted_in_part_before_the_weights_changed_says_so() {
    let words = |seconds_ago: i64| {
        let mut state = chat(route(vec![rule(&[("chat", 50), ("chat-canary", 50)])]));
        let then = route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]);
        say(&mut state, Row::HttpRoute(Box::new(then)), ago(seconds_ago));
        tell_of_pods(&mut state, &[("chat-0", 90.0, 0.0), ("chat-canary-0", 10.0, 0.8)]);
        let mut board = ServiceBoard::default();
        board.refresh(&state, NOW);
        board.services()[0].verdict.reason.to_string()
    };
    assert!(words(30).ends_with("; over 2 min, begins before the change"), "{}", words(30));
    assert!(!words(130).contains("begins before"), "{}", words(130));
}

#[test]
fn restarts_of_an_arm_are_those_in_the_window() {
    let mut tried = arm("chat-canary", "1.5.0", 2, 2);
    for (row, minutes) in tried.iter_mut().filter(|row| row.kind() == Kind::Pod).zip([1, 10]) {
        let Row::Pod(pod) = row else { continue };
        let ended = Termination { at: Some(NOW - SignedDuration::from_mins(minutes)), ..Termination::default() };
        pod.meta.created = Some(NOW - SignedDuration::from_hours(1));
        pod.containers[0].restarts = 4;
        pod.containers[0].last = Some(Box::new(ended));
    }
    let route = route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]);
    tried.push(Row::HttpRoute(Box::new(route)));
    let state = world(arm("chat", "1.4.1", 3, 3).into_iter().chain(tried));
    let within = (SignedDuration::from_mins(2), NOW);
    let (canary, stable) = state.compare(&split(&state).router, "chat-canary", None, within);
    assert_eq!((canary.restarts, canary.pods.map(|pods| pods.all), stable.restarts), (1, Some(2), 0));
}

#[test]
fn a_canary_that_starts_again_and_again_is_a_breach_also_when_its_pod_is_old() {
    let mut state = chat(route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]));
    let found = state.find(&reference(Kind::Pod, "chat-canary-0")).cloned();
    let Some(Row::Pod(canary)) = found else { panic!("the canary has a pod") };
    for (restarts, seconds_ago) in [(1, 100), (2, 60), (3, 10)] {
        let pod = ended((*canary).clone(), "Error", restarts, seconds_ago);
        say(&mut state, Row::Pod(Box::new(pod)), ago(seconds_ago - 1));
    }
    assert_eq!(look(&state, NOW).1, "worse than stable: has 3 restarts in 1 pod, stable 0 in 3");
}

/// What a look at the canary of chat says, with the pods that it has.
fn look(state: &State, now: jiff::Timestamp) -> (Option<Pods>, String) {
    let within = (SignedDuration::from_mins(2), now);
    let (canary, stable) = state.compare(&reference(Kind::HttpRoute, "chat"), "chat-canary", None, within);
    (canary.pods, Guard::default().judge(&canary, &stable).to_string())
}

#[test]
fn that_an_arm_has_no_pods_is_known_only_where_they_are_told() {
    let mut rows = arm("chat", "1.4.1", 3, 3);
    rows.extend(arm("chat-canary", "1.5.0", 0, 0));
    rows.push(Row::HttpRoute(Box::new(route(vec![rule(&[("chat", 90), ("chat-canary", 10)])]))));
    let mut state = world(rows);
    let none = (Some(Pods { ready: 0, all: 0 }), "worse than stable: has no pods".to_owned());
    assert_eq!(look(&state, NOW), none);
    let unknown = (None, "not enough data: nobody counts its requests".to_owned());
    assert_eq!(look(&state, later(11)), unknown, "the cluster was not heard meanwhile");
    let late = || Liveness::Late { since: NOW, problem: problem("no answer") };
    for (kind, liveness) in [
        (Kind::Pod, late()),
        (Kind::Pod, Liveness::NoAccess(problem("forbidden"))),
        (Kind::Service, Liveness::Loading),
        (Kind::EndpointSlice, late()),
    ] {
        let _ = state.apply(Update::Source(source(kind), liveness), NOW);
        assert_eq!(look(&state, NOW), unknown, "{kind:?}");
        let _ = state.apply(Update::Source(source(kind), Liveness::Live), NOW);
    }
    // Without the slices the pods tell it themselves.
    let _ = state.apply(Update::Source(source(Kind::EndpointSlice), Liveness::NoAccess(problem("forbidden"))), NOW);
    assert_eq!(look(&state, NOW), none);
}

#[test]
fn the_default_guard_of_the_configuration_judges_where_nobody_named_one() {
    let (state, _) = tried(0.8);
    let default = |error_ratio| Guard { error_ratio, ..Guard::default() };
    let lax = state.with_guards(Guards::new([default(0.2)]));
    let mut board = ServiceBoard::default();
    board.refresh(&lax, NOW);
    assert_eq!(board.services()[0].verdict.health, Health::Healthy);
    let other = Guard { name: "strict".into(), ..default(0.2) };
    let usual = lax.with_guards(Guards::new([other]));
    assert_eq!(usual.usual_guard(), &Guard::default(), "of another name it is none of its business");
}

#[test]
fn an_arm_may_have_its_pods_in_another_namespace() {
    let mut rows = arm("chat", "1.4.1", 3, 3);
    rows.extend(arm("chat-canary", "1.5.0", 2, 1).into_iter().map(|mut row| {
        match &mut row {
            Row::Deployment(row) => row.meta.namespace = "tried".into(),
            Row::Service(row) => row.meta.namespace = "tried".into(),
            Row::Pod(row) => row.meta.namespace = "tried".into(),
            _ => {}
        }
        row
    }));
    let mut split = rule(&[("chat", 90), ("chat-canary", 10)]);
    split.backends[1].namespace = "tried".into();
    rows.push(Row::HttpRoute(Box::new(route(vec![split]))));
    assert_eq!(look(&world(rows), NOW).0, Some(Pods { ready: 1, all: 2 }));
}

#[test]
fn what_pages_about_a_service_whose_canary_is_worse_is_said_behind_that() {
    let (mut state, mut board) = tried(0.8);
    let alert = Alert {
        cluster: cluster(),
        name: "ErrorRate".into(),
        priority: Priority::High,
        standing: Standing::Firing,
        since: ago(60),
        labels: labels(&[("alertname", "ErrorRate"), ("namespace", "production"), ("service", "chat")]),
        annotations: labels(&[("summary", "2 % fail")]),
        silenced_by: Vec::new(),
        evaluated: None,
    };
    let id = SignalId { cluster: cluster(), name: "alertmanager".into() };
    let _ = state.apply(Update::Alerts(SignalKind::Alertmanager, id, NOW, Ok(vec![alert])), NOW);
    board.refresh(&state, NOW);
    let verdict = &board.services()[0].verdict;
    assert_eq!((verdict.health, verdict.since), (Health::Bad, Some(ago(60))), "{verdict:?}");
    assert!(verdict.reason.starts_with("canary 1.5.0 fails 8.0 %, stable "), "{verdict:?}");
    assert!(verdict.reason.ends_with("; alert ErrorRate"), "{verdict:?}");
}
