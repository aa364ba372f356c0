#![expect(clippy::unwrap_used, reason = "tests")]

use insta::assert_snapshot;

use super::*;
use crate::domain::intent::Intent;
use crate::domain::problem::Problem;
use crate::domain::row::Row as Fact;
use crate::domain::update::{Liveness, SourceId, Update};
use crate::domain::workload::Workload;
use crate::tui::test_support::Stage;
use crate::tui::theme::Role;
use crate::tui::views::fixture::delivered::{by_hand, canary, counted};
use crate::tui::views::fixture::guarded::{guarded, lease};
use crate::tui::views::fixture::{NOW, Scene, ago, cluster, deployment, reference, rows, world};

fn entries(scene: &Scene) -> Vec<Entry> {
    listed::entries(&scene.ground(), &mut Joined::default(), &Filter::default(), 140).0
}

fn words(entry: &Entry) -> Vec<&str> {
    entry.cells.iter().map(|cell| cell.text.as_ref()).collect()
}

#[test]
fn what_is_stuck_comes_first_with_its_reason_and_what_ended_lately_comes_last() {
    let entries = entries(&Scene::of(world(rows(3))));
    let told: Vec<_> = entries.iter().map(words).collect();
    assert_eq!(
        told,
        [
            vec![
                "✖",
                "chat-service",
                "chat-service",
                "production",
                "stuck: CrashLoopBackOff: OOMKilled, 2 of 2 new pods",
                "2/4",
                "3/4",
                "1.4.1 → 1.5.0",
                "2 min",
                "22:05",
                "presence in rooms"
            ],
            vec![
                "●",
                "task-service",
                "task-service",
                "production",
                "finished",
                "4/4",
                "4/4",
                "2.0.0",
                "–",
                "21:43",
                ""
            ],
        ]
    );
}

#[test]
fn what_ended_more_than_an_hour_ago_is_not_shown() {
    let still = |minutes| Scene::of(world([Fact::Deployment(Box::new(deployment("task-service", minutes)))]));
    assert_eq!(entries(&still(59)).len(), 1);
    assert_eq!(entries(&still(61)).len(), 0);
}

#[test]
fn what_cannot_be_heard_has_no_health_of_its_own() {
    let mut state = world(rows(3));
    let source = SourceId { cluster: cluster(), kind: Kind::Deployment, namespace: None };
    let problem = Problem::new("no answer", "", "");
    let _ = state.apply(Update::Source(source, Liveness::Late { since: ago(3), problem }), NOW);
    let scene = Scene::of(state);
    assert!(entries(&scene).iter().all(|entry| entry.health == Health::Unknown));
    let doubts = sources::doubts(&scene.state, &cluster(), &Kind::WORKLOADS, NOW);
    assert_eq!(doubts, [(Health::Attention, "deployments of prod-eu last heard 22:10: no answer".to_owned())]);
}

#[test]
fn finished_ones_stand_below_a_line_of_their_own() {
    let entries = entries(&Scene::of(world(rows(3))));
    let mut view = Rollouts { entries, moving: 1, ..Rollouts::default() };
    let objects: Vec<_> = view.entries.iter().map(|entry| entry.object.clone()).collect();
    view.cursor.settle(2, 9, |key| objects.iter().position(|object| object == key), |index| objects[index].clone());
    assert_eq!(view.rows(), [Row::Entry(0), Row::Gap, Row::Finished, Row::Entry(1)]);
    assert_eq!(view.cursor.selected(), Some(&reference(Kind::Deployment, "chat-service")));
    view.moving = 0;
    assert_eq!(view.rows(), [Row::Finished, Row::Entry(0), Row::Entry(1)]);
}

#[test]
fn what_may_not_be_read_does_not_look_as_if_nothing_moved() {
    let mut stage = Stage::new();
    for kind in [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Pod] {
        stage.source(kind, Liveness::NoAccess(Problem::new("no access", "forbidden", "")));
    }
    let drawn = stage.draw(&mut Rollouts::default(), 80, 19);
    let words: Vec<&str> = drawn.split_whitespace().collect();
    assert_eq!(
        words.join(" "),
        "Nothing is moving, as far as can be seen ○ no access: deployments, statefulsets, daemonsets: \
         ask a cluster administrator for a role with: get, list, watch deployments, statefulsets, daemonsets"
    );
}

