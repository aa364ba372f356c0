#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;

use super::*;
use crate::domain::audit::ActionId;
use crate::domain::intent::Intent;
use crate::operations::execute::execute;
use crate::operations::fake::objects::{
    failing, merge, now as start, pod, rollback, snapshot, target, with_history, workload,
};
use crate::operations::fake::traffic::{blue_green, route, rule, shift, split, switch};
use crate::operations::fake::{Journal, Plane, confirmed, recorded, unreadable};
use crate::operations::read::Snapshot;
use crate::operations::withdraw::Yes;

/// Each look takes a second by the clock of the test, and no time.
const PATIENCE: Patience =
    Patience { stable: Duration::from_secs(3), limit: Duration::from_secs(10), every: Duration::ZERO };

/// Watches a change while these things are seen one after another, the last one for ever. Gives the verdict and what
/// was told on the way.
async fn watched_of(
    intent: &Intent,
    mut before: Snapshot,
    seen: Vec<Result<Value, ReadError>>,
) -> (Verdict, Vec<String>) {
    let confirmed = confirmed(intent, &mut before).await;
    let action = ActionId::parse("a-1").unwrap();
    let executed =
        execute(confirmed, &Yes::said().1, &Plane::default(), &Journal::default(), action, &mut |_| {}).await.unwrap();
    let plane = Plane { seen: Mutex::new(seen.into()), ..Plane::default() };
    let ticks = AtomicI64::new(0);
    let now = || start() + SignedDuration::from_secs(ticks.fetch_add(1, Ordering::Relaxed));
    let mut told = Vec::new();
    let verdict = verify(&executed, &plane, PATIENCE, &now, &mut |event| {
        if let OperationEvent::Verifying { progress } = event {
            told.push(progress.to_string());
        }
    })
    .await;
    (verdict, told)
}

async fn watched_rollback(seen: Vec<Result<Value, ReadError>>) -> (Verdict, Vec<String>) {
    let kind = Kind::Deployment;
    watched_of(&rollback(kind, None), with_history(kind, failing(kind, "1.5.0")), seen).await
}

fn done() -> Value {
    workload(Kind::Deployment, "1.4.1")
}

fn moving() -> Value {
    failing(Kind::Deployment, "1.4.1")
}

#[tokio::test]
async fn converged_and_stable_is_verified() {
    let (verdict, told) = watched_rollback(vec![Ok(moving()), Ok(moving()), Ok(done())]).await;
    assert_eq!(verdict, Verdict::Verified("4 of 4 ready, stable for 3 s".into()));
    assert_eq!(told, ["1 of 4 updated", "4 of 4 ready, watching that it stays so"], "each is told once");
}

#[tokio::test]
async fn what_never_stays_converged_is_not_verified() {
    let flapping = (0..40).map(|look| Ok(if look % 3 == 2 { moving() } else { done() })).collect();
    let (verdict, _) = watched_rollback(flapping).await;
    assert_eq!(verdict, Verdict::NotConverged("1 of 4 updated".into()));
}

#[tokio::test]
async fn what_does_not_converge_in_time_is_said_with_what_it_lacks() {
    let (verdict, _) = watched_rollback(vec![Ok(moving())]).await;
    assert_eq!(verdict, Verdict::NotConverged("1 of 4 updated".into()));
}

#[tokio::test]
async fn a_deadline_of_the_rollout_before_is_waited_out() {
    let mut late = moving();
    merge(
        &mut late["status"],
        json!({ "conditions": [{ "type": "Progressing", "reason": "ProgressDeadlineExceeded" }] }),
    );
    let (verdict, told) = watched_rollback(vec![Ok(late), Ok(done())]).await;
    assert!(matches!(verdict, Verdict::Verified(_)), "{verdict:?}");
    assert_eq!(told[0], "past its deadline with 4 of 4 available");
}

/// An account of who wrote a field of the wish.
fn wrote(manager: &str, field: &str, second: u32) -> Value {
    let time = format!("2026-11-21T03:12:{second:02}Z");
    json!({ "manager": manager, "time": time, "fieldsV1": { "f:spec": { field: {} } } })
}

