#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use insta::assert_snapshot;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::domain::actor::Permission;
use crate::domain::guard::Guard;
use crate::domain::kind::Kind;
use crate::domain::traffic::Bounds;
use crate::operations::fake::objects::{place, target};
use crate::operations::fake::traffic::{backing, blue_green, rule, shift, split};
use crate::operations::plan::tests::picture;
use crate::operations::plan::{Place, plan as make};

fn guarded(weights: &[u8]) -> Intent {
    of_kind(Kind::HttpRoute, weights)
}

fn of_kind(kind: Kind, weights: &[u8]) -> Intent {
    let hold = SignedDuration::from_mins(3);
    let course = Course::new(weights.to_vec(), hold, Guard::default(), OnExit::Back).unwrap();
    Intent::GuardedShift { target: target(kind), arm: "chat-canary".into(), course: Box::new(course) }
}

fn refused(intent: &Intent, snapshot: &Snapshot, place: &Place) -> String {
    let none = make(intent, snapshot, place).unwrap_err();
    format!("{:?}: {}", none.failure, none.problem)
}

/// A lease of maria, renewed at a moment before the snapshot is taken.
fn lease(holder: &str, renewed: &str) -> Value {
    json!({
        "metadata": {
            "name": "midwatch-guard-chat-service", "namespace": "production", "uid": "uid-lease",
            "resourceVersion": "77",
            "annotations": {
                "midwatch.io/who": "maria", "midwatch.io/course": "5,20,50", "midwatch.io/percent": "20",
                "midwatch.io/since": "2026-11-21T03:10:00Z",
            },
        },
        "spec": { "holderIdentity": holder, "leaseDurationSeconds": 60, "renewTime": renewed, "leaseTransitions": 2 },
    })
}

const JUST_NOW: &str = "2026-11-21T03:11:50.000000Z";
const LONG_AGO: &str = "2026-11-21T03:01:50.000000Z";

#[test]
fn one_plan_shows_the_whole_course_and_takes_the_lease_first() {
    let plan = make(&guarded(&[20, 50, 100]), &split(vec![rule(90, 10)]), &place()).unwrap();
    assert_snapshot!(picture(&plan));
    let access: Vec<String> = plan.access.iter().map(crate::domain::plan::Access::words).collect();
    assert_eq!(access, ["create leases in production", "patch leases in production", "patch httproutes in production"]);
}

#[test]
fn a_course_says_for_how_long_a_weight_is_held_whatever_was_typed() {
    let course = |hold| Course::new(vec![20], hold, Guard::default(), OnExit::Back).unwrap();
    let first = |hold| course_words(&course(hold))[0].to_string();
    let told = first(SignedDuration::from_secs(30));
    assert_eq!(told, "20 %, each held for 3 min at least: warm-up and window of the guard");
    assert_eq!(first(SignedDuration::from_mins(5)), "20 %, each held for 5 min at least");
}

#[test]
fn a_weight_that_it_has_is_only_held_and_a_lower_one_is_refused() {
    let snapshot = split(vec![rule(80, 20)]);
    let plan = make(&guarded(&[20, 50]), &snapshot, &place()).unwrap();
    assert_eq!(plan.steps.len(), 1);
    assert!(matches!(&plan.goal, Goal::Weights { percent: 20, .. }));
    let why = refused(&guarded(&[5, 20, 50]), &snapshot, &place());
    assert!(why.contains("has 20 % already") && why.contains("--to 20,50"), "{why}");
}

#[test]
fn ceiling_and_step_are_checked_for_the_whole_course_before_its_first_weight() {
    let low = Place { traffic: Bounds { step: 50, ceiling: 60 }, ..place() };
    let snapshot = split(vec![rule(100, 0)]);
    assert!(refused(&guarded(&[5, 50, 100]), &snapshot, &low).contains("60 % at most in production"));
    let short = Place { traffic: Bounds { step: 20, ceiling: 100 }, ..place() };
    assert!(refused(&guarded(&[20, 50]), &snapshot, &short).contains("from 20 % to 50 % is more than 20 points"));
    let mut nobody = snapshot.clone();
    nobody.backings[1] = backing("canary", "1.5.0", 0);
    assert!(refused(&guarded(&[5, 50]), &nobody, &place()).contains("no ready endpoint"));
}

