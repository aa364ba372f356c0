#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::domain::target::Target;
use crate::operations::fake::objects::{merge, now, place, pod, rollback, snapshot, target, with_history, workload};
use crate::operations::fake::recorded;
use crate::operations::plan::plan;
use crate::operations::read::Snapshot;

const KIND: Kind = Kind::Deployment;

fn first_step(intent: &Intent, snapshot: &Snapshot) -> Step {
    plan(intent, snapshot, &place()).unwrap().steps.remove(0)
}

/// The rollback of a Deployment from 1.5.0 to 1.4.1.
fn rolled_back() -> Footprint {
    footprint(&first_step(&rollback(KIND, None), &with_history(KIND, workload(KIND, "1.5.0"))))
}

/// The Deployment as it is after that.
fn after() -> Value {
    let mut object = workload(KIND, "1.4.1");
    object["metadata"]["annotations"]["kubernetes.io/change-cause"] = "rollback to good by midwatch".into();
    object
}

fn judged(footprint: &Footprint, seen: Value) -> StepResult {
    judge(footprint, now(), &Ok(seen)).unwrap().0
}

/// An object to which somebody wrote at a time.
fn written(mut object: Value, subresource: &str, time: &str) -> Value {
    object["metadata"]["managedFields"] =
        json!([{ "manager": "kubectl-edit", "subresource": subresource, "time": time }]);
    object
}

#[test]
fn a_footprint_holds_no_value_of_the_template() {
    let mut before = workload(KIND, "1.5.0");
    before["spec"]["template"]["spec"]["containers"][0]["env"] = json!([{ "name": "KEY", "value": "hunter2" }]);
    let kept = serde_json::to_string(&footprint(&first_step(&rollback(KIND, None), &with_history(KIND, before))));
    let kept = kept.unwrap();
    assert!(!kept.contains("hunter2") && !kept.contains("1.4.1") && kept.contains("/spec/template"), "{kept}");
    let read: Footprint = serde_json::from_str(&kept).unwrap();
    assert_eq!((read.object, read.uid.as_str()), (Target::Object(target(KIND)), "uid-chat"));
}

#[test]
fn what_is_as_the_step_makes_it_was_applied_whatever_the_order_of_its_members() {
    let turned = |value: &Value| {
        let mut members: Vec<_> = value.as_object().unwrap().clone().into_iter().collect();
        members.reverse();
        Value::Object(members.into_iter().collect())
    };
    let mut object = after();
    object["spec"]["template"] = turned(&object["spec"]["template"]);
    object["spec"]["template"]["spec"]["volumes"] = Value::Null;
    assert_eq!(judged(&rolled_back(), object), StepResult::Applied);
}

#[test]
fn what_is_as_before_and_untouched_since_was_not_applied() {
    let before = || workload(KIND, "1.5.0");
    assert_eq!(judged(&rolled_back(), before()), StepResult::Rejected);
    let earlier = written(before(), "", "2026-11-21T03:11:59Z");
    assert_eq!(judged(&rolled_back(), earlier), StepResult::Rejected);
    let status = written(before(), "status", "2026-11-21T03:20:00Z");
    assert_eq!(judged(&rolled_back(), status), StepResult::Rejected, "controllers report all the time");
}

#[test]
fn what_somebody_has_written_to_since_cannot_be_told() {
    let as_before = written(workload(KIND, "1.5.0"), "", "2026-11-21T03:12:00Z");
    let (result, words) = judge(&rolled_back(), now(), &Ok(as_before)).unwrap();
    assert_eq!(
        (result, words.as_str()),
        (StepResult::Unknown, "it is as it was before, but kubectl-edit wrote to it since")
    );
    assert_eq!(judged(&rolled_back(), workload(KIND, "1.6.0")), StepResult::Unknown, "another release");
    let mut anew = after();
    anew["metadata"]["uid"] = "another".into();
    assert_eq!(judged(&rolled_back(), anew), StepResult::Unknown, "another object of that name");
    let gone = judge(&rolled_back(), now(), &Err(ReadError::NotFound)).unwrap();
    assert_eq!(gone.0, StepResult::Unknown);
}

#[test]
fn what_cannot_be_read_is_not_judged() {
    let failed = Err(ReadError::Failed(Problem::new("no", "", "")));
    assert_eq!(judge(&rolled_back(), now(), &failed), None);
}

#[test]
fn a_field_that_was_absent_or_is_removed_is_told_too() {
    let plain = with_history(KIND, workload(KIND, "1.5.0"));
    let mut paused = plain.clone();
    merge(&mut paused.target, json!({ "spec": { "paused": true } }));
    let mut two = plain.clone();
    merge(&mut two.target, json!({ "spec": { "replicas": 2 } }));
    let on = || target(KIND);
    for (intent, before, after) in [
        (Intent::Resume { target: on() }, &paused, &plain),
        (Intent::Pause { target: on() }, &plain, &paused),
        (Intent::Scale { target: on(), to: Size::Replicas(2) }, &plain, &two),
    ] {
        let footprint = footprint(&first_step(&intent, before));
        assert_eq!(judged(&footprint, after.target.clone()), StepResult::Applied, "{intent:?}");
        assert_eq!(judged(&footprint, before.target.clone()), StepResult::Rejected, "{intent:?}");
    }
}

