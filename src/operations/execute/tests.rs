#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use serde_json::Value;

use super::*;
use crate::domain::intent::Intent as Wish;
use crate::domain::kind::Kind;
use crate::operations::fake::objects::{failing, pod, rollback, target, template, with_history, workload};
use crate::operations::fake::traffic::{rule, shift, split};
use crate::operations::fake::{Diary, Journal, Plane, confirmed, entries, recorded, unreadable};
use crate::operations::ports::{Answer, ReadError};
use crate::operations::withdraw::Yes;

const PATCH: &str = "send PATCH /apis/apps/v1/namespaces/production/deployments/chat-service";
const READ: &str = "get deployment/chat-service";
const LOOK: &str = "get pod/chat-service-3";
const DELETE: &str = "send DELETE /api/v1/namespaces/production/pods/chat-service-3 in version 41";

/// A plane and a journal that write into one diary.
fn world(seen: Vec<Result<Value, ReadError>>, answers: Vec<Answer>) -> (Plane, Journal, Diary) {
    let diary = Diary::default();
    let plane = Plane {
        diary: diary.clone(),
        seen: Mutex::new(seen.into()),
        answers: Mutex::new(answers.into()),
        ..Plane::default()
    };
    let journal = Journal { diary: diary.clone(), ..Journal::default() };
    (plane, journal, diary)
}

async fn rollback_of_a_deployment() -> Confirmed {
    let kind = Kind::Deployment;
    let mut snapshot = with_history(kind, workload(kind, "1.5.0"));
    confirmed(&rollback(kind, None), &mut snapshot).await
}

/// A rollback whose second step deletes a broken pod.
async fn rollback_of_a_stateful_set() -> Confirmed {
    let kind = Kind::StatefulSet;
    let mut snapshot = with_history(kind, failing(kind, "1.5.0"));
    snapshot.pods = vec![pod("chat-service-3", "chat-service-bad", false)];
    confirmed(&rollback(kind, None), &mut snapshot).await
}

async fn run(confirmed: Confirmed, plane: &Plane, journal: &Journal) -> Result<Executed, NotDone> {
    execute(confirmed, &Yes::said().1, plane, journal, ActionId::parse("a-1").unwrap(), &mut |_| {}).await
}

/// The Deployment as it is after the rollback.
fn rolled_back() -> Value {
    let mut object = workload(Kind::Deployment, "1.4.1");
    object["metadata"]["annotations"]["kubernetes.io/change-cause"] = "rollback to good by midwatch".into();
    object
}

#[tokio::test]
async fn the_intent_is_on_disk_before_the_call_and_the_outcome_after_it() {
    let (plane, journal, diary) = world(Vec::new(), Vec::new());
    let executed = run(rollback_of_a_deployment().await, &plane, &journal).await.unwrap();
    assert_eq!(entries(&diary), ["intent 1", PATCH, "outcome 1 applied"]);
    assert_eq!(executed.action().as_str(), "a-1");
    assert_eq!(*journal.urgencies.lock().unwrap(), [Urgency::Rollback; 2], "a rollback may use the reserve");
}

#[tokio::test]
async fn only_a_rollback_uses_the_reserve() {
    let (plane, journal, _) = world(Vec::new(), Vec::new());
    let kind = Kind::Deployment;
    let mut snapshot = with_history(kind, workload(kind, "1.5.0"));
    let restart = confirmed(&Wish::Restart { target: target(kind) }, &mut snapshot).await;
    run(restart, &plane, &journal).await.unwrap();
    assert_eq!(*journal.urgencies.lock().unwrap(), [Urgency::Ordinary; 2]);
}

#[tokio::test]
async fn an_abort_uses_it_too_and_then_ends_the_pause_by_hand() {
    let (plane, journal, diary) = world(Vec::new(), Vec::new());
    let mut snapshot = recorded::seen("held");
    let abort = confirmed(&Wish::Abort { target: recorded::named(&snapshot) }, &mut snapshot).await;
    run(abort, &plane, &journal).await.unwrap();
    assert_eq!(*journal.urgencies.lock().unwrap(), [Urgency::Rollback; 4]);
    let path = "/apis/argoproj.io/v1alpha1/namespaces/production/rollouts/feed-service";
    let sent: Vec<String> = entries(&diary).into_iter().filter(|entry| entry.starts_with("send")).collect();
    assert_eq!(sent, [format!("send PATCH {path}/status"), format!("send PATCH {path}")]);
}

#[tokio::test]
async fn going_back_by_weights_uses_it_too_and_going_up_does_not() {
    for (percent, urgency) in [(0, Urgency::Rollback), (50, Urgency::Ordinary)] {
        let (plane, journal, _) = world(Vec::new(), Vec::new());
        let mut snapshot = split(vec![rule(80, 20)]);
        let shift = confirmed(&shift(percent), &mut snapshot).await;
        run(shift, &plane, &journal).await.unwrap();
        assert_eq!(*journal.urgencies.lock().unwrap(), [urgency; 2], "to {percent} %");
    }
}

