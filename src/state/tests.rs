#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::tests::fixture::*;
use super::*;
use crate::domain::platform::Namespace;
use crate::domain::update::Liveness;
use crate::domain::workload::Workload;

pub(super) mod fixture;

#[test]
fn only_what_moved_is_said_to_have_changed() {
    let mut state = State::default();
    let row = || Row::Deployment(Box::new(workload("chat", 3)));
    let changed = state.apply(Update::Applied(source(Kind::Deployment), vec![row()]), NOW);
    assert!(changed.touches(Kind::Deployment) && !changed.touches(Kind::Pod) && !changed.touches_sources());
    assert!(state.apply(Update::Applied(source(Kind::Deployment), vec![row()]), NOW).is_nothing());
    let gone = vec![("production".into(), "chat".into())];
    assert!(state.apply(Update::Gone(source(Kind::Deployment), gone.clone()), NOW).touches(Kind::Deployment));
    assert!(state.apply(Update::Gone(source(Kind::Deployment), gone), NOW).is_nothing());
}

#[test]
fn being_heard_again_is_a_change_only_after_a_silence() {
    let mut state = State::default();
    assert!(state.apply(Update::Heard(cluster(), NOW), NOW).touches_sources());
    assert!(state.apply(Update::Heard(cluster(), later(5)), later(5)).is_nothing());
    assert!(state.apply(Update::Heard(cluster(), later(60)), later(60)).touches_sources());
    assert!(state.apply(Update::Source(source(Kind::Pod), Liveness::Live), NOW).touches_sources());
    assert!(state.apply(Update::Source(source(Kind::Pod), Liveness::Live), NOW).is_nothing());
}

#[test]
fn the_label_of_a_namespace_places_it() {
    let mut namespace = Namespace { meta: meta("payments"), phase: "Active".into() };
    namespace.meta.namespace = Text::default();
    namespace.meta.labels = labels(&[("environment", "staging")]);
    let state = world([Row::Namespace(Box::new(namespace))]);
    let place = state.place(&cluster(), &"payments".into());
    assert_eq!((place.environment.as_str(), place.is_protected), ("staging", false));
    assert!(state.place(&cluster(), &"unheard".into()).is_protected);
}

#[test]
fn a_family_is_found_by_the_name_of_its_workload() {
    let state = world(deployed("chat", vec![pod("chat", 1, 1), pod("chat", 1, 2)]));
    let family = state.family(&reference(Kind::Deployment, "chat")).unwrap();
    assert_eq!((family.pods.len(), family.replica_sets.len()), (2, 1));
    assert!(state.family(&reference(Kind::Pod, "chat-hash1-1")).is_none(), "a pod is no workload");
}

/// One thing that a source may say about a few names in two namespaces.
#[derive(Clone, Debug)]
enum Said {
    Row { namespace: usize, name: usize, size: i32 },
    Gone { namespace: usize, name: usize },
    List { namespace: Option<usize>, names: Vec<(usize, usize, i32)> },
}

const NAMESPACES: [&str; 2] = ["one", "two"];

fn said() -> impl Strategy<Value = Said> {
    let row = (0..2usize, 0..6usize, 0..3i32);
    prop_oneof![
        row.clone().prop_map(|(namespace, name, size)| Said::Row { namespace, name, size }),
        (0..2usize, 0..6usize).prop_map(|(namespace, name)| Said::Gone { namespace, name }),
        (proptest::option::of(0..2usize), proptest::collection::vec(row, 0..6))
            .prop_map(|(namespace, names)| Said::List { namespace, names }),
    ]
}

fn sized(namespace: usize, name: usize, size: i32) -> Row {
    let mut workload = Workload { desired: size, ..workload(&format!("w{name}"), 1) };
    workload.meta.namespace = NAMESPACES[namespace].into();
    Row::Deployment(Box::new(workload))
}

proptest! {
    #[test]
    fn any_order_of_updates_gives_what_a_rebuild_gives(all in proptest::collection::vec(said(), 0..40)) {
        let mut state = State::default();
        let mut truth = BTreeMap::new();
        for said in all {
            match said {
                Said::Row { namespace, name, size } => {
                    let _ = state.apply(Update::Applied(source(Kind::Deployment), vec![sized(namespace, name, size)]), NOW);
                    truth.insert((namespace, name), size);
                }
                Said::Gone { namespace, name } => {
                    let names = vec![(NAMESPACES[namespace].into(), format!("w{name}").into())];
                    let _ = state.apply(Update::Gone(source(Kind::Deployment), names), NOW);
                    truth.remove(&(namespace, name));
                }
                Said::List { namespace, names } => {
                    let of = SourceId { namespace: namespace.map(|at| NAMESPACES[at].into()), ..source(Kind::Deployment) };
                    let names: Vec<_> = names.into_iter().map(|(at, name, size)| (namespace.unwrap_or(at), name, size)).collect();
                    truth.retain(|(at, _), _| namespace.is_some_and(|only| only != *at));
                    let _ = state.apply(Update::ListBegan(of.clone()), NOW);
                    for (at, name, size) in names {
                        let _ = state.apply(Update::Applied(of.clone(), vec![sized(at, name, size)]), NOW);
                        truth.insert((at, name), size);
                    }
                    let _ = state.apply(Update::ListEnded(of), NOW);
                }
            }
            let mut rebuilt = Collection::default();
            for ((namespace, name), size) in &truth {
                rebuilt.apply(sized(*namespace, *name, *size));
            }
            if let Some(inventory) = state.cluster(&cluster()) {
                let rows = inventory.rows(Kind::Deployment);
                prop_assert_eq!(rows.len(), rebuilt.len());
                for row in rebuilt.rows() {
                    prop_assert_eq!(rows.find(&row.meta().namespace, &row.meta().name), Some(row));
                }
                prop_assert_eq!(rows.iter().count(), rows.len());
            }
        }
    }
}
