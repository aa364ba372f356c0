#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::update::Liveness;
use crate::state::tests::fixture::problem;

fn inventory(sources: &[(Kind, &str, bool)]) -> Inventory {
    let mut inventory = Inventory::default();
    for (kind, namespace, may) in sources {
        let namespace = (!namespace.is_empty()).then(|| Text::from(*namespace));
        let liveness = if *may { Liveness::Live } else { Liveness::NoAccess(problem("no access")) };
        inventory.set_liveness(*kind, namespace.as_ref(), liveness);
    }
    inventory
}

#[test]
fn what_may_be_read_is_no_problem() {
    let open = inventory(&[(Kind::Pod, "", true), (Kind::Deployment, "", false), (Kind::Deployment, "a", true)]);
    assert_eq!(open.closed([Kind::Pod, Kind::Deployment, Kind::Node]), None);
}

#[test]
fn kinds_that_are_closed_in_the_same_places_are_told_together_with_the_rule() {
    let nobody = inventory(&[
        (Kind::Node, "", false),
        (Kind::Deployment, "", false),
        (Kind::Deployment, "production", false),
        (Kind::Pod, "", false),
        (Kind::Pod, "production", false),
    ]);
    let told = nobody.closed([Kind::Deployment, Kind::Node, Kind::Pod]).unwrap();
    assert_eq!(told.what, "no access: nodes, deployments, pods in production");
    assert_eq!(
        told.hint,
        "ask a cluster administrator for a role with: get, list, watch nodes, deployments, pods in production"
    );
}

#[test]
fn a_kind_that_is_closed_in_some_namespaces_says_in_which() {
    let half = inventory(&[(Kind::Pod, "a", true), (Kind::Pod, "b", false)]);
    assert_eq!(half.closed([Kind::Pod]).unwrap().what, "no access: pods in b");
}