/// What waits at a gate, what moves, what is stuck, and a route that somebody steers by hand.
fn stage() -> Stage {
    let mut stage = Stage::new();
    let facts = rows(3).into_iter().chain(canary()).chain(by_hand()).collect();
    stage.world(facts);
    stage
}

fn drawn(width: u16, height: u16) -> String {
    stage().draw(&mut Rollouts::default(), width, height)
}

#[test]
fn a_small_window_tells_where_each_rollout_waits_and_its_steps() {
    assert_snapshot!(drawn(80, 19));
}

#[test]
fn a_middling_window_tells_more_of_each() {
    assert_snapshot!(drawn(120, 35));
}

#[test]
fn a_wide_window_tells_all_of_each() {
    assert_snapshot!(drawn(200, 55));
}

#[test]
fn a_gate_stands_above_what_merely_moves() {
    let moving = || {
        let mut moving = deployment("zz-service", 600);
        moving.updated = 1;
        moving.conditions = Box::new([]);
        Fact::Deployment(Box::new(moving))
    };
    let mut stage = Stage::new();
    stage.world(canary().into_iter().chain([moving()]).collect());
    let told = stage.draw(&mut Rollouts::default(), 120, 35);
    let line =
        |words: &str| told.lines().position(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}:\n{told}"));
    assert!(line("waits for release since") < line("zz-service"), "{told}");
    assert!(told.starts_with(" 2 rollouts on the way   ‖ 1 waits for somebody"), "{told}");
}

#[test]
fn where_there_is_no_room_for_all_the_selected_one_is_told_in_full() {
    let mut stage = stage();
    let mut view = Rollouts::default();
    let told = stage.draw(&mut view, 80, 12);
    assert!(!told.contains("step 2/5"), "{told}");
    view.handle(Command::SelectNext, &stage.seen());
    let told = stage.draw(&mut view, 80, 12);
    assert!(told.contains("step 2/5  ▸ 10 %, gate"), "{told}");
}

#[test]
fn the_gate_that_was_drawn_is_the_one_that_is_released() {
    let mut stage = Stage::new();
    stage.world(canary());
    let mut view = Rollouts::default();
    stage.draw(&mut view, 120, 35);
    // The controller has gone on since, which nobody has seen yet.
    let mut facts = canary();
    let Fact::Rollout(rollout) = &mut facts[0] else { panic!("no rollout") };
    let argo = rollout.argo.as_mut().unwrap();
    (argo.step, argo.pauses, argo.is_held) = (Some(2), Box::new([]), false);
    stage.list(Kind::Rollout, vec![facts.swap_remove(0)]);
    let Outcome::Ask(Effect::Propose(intent)) = view.handle(Command::Release, &stage.seen()) else { panic!("no wish") };
    let Intent::Release { gate: Some(gate), .. } = intent else { panic!("{intent:?}") };
    assert_eq!((gate.revision.as_str(), gate.step), ("hash2", Some(1)));
    stage.draw(&mut view, 120, 35);
    let said = view.handle(Command::Release, &stage.seen());
    assert!(matches!(said, Outcome::Ask(Effect::Notice(..))), "now it is seen: {said:?}");
}

#[test]
fn traffic_is_shifted_where_no_controller_steers_it() {
    let mut stage = Stage::new();
    stage.world(by_hand());
    let mut view = Rollouts::default();
    let told = stage.draw(&mut view, 120, 35);
    assert!(told.contains("splits 90/10"), "{told}");
    let Outcome::Ask(Effect::Prompt(prompt)) = view.handle(Command::Shift, &stage.seen()) else { panic!("not asked") };
    assert_eq!(prompt.label(), "weight of search-service-canary, now 10 %: ");
    let mut stage = Stage::new();
    stage.world(canary());
    let mut view = Rollouts::default();
    stage.draw(&mut view, 120, 35);
    let Outcome::Ask(Effect::Notice(_, said)) = view.handle(Command::Shift, &stage.seen()) else { panic!("not said") };
    assert!(said.starts_with("Argo Rollouts sets the weights"), "{said}");
    let hints: Vec<_> = view.hints(&stage.seen()).into_iter().map(|hint| (hint.label, hint.not_now)).collect();
    assert!(hints.contains(&("shift", Some("Argo Rollouts sets it".to_owned()))), "{hints:?}");
}

