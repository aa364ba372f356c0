use jiff::SignedDuration;

use super::*;
use crate::domain::kind::Kind;
use crate::domain::metric::{Grid, Measure, Measured, Points, Question, Reading, Series};
use crate::domain::problem::Problem;
use crate::domain::row::Row;
use crate::domain::signal::SignalId;
use crate::domain::text::Text;
use crate::domain::update::{Liveness, Login, LoginStage, Update};
use crate::domain::workload::Workload;
use crate::tui::test_support::{Stage, alert, cluster, meta};
use crate::tui::views::fixture::{Scene, deployment, rows, world};

/// An overview of chat-service, which is bad, and of so many services that are well, with a window of so many rows.
fn overview(well: usize, height: usize, selected: usize) -> (Scene, Overview) {
    let others = (0..well).map(|number| Row::Deployment(Box::new(deployment(&format!("well-{number}"), 600))));
    let scene = Scene::of(world(rows(3).into_iter().filter(|row| row.meta().name != "task-service").chain(others)));
    let order: Vec<ServiceId> = scene.board.services().iter().map(|service| service.id.clone()).collect();
    let mut view = Overview { order: order.clone(), ..Overview::default() };
    view.cursor.select(order[selected].clone());
    view.cursor.settle(order.len(), height, |key| order.iter().position(|id| id == key), |index| order[index].clone());
    (scene, view)
}

#[test]
fn what_a_click_hits_is_what_stands_in_that_line() {
    let (scene, view) = overview(3, 9, 0);
    assert_eq!(view.rows(&scene.board), [Some(0), None, None, Some(1), Some(2), Some(3)]);
    let (scene, view) = overview(3, 3, 3);
    assert_eq!(view.rows(&scene.board), [None, Some(1), Some(2), Some(3)], "no empty line above the first row");
    let (scene, view) = overview(5, 3, 5);
    assert_eq!(
        view.rows(&scene.board),
        [Some(3), Some(4), Some(5)],
        "the line before the healthy ones has scrolled away"
    );
}

#[test]
fn the_selection_is_placed_when_all_is_shown_and_not_when_all_is_known() {
    let one = |name: &str, ready| Workload {
        meta: meta("production", name),
        desired: 1,
        current: 1,
        updated: 1,
        ready,
        available: ready,
        observed_generation: 1,
        ..Workload::default()
    };
    let mut stage = Stage::new();
    let mut view = Overview::default();
    stage.list(Kind::StatefulSet, vec![Row::StatefulSet(Box::new(one("redis", 1)))]);
    for kind in [Kind::DaemonSet, Kind::Pod] {
        stage.list(kind, Vec::new());
    }
    stage.draw(&mut view, 100, 30);
    // The last list is known, but what is shown was computed before it.
    stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(one("chat-service", 0)))]);
    view.settle(&stage.seen(), Rect { x: 0, y: 0, width: 100, height: 30 });
    let shown = stage.draw(&mut view, 100, 30);
    let selected = view.cursor.selected().map(|id| id.name.to_string());
    assert_eq!(selected.as_deref(), Some("chat-service"), "the worst is selected:\n{shown}");
}

#[test]
fn lines_that_services_do_not_need_go_to_what_changed() {
    let area = |height| Rect { x: 0, y: 3, width: 100, height };
    let few = areas(area(55), 3);
    let many = areas(area(55), 300);
    assert!(few.1.height > many.1.height);
    assert_eq!(many.1.height, 22);
    assert_eq!(areas(area(12), 3).1.height, 0, "a small window is for services only");
    assert!(few.0.bottom() < few.1.y);
}

#[test]
fn what_a_login_program_says_stands_there_whole() {
    let mut stage = Stage::new();
    let code =
        "To sign in, use a web browser to open the page https://login.example/device and enter the code AX7-9PQ.";
    let said = ["a warning nobody needs", code].map(Text::from).to_vec();
    stage.tell(Update::Login(cluster(), Login { said, stage: LoginStage::Running }));
    let shown = stage.draw(&mut Overview::default(), 60, 18);
    for line in ["to log in to", "  a warning nobody needs", "https://login.example/device", "the code AX7-9PQ."] {
        assert!(shown.lines().any(|shown| shown.contains(line)), "{line:?}:\n{shown}");
    }
    let small = stage.draw(&mut Overview::default(), 60, 8);
    assert!(small.contains("AX7-9PQ."), "the end matters most:\n{small}");
}

