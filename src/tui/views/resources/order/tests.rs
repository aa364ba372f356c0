use proptest::prelude::*;

use super::*;
use crate::domain::update::Update;
use crate::tui::test_support::{NOW, Stage, cluster, pod, source};
use crate::tui::theme::glyphs::UNICODE;

fn scene() -> Scene {
    Scene { now: NOW, glyphs: &UNICODE }
}

fn wish() -> Wish {
    Wish {
        kind: Kind::Pod,
        namespace: None,
        filter: Filter::default(),
        faults_only: false,
        sort: Slot::Namespace,
        is_reversed: false,
    }
}

fn row(namespace: &str, name: &str, restarts: u32) -> Row {
    let mut pod = pod(namespace, name);
    pod.containers[0].restarts = restarts;
    Row::Pod(Box::new(pod))
}

fn names(order: &Order, stage: &Stage) -> Vec<String> {
    let state = stage.session.state();
    let all = (0..order.entries().len()).filter_map(|index| order.row(state, Kind::Pod, index));
    all.map(|(_, row)| format!("{}/{}", row.meta().namespace, row.meta().name)).collect()
}

/// What happens to the world in a test.
#[derive(Clone, Debug)]
enum Step {
    Applied(usize, u32),
    Gone(usize),
    Sort(Slot, bool),
    Filter(&'static str),
    Refresh,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..12usize, 0..4u32).prop_map(|(index, restarts)| Step::Applied(index, restarts)),
        (0..12usize).prop_map(Step::Gone),
        prop_oneof![Just(Slot::Name), Just(Slot::Namespace), Just(Slot::Field(2))]
            .prop_flat_map(|slot| any::<bool>().prop_map(move |reversed| Step::Sort(slot, reversed))),
        prop::sample::select(&["", "p", "po", "pod-1", "pod-1 !3", "a", "-l app=x", "restarts:=0"][..])
            .prop_map(Step::Filter),
        Just(Step::Refresh),
    ]
}

proptest! {
    #[test]
    fn what_is_kept_up_to_date_is_what_would_be_made_anew(steps in prop::collection::vec(step(), 1..60)) {
        let (mut stage, mut order, mut wish) = (Stage::new(), Order::default(), wish());
        for step in steps {
            let name = |index: usize| (["a", "b", "c"][index % 3], format!("pod-{index}"));
            match step {
                Step::Applied(index, restarts) => {
                    let (namespace, name) = name(index);
                    stage.tell(Update::Applied(source(Kind::Pod), vec![row(namespace, &name, restarts)]));
                }
                Step::Gone(index) => {
                    let (namespace, name) = name(index);
                    stage.tell(Update::Gone(source(Kind::Pod), vec![(namespace.into(), name.into())]));
                }
                Step::Sort(slot, reversed) => (wish.sort, wish.is_reversed) = (slot, reversed),
                Step::Filter(text) => wish.filter = Filter::parse(text),
                Step::Refresh => {
                    order.refresh(stage.session.state(), &wish, scene());
                    let mut anew = Order::default();
                    anew.refresh(stage.session.state(), &wish, scene());
                    prop_assert_eq!(names(&order, &stage), names(&anew, &stage));
                }
            }
        }
    }
}

#[test]
fn a_position_is_found_wherever_the_row_has_gone() {
    let mut stage = Stage::new();
    stage.list(Kind::Pod, vec![row("a", "one", 0), row("a", "two", 0), row("b", "one", 0)]);
    let mut order = Order::default();
    order.refresh(stage.session.state(), &wish(), scene());
    let object =
        |name: &str| ObjectRef { cluster: cluster(), kind: Kind::Pod, namespace: "a".into(), name: name.into() };
    assert_eq!(order.position(stage.session.state(), &object("two"), 7), Some(1));
    assert_eq!(order.position(stage.session.state(), &object("gone"), 0), None);
}

#[test]
fn more_changes_than_are_remembered_sort_anew() {
    let mut stage = Stage::new();
    let mut order = Order::default();
    order.refresh(stage.session.state(), &wish(), scene());
    let many = crate::state::JOURNAL + 10;
    stage.list(Kind::Pod, (0..many).rev().map(|index| row("a", &format!("pod-{index:05}"), 0)).collect());
    order.refresh(stage.session.state(), &wish(), scene());
    let names = names(&order, &stage);
    assert_eq!(names.len(), many);
    assert!(names.is_sorted());
}
