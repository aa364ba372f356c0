#![expect(clippy::unwrap_used, reason = "tests")]

use insta::assert_snapshot;
use jiff::SignedDuration;
use ratatui::buffer::Buffer;

use super::*;
use crate::domain::logs::Complaints;
use crate::domain::metric::{Grid, Measure, Measured, Points, Question, Reading, Series};
use crate::domain::row::Row;
use crate::domain::signal::SignalId;
use crate::domain::update::Update;
use crate::tui::test_support::Stage;
use crate::tui::views::fixture::delivered::{by_hand, canary, counted};
use crate::tui::views::fixture::guarded::{guarded, lease};
use crate::tui::views::fixture::{NOW, Scene, chat, deployment, event, reference, rows, text_of, world};

/// The view of chat-service in a window of that body, laid out once.
fn laid_out(scene: &Scene, width: u16, height: u16) -> ServiceView {
    let mut view = ServiceView::new(chat());
    lay_out(&mut view, scene, width, height);
    view
}

fn lay_out(view: &mut ServiceView, scene: &Scene, width: u16, height: u16) {
    let service = scene.board.find(&chat()).unwrap();
    let facts = Facts::gather(&scene.state, service, scene.ground().now);
    view.lay_out(&facts, service, &scene.ground(), Rect { x: 0, y: 0, width, height });
}

fn drawn(view: &ServiceView, scene: &Scene, width: u16, height: u16) -> String {
    let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width, height });
    let painter = &mut Painter::new(&mut buffer, &scene.look);
    for section in &view.sections {
        section.render(painter, view.cursor.selected());
    }
    text_of(&buffer)
}

fn shown(healthy: usize, width: u16, height: u16) -> String {
    let scene = Scene::of(world(rows(healthy)));
    drawn(&laid_out(&scene, width, height), &scene, width, height)
}

// The body of a window is five lines lower than the window.
#[test]
fn a_small_window_shows_release_pods_and_what_changed_and_the_rest_on_its_other_side() {
    let scene = Scene::of(world(rows(9)));
    let mut view = laid_out(&scene, 80, 19);
    let first = drawn(&view, &scene, 80, 19);
    view.turned = 1;
    lay_out(&mut view, &scene, 80, 19);
    assert_snapshot!(format!("{first}\n\n{}", drawn(&view, &scene, 80, 19)));
}

#[test]
fn a_middling_window_shows_everything_one_below_the_other() {
    assert_snapshot!(shown(9, 120, 35));
}

#[test]
fn a_wide_window_has_two_columns() {
    assert_snapshot!(shown(9, 200, 55));
}

#[test]
fn every_pod_can_be_reached_though_healthy_ones_fold() {
    let scene = Scene::of(world(rows(40)));
    let mut view = laid_out(&scene, 80, 19);
    let picture = drawn(&view, &scene, 80, 19);
    assert!(picture.contains(" more"), "{picture}");
    let last = view.keys.iter().rfind(|key| matches!(key, Key::Pod { .. })).unwrap().clone();
    view.cursor.select(last.clone());
    lay_out(&mut view, &scene, 80, 19);
    assert_eq!(view.cursor.selected(), Some(&last));
    let name = last.object().name;
    assert!(drawn(&view, &scene, 80, 19).contains(&name[name.len() - 5..]));
}

#[test]
fn what_is_selected_stays_selected_when_rows_move() {
    let mut view = laid_out(&Scene::of(world(rows(3))), 120, 35);
    let key =
        Key::Revision { workload: reference(Kind::Deployment, "chat-service"), name: "chat-service-hash1".into() };
    view.cursor.select(key.clone());
    lay_out(&mut view, &Scene::of(world(rows(9))), 120, 35);
    assert_eq!(view.cursor.selected(), Some(&key));
}

#[test]
fn a_click_finds_the_row_that_is_drawn_there() {
    let scene = Scene::of(world(rows(9)));
    for (width, height) in [(80, 19), (120, 35), (200, 55)] {
        let view = laid_out(&scene, width, height);
        let picture = drawn(&view, &scene, width, height);
        let y = picture.lines().position(|line| line.contains("bbb")).unwrap();
        let hit = view.sections.iter().find_map(|section| section.at(5, u16::try_from(y).unwrap()));
        assert_eq!(hit.map(Key::object), Some(reference(Kind::Pod, "chat-service-hash2-bbbbb")), "{picture}");
        assert!(view.sections.iter().all(|section| section.at(5, 0).is_none()), "a heading is no row");
    }
}