#[test]
fn a_pod_that_is_gone_or_going_was_asked_to_and_one_that_stands_was_not() {
    let before = snapshot(pod("chat-service-1", "r", true));
    let footprint = footprint(&first_step(&Intent::Evict { target: target(Kind::Pod) }, &before));
    let mut going = before.target.clone();
    merge(&mut going, json!({ "metadata": { "deletionTimestamp": "2026-11-21T03:12:00Z" } }));
    let mut next = before.target.clone();
    merge(&mut next, json!({ "metadata": { "uid": "another" } }));
    assert_eq!(judged(&footprint, going), StepResult::Applied);
    assert_eq!(judged(&footprint, next), StepResult::Applied);
    assert_eq!(judge(&footprint, now(), &Err(ReadError::NotFound)).unwrap().0, StepResult::Applied);
    assert_eq!(judged(&footprint, before.target), StepResult::Rejected);
}

#[test]
fn a_shift_and_a_switch_leave_what_tells_whether_they_were_applied() {
    use crate::operations::fake::traffic::{blue_green, route, rule, shift, split, switch};
    let before = split(vec![rule(90, 10)]);
    let print = footprint(&first_step(&shift(50), &before));
    assert_eq!(judged(&print, route(vec![rule(50, 50)])), StepResult::Applied);
    assert_eq!(judged(&print, route(vec![rule(90, 10)])), StepResult::Rejected);
    assert_eq!(judged(&print, route(vec![rule(70, 30)])), StepResult::Unknown, "somebody else shifted since");
    let mut bare = split(vec![rule(1, 1)]);
    for one in bare.target["spec"]["rules"][0]["backendRefs"].as_array_mut().unwrap() {
        one.as_object_mut().unwrap().shift_remove("weight");
    }
    let print = footprint(&first_step(&shift(60), &bare));
    assert_eq!(judged(&print, route(vec![rule(40, 60)])), StepResult::Applied);
    assert_eq!(judged(&print, bare.target.clone()), StepResult::Rejected, "a weight that was not there is not there");

    let before = blue_green(3);
    let print = footprint(&first_step(&switch("green"), &before));
    assert_eq!(judged(&print, before.target.clone()), StepResult::Rejected);
    let mut switched = before.target.clone();
    switched["spec"]["selector"]["arm"] = json!("green");
    assert_eq!(judged(&print, switched.clone()), StepResult::Applied);
    switched["spec"]["selector"]["zone"] = json!("a");
    assert_eq!(judged(&print, switched), StepResult::Unknown);
}

/// The footprint of a wish about a Rollout at a place, read a second before.
fn left_at(place: &str, wish: fn(crate::domain::object::ObjectRef) -> Intent) -> Footprint {
    let snapshot = recorded::seen(place);
    let intent = wish(recorded::named(&snapshot));
    footprint(&plan(&intent, &snapshot, &recorded::place(&snapshot)).unwrap().steps.remove(0))
}

#[test]
fn a_gate_that_is_open_was_opened_and_one_that_waits_since_the_same_time_was_not() {
    let release = left_at("gate", |target| Intent::Release { target, gate: None });
    assert_eq!(judged(&release, recorded::rollout("gate")), StepResult::Rejected);
    let mut open = recorded::rollout("gate");
    open["status"].as_object_mut().unwrap().shift_remove("pauseConditions");
    assert_eq!(judged(&release, open), StepResult::Applied);
    // By now it waits at the next one: somebody opened the first.
    assert_eq!(judged(&release, recorded::rollout("second-gate")), StepResult::Unknown);
}

#[test]
fn an_abort_is_told_by_the_status_and_by_who_wrote_it() {
    let abort = left_at("gate", |target| Intent::Abort { target });
    assert_eq!(judged(&abort, recorded::rollout("aborted")), StepResult::Applied);
    let wrote = |field: &str| {
        let mut object = recorded::rollout("gate");
        let mut entry = json!({ "manager": "kubectl-edit", "subresource": "status", "time": "2026-11-26T08:00:00Z" });
        entry["fieldsV1"]["f:status"][format!("f:{field}")] = json!({});
        object["metadata"]["managedFields"] = json!([entry]);
        object
    };
    assert_eq!(judged(&abort, wrote("phase")), StepResult::Rejected, "its controller reports all the time");
    assert_eq!(judged(&abort, wrote("abort")), StepResult::Unknown, "aborted and begun anew, perhaps");
}

#[test]
fn a_full_promotion_leaves_nothing_by_which_to_tell() {
    let promote = left_at("gate", |target| Intent::PromoteFull { target });
    assert_eq!(judged(&promote, recorded::rollout("promoted")), StepResult::Unknown);
    let (_, words) = judge(&promote, now(), &Ok(recorded::rollout("gate"))).unwrap();
    assert_eq!(words, "its controller takes that wish away once it has followed it");
}