#[test]
fn nobody_shifts_up_beside_a_guard_that_is_at_it_and_back_ends_it() {
    let held = Snapshot { lease: Some(Ok(lease("s-1", JUST_NOW))), ..split(vec![rule(80, 20)]) };
    for intent in [guarded(&[50]), shift(50)] {
        let why = refused(&intent, &held, &place());
        assert!(why.contains("a guarded shift is at it: maria, with the course 5,20,50 %, at 20 %"), "{why}");
        assert!(why.contains("--to 0"), "{why}");
    }
    let back = make(&shift(0), &held, &place()).unwrap();
    assert!(back.warnings.iter().any(|one| one.contains("this ends a guarded shift that is under way: maria")));
    assert_eq!(back.steps.len(), 1, "who may not release it goes back all the same: {:?}", back.warnings);
    let [_, access] = lease_access(&Lease::of(&target(Kind::HttpRoute)));
    let allowed = Snapshot { reviews: vec![(access, Review::Allowed)], ..held };
    let back = make(&shift(0), &allowed, &place()).unwrap();
    assert_eq!(back.steps.len(), 2);
    let Call::Patch { operations, .. } = &back.steps[1].call else { panic!("{:?}", back.steps[1]) };
    let patch: json_patch::Patch = serde_json::from_value(json!(operations)).unwrap();
    let mut same = lease("s-1", JUST_NOW);
    json_patch::patch(&mut same, &patch).unwrap();
    assert_eq!(same["spec"]["holderIdentity"], "");
    assert!(json_patch::patch(&mut lease("s-2", JUST_NOW), &patch).is_err(), "another one holds it by now");
}

#[test]
fn one_that_was_left_is_taken_over_in_the_version_in_which_it_was_left() {
    let unseen = Snapshot { lease: Some(Ok(lease("s-1", LONG_AGO))), ..split(vec![rule(80, 20)]) };
    let left = Snapshot { lease_unchanged: Duration::from_mins(1), ..unseen };
    let plan = make(&guarded(&[20, 50]), &left, &place()).unwrap();
    assert!(matches!(&plan.steps[0].call, Call::TakeLease { over: Some(version), .. } if version == "77"));
    assert!(plan.warnings.iter().any(|one| one.contains("takes over from a guarded shift that was left: maria")));
    let up = make(&shift(50), &left, &place()).unwrap();
    assert!(up.warnings.iter().any(|one| one.contains("a guarded shift was left here: maria")), "{:?}", up.warnings);
    let free = Snapshot { lease: Some(Ok(lease("", LONG_AGO))), ..left };
    assert!(make(&shift(50), &free, &place()).unwrap().warnings.is_empty());
    let plan = make(&guarded(&[50]), &free, &place()).unwrap();
    assert!(matches!(&plan.steps[0].call, Call::TakeLease { over: Some(_), .. }), "it is there, and free");
}

#[test]
fn one_that_looks_left_is_watched_first_for_its_clock_may_be_another_one() {
    let ahead = "2026-11-21T05:12:00.000000Z";
    for renewed in [LONG_AGO, ahead] {
        let unseen = Snapshot { lease: Some(Ok(lease("s-1", renewed))), ..split(vec![rule(80, 20)]) };
        for intent in [guarded(&[20, 50]), shift(50)] {
            let none = make(&intent, &unseen, &place()).unwrap_err();
            assert_eq!((none.failure, none.watch), (Failure::Conflict, Some(Duration::from_mins(1))));
            let longer = Snapshot { lease_unchanged: Duration::from_secs(50), ..unseen.clone() };
            let none = make(&intent, &longer, &place()).unwrap_err();
            assert_eq!(none.watch, Some(Duration::from_secs(10)));
            let seen = Snapshot { lease_unchanged: Duration::from_mins(1), ..unseen.clone() };
            assert!(make(&intent, &seen, &place()).is_ok());
        }
        assert!(make(&shift(0), &unseen, &place()).is_ok(), "going back does not wait");
        assert!(make(&shift(10), &unseen, &place()).is_ok(), "nor does going down");
    }
    // One that is renewed is no question of time.
    let live = Snapshot { lease: Some(Ok(lease("s-1", JUST_NOW))), ..split(vec![rule(80, 20)]) };
    assert_eq!(make(&guarded(&[20, 50]), &live, &place()).unwrap_err().watch, None);
}