#[tokio::test]
async fn whoever_put_it_back_is_named() {
    let mut replaced = workload(Kind::Deployment, "1.5.0");
    replaced["metadata"]["managedFields"] = json!([
        wrote("kubectl-create", "f:template", 0),
        wrote("midwatch", "f:template", 1),
        wrote("argocd-controller", "f:template", 1),
        wrote("somebody-elses-scaler", "f:replicas", 9),
    ]);
    let (verdict, _) = watched_rollback(vec![Ok(done()), Ok(replaced.clone())]).await;
    assert_eq!(verdict, Verdict::Reverted("the template is another one now, by argocd-controller".into()));

    replaced["metadata"]["managedFields"][1] = wrote("midwatch", "f:template", 2);
    let (verdict, _) = watched_rollback(vec![Ok(replaced)]).await;
    assert_eq!(verdict.detail(), &"the template is another one now, by midwatch", "somebody else's");
}

#[tokio::test]
async fn whoever_scales_back_is_named_only_where_the_object_tells() {
    let kind = Kind::StatefulSet;
    let intent = Intent::Scale { target: target(kind), to: crate::domain::intent::Size::Replicas(9) };
    for (account, words) in [
        (wrote("scaler", "f:replicas", 5), "4 pods are wished for now, by scaler"),
        (wrote("kubectl-edit", "f:template", 5), "4 pods are wished for now, by somebody"),
    ] {
        let mut scaled = workload(kind, "1.5.0");
        scaled["metadata"]["managedFields"] = json!([account]);
        let (verdict, _) = watched_of(&intent, with_history(kind, workload(kind, "1.5.0")), vec![Ok(scaled)]).await;
        assert_eq!(verdict, Verdict::Reverted(words.into()));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_unknown_and_what_is_readable_again_is_not() {
    let (verdict, told) = watched_rollback(vec![unreadable()]).await;
    assert!(matches!(&verdict, Verdict::Unknown(why) if why.contains("connection refused")), "{verdict:?}");
    assert_eq!(told.len(), 1);
    let (verdict, _) = watched_rollback(vec![unreadable(), unreadable(), Ok(done())]).await;
    assert!(matches!(verdict, Verdict::Verified(_)), "{verdict:?}");
}

#[tokio::test]
async fn a_deleted_workload_is_reverted_and_a_deleted_pod_is_gone() {
    let gone = || vec![Err(ReadError::NotFound)];
    assert_eq!(watched_rollback(gone()).await.0, Verdict::Reverted("the object was deleted".into()));

    let evict = Intent::Evict { target: target(Kind::Pod) };
    let before = || snapshot(pod("chat-service-1", "r", true));
    assert_eq!(watched_of(&evict, before(), gone()).await.0, Verdict::Verified("gone".into()));
    let mut next = pod("chat-service-1", "r", false);
    next["metadata"]["uid"] = json!("another");
    let there = Ok(pod("chat-service-1", "r", true));
    let (verdict, told) = watched_of(&evict, before(), vec![there, Ok(next)]).await;
    assert_eq!((verdict, told), (Verdict::Verified("gone".into()), vec!["it is still there".to_owned()]));
}

/// Watches the release of the gate at which a Rollout waits.
async fn watched_release(seen: Vec<Value>) -> (Verdict, Vec<String>) {
    let before = recorded::seen("gate");
    let intent = Intent::Release { target: recorded::named(&before), gate: None };
    watched_of(&intent, before, seen.into_iter().map(Ok).collect()).await
}

#[tokio::test]
async fn a_release_is_watched_to_where_the_rollout_rests() {
    let mut open = recorded::rollout("gate");
    open["status"].as_object_mut().unwrap().shift_remove("pauseConditions");
    let mut scaling = recorded::rollout("second-gate");
    merge(&mut scaling["status"], json!({ "currentStepIndex": 2, "pauseConditions": null }));
    let (verdict, told) = watched_release(vec![open, scaling, recorded::rollout("second-gate")]).await;
    assert_eq!(verdict, Verdict::Verified("step 4 of 6, stable for 3 s".into()));
    let words = ["its controller has not gone on yet", "step 3 of 6", "step 4 of 6, watching that it stays so"];
    assert_eq!(told, words);
}

#[tokio::test]
async fn whoever_stops_a_rollout_that_was_released_is_named() {
    let (verdict, _) = watched_release(vec![recorded::rollout("second-gate"), recorded::rollout("aborted")]).await;
    assert_eq!(verdict, Verdict::Reverted("it was aborted (update to revision 2), by kubectl-patch".into()));
}

/// Watches a shift to 50 % whose route is taken at once, while these counts are told one after another.
async fn watched_shift(percent: u8, counts: Vec<Option<Vec<f64>>>) -> Verdict {
    let mut before = split(vec![rule(90, 10)]);
    let confirmed = confirmed(&shift(percent), &mut before).await;
    let action = ActionId::parse("a-1").unwrap();
    let executed =
        execute(confirmed, &Yes::said().1, &Plane::default(), &Journal::default(), action, &mut |_| {}).await.unwrap();
    let seen = Ok(route(vec![rule(u64::from(100 - percent), percent.into())]));
    let plane = Plane { seen: Mutex::new(vec![seen].into()), counts: Mutex::new(counts.into()), ..Plane::default() };
    let ticks = AtomicI64::new(0);
    let now = || start() + SignedDuration::from_secs(ticks.fetch_add(1, Ordering::Relaxed));
    verify(&executed, &plane, PATIENCE, &now, &mut |_| {}).await
}

#[tokio::test]
async fn a_shift_is_verified_by_the_requests_that_came_since() {
    let counts = [[10.0, 90.0], [60.0, 140.0], [110.0, 190.0], [160.0, 240.0]];
    let verdict = watched_shift(50, counts.map(|both| Some(both.to_vec())).to_vec()).await;
    let said = "edge has taken it: chat-canary 50 %, stable for 3 s; 50 % of 300 requests went to chat-canary";
    assert_eq!(verdict, Verdict::Verified(said.into()));
}

#[tokio::test]
async fn what_still_went_the_old_way_at_first_is_not_held_against_it() {
    let old = (0..4).map(|at| [f64::from(at) * 10.0, f64::from(at) * 90.0]);
    let new = (1..8).map(|at| [30.0 + f64::from(at) * 50.0, 270.0 + f64::from(at) * 50.0]);
    let verdict = watched_shift(50, old.chain(new).map(|both| Some(both.to_vec())).collect()).await;
    assert!(matches!(&verdict, Verdict::Verified(words) if words.contains("50 % of 300 requests")), "{verdict:?}");
}

#[tokio::test]
async fn a_share_that_requests_do_not_follow_is_not_converged() {
    let counts = (0..20).map(|at| Some(vec![f64::from(at) * 10.0, f64::from(at) * 90.0])).collect();
    let verdict = watched_shift(50, counts).await;
    assert!(matches!(&verdict, Verdict::NotConverged(words) if words.contains("not 50 %")), "{verdict:?}");
}

#[tokio::test]
async fn where_nobody_counts_or_hardly_anybody_asks_that_is_said() {
    let verdict = watched_shift(50, Vec::new()).await;
    assert!(
        matches!(&verdict, Verdict::Verified(words) if words.ends_with("nobody counts requests here")),
        "{verdict:?}"
    );
    let verdict = watched_shift(0, vec![Some(vec![0.0, 0.0]), Some(vec![0.0, 3.0])]).await;
    assert!(
        matches!(&verdict, Verdict::Verified(words) if words.ends_with("only 3 requests were counted since")),
        "{verdict:?}"
    );
}

#[tokio::test]
async fn a_switch_is_verified_by_its_endpoints() {
    let mut before = blue_green(3);
    let confirmed = confirmed(&switch("green"), &mut before).await;
    let action = ActionId::parse("a-1").unwrap();
    let executed =
        execute(confirmed, &Yes::said().1, &Plane::default(), &Journal::default(), action, &mut |_| {}).await.unwrap();
    let mut service = before.target.clone();
    service["spec"]["selector"]["arm"] = json!("green");
    for (slices, is_there) in [(&before.backings[1].slices, true), (&before.backings[0].slices, false)] {
        let lists = vec![(Kind::EndpointSlice, Ok(slices.clone())), (Kind::Pod, Ok(before.backings[1].pods.clone()))];
        let plane = Plane { seen: Mutex::new(vec![Ok(service.clone())].into()), lists, ..Plane::default() };
        let ticks = AtomicI64::new(0);
        let now = || start() + SignedDuration::from_secs(ticks.fetch_add(1, Ordering::Relaxed));
        let verdict = verify(&executed, &plane, PATIENCE, &now, &mut |_| {}).await;
        assert_eq!(matches!(verdict, Verdict::Verified(_)), is_there, "{verdict:?}");
    }
}
