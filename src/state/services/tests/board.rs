//! What a board remembers: when it moves, what is news, and which words hold still.

use super::*;

#[test]
fn a_board_is_complete_when_it_was_made_from_whole_lists() {
    let mut state = world(deployed("chat", vec![pod("chat", 1, 1)]));
    assert!(board(&state).is_complete() && !board(&State::default()).is_complete());
    let pods = SourceId { cluster: cluster(), kind: Kind::Pod, namespace: None };
    let mut board = board(&state);
    let _ = state.apply(Update::Source(pods, Liveness::Loading), NOW);
    assert!(board.is_complete(), "it shows what it was made from");
    board.refresh(&state, NOW);
    assert!(!board.is_complete());
}

#[test]
fn a_board_moves_only_when_something_did() {
    let mut state = world(deployed("chat", vec![pod("chat", 1, 1)]));
    let mut board = ServiceBoard::default();
    assert!(board.refresh(&state, NOW));
    assert!(!board.refresh(&state, later(1)));
    let revision = board.revision();
    assert!(board.refresh(&state, later(30)), "the cluster fell silent");
    assert_eq!(board.services()[0].verdict.health, Health::Unknown);
    let _ = state.apply(Update::Heard(cluster(), later(31)), later(31));
    assert!(board.refresh(&state, later(31)));
    assert_eq!(board.services()[0].verdict.health, Health::Healthy);
    assert_eq!(board.revision(), revision + 2);
}

#[test]
fn a_countdown_moves_with_the_seconds() {
    let rolls = rolling(Workload { deadline_seconds: 100, ..workload("chat", 5) }, 3);
    let state = world([Row::Deployment(Box::new(rolls))]);
    let mut board = board(&state);
    assert_eq!(board.services()[0].verdict.reason, "rolling out: 3 of 5 updated, 40 s left");
    assert!(board.refresh(&state, later(1)));
    assert_eq!(board.services()[0].verdict.reason, "rolling out: 3 of 5 updated, 39 s left");
}

/// Says that chat has one pod, which is so.
fn turn(state: &mut State, board: &mut ServiceBoard, pod: Pod) -> Vec<ServiceId> {
    let before = board.revision();
    for row in deployed("chat", vec![pod]) {
        say(state, row, NOW);
    }
    board.refresh(state, NOW);
    board.newly_bad(before)
}

#[test]
fn what_turned_bad_is_news_once_and_not_when_it_was_bad_before() {
    let (well, ill) = (pod("chat", 1, 1), crashing(pod("chat", 1, 1), "OOMKilled", 9));
    let mut state = world(deployed("chat", vec![ill.clone()]));
    let mut board = board(&state);
    assert!(board.newly_bad(0).is_empty(), "it was bad when it was first seen");
    assert!(turn(&mut state, &mut board, well.clone()).is_empty());
    assert_eq!(turn(&mut state, &mut board, ill.clone()).len(), 1);
    let seen = board.revision();
    assert!(board.newly_bad(seen).is_empty(), "seen already");
    let late = Liveness::Late { since: NOW, problem: problem("no answer") };
    let _ = state.apply(Update::Source(source(Kind::Pod), late), NOW);
    board.refresh(&state, NOW);
    let _ = state.apply(Update::Source(source(Kind::Pod), Liveness::Live), NOW);
    board.refresh(&state, NOW);
    assert_eq!(board.services()[0].verdict.health, Health::Bad);
    assert!(board.newly_bad(seen).is_empty(), "it was bad before the silence");
    assert!(turn(&mut state, &mut board, well).is_empty());
    let _ = state.apply(Update::Heard(cluster(), later(90)), later(90));
    board.refresh(&state, later(90));
    assert_eq!(board.newly_bad(0), [], "and it is well again, for a while");
}

