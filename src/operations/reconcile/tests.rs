#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::domain::intent::{Intent, Size};
use crate::domain::kind::Kind;
use crate::operations::fake::Plane;
use crate::operations::fake::objects::{merge, place, pod, snapshot, target, with_history, workload};
use crate::operations::plan::plan;
use crate::operations::read::Snapshot;

/// What reading this shows of the first step of a plan.
async fn traced(intent: &Intent, before: &Snapshot, seen: Result<Value, ReadError>) -> Trace {
    let plan = plan(intent, before, &place()).unwrap();
    let plane = Plane { seen: Mutex::new([seen].into()), ..Plane::default() };
    look(&plan.steps[0], &plane).await
}

#[tokio::test]
async fn what_a_server_leaves_out_is_a_trace_too() {
    let kind = Kind::Deployment;
    let plain = with_history(kind, workload(kind, "1.5.0"));
    let mut paused = plain.clone();
    merge(&mut paused.target, json!({ "spec": { "paused": true } }));
    let mut none = plain.clone();
    merge(&mut none.target, json!({ "spec": { "replicas": 0 } }));
    let on = target(kind);
    let scale = |count| Intent::Scale { target: on.clone(), to: Size::Replicas(count) };
    for (intent, before, after) in [
        (Intent::Resume { target: on.clone() }, &paused, &plain),
        (Intent::Pause { target: on.clone() }, &plain, &paused),
        (scale(0), &plain, &none),
        (scale(4), &none, &plain),
    ] {
        let (target, same) = (after.target.clone(), before.target.clone());
        assert_eq!(traced(&intent, before, Ok(target)).await, Trace::Applied, "{intent:?}");
        assert_eq!(traced(&intent, before, Ok(same)).await, Trace::NotApplied, "{intent:?}");
        let gone = traced(&intent, before, Err(ReadError::NotFound)).await;
        assert_eq!(gone, Trace::NotApplied, "{intent:?}");
    }
}

#[tokio::test]
async fn a_pod_that_goes_or_is_gone_was_asked_to() {
    let evict = Intent::Evict { target: target(Kind::Pod) };
    let before = snapshot(pod("chat-service-1", "r", true));
    let mut going = before.target.clone();
    merge(&mut going, json!({ "metadata": { "deletionTimestamp": "2026-11-21T03:12:00Z" } }));
    let mut next = before.target.clone();
    merge(&mut next, json!({ "metadata": { "uid": "another" } }));
    for (seen, trace) in [
        (Ok(before.target.clone()), Trace::NotApplied),
        (Ok(going), Trace::Applied),
        (Ok(next), Trace::Applied),
        (Err(ReadError::NotFound), Trace::Applied),
    ] {
        assert_eq!(traced(&evict, &before, seen.clone()).await, trace, "{seen:?}");
    }
}

#[tokio::test]
async fn a_shift_whose_answer_was_lost_is_found_by_its_weights_and_a_switch_by_its_selector() {
    use crate::operations::fake::traffic::{blue_green, route, rule, shift, split, switch};
    let before = split(vec![rule(90, 10)]);
    assert_eq!(traced(&shift(50), &before, Ok(route(vec![rule(50, 50)]))).await, Trace::Applied);
    assert_eq!(traced(&shift(50), &before, Ok(route(vec![rule(90, 10)]))).await, Trace::NotApplied);
    let before = blue_green(3);
    let mut after = before.target.clone();
    after["spec"]["selector"]["arm"] = json!("green");
    assert_eq!(traced(&switch("green"), &before, Ok(after)).await, Trace::Applied);
    assert_eq!(traced(&switch("green"), &before, Ok(before.target.clone())).await, Trace::NotApplied);
}
