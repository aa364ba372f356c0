#![expect(clippy::unwrap_used, reason = "tests")]

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::traffic::Bounds;
use crate::operations::fake::objects::{merge, place, target};
use crate::operations::fake::traffic::{backing, route, rule, shift, split};
use crate::operations::plan::plan as make;
use crate::operations::plan::tests::picture;

/// Why there is no plan, in one line.
fn refused(intent: &Intent, snapshot: &Snapshot) -> String {
    refused_in(intent, snapshot, &place())
}

fn refused_in(intent: &Intent, snapshot: &Snapshot, place: &Place) -> String {
    let none = make(intent, snapshot, place).unwrap_err();
    format!("{:?}: {}", none.failure, none.problem)
}

fn applied(plan: &Plan, object: &Value) -> Result<Value, json_patch::PatchError> {
    let mut object = object.clone();
    for step in &plan.steps {
        let Call::Patch { operations, .. } = &step.call else { panic!("{step:?}") };
        let patch: json_patch::Patch = serde_json::from_value(json!(operations)).unwrap();
        json_patch::patch(&mut object, &patch)?;
    }
    Ok(object)
}

fn weights(route: &Value) -> Vec<u64> {
    let rules = route["spec"]["rules"].as_array().unwrap();
    let refs = rules.iter().flat_map(|rule| rule["backendRefs"].as_array().unwrap());
    refs.map(|one| one["weight"].as_u64().unwrap_or(1)).collect()
}

#[test]
fn shifts_up_and_back_say_all_that_they_do() {
    let mut header = rule(0, 1);
    header["matches"] = json!([{ "headers": [{ "name": "x-canary", "value": "1" }] }]);
    header["backendRefs"].as_array_mut().unwrap().remove(0);
    let snapshot = split(vec![header, rule(90, 10), rule(9, 1)]);
    let up = make(&shift(50), &snapshot, &place()).unwrap();
    let back = make(&shift(0), &snapshot, &place()).unwrap();
    assert_snapshot!(format!("{}\n\n{}", picture(&up), picture(&back)));
    // Whoever copies the way back sends requests to what they were taken from.
    let warned = back.way_back_warns();
    assert_eq!(warned.as_deref(), Some("it sends 10 % of the requests to chat-canary again"));
    assert_eq!(up.way_back_warns(), None);
    let all = Intent::Shift { target: target(Kind::HttpRoute), arm: "chat-stable".into(), percent: 100 };
    assert_eq!(make(&all, &snapshot, &place()).unwrap().way_back_warns(), warned, "named by the other arm");
}

#[test]
fn the_rule_with_the_arm_that_is_meant_stands_for_the_route_as_it_does_for_whoever_watches() {
    let named = |arm: &str, stable: u64, canary: u64| {
        let mut rule = rule(stable, canary);
        rule["backendRefs"][1]["name"] = json!(arm);
        rule
    };
    let mut header = named("chat-canary", 70, 30);
    header["matches"] = json!([{ "headers": [{ "name": "x-canary", "value": "1" }] }]);
    let value = route(vec![named("chat-next", 90, 10), header, named("chat-canary", 80, 20)]);
    let rules = Rules::of(&value);
    let (intent, target) = (shift(50), target(Kind::HttpRoute));
    let pair =
        rules.pair(Wish { intent: &intent, target: &target }, "chat-canary").unwrap_or_else(|_| panic!("an arm"));
    assert_eq!((pair.other.as_str(), rules.share(&pair)), ("chat-stable", Some(20.0)));
}

#[test]
fn every_rule_with_both_services_is_set_and_no_other() {
    let other = json!({ "backendRefs": [{ "name": "chat-stable", "port": 80, "weight": 1 }] });
    let snapshot = split(vec![rule(90, 10), other, rule(4, 1), rule(3, 0)]);
    let plan = make(&shift(50), &snapshot, &place()).unwrap();
    let after = applied(&plan, &snapshot.target).unwrap();
    assert_eq!(weights(&after), [50, 50, 1, 50, 50, 50, 50], "a sum that cannot hold it becomes 100");
    let plan = make(&shift(20), &snapshot, &place()).unwrap();
    assert_eq!(weights(&applied(&plan, &snapshot.target).unwrap()), [80, 20, 1, 4, 1, 80, 20], "one has it already");
}

