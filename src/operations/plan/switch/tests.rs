#![expect(clippy::unwrap_used, reason = "tests")]

use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::operations::fake::objects::{merge, place};
use crate::operations::fake::traffic::{blue_green, pod, switch};
use crate::operations::plan::plan as make;
use crate::operations::plan::tests::picture;

fn refused(snapshot: &Snapshot) -> String {
    let none = make(&switch("green"), snapshot, &place()).unwrap_err();
    format!("{:?}: {}", none.failure, none.problem)
}

#[test]
fn a_switch_says_all_that_it_does() {
    let plan = make(&switch("green"), &blue_green(3), &place()).unwrap();
    assert_snapshot!(picture(&plan));
}

#[test]
fn back_to_blue_may_whoever_may_roll_back() {
    let mut snapshot = blue_green(3);
    snapshot.target["spec"]["selector"]["arm"] = json!("green");
    snapshot.backings.reverse();
    let plan = make(&switch("blue"), &snapshot, &place()).unwrap();
    assert_eq!(plan.needs, [Permission::Deploy, Permission::Rollback]);
}

#[test]
fn as_many_must_be_ready_as_serve_now() {
    assert!(refused(&blue_green(0)).contains("no pod has app=chat,arm=green"));
    let why = refused(&blue_green(2));
    assert!(why.contains("2 of 2 pods with app=chat,arm=green are ready, and 3 serve now"), "{why}");
    let mut snapshot = blue_green(3);
    snapshot.backings[1].pods[0] = pod("green", 0, "1.5.0", false);
    assert!(refused(&snapshot).contains("2 of 3"));
    assert!(make(&switch("green"), &blue_green(4), &place()).is_ok());
    let mut nobody = blue_green(1);
    nobody.backings[0].pods.clear();
    let plan = make(&switch("green"), &nobody, &place()).unwrap();
    assert!(plan.warnings.iter().any(|one| one.contains("nothing to go back to")), "{:?}", plan.warnings);
}

#[test]
fn what_is_not_to_be_switched_by_hand_is_refused() {
    let with = |members: Value| {
        let mut snapshot = blue_green(3);
        merge(&mut snapshot.target, members);
        refused(&snapshot)
    };
    assert!(with(json!({ "spec": { "clusterIP": "None" } })).contains("headless"));
    assert!(with(json!({ "spec": { "type": "ExternalName" } })).contains("no selector"));
    let argos = with(json!({ "metadata": { "annotations": { OF_ARGO: "chat" } } }));
    assert!(argos.contains("rollout chat of Argo Rollouts") && argos.contains("midwatch gate release chat-service"));
    assert!(
        with(json!({ "metadata": { "ownerReferences": [{ "kind": "Canary", "name": "chat" }] } })).contains("Flagger")
    );
    assert!(with(json!({ "spec": { "selector": { "arm": "green" } } })).starts_with("NothingToDo"));
    let mut other = blue_green(3);
    other.target["spec"]["selector"].as_object_mut().unwrap().shift_remove("arm");
    assert!(refused(&other).contains("no label arm"));
}

#[test]
fn a_label_that_somebody_adds_meanwhile_is_not_kept_by_accident() {
    let snapshot = blue_green(3);
    let plan = make(&switch("green"), &snapshot, &place()).unwrap();
    let Call::Patch { operations, .. } = &plan.steps[0].call else { panic!("{plan:?}") };
    let patch: json_patch::Patch = serde_json::from_value(json!(operations)).unwrap();
    let mut now = snapshot.target.clone();
    json_patch::patch(&mut now, &patch).unwrap();
    assert_eq!(now["spec"]["selector"], json!({ "app": "chat", "arm": "green" }));
    let mut other = snapshot.target.clone();
    other["spec"]["selector"]["zone"] = json!("a");
    assert!(json_patch::patch(&mut other, &patch).is_err());
}