#[test]
fn what_is_in_doubt_is_watched_although_there_is_nothing_to_set() {
    let snapshot = split(vec![rule(100, 0)]);
    assert_eq!(make(&shift(0), &snapshot, &place()).unwrap_err().failure, Failure::NothingToDo);
    let plan = make(&shift(0), &Snapshot { is_in_doubt: true, ..snapshot }, &place()).unwrap();
    let [Step { call: Call::Patch { operations, .. }, .. }] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert!(operations.iter().all(|operation| operation["op"] == "test"), "it sets nothing: {operations:?}");
    assert!(matches!(plan.goal, Goal::Weights { percent: 0, .. }) && plan.goes_back());
}

#[test]
fn going_back_is_as_urgent_as_a_rollback_and_going_up_is_not() {
    let goes_back = |percent| make(&shift(percent), &split(vec![rule(80, 20)]), &place()).unwrap().goes_back();
    assert!(goes_back(0) && goes_back(10) && !goes_back(50));
    assert!(!make(&guarded(&[20, 50]), &split(vec![rule(90, 10)]), &place()).unwrap().goes_back());
}

#[test]
fn where_leases_may_not_be_read_the_rule_is_named_and_a_plain_shift_goes_on() {
    let problem = Problem::new("no access: leases", "forbidden", "");
    let closed = Snapshot { lease: Some(Err(problem)), ..split(vec![rule(90, 10)]) };
    let why = refused(&guarded(&[20]), &closed, &place());
    assert!(why.starts_with("Denied") && why.contains("resources [leases]"), "{why}");
    assert!(make(&shift(50), &closed, &place()).is_ok());
}

#[test]
fn what_has_no_shares_is_refused_with_the_commands_that_fit() {
    let why = refused(&of_kind(Kind::Service, &[20]), &blue_green(3), &place());
    assert!(why.contains("midwatch switch chat-service --to KEY=VALUE"), "{why}");
    let argo = crate::operations::fake::recorded::seen("gate");
    let named = crate::operations::fake::recorded::named(&argo);
    let course = Course::new(vec![20], SignedDuration::ZERO, Guard::default(), OnExit::Back).unwrap();
    let intent = Intent::GuardedShift { target: named, arm: "x".into(), course: Box::new(course) };
    let why = refused(&intent, &argo, &crate::operations::fake::recorded::place(&argo));
    assert!(why.contains("midwatch gate release"), "{why}");
    let stable = Intent::GuardedShift {
        target: target(Kind::HttpRoute),
        arm: "chat-stable".into(),
        course: Box::new(Course::new(vec![95], SignedDuration::ZERO, Guard::default(), OnExit::Back).unwrap()),
    };
    assert!(refused(&stable, &split(vec![rule(90, 10)]), &place()).contains("--arm chat-canary"));
}

#[test]
fn what_a_guarded_shift_gave_it_takes_back_whatever_the_arms_look_like_by_then() {
    // By their names the arm that is tried is the stable one by now: it would be a raise of the other one.
    let low = Place { traffic: Bounds { step: 10, ceiling: 30 }, ..place() };
    let back = Intent::Shift { target: target(Kind::HttpRoute), arm: "chat-stable".into(), percent: 0 };
    let snapshot = split(vec![rule(90, 10)]);
    assert!(refused(&back, &snapshot, &low).contains("30 % at most"));
    let plan = make(&back, &Snapshot { takes_back: true, ..snapshot }, &low).unwrap();
    assert!(plan.goes_back() && plan.needs.contains(&Permission::Rollback));
}

#[test]
fn weights_that_somebody_else_set_are_told_by_the_weights_that_were_left() {
    let first = make(&guarded(&[20]), &split(vec![rule(90, 10)]), &place()).unwrap();
    let left = left_by(&first);
    let at = |stable, canary| is_as_left(&split(vec![rule(stable, canary)]).target, &left);
    assert_eq!((at(80, 20), at(90, 10)), (Ok(()), Ok(())), "nobody can tell which of the two");
    assert_eq!(at(60, 40), Err("somebody else changed the weights to chat-canary 40, chat-stable 60".into()));
}
