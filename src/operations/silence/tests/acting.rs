//! The call: after a last look, once, and read back where its answer was lost.

use super::super::super::execute::{Executed, execute};
use super::super::super::fake::{Journal, entries};
use super::super::super::ports::Answer;
use super::*;
use crate::domain::audit::ActionId;
use crate::domain::operation::{Failure, OperationEvent};
use crate::domain::plan::{Call, Goal};
use crate::operations::NotDone;
use crate::operations::withdraw::Yes;

const POST: &str = "send POST /api/v1/namespaces/monitoring/services/main:9093/proxy/api/v2/silences";
const DELETE: &str =
    "send DELETE /api/v1/namespaces/monitoring/services/main:9093/proxy/api/v2/silence/5f2c1f3e-8f0e-4c55";

/// Executes a plan in a world that tells this, and answers so; what was done, and how it ended.
async fn run(
    confirmed: Confirmed,
    told: Vec<Vec<AlertmanagerReply>>,
    answers: Vec<Answer>,
) -> (Result<Executed, NotDone>, Vec<String>, Vec<OperationEvent>) {
    let plane = Plane { answers: Mutex::new(answers.into()), ..plane(told) };
    let journal = Journal { diary: plane.diary.clone(), ..Journal::default() };
    let mut events = Vec::new();
    let action = ActionId::parse("a-1").unwrap();
    let done = execute(confirmed, &Yes::said().1, &plane, &journal, action, &mut |event| events.push(event)).await;
    (done, entries(&plane.diary), events)
}

fn told(silences: Vec<Value>) -> Vec<AlertmanagerReply> {
    vec![reply("main", vec![chat(&[]), user(&[])], silences)]
}

fn made_as(id: &str) -> Answer {
    Answer::Accepted(json!({ "silenceID": id }))
}

#[tokio::test]
async fn the_intent_is_on_disk_and_the_world_looked_at_before_the_call() {
    let confirmed = confirmed(&hush("ChatErrorRate"), told(Vec::new())).await;
    let (done, diary, _) = run(confirmed, vec![told(Vec::new())], vec![made_as("new-1")]).await;
    let goal = done.unwrap().plan().goal.clone();
    let Goal::Silenced { silence, .. } = goal else { panic!("a silence is to be seen") };
    assert_eq!(silence.id, "new-1", "the one that was made is watched");
    assert_eq!(diary, ["intent 1", "ask Alertmanager", POST, "outcome 1 applied"]);
}

#[tokio::test]
async fn an_alert_that_was_not_shown_is_not_hidden() {
    let pods = alert(json!({ "alertname": "ChatErrorRate", "namespace": "production", "pod": "chat-2" }), &[]);
    let more = vec![reply("main", vec![chat(&[]), pods, user(&[])], Vec::new())];
    let confirmed = confirmed(&hush("ChatErrorRate"), told(Vec::new())).await;
    let (done, diary, _) = run(confirmed, vec![more], Vec::new()).await;
    let not_done = done.unwrap_err();
    assert!(not_done.is_overtaken() && not_done.problem.why.contains("it would hide 1 that"), "{}", not_done.problem);
    assert!(!diary.iter().any(|entry| entry.starts_with("send")), "{diary:?}");
}

#[tokio::test]
async fn a_silence_that_somebody_changed_is_left_alone() {
    let mut later = silence("active");
    later["endsAt"] = "2026-11-21T09:00:00.000Z".into();
    for (intent, now, is_not_needed) in [
        (extend(3), later.clone(), false),
        (extend(3), silence("expired"), false),
        (expire(), later, false),
        (expire(), silence("expired"), true),
    ] {
        let confirmed = confirmed(&intent, told(vec![silence("active")])).await;
        let (done, diary, events) = run(confirmed, vec![told(vec![now])], Vec::new()).await;
        assert!(!diary.iter().any(|entry| entry.starts_with("send")), "{diary:?}");
        let skipped = events.iter().any(|event| matches!(event, OperationEvent::StepNotNeeded { .. }));
        assert_eq!((done.is_ok(), skipped), (is_not_needed, is_not_needed), "{intent:?}");
    }
}

#[tokio::test]
async fn an_alertmanager_that_does_not_answer_is_told_nothing() {
    let confirmed = confirmed(&hush("ChatErrorRate"), told(Vec::new())).await;
    let (done, diary, _) = run(confirmed, vec![vec![silent("main")]], Vec::new()).await;
    assert_eq!(done.unwrap_err().failure, Failure::Unreachable);
    assert_eq!(diary, ["intent 1", "ask Alertmanager", "outcome 1 not sent"]);
}

/// What a plan's call asks for, as an Alertmanager would tell it.
fn as_told(confirmed: &Confirmed, id: &str) -> Value {
    let Call::PostSilence { body, .. } = &confirmed.plan().steps[0].call else { panic!("a silence is made") };
    let mut told = body.clone();
    told["id"] = id.into();
    told["status"] = json!({ "state": "active" });
    // With its own precision, and in its own order.
    told["endsAt"] = body["endsAt"].as_str().unwrap().replace('Z', ".000Z").into();
    told["matchers"].as_array_mut().unwrap().reverse();
    told
}

#[tokio::test]
async fn a_lost_answer_is_read_back_and_never_sent_again() {
    let lost = || vec![Answer::Unknown("timed out".into())];
    let wish = hush("ChatErrorRate namespace=production");
    let confirmed_one = confirmed(&wish, told(Vec::new())).await;
    let there = told(vec![as_told(&confirmed_one, "new-1")]);
    let (done, diary, _) = run(confirmed_one, vec![told(Vec::new()), there], lost()).await;
    assert!(done.is_ok(), "{done:?}");
    assert_eq!(diary, ["intent 1", "ask Alertmanager", POST, "ask Alertmanager", "outcome 1 applied"]);

    let confirmed_one = confirmed(&wish, told(Vec::new())).await;
    let mut another = as_told(&confirmed_one, "new-2");
    another["createdBy"] = "bob".into();
    let (done, diary, _) = run(confirmed_one, vec![told(Vec::new()), told(vec![another])], lost()).await;
    assert_eq!(done.unwrap_err().failure, Failure::Unknown, "somebody else's is not ours");
    assert_eq!(diary.iter().filter(|entry| entry.starts_with("send")).count(), 1, "{diary:?}");

    let confirmed_one = confirmed(&expire(), told(vec![silence("active")])).await;
    let after = told(vec![silence("expired")]);
    let (done, diary, _) = run(confirmed_one, vec![told(vec![silence("active")]), after], lost()).await;
    assert!(done.is_ok() && diary.contains(&DELETE.to_owned()), "{diary:?}");

    let confirmed_one = confirmed(&expire(), told(vec![silence("active")])).await;
    let dark = vec![silent("main")];
    let (done, ..) = run(confirmed_one, vec![told(vec![silence("active")]), dark], lost()).await;
    assert_eq!(done.unwrap_err().failure, Failure::Unknown);
}

#[tokio::test]
async fn a_refusal_keeps_the_words_of_alertmanager() {
    let confirmed = confirmed(&hush("ChatErrorRate"), told(Vec::new())).await;
    let no = Answer::Rejected("start time must be before end time".into());
    let (done, ..) = run(confirmed, vec![told(Vec::new())], vec![no]).await;
    let not_done = done.unwrap_err();
    assert_eq!(not_done.failure, Failure::Rejected);
    assert!(not_done.problem.why.contains("start time must be before end time"), "{}", not_done.problem);
}
