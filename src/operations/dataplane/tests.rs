use super::*;
use crate::domain::object::ClusterName;
use crate::operations::fake::Plane;
use crate::operations::fake::traffic::backing;
use serde_json::json;

fn after(counts: &[[f64; 2]], percent: u8) -> Proof {
    let mut looks = DataPlane::default();
    let arm = "chat-canary".into();
    let mut last = Proof::NotAsked;
    for count in counts {
        last = looks.share(Some(*count), percent, &arm);
    }
    last
}

#[test]
fn the_share_is_of_what_came_since_the_first_count() {
    let proof = after(&[[1000.0, 9000.0], [1250.0, 9260.0]], 50);
    assert_eq!(proof, Proof::Agrees("49 % of 510 requests went to chat-canary".into()));
    let proof = after(&[[0.0, 0.0], [2_454.8, 2_454.865_291_029]], 50);
    assert_eq!(proof, Proof::Agrees("50 % of 4910 requests went to chat-canary".into()), "whole requests");
    let proof = after(&[[0.0, 0.0], [40.0, 360.0]], 50);
    assert_eq!(proof, Proof::Contradicts("10 % of 400 requests went to chat-canary, not 50 %".into()));
}

#[test]
fn from_few_requests_nothing_is_concluded() {
    assert!(matches!(after(&[[0.0, 0.0], [5.0, 20.0]], 50), Proof::Open(_)));
    assert!(matches!(after(&[[0.0, 0.0]], 50), Proof::Open(_)));
    assert!(matches!(after(&[[0.0, 0.0], [0.0, 20.0]], 0), Proof::Open(_)));
    assert!(
        matches!(after(&[[0.0, 0.0], [1.0, 20.0]], 0), Proof::Contradicts(_)),
        "one is enough to show that it is not 0"
    );
}

#[test]
fn of_none_and_of_all_there_is_no_chance() {
    assert!(matches!(after(&[[0.0, 0.0], [1.0, 999.0]], 0), Proof::Contradicts(_)));
    assert!(matches!(after(&[[7.0, 0.0], [7.0, 999.0]], 0), Proof::Agrees(_)));
    assert!(matches!(after(&[[0.0, 7.0], [999.0, 7.0]], 100), Proof::Agrees(_)));
}

#[test]
fn who_counts_anew_is_counted_from_there() {
    assert!(matches!(after(&[[500.0, 500.0], [3.0, 3.0]], 50), Proof::Open(_)));
    let proof = after(&[[500.0, 500.0], [3.0, 3.0], [203.0, 203.0]], 50);
    assert_eq!(proof, Proof::Agrees("50 % of 400 requests went to chat-canary".into()));
}

#[test]
fn where_nobody_counts_that_is_said() {
    let said = DataPlane::default().share(None, 50, &"chat-canary".into());
    assert_eq!(said, Proof::Silent("accepted by the gateway; nobody counts requests here".into()));
}

#[tokio::test]
async fn a_service_has_switched_when_its_endpoints_are_its_new_pods_alone() {
    let service = ObjectRef {
        cluster: ClusterName("prod-eu".into()),
        kind: Kind::Service,
        namespace: "production".into(),
        name: "chat".into(),
    };
    let goal = Goal::Selector(json!({ "app": "chat", "arm": "green" }));
    let (blue, green) = (backing("blue", "1.4.1", 2), backing("green", "1.5.0", 2));
    let look = |slices| {
        let lists = vec![(Kind::EndpointSlice, Ok(slices)), (Kind::Pod, Ok(green.pods.clone()))];
        let plane = Plane { lists, ..Plane::default() };
        let (goal, service) = (goal.clone(), service.clone());
        async move { DataPlane::default().look(&goal, &service, &plane).await }
    };
    let both = [blue.slices.clone(), green.slices.clone()].concat();
    assert_eq!(look(both).await, Proof::Open("2 of 4 endpoints are still other pods".into()));
    assert_eq!(look(Vec::new()).await, Proof::Open("it has no ready endpoint yet".into()));
    assert_eq!(look(green.slices.clone()).await, Proof::Agrees("all 2 endpoints are those pods".into()));
}
