use jiff::SignedDuration;

use super::*;
use crate::domain::metric::{Grid, Measured, Question, Reading, Series};
use crate::domain::signal::SignalId;
use crate::domain::update::Update;
use crate::state::tests::fixture::*;
use crate::state::{ServiceBoard, State};

/// A world with one service, and Prometheus telling its requests and its failures, one point for each 30 s.
fn told(requests: &[f64], failures: &[f64]) -> (State, ServiceBoard) {
    let mut state = world(deployed("chat", vec![pod("chat", 1, 0), pod("chat", 1, 1)]));
    tell(&mut state, requests, failures, NOW);
    let mut board = ServiceBoard::default();
    board.refresh(&state, NOW);
    (state, board)
}

fn tell(state: &mut State, requests: &[f64], failures: &[f64], now: Timestamp) {
    let grid = Grid::before(now, SignedDuration::from_secs(30), requests.len());
    let reading = |measure, values: &[f64]| {
        let mut points = Points::gaps(values.len());
        values.iter().enumerate().for_each(|(index, value)| points.set(index, *value));
        let series = Series { labels: labels(&[("app", "chat"), ("namespace", "production")]), points };
        let question = Question { family: 0, measure, by_pod: false, is_before: false };
        Reading { question, grid, series: vec![series].into(), left_out: 0 }
    };
    let readings = vec![reading(Measure::Requests, requests), reading(Measure::Errors, failures)];
    let id = SignalId { cluster: cluster(), name: "p".into() };
    let measured = Measured { readings, ..Measured::default() };
    let _ = state.apply(Update::Metrics(id, now, Ok(measured)), now);
}

fn verdict(board: &ServiceBoard) -> (Health, String) {
    let verdict = &board.services()[0].verdict;
    (verdict.health, verdict.reason.to_string())
}

#[test]
fn failures_that_last_make_a_service_bad_and_say_how_many_and_since_when() {
    let (_, board) = told(&[100.0; 8], &[0.0, 0.0, 0.0, 8.0, 8.0, 8.0, 8.0, 7.2]);
    assert_eq!(verdict(&board), (Health::Bad, "error ratio 7.20 %, limit 5.00 %".to_owned()));
    let since = board.services()[0].since().map(|since| NOW.duration_since(since).as_secs());
    assert!(since.is_some_and(|since| (120..150).contains(&since)), "{since:?}");
}

#[test]
fn a_moment_of_failures_is_none_and_one_good_moment_ends_nothing() {
    let (_, board) = told(&[100.0; 8], &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0]);
    assert_eq!(verdict(&board).0, Health::Healthy);
    let (_, board) = told(&[100.0; 8], &[8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 0.2]);
    let words = "error ratio 0.20 %, was 5.00 % or more until 22:12".to_owned();
    assert_eq!(
        verdict(&board),
        (Health::Attention, words),
        "one good moment is not believed, and what is said is true"
    );
}

#[test]
fn few_requests_say_nothing() {
    let (_, board) = told(&[0.1; 8], &[0.1; 8]);
    assert_eq!(verdict(&board).0, Health::Healthy);
}

#[test]
fn a_breach_outlives_the_silence_of_who_told_it() {
    let gaps = [f64::NAN; 4];
    let requests = [[100.0; 4], gaps].concat();
    let (mut state, mut board) = told(&requests, &[[8.0; 4], gaps].concat());
    assert_eq!(verdict(&board).0, Health::Bad);
    let id = SignalId { cluster: cluster(), name: "p".into() };
    let silent = crate::domain::problem::Problem::new("it cannot be asked", "connection refused", "");
    let _ = state.apply(Update::Metrics(id, later(300), Err(silent)), later(300));
    let _ = state.apply(Update::Heard(cluster(), later(300)), later(300));
    board.refresh(&state, later(300));
    assert_eq!(verdict(&board), (Health::Bad, "error ratio 8.00 %, limit 5.00 %; numbers 5 min old".to_owned()));
}

#[test]
fn requests_without_their_failures_do_not_look_as_if_none_failed() {
    let (mut state, mut board) = told(&[100.0; 8], &[8.0; 8]);
    let grid = Grid::before(later(30), SignedDuration::from_secs(30), 8);
    let mut points = Points::gaps(8);
    (0..8).for_each(|index| points.set(index, 100.0));
    let series = Series { labels: labels(&[("app", "chat"), ("namespace", "production")]), points };
    let question = Question { family: 0, measure: Measure::Requests, by_pod: false, is_before: false };
    let readings = vec![Reading { question, grid, series: vec![series].into(), left_out: 0 }];
    let id = SignalId { cluster: cluster(), name: "p".into() };
    let _ = state.apply(Update::Metrics(id, later(30), Ok(Measured { readings, ..Measured::default() })), later(30));
    let _ = state.apply(Update::Heard(cluster(), later(30)), later(30));
    board.refresh(&state, later(30));
    assert_eq!(verdict(&board).0, Health::Bad);
}

#[test]
fn a_cluster_that_answers_now_and_then_gives_nothing_other_words_and_no_other_beginning() {
    let mut state = world(deployed("chat", vec![crashing(pod("chat", 1, 0), "OOMKilled", 9)]));
    tell(&mut state, &[100.0; 8], &[8.0; 8], NOW);
    let mut board = ServiceBoard::default();
    board.refresh(&state, NOW);
    let before = board.services()[0].verdict.clone();
    assert_eq!(before.reason, "CrashLoopBackOff: OOMKilled, 1 of 1 pods");
    for silence in 0..6 {
        board.refresh(&state, later(silence * 15 + 12));
        let told = verdict(&board);
        let words = "unknown: cluster last heard 22:13, before that CrashLoopBackOff: OOMKilled, 1 of 1 pods";
        assert_eq!((told.0, told.1.replace("22:14", "22:13").as_str()), (Health::Unknown, words));
        let heard = later(silence * 15 + 15);
        let _ = state.apply(Update::Heard(cluster(), heard), heard);
        board.refresh(&state, heard);
        assert_eq!(board.services()[0].verdict, before, "after silence {silence}");
    }
}

#[test]
fn what_numbers_said_before_a_cluster_fell_silent_is_told_with_its_age_and_what_they_say_since_counts() {
    let (mut state, mut board) = told(&[100.0; 8], &[8.0; 8]);
    let since = board.services()[0].since();
    board.refresh(&state, later(300));
    let words = "unknown: cluster last heard 22:13, before that error ratio 8.00 %, limit 5.00 %; numbers 5 min old";
    assert_eq!(verdict(&board), (Health::Unknown, words.to_owned()));
    // They are told on another way than through the cluster.
    tell(&mut state, &[100.0; 24], &[8.0; 24], later(310));
    board.refresh(&state, later(310));
    assert_eq!(verdict(&board), (Health::Bad, "error ratio 8.00 %, limit 5.00 %".to_owned()));
    assert!(board.services()[0].since() <= since, "it did not begin anew");
}