#[tokio::test]
async fn a_yes_that_was_taken_back_sends_nothing_more() {
    let (plane, journal, diary) = world(Vec::new(), Vec::new());
    let (withdrawal, yes) = Yes::said();
    withdrawal.take_back(&"stopped".into());
    withdrawal.take_back(&"and again".into());
    let action = || ActionId::parse("a-1").unwrap();
    let confirmed = rollback_of_a_deployment().await;
    let not_done = execute(confirmed, &yes, &plane, &journal, action(), &mut |_| {}).await.unwrap_err();
    assert_eq!((not_done.failure, not_done.problem.why.as_str()), (Failure::Withdrawn, "stopped"));
    assert_eq!(entries(&diary), Vec::<String>::new(), "not even an intent is recorded");
    // Between two steps: the first one was done, and is told.
    let (withdrawal, yes) = Yes::said();
    let confirmed = rollback_of_a_stateful_set().await;
    let mut stop = |event: OperationEvent| {
        if matches!(event, OperationEvent::StepDone { .. }) {
            withdrawal.take_back(&"stopped".into());
        }
    };
    let not_done = execute(confirmed, &yes, &plane, &journal, action(), &mut stop).await.unwrap_err();
    assert_eq!((not_done.failure, not_done.steps_done), (Failure::Withdrawn, 1));
    assert_eq!(entries(&diary).len(), 3, "{:?}", entries(&diary));
    // While the intent is written: that it was not sent is recorded.
    let (withdrawal, yes) = Yes::said();
    let (plane, journal, diary) = world(Vec::new(), Vec::new());
    let confirmed = rollback_of_a_deployment().await;
    let mut stop = |event: OperationEvent| {
        if matches!(event, OperationEvent::StepStarted { .. }) {
            withdrawal.take_back(&"stopped".into());
        }
    };
    let not_done = execute(confirmed, &yes, &plane, &journal, action(), &mut stop).await.unwrap_err();
    assert_eq!(not_done.failure, Failure::Withdrawn);
    assert_eq!(entries(&diary), ["intent 1", "outcome 1 not sent"]);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_sent() {
    let (plane, mut journal, diary) = world(Vec::new(), Vec::new());
    journal.fails_at = Some("intent");
    let not_done = run(rollback_of_a_deployment().await, &plane, &journal).await.unwrap_err();
    assert_eq!(not_done.failure, Failure::NotRecorded);
    assert!(not_done.problem.to_string().contains("No space left on device"), "{}", not_done.problem);
    assert_eq!(entries(&diary), Vec::<String>::new());
}

#[tokio::test]
async fn an_outcome_that_cannot_be_recorded_ends_the_change_and_says_what_was_done() {
    let (plane, mut journal, diary) = world(Vec::new(), Vec::new());
    journal.fails_at = Some("outcome");
    let not_done = run(rollback_of_a_stateful_set().await, &plane, &journal).await.unwrap_err();
    assert_eq!(not_done.failure, Failure::NotRecorded);
    assert!(not_done.problem.what.starts_with("step 1 of 2 was done, but its outcome"), "{}", not_done.problem);
    assert_eq!(entries(&diary).len(), 2, "the second step is not begun");
}

#[tokio::test]
async fn a_lost_answer_is_told_by_reading_and_never_by_sending_again() {
    let lost = || vec![Answer::Unknown("connection reset".into())];

    let (plane, journal, diary) = world(vec![Ok(rolled_back())], lost());
    run(rollback_of_a_deployment().await, &plane, &journal).await.unwrap();
    assert_eq!(entries(&diary), ["intent 1", PATCH, READ, "outcome 1 applied"]);

    let (plane, journal, diary) = world(vec![Ok(workload(Kind::Deployment, "1.5.0"))], lost());
    let not_done = run(rollback_of_a_deployment().await, &plane, &journal).await.unwrap_err();
    assert_eq!(not_done.failure, Failure::Unknown, "it may still be on its way");
    assert_eq!(entries(&diary), ["intent 1", PATCH, READ, "outcome 1 unknown"]);

    let (plane, journal, diary) = world(vec![unreadable()], lost());
    let not_done = run(rollback_of_a_deployment().await, &plane, &journal).await.unwrap_err();
    assert_eq!(not_done.failure, Failure::Unknown);
    assert_eq!(entries(&diary), ["intent 1", PATCH, READ, "outcome 1 unknown"]);
}

#[tokio::test]
async fn another_object_of_that_name_is_no_trace_of_ours() {
    let mut other = rolled_back();
    other["metadata"]["uid"] = "another".into();
    let (plane, journal, _) = world(vec![Ok(other)], vec![Answer::Unknown("timeout".into())]);
    let not_done = run(rollback_of_a_deployment().await, &plane, &journal).await.unwrap_err();
    assert_eq!(not_done.failure, Failure::Unknown);
}

#[tokio::test]
async fn a_refusal_is_recorded_and_said_as_what_it_is() {
    for (answer, failure, outcome) in [
        (Answer::Conflict("moved".into()), Failure::Conflict, "outcome 1 rejected"),
        (Answer::Denied("no".into()), Failure::Denied, "outcome 1 rejected"),
        (Answer::Rejected("quota".into()), Failure::Rejected, "outcome 1 rejected"),
        (Answer::NotSent("refused".into()), Failure::Unreachable, "outcome 1 not sent"),
    ] {
        let (plane, journal, diary) = world(Vec::new(), vec![answer]);
        let not_done = run(rollback_of_a_deployment().await, &plane, &journal).await.unwrap_err();
        assert_eq!(not_done.failure, failure);
        assert_eq!(not_done.is_overtaken(), failure == Failure::Conflict);
        assert_eq!(entries(&diary), ["intent 1", PATCH, outcome]);
    }
}

#[tokio::test]
async fn a_broken_pod_is_looked_at_again_before_it_is_deleted() {
    let mut other = pod("chat-service-3", "chat-service-bad", false);
    other["metadata"]["uid"] = "another".into();
    let mut going = pod("chat-service-3", "chat-service-bad", false);
    going["metadata"]["deletionTimestamp"] = "2026-11-21T03:12:00Z".into();
    for (seen, spared) in [
        (Ok(pod("chat-service-3", "chat-service-bad", false)), None),
        (Ok(pod("chat-service-3", "chat-service-bad", true)), Some("the pod is ready by now")),
        (Ok(pod("chat-service-3", "chat-service-good", false)), Some("the pod is of another revision")),
        (Ok(other), Some("the pod was made anew")),
        (Ok(going), Some("the pod is on its way already")),
        (Err(ReadError::NotFound), Some("the pod is gone")),
    ] {
        let (plane, journal, diary) = world(vec![seen.clone()], Vec::new());
        let mut told = Vec::new();
        let confirmed = rollback_of_a_stateful_set().await;
        execute(confirmed, &Yes::said().1, &plane, &journal, ActionId::parse("a-1").unwrap(), &mut |event| {
            told.push(event);
        })
        .await
        .unwrap();
        let done = entries(&diary);
        assert_eq!(done[2..5], ["outcome 1 applied", "intent 2", LOOK]);
        match spared {
            None => {
                assert_eq!(done[5..], [DELETE, "outcome 2 applied"], "{seen:?}");
                assert_eq!(told.pop(), Some(OperationEvent::StepDone { step: 2, detail: "accepted".into() }));
            }
            Some(why) => {
                assert_eq!(done[5..], ["outcome 2 not needed"], "{seen:?}");
                assert_eq!(told.pop(), Some(OperationEvent::StepNotNeeded { step: 2, why: why.into() }));
            }
        }
    }
}

#[tokio::test]
async fn a_broken_pod_that_moved_before_it_was_deleted_is_judged_anew() {
    let accepted = || Answer::Accepted(Value::Null);
    let moved = || Answer::Conflict("the object has been modified".into());
    let (broken, ready) =
        (pod("chat-service-3", "chat-service-bad", false), pod("chat-service-3", "chat-service-bad", true));

    let answers = vec![accepted(), moved(), accepted()];
    let (plane, journal, diary) = world(vec![Ok(broken.clone())], answers);
    run(rollback_of_a_stateful_set().await, &plane, &journal).await.unwrap();
    assert_eq!(entries(&diary)[3..], ["intent 2", LOOK, DELETE, LOOK, DELETE, "outcome 2 applied"]);

    let (plane, journal, diary) = world(vec![Ok(broken.clone()), Ok(ready)], vec![accepted(), moved()]);
    run(rollback_of_a_stateful_set().await, &plane, &journal).await.unwrap();
    assert_eq!(entries(&diary)[3..], ["intent 2", LOOK, DELETE, LOOK, "outcome 2 not needed"]);

    let (plane, journal, diary) = world(vec![Ok(broken)], vec![accepted(), moved()]);
    let not_done = run(rollback_of_a_stateful_set().await, &plane, &journal).await.unwrap_err();
    assert_eq!(entries(&diary).iter().filter(|entry| *entry == DELETE).count(), 3, "not for ever");
    assert!(!not_done.is_overtaken(), "after a step that was done there is no plan to be made anew");
}

#[tokio::test]
async fn a_failure_in_the_middle_says_how_far_it_came() {
    let (plane, journal, _) = world(vec![unreadable()], Vec::new());
    let not_done = run(rollback_of_a_stateful_set().await, &plane, &journal).await.unwrap_err();
    assert_eq!(not_done.failure, Failure::Unreachable);
    assert!(not_done.problem.why.ends_with("steps 1 to 1 of 2 were done"), "{}", not_done.problem);
}

#[tokio::test]
async fn the_record_holds_no_environment_variables() {
    let confirmed = rollback_of_a_deployment().await;
    let kept = stored(confirmed.plan()).to_string();
    let secret = template("1.5.0")["spec"]["containers"][0]["env"][0]["name"].as_str().unwrap().to_owned();
    assert!(!kept.contains(&secret), "{kept}");
    assert!(kept.contains(&confirmed.plan().hash()) && kept.contains("chat:1.4.1"), "{kept}");
}
