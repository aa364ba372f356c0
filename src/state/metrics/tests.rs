use super::*;
use crate::domain::kind::Kind;
use crate::domain::metric::Series;
use crate::domain::object::Meta;
use crate::domain::row::Row;
use crate::domain::update::Update;
use crate::state::ServiceBoard;
use crate::state::tests::fixture::*;

fn series(pairs: &[(&str, &str)], value: f64) -> Series {
    let mut points = Points::gaps(2);
    points.set(0, value);
    points.set(1, value);
    Series { labels: labels(pairs), points }
}

fn question(family: usize, measure: Measure, by_pod: bool) -> Question {
    Question { family, measure, by_pod, is_before: false }
}

fn tell(state: &mut State, server: &str, told: Vec<(Question, Vec<Series>)>) {
    let grid = Grid::before(NOW, SignedDuration::from_secs(30), 2);
    let readings =
        told.into_iter().map(|(question, series)| Reading { question, grid, series: series.into(), left_out: 0 });
    let measured = Measured { readings: readings.collect(), ..Measured::default() };
    let id = SignalId { cluster: cluster(), name: server.into() };
    let _ = state.apply(Update::Metrics(id, NOW, Ok(measured)), NOW);
}

/// The numbers of the one service of a world.
fn numbers(state: &State) -> Numbers {
    let mut board = ServiceBoard::default();
    board.refresh(state, NOW);
    let id = &board.services().first().expect("there is a service").id;
    board.numbers(id).cloned().unwrap_or_default()
}

fn chat() -> State {
    world(deployed("chat", vec![pod("chat", 1, 0), pod("chat", 1, 1)]))
}

#[test]
fn series_are_joined_by_the_service_that_their_labels_name() {
    let mut state = chat();
    let told = vec![
        series(&[("app", "chat"), ("namespace", "production")], 10.0),
        series(&[("app", "chat"), ("namespace", "production"), ("path", "/rooms")], 5.0),
        series(&[("app", "chat"), ("namespace", "elsewhere")], 100.0),
        series(&[("app", "other"), ("namespace", "production")], 100.0),
    ];
    tell(&mut state, "a", vec![(question(0, Measure::Requests, false), told)]);
    assert_eq!(numbers(&state).last(Measure::Requests), Some(15.0));
}

#[test]
fn who_counts_the_same_requests_again_is_not_added() {
    let mut state = chat();
    let told = |value| vec![series(&[("app", "chat"), ("namespace", "production")], value)];
    let composed = vec![series(&[("service", "production-chat-80@kubernetes")], 9.0)];
    tell(
        &mut state,
        "a",
        vec![
            (question(0, Measure::Requests, false), told(10.0)),
            (question(4, Measure::Requests, false), composed.clone()),
        ],
    );
    tell(&mut state, "b", vec![(question(0, Measure::Requests, false), told(10.0))]);
    assert_eq!(numbers(&state).last(Measure::Requests), Some(10.0));
    let mut gateway = chat();
    tell(&mut gateway, "a", vec![(question(4, Measure::Requests, false), composed)]);
    assert_eq!(numbers(&gateway).last(Measure::Requests), Some(9.0), "only the gateway knows");
}

#[test]
fn none_failed_only_where_failures_were_asked_for() {
    let requests =
        || (question(0, Measure::Requests, false), vec![series(&[("app", "chat"), ("namespace", "production")], 10.0)]);
    let mut state = chat();
    tell(&mut state, "a", vec![requests()]);
    assert_eq!(numbers(&state).error_ratio(), None);
    tell(&mut state, "a", vec![requests(), (question(0, Measure::Errors, false), Vec::new())]);
    assert_eq!(numbers(&state).error_ratio().and_then(|line| line.points.last()), Some(0.0));
}