#[test]
fn an_absent_weight_is_1_and_its_test_is_of_the_whole_backend() {
    let mut first = rule(1, 1);
    for one in first["backendRefs"].as_array_mut().unwrap() {
        one.as_object_mut().unwrap().shift_remove("weight");
    }
    let mut snapshot = split(vec![first]);
    let plan = make(&shift(60), &snapshot, &place()).unwrap();
    assert_eq!(weights(&applied(&plan, &snapshot.target).unwrap()), [40, 60]);
    snapshot.target["spec"]["rules"][0]["backendRefs"][1]["weight"] = json!(5);
    assert!(applied(&plan, &snapshot.target).is_err(), "somebody set one meanwhile");
}

#[test]
fn a_patch_hits_nothing_but_what_was_seen() {
    let snapshot = split(vec![rule(90, 10)]);
    let plan = make(&shift(50), &snapshot, &place()).unwrap();
    let but = |path: &str, value: Value| {
        let mut moved = snapshot.target.clone();
        *moved.pointer_mut(path).unwrap() = value;
        applied(&plan, &moved)
    };
    assert!(but("/metadata/uid", json!("another")).is_err(), "made anew under the same name");
    assert!(but("/spec/rules/0/backendRefs/0/weight", json!(80)).is_err(), "somebody else shifts too");
    assert!(but("/spec/rules/0/backendRefs/1/name", json!("chat-next")).is_err(), "another Service in its place");
    assert!(but("/metadata/generation", json!(9)).is_ok(), "what moves by itself");
}

#[test]
fn what_cannot_be_shifted_is_refused_with_what_to_do() {
    let third = || json!({ "name": "chat-next", "port": 80, "weight": 5 });
    let mut three = split(vec![rule(85, 10)]);
    three.target["spec"]["rules"][0]["backendRefs"].as_array_mut().unwrap().push(third());
    let why = refused(&shift(50), &three);
    assert!(why.contains("beside chat-canary there are chat-stable and chat-next"), "{why}");
    let of = |arm: &str| Intent::Shift { target: target(Kind::HttpRoute), arm: arm.into(), percent: 20 };
    let why = refused(&of("chat"), &split(vec![rule(90, 10)]));
    assert!(why.starts_with("Impossible") && why.contains("its arms are chat-stable, chat-canary"), "{why}");
    let why = refused(&shift(10), &split(vec![rule(9, 1)]));
    assert!(why.starts_with("NothingToDo"), "{why}");
    let mut argos = split(vec![rule(90, 10)]);
    merge(&mut argos.target, json!({ "metadata": { "labels": { OF_ARGO: "in-progress" } } }));
    for percent in [50, 0] {
        let why = refused(&shift(percent), &argos);
        assert!(why.contains("midwatch gate release chat-service -n production"), "{why}");
    }
    let why = refused(&Intent::Restart { target: target(Kind::HttpRoute) }, &split(vec![rule(90, 10)]));
    assert!(why.contains("can be shifted, and nothing else"), "{why}");
    let one = split(vec![json!({ "backendRefs": [{ "name": "chat-canary", "port": 80 }] })]);
    assert!(refused(&shift(50), &one).contains("none of its rules splits"));
}

#[test]
fn requests_go_only_where_somebody_is_ready_and_back_at_any_time() {
    let mut snapshot = split(vec![rule(90, 10)]);
    snapshot.backings[1] = backing("canary", "1.5.0", 0);
    let why = refused(&shift(50), &snapshot);
    assert!(why.contains("chat-canary has no ready endpoint"), "{why}");
    make(&shift(0), &snapshot, &place()).unwrap();
    make(&shift(5), &snapshot, &place()).unwrap();
    snapshot.backings[0] = backing("stable", "1.4.1", 0);
    let back = make(&shift(0), &snapshot, &place()).unwrap();
    assert!(back.warnings[0].starts_with("chat-stable has no ready endpoint"), "{:?}", back.warnings);
    snapshot.backings[1].service = None;
    assert!(refused(&shift(50), &snapshot).contains("is not there"));
}

#[test]
fn a_shift_takes_one_step_at_most_and_stays_below_the_ceiling() {
    let place = Place { traffic: Bounds { step: 20, ceiling: 60 }, ..place() };
    let snapshot = split(vec![rule(90, 10)]);
    let why = refused_in(&shift(31), &snapshot, &place);
    assert!(why.contains("more than 20 points") && why.contains("--to 30"), "{why}");
    assert!(make(&shift(30), &snapshot, &place).is_ok());
    let high = split(vec![rule(45, 55)]);
    assert!(refused_in(&shift(61), &high, &place).contains("60 % at most in production"));
    assert!(make(&shift(0), &high, &place).is_ok(), "back is never too far");
    // The same of the other arm's share: what the stable one gives up, the canary gets.
    let stable = |percent| Intent::Shift { target: target(Kind::HttpRoute), arm: "chat-stable".into(), percent };
    assert!(refused_in(&stable(60), &snapshot, &place).contains("--to 70"));
    assert!(make(&stable(100), &high, &place).is_ok());
}