#[test]
fn a_pod_that_flaps_does_not_make_the_words_flap() {
    let mut state = world(deployed("chat", vec![pod("chat", 1, 1), pod("chat", 1, 2)]));
    let mut board = ServiceBoard::default();
    let mut said = Vec::new();
    for at in 0..30 {
        let other = if at % 2 == 0 { pod("chat", 1, 2) } else { unready(pod("chat", 1, 2)) };
        for row in deployed("chat", vec![pod("chat", 1, 1), other]) {
            say(&mut state, row, later(at * 4));
        }
        let _ = state.apply(Update::Heard(cluster(), later(at * 4)), later(at * 4));
        board.refresh(&state, later(at * 4));
        let verdict = &board.services()[0].verdict;
        said.push(format!("{} {}", verdict.health, verdict.reason));
    }
    assert_eq!(said[..3], ["healthy healthy", "attention 1 of 2 pods ready", "healthy healthy"]);
    assert!(said[3..].iter().all(|words| words == "attention unsteady: 1 of 2 pods ready"), "{said:#?}");
    assert!(board.newly_bad(0).is_empty());
}

#[test]
fn what_was_rolled_back_is_so_since_then_and_not_since_its_revision_was_made() {
    let since = |rows: Vec<Row>| only(&world(rows)).verdict.since;
    let set = |number, version: &str, seconds| {
        let mut set = replica_set("chat", number, version);
        set.meta.created = Some(ago(seconds));
        Row::ReplicaSet(Box::new(set))
    };
    let aged = |mut pod: Pod, seconds| {
        pod.meta.created = Some(ago(seconds));
        pod.conditions[0].changed = Some(ago(seconds - 5));
        Row::Pod(Box::new(pod))
    };
    // Revision 1 became revision 3 when 2 was taken back, half a minute ago; 2 was begun ten minutes ago.
    let back = |workload: Workload, pods: Vec<Row>| {
        let mut rows = vec![Row::Deployment(Box::new(Workload { revision: "3".into(), ..workload }))];
        rows.extend([set(3, "1.4.1", 90_000), set(2, "1.5.0", 600)].into_iter().chain(pods));
        since(rows)
    };
    let mut moving = rolling(workload("chat", 2), 1);
    moving.conditions[0] = condition("Progressing", crate::domain::condition::Truth::True, "ReplicaSetUpdated", 90_000);
    let old = aged(pod("chat", 3, 1), 80_000);
    assert_eq!(back(moving.clone(), vec![old.clone(), aged(pod("chat", 3, 2), 30)]), Some(ago(30)));
    assert_eq!(
        back(moving, vec![old.clone()]),
        Some(ago(600)),
        "before its first new pod, no sooner than what it replaces"
    );
    let done = Workload { updated: 2, ..workload("chat", 2) };
    assert_eq!(back(done, vec![old, aged(pod("chat", 3, 2), 30)]), Some(ago(25)), "well since the last pod is ready");
}

#[test]
fn a_stateful_set_is_well_since_its_last_pod_is_ready() {
    let mut set = workload("db", 2);
    set.conditions = Box::new([]);
    let pods = [(1, 7_200), (2, 40)].map(|(id, seconds)| {
        let mut pod = pod("db", 1, id);
        pod.meta.owner = Some(owner(Kind::StatefulSet, "db"));
        pod.conditions[0].changed = Some(ago(seconds));
        Row::Pod(Box::new(pod))
    });
    let state = world([Row::StatefulSet(Box::new(set))].into_iter().chain(pods));
    assert_eq!(only(&state).since(), Some(ago(40)));
}

#[test]
fn what_was_well_before_a_silence_and_bad_after_it_is_news() {
    let mut state = world(deployed("chat", vec![pod("chat", 1, 1)]));
    let mut board = board(&state);
    let _ = state.apply(Update::Source(source(Kind::Pod), Liveness::Loading), NOW);
    board.refresh(&state, NOW);
    let _ = state.apply(Update::Source(source(Kind::Pod), Liveness::Live), NOW);
    assert_eq!(turn(&mut state, &mut board, crashing(pod("chat", 1, 1), "OOMKilled", 9)).len(), 1);
}