#[test]
fn the_pods_of_what_is_split_are_counted_and_no_others() {
    let mut stage = Stage::new();
    stage.world(rows(3).into_iter().chain(by_hand()).collect());
    let mut view = Rollouts::default();
    stage.draw(&mut view, 120, 35);
    let focus = view.demand(&stage.seen()).focus.unwrap();
    let names = |names: &[crate::domain::text::Text]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&focus.workloads), ["search-service-canary", "search-service-stable"]);
    assert_eq!(focus.measures, [Measure::Requests, Measure::Errors]);
    let mut stage = Stage::new();
    stage.world(rows(3));
    stage.draw(&mut view, 120, 35);
    assert_eq!(view.demand(&stage.seen()), Demand::default(), "nothing is asked for nothing");
}

#[test]
fn a_canary_that_is_worse_than_the_stable_revision_is_marked_as_in_the_overview() {
    let mut stage = Stage::new();
    stage.world(by_hand());
    stage.tell(counted());
    for (width, height) in [(80, 19), (120, 35), (200, 55)] {
        assert_snapshot!(format!("worse_at_{width}"), stage.draw(&mut Rollouts::default(), width, height));
    }
    let mut view = Rollouts::default();
    stage.draw(&mut view, 120, 35);
    let (health, below) = (view.entries[0].health, view.entries[0].below.last().unwrap());
    assert_eq!((health, below[0].role), (Health::Attention, Role::Attention));
    assert!(below[0].text.starts_with("▲ canary 5.1.0 fails 8.0 %, stable "), "{below:?}");
}

#[test]
fn a_canary_that_is_worse_stands_below_what_is_stuck_and_above_what_only_moves() {
    let mut stage = Stage::new();
    let moves = Workload { updated: 2, ..deployment("auth-service", 5) };
    let others = rows(3).into_iter().chain([Fact::Deployment(Box::new(moves))]);
    stage.world(by_hand().into_iter().chain(others).collect());
    stage.tell(counted());
    let mut view = Rollouts::default();
    stage.draw(&mut view, 120, 35);
    let names: Vec<&str> = view.entries.iter().take(3).map(|entry| entry.object.name.as_str()).collect();
    assert_eq!(names, ["chat-service", "search-service", "auth-service"]);
}

#[test]
fn a_guarded_shift_is_told_with_its_weights_and_what_was_seen() {
    let mut stage = Stage::new();
    stage.world(by_hand());
    stage.session.pretended.push(guarded());
    for (width, height) in [(80, 19), (120, 35), (200, 55)] {
        assert_snapshot!(format!("guarded_at_{width}"), stage.draw(&mut Rollouts::default(), width, height));
    }
    let mut view = Rollouts::default();
    stage.draw(&mut view, 120, 35);
    assert_eq!(view.wakes_at(&stage.seen()), Some(NOW + jiff::SignedDuration::from_secs(6)));
    let stopped = view.handle(Command::StopGuard, &stage.seen());
    assert_eq!(stopped, Outcome::Ask(Effect::StopGuard(guarded().id)));
}

#[test]
fn the_guard_of_somebody_else_is_told_while_it_lives_and_when_it_was_left() {
    for (minutes, name) in [(0, "guarded_by_somebody_else"), (12, "guard_that_was_left")] {
        let mut stage = Stage::new();
        stage.world(by_hand());
        stage.list(Kind::Lease, vec![lease(minutes)]);
        let mut view = Rollouts::default();
        assert_snapshot!(name, stage.draw(&mut view, 80, 19));
        // What the words promise is what the key begins.
        let proposed = view.handle(Command::StopGuard, &stage.seen());
        let target = reference(Kind::HttpRoute, "search-service");
        let back = Intent::Shift { target, arm: "search-service-canary".into(), percent: 0 };
        assert_eq!(proposed, Outcome::Ask(Effect::Propose(back)));
        assert!(view.hints(&stage.seen()).iter().any(|hint| hint.command == Command::StopGuard));
    }
}