#[test]
fn pods_are_worst_first_with_their_revision_and_events_are_those_of_the_service() {
    let scene = Scene::of(world(rows(2)));
    let facts = Facts::gather(&scene.state, scene.board.find(&chat()).unwrap(), scene.ground().now);
    let pods: Vec<_> = facts
        .pods
        .iter()
        .map(|member| (&member.pod.meta.name[13..], facts.revision_of(member).and_then(|revision| revision.number)))
        .collect();
    assert_eq!(
        pods,
        [("hash2-bbbbb", Some(2)), ("hash2-aaaaa", Some(2)), ("hash1-00000", Some(1)), ("hash1-00001", Some(1))]
    );
    let told: Vec<_> = facts.events.iter().map(|told| (told.reason.as_str(), told.gist.as_str(), told.times)).collect();
    assert_eq!(
        told,
        [("Pulled", "Image b", 5), ("BackOff", "Back-off restarting failed container chat", 14)],
        "routine is one line with its newest example, repeats are counted, what is gone is still known"
    );
}

#[test]
fn a_service_without_events_says_so_and_one_that_is_well_is_calm() {
    let mut workload = deployment("chat-service", 600);
    workload.desired = 0;
    let scene = Scene::of(world([Row::Deployment(Box::new(workload))]));
    let picture = drawn(&laid_out(&scene, 80, 19), &scene, 80, 19);
    assert!(picture.contains("none that the cluster still keeps"), "{picture}");
    assert!(!picture.contains("stuck"), "{picture}");
}

#[test]
fn hostile_words_stay_in_their_line() {
    let noise = event("x", "Warning", "Bad\nReason", "a\u{1b}[2Jb\u{202e}c\nd", (Kind::Deployment, "chat-service"), 1);
    let scene = Scene::of(world(rows(2).into_iter().chain([noise])));
    let picture = drawn(&laid_out(&scene, 120, 35), &scene, 120, 35);
    assert!(picture.contains("a^[b<U+202E>c^Jd"), "{picture}");
}

#[test]
fn a_revision_is_an_object_of_its_own_and_belongs_to_its_workload() {
    let workload = reference(Kind::Deployment, "chat-service");
    let key = Key::Revision { workload: workload.clone(), name: "chat-service-hash1".into() };
    assert_eq!(key.object(), reference(Kind::ReplicaSet, "chat-service-hash1"));
    assert_eq!(key.workload(), &workload);
    let set = Key::Revision { workload: reference(Kind::StatefulSet, "redis"), name: "redis-1".into() };
    assert_eq!(set.object().kind, Kind::ControllerRevision);
}

/// chat-service with half an hour of numbers: nothing failed until the release, and since then one request in twelve.
fn measured() -> Scene {
    let mut state = world(rows(9));
    let grid = Grid::before(NOW, SignedDuration::from_secs(30), 61);
    let reading = |measure, of: &dyn Fn(usize) -> f64| {
        let mut points = Points::gaps(grid.len);
        (0..grid.len).for_each(|index| points.set(index, of(index)));
        let labels = vec![("app".into(), "chat-service".into()), ("namespace".into(), "production".into())];
        let question = Question { family: 0, measure, by_pod: false, is_before: false };
        Reading { question, grid, series: vec![Series { labels: labels.into(), points }].into(), left_out: 0 }
    };
    let readings = vec![
        reading(Measure::Requests, &|_| 120.0),
        reading(Measure::Errors, &|index| if index < 45 { 0.0 } else { 10.0 }),
        reading(Measure::P95, &|_| 0.2),
    ];
    let id = SignalId { cluster: chat().cluster, name: "main".into() };
    let measured = Measured { readings, ..Measured::default() };
    let _ = state.apply(Update::Metrics(id, NOW, Ok(measured)), NOW);
    Scene::of(state)
}

/// The numbers as they are drawn.
fn numbers_of(view: &ServiceView, scene: &Scene, width: u16, height: u16) -> String {
    let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width, height });
    view.panel.render(&mut Painter::new(&mut buffer, &scene.look));
    text_of(&buffer)
}

#[test]
fn numbers_are_charts_where_there_is_room_and_one_line_where_there_is_none() {
    let scene = measured();
    let large = numbers_of(&laid_out(&scene, 120, 40), &scene, 120, 40);
    for says in ["Numbers  requests 120/s  errors 8.33 %  p95 200 ms", "Error ratio  8.33 %", "10.0 %", "1.5.0"] {
        assert!(large.contains(says), "{says}:\n{large}");
    }
    let small = numbers_of(&laid_out(&scene, 80, 19), &scene, 80, 19);
    assert!(small.contains("errors 8.33 % ▁▁▁▁▁███  p95 200 ms") && !small.contains("Error ratio"), "{small}");
}

#[test]
fn charts_that_have_no_room_are_named_and_stand_on_a_side_of_their_own() {
    let scene = measured();
    let mut view = laid_out(&scene, 80, 19);
    assert_eq!(view.hidden, ["Charts", "Revisions", "Events"]);
    assert_eq!(view.sides, [Side::Front, Side::Back, Side::Charts]);
    view.turned = 2;
    lay_out(&mut view, &scene, 80, 19);
    let shown = numbers_of(&view, &scene, 80, 19);
    assert!(shown.contains("Requests  120/s") && shown.contains("Error ratio  8.33 %"), "{shown}");
    assert!(!view.hidden.contains(&"Charts") && drawn(&view, &scene, 80, 19).contains("What changed"));
    // A window that has grown has one side.
    lay_out(&mut view, &scene, 120, 45);
    assert_eq!((view.turned, view.sides.len(), view.hidden.len()), (0, 1, 0));
    let nobody_tells = Scene::of(world(rows(9)));
    assert_eq!(laid_out(&nobody_tells, 80, 19).hidden, ["Revisions", "Events"]);
}

