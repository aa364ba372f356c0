use super::*;
use crate::domain::problem::Problem;
use crate::domain::row::Row as Fact;
use crate::domain::update::{Liveness, SourceId, Update};
use crate::tui::test_support::Stage;
use crate::tui::views::fixture::{NOW, Scene, ago, cluster, deployment, reference, rows, world};

fn entries(scene: &Scene) -> Vec<Entry> {
    listed::entries(&scene.ground(), &Filter::default(), 118).0
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
                "stuck: 2 of 2 new pods CrashLoopBackOff: OOMKilled",
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
