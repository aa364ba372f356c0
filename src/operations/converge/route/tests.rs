use serde_json::json;

use super::*;
use crate::operations::fake::traffic::{route, rule};

fn set() -> Vec<WeightSet> {
    let of =
        |backend, service: &str, weight| WeightSet { rule: 0, backend, service: service.into(), before: 0, weight };
    vec![of(1, "chat-canary", 50), of(0, "chat-stable", 50)]
}

fn seen(route: &Value) -> Progress {
    weights(route, &set(), &"chat-canary".into(), 50)
}

#[test]
fn weights_that_every_parent_has_taken_are_done() {
    assert_eq!(seen(&route(vec![rule(50, 50)])), Progress::Done("edge has taken it: chat-canary 50 %".into()));
}

#[test]
fn another_weight_or_another_service_in_its_place_is_somebody_elses_work() {
    assert_eq!(seen(&route(vec![rule(50, 10)])), Progress::Replaced("chat-canary has weight 10 now".into()));
    let mut moved = route(vec![rule(50, 50)]);
    moved["spec"]["rules"][0]["backendRefs"][1]["name"] = json!("chat-next");
    assert!(matches!(seen(&moved), Progress::Replaced(_)));
}

#[test]
fn a_parent_must_have_seen_it_as_it_is_now() {
    let mut later = route(vec![rule(50, 50)]);
    later["metadata"]["generation"] = json!(4);
    assert_eq!(seen(&later), Progress::Moving("edge has not seen it yet".into()));
    let mut silent = route(vec![rule(50, 50)]);
    silent["status"] = json!({});
    assert_eq!(seen(&silent), Progress::Moving("edge has not said whether it takes it".into()));
    let mut second = route(vec![rule(50, 50)]);
    second["spec"]["parentRefs"] = json!([{ "name": "edge", "namespace": "edge" }, { "name": "mesh" }]);
    assert_eq!(
        seen(&second),
        Progress::Moving("mesh has not said whether it takes it".into()),
        "one of two is not all"
    );
}

#[test]
fn a_parent_that_refuses_has_given_up() {
    let mut refused = route(vec![rule(50, 50)]);
    refused["status"]["parents"][0]["conditions"][1] = json!({
        "type": "ResolvedRefs", "status": "False", "observedGeneration": 3, "message": "no Service chat-canary",
    });
    let why = "edge does not find all that it names: no Service chat-canary";
    assert_eq!(seen(&refused), Progress::GivenUp(why.into()));
}