/// A stage on which nothing may be read that services are made of.
fn closed() -> Stage {
    let mut stage = Stage::new();
    for kind in [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Pod] {
        let problem = Problem::new(format!("no access: {}", kind.plural()), "forbidden", "ask for a role");
        stage.source(kind, Liveness::NoAccess(problem));
    }
    stage
}

#[test]
fn what_may_not_be_read_is_told_whole_with_the_rule_to_ask_for() {
    let drawn = closed().draw(&mut Overview::default(), 80, 19);
    let words: Vec<&str> = drawn.split_whitespace().collect();
    assert_eq!(
        words.join(" "),
        "No service can be seen worst first, then longest \
         ▲ no access: deployments, statefulsets, daemonsets, pods \
         ask a cluster administrator for a role with: get, list, watch deployments, statefulsets, daemonsets, pods \
         forbidden"
    );
}

#[test]
fn what_is_not_known_is_not_said_to_be_well() {
    let mut stage = Stage::new();
    let deployments = ["auth-service", "chat-service"].map(|name| Row::Deployment(Box::new(deployment(name, 600))));
    stage.list(Kind::Deployment, deployments.to_vec());
    for kind in [Kind::StatefulSet, Kind::DaemonSet, Kind::Pod] {
        stage.list(kind, Vec::new());
    }
    stage.now += SignedDuration::from_mins(2);
    let shown = stage.draw(&mut Overview::default(), 100, 20);
    assert!(shown.contains("Nothing is known of 2 services now"), "{shown}");
    assert!(!shown.contains("doing their work"), "{shown}");
}

#[test]
fn the_environment_stays_where_there_is_little_room() {
    let mut stage = Stage::new();
    stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(deployment("auth-service", 600)))]);
    for width in [40, 50, 60, 80] {
        let shown = stage.draw(&mut Overview::default(), width, 20);
        assert!(shown.contains("prod"), "{width}:\n{shown}");
    }
}

#[test]
fn a_number_that_was_asked_for_one_service_is_not_taken_by_another_one() {
    let mut stage = Stage::new();
    let deployments = ["auth-service", "chat-service"].map(|name| Row::Deployment(Box::new(deployment(name, 600))));
    stage.list(Kind::Deployment, deployments.to_vec());
    let mut view = Overview::default();
    stage.draw(&mut view, 80, 19);
    let Outcome::Ask(Effect::Prompt(prompt)) = view.handle(Command::Scale, &stage.seen()) else { panic!("not asked") };
    let Some(change) = prompt.change else { panic!("nothing to complete") };
    // While somebody types, the service goes, and another one stands in its row.
    stage.list(Kind::Deployment, deployments[1..].to_vec());
    stage.draw(&mut view, 80, 19);
    assert!(view.cursor.selected().is_some_and(|id| id.name == "chat-service"));
    let Outcome::Ask(Effect::Propose(intent)) =
        propose::answered("0", change, &crate::domain::guard::Guards::default())
    else {
        panic!("no wish")
    };
    assert_eq!(intent.object().map(|object| object.name.as_str()), Some("auth-service"), "which is not found then");
}

#[test]
fn a_service_can_be_looked_at_without_opening_it() {
    let mut stage = Stage::new();
    stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(deployment("chat-service", 600)))]);
    let mut view = Overview::default();
    stage.draw(&mut view, 80, 19);
    for command in [Command::Describe, Command::ShowYaml, Command::ShowDiff, Command::PreviousContainer] {
        let outcome = view.handle(command, &stage.seen());
        assert!(matches!(outcome, Outcome::Ask(Effect::Go(_))), "{}: {outcome:?}", command.name());
    }
}

