use super::*;
use crate::state::tests::fixture::{NOW, ago, later, problem};

fn late() -> Liveness {
    Liveness::Late { since: ago(60), problem: problem("no answer") }
}

fn denied() -> Liveness {
    Liveness::NoAccess(problem("no access: pods"))
}

/// The freshness of pods when sources of these namespaces are so; "" reads them all.
fn freshness(sources: &[(&str, Liveness)]) -> Freshness {
    let mut inventory = Inventory::default();
    for (namespace, liveness) in sources {
        let namespace = (!namespace.is_empty()).then(|| Text::from(*namespace));
        inventory.set_liveness(Kind::Pod, namespace.as_ref(), liveness.clone());
        inventory.set_liveness(Kind::Node, None, Liveness::Live);
    }
    inventory.freshness(Kind::Pod)
}

#[test]
fn the_freshness_of_a_kind_is_that_of_its_sources() {
    let is_late = Freshness::Late { since: ago(60), problem: problem("no answer") };
    let is_denied = Freshness::NoAccess(problem("no access: pods"));
    let live = || Liveness::Live;
    for (sources, expected) in [
        (vec![], Freshness::Loading),
        (vec![("", live())], Freshness::Live),
        (vec![("", late())], is_late.clone()),
        (vec![("", denied())], is_denied.clone()),
        (vec![("", Liveness::Absent(problem("no such kind")))], Freshness::Absent(problem("no such kind"))),
        (vec![("", denied()), ("a", live()), ("b", live())], Freshness::Live),
        (vec![("a", live()), ("b", denied())], Freshness::Partial(vec!["b".into()])),
        (vec![("a", live()), ("b", late())], is_late.clone()),
        (vec![("a", Liveness::Loading), ("b", live())], Freshness::Loading),
        (vec![("a", Liveness::Loading), ("b", late())], is_late),
        (vec![("a", denied()), ("b", denied())], is_denied),
    ] {
        assert_eq!(freshness(&sources), expected, "{sources:?}");
    }
}

#[test]
fn one_namespace_is_as_fresh_as_its_own_source() {
    let mut inventory = Inventory::default();
    inventory.set_liveness(Kind::Pod, None, denied());
    inventory.set_liveness(Kind::Pod, Some(&"a".into()), Liveness::Live);
    assert_eq!(inventory.freshness_in(Kind::Pod, &"a".into()), Freshness::Live);
    assert!(matches!(inventory.freshness_in(Kind::Pod, &"b".into()), Freshness::NoAccess(_)));
    assert_eq!(inventory.freshness_in(Kind::Node, &"a".into()), Freshness::Loading);
}

#[test]
fn a_cluster_is_late_after_ten_seconds_of_silence() {
    let mut inventory = Inventory::default();
    assert_eq!(inventory.liveness(NOW), ClusterLiveness::Connecting);
    inventory.silent = Some(problem("connection refused"));
    assert!(matches!(inventory.liveness(NOW), ClusterLiveness::Late { since: None, problem: Some(_) }));
    inventory.heard = Some(NOW);
    assert_eq!(inventory.liveness(later(9)), ClusterLiveness::Live);
    assert!(matches!(inventory.liveness(later(10)), ClusterLiveness::Late { since: Some(at), .. } if at == NOW));
}