#[test]
fn nothing_but_ascii_is_drawn_where_that_is_asked_for() {
    let mut scene = measured();
    scene.look.glyphs = &crate::tui::theme::glyphs::ASCII;
    for (width, height) in [(80, 19), (120, 45)] {
        let shown = numbers_of(&laid_out(&scene, width, height), &scene, width, height);
        assert!(shown.is_ascii() && shown.contains("errors 8.33 %"), "{shown}");
    }
}

#[test]
fn a_moment_of_the_charts_is_read_and_left_again() {
    let scene = measured();
    let mut view = laid_out(&scene, 120, 40);
    assert!(view.panel.read(false), "there is something to read");
    for _ in 0..30 {
        view.panel.read(false);
    }
    lay_out(&mut view, &scene, 120, 40);
    let shown = numbers_of(&view, &scene, 120, 40);
    assert!(shown.contains("Error ratio  0.00 %  at 21:57"), "{shown}");
    assert!(
        shown.trim_start().starts_with("Numbers at 21:57  requests 120/s  errors 0.00 %"),
        "the line reads the same\n{shown}"
    );
    while view.panel.cursor.is_some() {
        view.panel.read(true);
    }
    lay_out(&mut view, &scene, 120, 40);
    let shown = numbers_of(&view, &scene, 120, 40);
    assert!(!shown.contains(" at ") && shown.contains("errors 8.33 %"), "now again\n{shown}");
    // Without charts the line alone is read.
    lay_out(&mut view, &scene, 80, 19);
    for _ in 0..31 {
        assert!(view.panel.read(false));
    }
    lay_out(&mut view, &scene, 80, 19);
    let shown = numbers_of(&view, &scene, 80, 19);
    assert!(shown.trim_start().starts_with("Numbers at 21:57  requests 120/s  errors 0.00 %"), "{shown}");
}

/// The view of a service that is delivered in steps.
fn delivered(scene: &Scene, name: &str, width: u16, height: u16) -> String {
    let id = ServiceId { name: name.into(), ..chat() };
    let mut view = ServiceView::new(id.clone());
    let service = scene.board.find(&id).unwrap();
    let facts = Facts::gather(&scene.state, service, NOW);
    view.lay_out(&facts, service, &scene.ground(), Rect { x: 0, y: 0, width, height });
    drawn(&view, scene, width, height)
}

#[test]
fn the_arms_of_a_canary_stand_side_by_side() {
    let scene = Scene::of(world(canary()));
    for (width, height) in [(80, 19), (120, 35), (200, 55)] {
        assert_snapshot!(format!("a_canary_at_{width}"), delivered(&scene, "media-service", width, height));
    }
}

#[test]
fn a_route_that_somebody_steers_shows_what_speaks_against_its_new_arm() {
    let mut state = world(by_hand());
    let _ = state.apply(counted(), NOW);
    for (arm, errors) in [("stable", 0), ("canary", 14)] {
        let service = reference(Kind::Service, &format!("search-service-{arm}"));
        let _ = state.apply(Update::Complaints(service, Some(Complaints { lines: 200, errors })), NOW);
    }
    let scene = Scene::of(state);
    for (width, height) in [(80, 19), (120, 35), (200, 55)] {
        assert_snapshot!(format!("a_route_by_hand_at_{width}"), delivered(&scene, "search-service", width, height));
    }
}

/// The view of search-service, with whoever guards its shift.
fn guarding(guards: impl FnOnce(&mut Stage), width: u16, height: u16) -> String {
    let mut stage = Stage::new();
    stage.world(by_hand());
    guards(&mut stage);
    let id = ServiceId { name: "search-service".into(), ..chat() };
    stage.draw(&mut ServiceView::new(id), width, height)
}

#[test]
fn a_guarded_shift_has_a_panel_of_its_own() {
    for (width, height) in [(80, 19), (120, 35), (200, 55)] {
        let told = guarding(|stage| stage.session.pretended.push(guarded()), width, height);
        assert_snapshot!(format!("a_guarded_shift_at_{width}"), told);
    }
}

#[test]
fn whose_guard_was_left_is_told_with_what_can_be_done() {
    let told = guarding(|stage| stage.list(Kind::Lease, vec![lease(12)]), 120, 35);
    assert!(told.contains("guard left by anna: 10 % of 5,10,50,100 since 21:59Z"), "{told}");
    assert!(told.contains("a weight of 0 goes back to stable, a course takes it over"), "{told}");
}