#[test]
fn what_changed_is_shown_around_the_alert_about_a_service() {
    let mut stage = crate::tui::views::alerts_stage();
    let mut view = Overview::default();
    stage.draw(&mut view, 80, 19);
    let Outcome::Ask(Effect::Go(Destination::Around(one))) = view.handle(Command::ShowChanges, &stage.seen()) else {
        panic!("an alert is about chat-service")
    };
    assert_eq!(one.alert.name, "ChatErrorRate", "the loudest");
    stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(deployment("auth-service", 600)))]);
    stage.draw(&mut view, 80, 19);
    let outcome = view.handle(Command::ShowChanges, &stage.seen());
    let Outcome::Ask(Effect::Notice(_, words)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(words, "no alert is about auth-service: open it to see what changed");
}

/// A stage with a service that fails one request in twelve.
fn measured() -> Stage {
    let mut stage = Stage::new();
    stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(deployment("chat-service", 600)))]);
    for kind in [Kind::StatefulSet, Kind::DaemonSet, Kind::Pod] {
        stage.list(kind, Vec::new());
    }
    let grid = Grid::before(stage.now, SignedDuration::from_secs(30), 61);
    let reading = |measure, value| {
        let mut points = Points::gaps(grid.len);
        (0..grid.len).for_each(|index| points.set(index, value));
        let labels = vec![("app".into(), "chat-service".into()), ("namespace".into(), "production".into())];
        let question = Question { family: 0, measure, by_pod: false, is_before: false };
        Reading { question, grid, series: vec![Series { labels: labels.into(), points }].into(), left_out: 0 }
    };
    let readings = vec![reading(Measure::Requests, 120.0), reading(Measure::Errors, 10.0)];
    let id = SignalId { cluster: cluster(), name: "main".into() };
    let now = stage.now;
    stage.tell(Update::Metrics(id, now, Ok(Measured { readings, ..Measured::default() })));
    stage
}

#[test]
fn how_much_fails_is_shown_in_a_small_window_too() {
    let mut stage = measured();
    let small = stage.draw(&mut Overview::default(), 80, 19);
    assert!(small.contains("ERR %") && small.contains("8.33"), "{small}");
    assert!(!small.contains("VERSION"), "half a version says less\n{small}");
    let middling = stage.draw(&mut Overview::default(), 90, 19);
    assert!(middling.contains("ERR %") && middling.contains("VERSION"), "{middling}");
}

#[test]
fn what_was_bad_before_all_was_read_is_no_news() {
    let heading = |is_looking: bool, looks_before: bool| {
        let mut stage = Stage::new();
        stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(deployment("chat-service", 600)))]);
        for kind in [Kind::StatefulSet, Kind::DaemonSet, Kind::Pod] {
            stage.list(kind, Vec::new());
        }
        stage.session.look_for_signals(&cluster(), is_looking);
        stage.board.refresh(stage.session.state(), stage.now);
        let mut view = Overview::default();
        if looks_before {
            stage.draw(&mut view, 100, 30);
        }
        stage.alerts(Ok(vec![alert("ChatErrorRate", "chat-service")]));
        stage.session.look_for_signals(&cluster(), false);
        // A frame is drawn before the board is made again.
        view.settle(&stage.seen(), Rect { x: 0, y: 0, width: 100, height: 30 });
        stage.draw(&mut view, 100, 30)
    };
    assert!(heading(false, true).contains("newly bad: chat-service"), "{}", heading(false, true));
    // The alert came before anybody looked, or while it was still looked for whom to ask.
    assert!(heading(false, false).contains("1 of 1 service need"), "{}", heading(false, false));
    assert!(heading(true, true).contains("1 of 1 service need"), "{}", heading(true, true));
}

#[test]
fn that_nothing_matches_is_said() {
    let mut stage = Stage::new();
    stage.world(rows(3));
    let mut view = Overview::default();
    view.answer(Asked::Filter, "nobody", &stage.seen());
    let shown = stage.draw(&mut view, 100, 30);
    assert!(shown.contains("No service matches the filter"), "{shown}");
}