#[test]
fn pods_are_told_apart_and_add_up_to_their_service() {
    let mut state = chat();
    let names: Vec<Text> = [0, 1].map(|id| pod("chat", 1, id).meta.name).into();
    let of = |at: usize, value| series(&[("namespace", "production"), ("pod", names[at].as_str())], value);
    tell(
        &mut state,
        "a",
        vec![
            (question(6, Measure::Cpu, true), vec![of(0, 0.2), of(1, 0.3)]),
            (question(0, Measure::P95, true), vec![of(0, 0.1), of(1, 0.9)]),
        ],
    );
    let numbers = numbers(&state);
    assert_eq!(numbers.of_pod(&names[0], Measure::Cpu), Some(0.2));
    assert_eq!(numbers.last(Measure::Cpu), Some(0.5));
    assert_eq!(numbers.of_pods([&names[0]].into_iter()).last(Measure::P95), Some(0.1));
    assert_eq!(numbers.last(Measure::P95), None, "the latency of all does not follow from that of each");
}

#[test]
fn the_failures_of_one_family_are_not_put_beside_the_requests_of_another() {
    let mut state = chat();
    let own = |value| vec![series(&[("app", "chat"), ("namespace", "production")], value)];
    let gateway = |value| vec![series(&[("service", "production-chat-80@kubernetes")], value)];
    let told = vec![
        (question(0, Measure::Requests, false), own(10.0)),
        (question(0, Measure::Errors, false), Vec::new()),
        (question(4, Measure::Requests, false), gateway(20.0)),
        (question(4, Measure::Errors, false), gateway(5.0)),
    ];
    tell(&mut state, "a", told);
    let ratio = |state: &State| numbers(state).error_ratio().and_then(|line| line.points.last());
    assert_eq!(ratio(&state), Some(0.0), "by the service's own count nothing failed");
    let mut down = chat();
    let told = vec![
        (question(0, Measure::Requests, false), Vec::new()),
        (question(0, Measure::Errors, false), Vec::new()),
        (question(4, Measure::Requests, false), gateway(20.0)),
        (question(4, Measure::Errors, false), gateway(20.0)),
    ];
    tell(&mut down, "a", told);
    assert_eq!(ratio(&down), Some(1.0), "who is down counts nothing, and the gateway knows");
}

#[test]
fn failures_without_their_requests_do_not_erase_the_ratio() {
    let mut state = chat();
    let own = |value| vec![series(&[("app", "chat"), ("namespace", "production")], value)];
    let told =
        vec![(question(0, Measure::Requests, false), own(10.0)), (question(0, Measure::Errors, false), own(1.0))];
    tell(&mut state, "a", told);
    let grid = Grid::before(later(60), SignedDuration::from_secs(30), 2);
    let reading = Reading { question: question(0, Measure::Errors, false), grid, series: own(2.0).into(), left_out: 0 };
    let measured = Measured { readings: vec![reading], ..Measured::default() };
    let id = SignalId { cluster: cluster(), name: "a".into() };
    let _ = state.apply(Update::Metrics(id, later(60), Ok(measured)), later(60));
    assert_eq!(numbers(&state).error_ratio().and_then(|line| line.points.last()), Some(0.1));
}

#[test]
fn a_pod_that_belongs_to_nobody_known_is_counted_for_nobody() {
    let mut state = chat();
    let mut job = pod("chat", 1, 7);
    job.meta = Meta { name: "chat-migrate-x".into(), owner: Some(owner(Kind::Job, "chat-migrate")), ..job.meta };
    job.meta.labels = labels(&[]);
    say(&mut state, Row::Pod(Box::new(job)), NOW);
    let of = |pod: &str| series(&[("namespace", "production"), ("pod", pod)], 1.0);
    let told = vec![of("chat-migrate-x"), of(pod("chat", 1, 0).meta.name.as_str()), of("chat-5d9f-gone1")];
    tell(&mut state, "a", vec![(question(6, Measure::Cpu, false), told)]);
    assert_eq!(numbers(&state).last(Measure::Cpu), Some(2.0), "its own pod, and one that is gone");
}
