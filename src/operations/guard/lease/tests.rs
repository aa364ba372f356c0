#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use super::*;
use crate::domain::kind::Kind;
use crate::domain::lease::Standing;
use crate::operations::fake::objects::{now, target};
use crate::operations::fake::{Diary, Journal, Plane, entries};

fn action(name: &str) -> ActionId {
    ActionId::parse(name).unwrap()
}

fn about() -> About {
    About { who: "maria".into(), route: "chat-service".into(), course: "5,20".into(), ..About::default() }
}

/// The lease as a server keeps it once a call took it.
fn taken(holder: &str) -> Value {
    let call = take(&target(Kind::HttpRoute), &about(), None);
    let step = Step { what: Text::default(), before: Text::default(), after: Text::default(), call };
    let call = stamped(&step, &action(holder), now()).into_owned().call;
    let Call::TakeLease { body, over: None, .. } = call else { panic!("{call:?}") };
    body
}

fn patched(object: &Value, call: &Call) -> Result<Value, json_patch::PatchError> {
    let Call::Patch { operations, .. } = call else { panic!("{call:?}") };
    let patch: json_patch::Patch = serde_json::from_value(json!(operations)).unwrap();
    let mut object = object.clone();
    json_patch::patch(&mut object, &patch).map(|()| object)
}

#[test]
fn who_takes_it_and_when_is_filled_in_when_it_is_sent() {
    let planned = take(&target(Kind::HttpRoute), &about(), None);
    let Call::TakeLease { body, .. } = &planned else { panic!("{planned:?}") };
    assert!(body["spec"]["holderIdentity"].is_null() && body["spec"]["renewTime"].is_null());
    let body = taken("s-1");
    assert_eq!(body["spec"]["renewTime"], "2026-11-21T03:12:00.500000Z", "the server takes six digits and no others");
    let lease = read(&body);
    assert_eq!((lease.holder.as_str(), lease.standing(now())), ("s-1", Standing::Live));
    assert_eq!(lease.about, about());
}

#[test]
fn one_that_was_left_is_taken_over_only_in_the_version_that_was_seen() {
    let mut left = taken("s-1");
    left["metadata"]["resourceVersion"] = json!("7");
    let Call::TakeLease { body, over, .. } = take(&target(Kind::HttpRoute), &about(), Some(&left)) else { panic!() };
    let patch = Call::Patch {
        object: Lease::of(&target(Kind::HttpRoute)),
        subresource: None,
        operations: taking_over(&body, &over.unwrap()),
    };
    assert_eq!(patched(&left, &patch).unwrap()["spec"]["leaseTransitions"], 1);
    left["metadata"]["resourceVersion"] = json!("8");
    assert!(patched(&left, &patch).is_err(), "it was renewed meanwhile");
}

#[test]
fn a_renewal_hits_only_a_lease_that_is_still_held() {
    let lease = Lease::of(&target(Kind::HttpRoute));
    let later = now() + jiff::SignedDuration::from_secs(40);
    let told = About { percent: Some(20), since: Some(later), ..about() };
    let call = renewal(&lease, &action("s-1"), &told, later);
    let renewed = read(&patched(&taken("s-1"), &call).unwrap());
    assert_eq!((renewed.renewed, renewed.about.percent), (Some(later), Some(20)));
    assert!(patched(&taken("s-2"), &call).is_err());
}

/// A lease that is held.
fn held() -> Held {
    Held {
        lease: Lease::of(&target(Kind::HttpRoute)),
        holder: action("s-1"),
        environment: "production".into(),
        command: "midwatch shift".into(),
        reason: "incident 42".into(),
    }
}

/// What is done to release a lease that is found so.
async fn released(found: Value) -> (Result<(), Problem>, Vec<String>) {
    let diary = Diary::default();
    let plane = Plane { diary: diary.clone(), seen: Mutex::new([Ok(found)].into()), ..Plane::default() };
    let journal = Journal { diary: diary.clone(), ..Journal::default() };
    let result = release(&held(), &Policy::NotConfigured, &plane, &journal).await;
    (result, entries(&diary))
}

#[tokio::test]
async fn it_is_released_with_a_record_before_and_after() {
    let (result, diary) = released(taken("s-1")).await;
    assert_eq!(result, Ok(()));
    assert_eq!(
        diary,
        [
            "get lease/midwatch-guard-chat-service",
            "intent 1",
            "send PATCH /apis/coordination.k8s.io/v1/namespaces/production/leases/midwatch-guard-chat-service",
            "outcome 1 applied",
        ]
    );
}

#[tokio::test]
async fn how_a_guarded_shift_ended_is_the_last_word_on_it() {
    let held = held();
    let said = async |end: End| {
        let diary = Diary::default();
        let journal = Journal { diary: diary.clone(), ..Journal::default() };
        conclude(&held, &end, &journal).await.unwrap();
        entries(&diary).concat()
    };
    let breached = said(End::WentBack("the new revision fails 8.0 %".into())).await;
    assert!(breached.contains("NotConverged") && breached.contains("the new revision fails 8.0 %"), "{breached}");
    let reached = said(End::Reached(50)).await;
    assert!(reached.contains("Verified") && reached.contains("reached 50 %, and the guard held"), "{reached}");
    let stopped = said(End::InterruptedWentBack("stopped".into())).await;
    assert!(stopped.contains("Accepted"), "{stopped}");
}

#[tokio::test]
async fn one_that_somebody_else_holds_by_now_is_left_to_them() {
    let (result, diary) = released(taken("s-2")).await;
    assert_eq!((result, diary.len()), (Ok(()), 1), "{diary:?}");
}
