use super::*;
use crate::domain::guard::{Guard, Guards};
use crate::domain::row::Row;
use crate::state::State;
use crate::state::tests::fixture::*;

const WINDOW: SignedDuration = SignedDuration::from_mins(2);

/// A pod of a day ago whose only container was started again so often, the last time after an end so long after noon.
fn crashed(restarts: u32, end: i64) -> Pod {
    ended(pod("chat", 1, 0), "Error", restarts, -end)
}

fn see(state: &mut State, pod: &Pod, at: i64) {
    say(state, Row::Pod(Box::new(pod.clone())), later(at));
}

/// How often it was started again in the window before a moment.
fn count(state: &State, pod: &Pod, at: i64) -> u32 {
    state.restarts.since(&cluster(), pod, later(at) - WINDOW)
}

#[test]
fn each_restart_that_is_seen_counts_for_as_long_as_the_window() {
    let mut state = world([Row::Pod(Box::new(crashed(4, -3_600)))]);
    for (restarts, end) in [(5, 10), (6, 40), (7, 90)] {
        let pod = crashed(restarts, end);
        // Whatever else changes of it, the same end counts once.
        see(&mut state, &unready(pod.clone()), end + 1);
        see(&mut state, &pod, end + 5);
    }
    let pod = crashed(7, 90);
    let counts: Vec<u32> = [95, 131, 161, 211].into_iter().map(|at| count(&state, &pod, at)).collect();
    assert_eq!(counts, [3, 2, 1, 0]);
    assert_eq!(pod.restarts_since(later(95) - WINDOW), 1, "which is all that the pod itself tells");
}

#[test]
fn what_was_not_seen_counts_only_where_it_cannot_be_older() {
    let mut state = world([Row::Pod(Box::new(crashed(4, -3_600)))]);
    // Three, of which two may be of any time since an hour.
    see(&mut state, &crashed(7, 10), 11);
    assert_eq!(count(&state, &crashed(7, 10), 20), 1);
    // Two more, of which none is older than the end before.
    let mut pod = crashed(9, 30);
    see(&mut state, &pod, 31);
    assert_eq!(count(&state, &pod, 40), 3);
    pod.meta.uid = "uid-anew".into();
    assert_eq!(count(&state, &pod, 40), 1, "one of the same name is another one");
    pod.containers[0].restarts = 1;
    see(&mut state, &pod, 41);
    assert_eq!(count(&state, &pod, 45), 1);
}

#[test]
fn nothing_is_kept_longer_than_the_longest_window() {
    let mut state = world(None).with_guards(Guards::new([Guard { window: WINDOW * 2, ..Guard::default() }]));
    for id in 0..1_000u32 {
        let at = i64::from(id) * 10;
        let mut pod = crashed(id + 1, at);
        pod.meta.uid = format!("uid-{id}").into();
        see(&mut state, &pod, at + 1);
    }
    // Those of one window, and those that came while it was not swept.
    assert!(state.restarts.ends.len() <= 50, "{}", state.restarts.ends.len());
    assert_eq!(state.restarts.ends.values().map(Vec::len).max(), Some(1));
}
