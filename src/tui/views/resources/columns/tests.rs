use super::*;
use crate::domain::object::Meta;
use crate::domain::platform::Node;
use crate::domain::pod::{Container, ContainerState, Pod, Termination};
use crate::domain::row::Unreadable;
use crate::domain::workload::Workload;
use crate::tui::test_support::{NOW, pod};
use crate::tui::theme::glyphs::UNICODE;

fn scene() -> Scene {
    Scene { now: NOW, glyphs: &UNICODE }
}

#[test]
fn every_kind_has_columns_of_its_own_with_titles_that_differ() {
    for kind in Kind::ALL {
        let columns = columns(kind);
        assert!(!columns.is_empty(), "{kind}");
        let mut titles: Vec<_> = columns.iter().map(|column| column.title).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), columns.len(), "{kind}");
        assert!(titles.iter().all(|title| !title.contains(' ')), "{kind}: a filter names columns by one word");
    }
}

#[test]
fn the_status_of_a_pod_is_a_word_that_names_the_trouble() {
    let waiting = |reason: &str| Pod {
        phase: "Pending".into(),
        containers: Box::new([Container {
            state: ContainerState::Waiting { reason: reason.into(), message: Text::default() },
            ..Container::default()
        }]),
        ..Pod::default()
    };
    let going = Pod { meta: Meta { deleted: Some(NOW), ..Meta::default() }, ..pod("a", "b") };
    let finished = Pod { phase: "Succeeded".into(), ..Pod::default() };
    let unready = Pod { conditions: Box::default(), ..pod("a", "b") };
    for (pod, role, word) in [
        (pod("a", "b"), Role::Text, "Running"),
        (unready, Role::Attention, "Running, not ready"),
        (waiting("CrashLoopBackOff"), Role::Bad, "CrashLoopBackOff"),
        (waiting("ContainerCreating"), Role::Attention, "ContainerCreating"),
        (going, Role::Attention, "Terminating"),
        (finished, Role::Muted, "Succeeded"),
    ] {
        assert_eq!(status::of_pod(&pod), (role, word));
    }
}

#[test]
fn the_last_end_says_why_and_when() {
    let mut pod = pod("a", "b");
    let end = Termination {
        reason: "OOMKilled".into(),
        at: Some(NOW - jiff::SignedDuration::from_mins(3)),
        ..Termination::default()
    };
    pod.containers[0].last = Some(Box::new(end));
    let row = Row::Pod(Box::new(pod));
    assert_eq!(field_cell(&row, 3, scene()).text, "OOMKilled, 3 min ago");
}

#[test]
fn the_worst_status_comes_first() {
    let workload = |ready, desired| Workload { ready, updated: desired, desired, ..Workload::default() };
    let mut keys = [
        by_status(status::of_workload(&workload(3, 3))),
        by_status(status::of_workload(&workload(0, 3))),
        by_status(status::of_workload(&workload(2, 3))),
    ];
    keys.sort_unstable();
    assert_eq!(keys.map(|key| key.words().unwrap_or_default()), ["none ready", "some not ready", "healthy"]);
}

#[test]
fn a_node_that_nobody_hears_is_bad() {
    assert_eq!(status::of_node(&Node::default()), (Role::Bad, "not heard"));
}

#[test]
fn an_unreadable_row_is_shown_as_such() {
    let unreadable = Unreadable { kind: Kind::Pod, meta: Meta::default(), why: "a map is no list".into() };
    let row = Row::Unreadable(Box::new(unreadable));
    let cell = field_cell(&row, 0, scene());
    assert_eq!((cell.role, cell.text.as_ref()), (Role::Bad, "✖ unreadable: a map is no list"));
    assert_eq!(status_of(&row), Role::Bad);
}