#[test]
fn up_is_to_deploy_and_back_may_whoever_may_roll_back() {
    let snapshot = split(vec![rule(50, 50)]);
    let needs = |percent| make(&shift(percent), &snapshot, &place()).unwrap().needs;
    assert_eq!(needs(60), [Permission::Deploy]);
    assert_eq!(needs(40), [Permission::Deploy, Permission::Rollback]);
    assert_eq!(needs(0), [Permission::Deploy, Permission::Rollback]);
}

#[test]
fn a_rule_in_which_the_canary_gains_makes_it_a_step_up() {
    let mut snapshot = split(vec![rule(60, 40), rule(95, 5)]);
    let plan = make(&shift(30), &snapshot, &place()).unwrap();
    assert_eq!(plan.needs, [Permission::Deploy], "down in the first rule, up in the second");
    snapshot.backings[1] = backing("canary", "1.5.0", 0);
    assert!(refused(&shift(30), &snapshot).contains("no ready endpoint"));
    assert!(make(&shift(5), &snapshot, &place()).is_ok(), "down, and as it is");
}

#[test]
fn flagger_is_named_as_who_puts_it_back() {
    let mut snapshot = split(vec![rule(90, 10)]);
    snapshot.target["metadata"]["ownerReferences"] = json!([{ "kind": "Canary", "name": "chat", "controller": true }]);
    let plan = make(&shift(50), &snapshot, &place()).unwrap();
    assert!(plan.warnings.iter().any(|one| one.contains("canary chat of Flagger")), "{:?}", plan.warnings);
}

#[test]
fn one_pod_that_would_get_the_work_of_many_is_said() {
    let mut snapshot = split(vec![rule(90, 10)]);
    snapshot.backings[1] = backing("canary", "1.5.0", 1);
    let plan = make(&shift(60), &snapshot, &place()).unwrap();
    let said = plan.warnings.iter().any(|one| one.contains("chat-canary has 1 ready pod: each gets 2 times"));
    assert!(!said, "twice is not more than twice: {:?}", plan.warnings);
    let snapshot = Snapshot { target: route(vec![rule(60, 40)]), ..snapshot };
    let plan = make(&shift(90), &snapshot, &place()).unwrap();
    assert!(plan.warnings.iter().any(|one| one.contains("each gets 2.3 times")), "{:?}", plan.warnings);
}

#[test]
fn rules_that_differ_have_no_single_way_back() {
    let plan = make(&shift(40), &split(vec![rule(90, 10), rule(70, 30)]), &place()).unwrap();
    assert_eq!(plan.way_back, None);
    assert!(plan.warnings.iter().any(|one| one.contains("no single share leads back")), "{:?}", plan.warnings);
    let plan = make(&shift(40), &split(vec![rule(2, 1)]), &place()).unwrap();
    assert_eq!(plan.way_back, None, "a third is no whole percent");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn the_share_is_what_was_asked_for_and_the_way_back_leads_back(
        stable in 0_u64..=1000, canary in 0_u64..=1000, percent in 0_u8..=100,
    ) {
        prop_assume!(stable + canary > 0);
        let place = Place { traffic: Bounds { step: 100, ceiling: 100 }, ..place() };
        let before = split(vec![rule(stable, canary)]);
        let Ok(there) = make(&shift(percent), &before, &place) else {
            prop_assert_eq!(canary * 100, u64::from(percent) * (stable + canary), "only where it is so already");
            return Ok(());
        };
        let after = applied(&there, &before.target).unwrap();
        let now = weights(&after);
        prop_assert_eq!(now[1] * 100, u64::from(percent) * (now[0] + now[1]));
        if let Some(command) = &there.way_back {
            let share = u8::try_from(canary * 100 / (stable + canary)).unwrap();
            prop_assert!(command.ends_with(&format!("--to {share}")), "{}", command);
            let back = make(&shift(share), &Snapshot { target: after.clone(), ..before }, &place).unwrap();
            let back = weights(&applied(&back, &after).unwrap());
            prop_assert_eq!(back[1] * (stable + canary), canary * (back[0] + back[1]), "the shares that were found");
        }
    }
}
