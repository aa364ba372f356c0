//! What is seen of it afterwards: by the one who made it, and by a later session.

use std::time::Duration;

use super::super::super::verify::Patience;
use super::*;
use crate::domain::audit::{Left, StepResult};
use crate::domain::operation::{OperationEvent, Verdict};
use crate::domain::plan::Goal;

/// What it is to be seen of a plan's silence, as if it had been given this name.
async fn goal(intent: &Intent, told: Vec<AlertmanagerReply>) -> Goal {
    match made(intent, told).await.goal {
        Goal::Silenced { mut silence, mut body, alerts } => {
            if silence.id.is_empty() {
                silence.id = ID.into();
                body["endsAt"] = super::silence("active")["endsAt"].take();
            }
            Goal::Silenced { silence, body, alerts }
        }
        other => other,
    }
}

/// Watches what is told, one look after the other, and what was said meanwhile.
async fn watched(goal: &Goal, told: Vec<Vec<AlertmanagerReply>>) -> (Verdict, Vec<String>) {
    let looks = told.len();
    let plane = plane(told);
    let patience = Patience { stable: Duration::ZERO, limit: Duration::from_secs(10), every: Duration::ZERO };
    let began = now();
    let looked = std::sync::atomic::AtomicU64::new(0);
    // It is late once everything that the test prepared was looked at.
    let clock = || {
        let look = looked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let late = look > u64::try_from(looks).unwrap();
        began + SignedDuration::from_secs(if late { 60 } else { 0 })
    };
    let mut said = Vec::new();
    let verdict = watch(goal, &plane, patience, &clock, &mut |event| {
        if let OperationEvent::Verifying { progress } = event {
            said.push(progress.to_string());
        }
    })
    .await;
    (verdict, said)
}

fn wish() -> Intent {
    hush("alertname=~\"ChatErrorRate|UserSlow\" namespace=~\"production|staging\"")
}

fn before() -> Vec<AlertmanagerReply> {
    vec![reply("main", vec![chat(&[]), user(&[])], Vec::new())]
}

#[tokio::test]
async fn it_is_done_when_every_alert_that_was_shown_is_quiet() {
    let goal = goal(&wish(), before()).await;
    let after = |chat_by: &[&str], silences| vec![reply("main", vec![chat(chat_by), user(&[ID])], silences)];
    let (verdict, said) =
        watched(&goal, vec![before(), after(&[], vec![silence("active")]), after(&[ID], vec![silence("active")])])
            .await;
    assert_eq!(said, ["no Alertmanager has it yet", "ChatErrorRate still pages from main"]);
    let words = "silence 5f2c1f3e-8f0e-4c55 is active until 04:10Z, hides 2 alerts as shown";
    assert_eq!(verdict, Verdict::Verified(words.into()));
}

#[tokio::test]
async fn what_differs_from_the_plan_is_told() {
    let goal = goal(&wish(), before()).await;
    let other = alert(json!({ "alertname": "UserSlow", "namespace": "staging", "pod": "u-1" }), &[ID]);
    let after = vec![reply("main", vec![chat(&[ID]), other], vec![silence("active")])];
    let (verdict, _) = watched(&goal, vec![after]).await;
    let words = "silence 5f2c1f3e-8f0e-4c55 is active until 04:10Z, hides 1 alert, 1 that the plan showed ended \
                 meanwhile, and 1 that the plan did not show, such as UserSlow";
    assert_eq!(verdict, Verdict::Verified(words.into()));
}

#[tokio::test]
async fn both_members_of_a_pair_have_to_be_quiet() {
    let goal = goal(&hush("ChatErrorRate namespace=production"), before()).await;
    let one = || reply("main", vec![chat(&[ID])], vec![silence("active")]);
    let behind = || reply("second", vec![chat(&[])], Vec::new());
    let (verdict, _) = watched(&goal, vec![vec![one(), behind()]]).await;
    let words = "ChatErrorRate still pages from second; seen on 1 of 2";
    assert_eq!(verdict, Verdict::NotConverged(words.into()));
    let caught_up = reply("second", vec![chat(&[ID])], vec![silence("active")]);
    let (verdict, said) = watched(&goal, vec![vec![one(), behind()], vec![one(), caught_up]]).await;
    assert_eq!(said, [words]);
    assert!(matches!(verdict, Verdict::Verified(words) if words.ends_with("as shown; seen on 2 of 2")));
    let (verdict, _) = watched(&goal, vec![vec![one(), silent("second")]]).await;
    assert!(matches!(verdict, Verdict::Verified(words) if words.ends_with("seen on 1 of 2")), "one is away");
}

#[tokio::test]
async fn what_somebody_ends_at_once_is_told_as_undone() {
    let goal = goal(&hush("ChatErrorRate namespace=production"), before()).await;
    let ended = vec![reply("main", vec![chat(&[])], vec![silence("expired")])];
    let (verdict, _) = watched(&goal, vec![ended]).await;
    assert_eq!(verdict, Verdict::Reverted("somebody ended it".into()));
    let (verdict, _) = watched(&goal, vec![vec![silent("main")]]).await;
    assert!(matches!(verdict, Verdict::Unknown(_)), "{verdict:?}");
}

#[tokio::test]
async fn a_silence_without_a_name_is_known_by_what_it_is_like() {
    let Goal::Silenced { mut silence, mut body, alerts } = goal(&wish(), before()).await else { panic!("a silence") };
    silence.id = "".into();
    body["id"] = "x-1".into();
    body["status"] = json!({ "state": "active" });
    let there = vec![reply("main", vec![chat(&["x-1"]), user(&["x-1"])], vec![body.clone()])];
    let (verdict, _) = watched(&Goal::Silenced { silence, body, alerts }, vec![there]).await;
    assert!(matches!(verdict, Verdict::Verified(words) if words.contains("hides 2 alerts as shown")));
}

#[tokio::test]
async fn the_end_of_a_silence_is_seen_on_both() {
    let told = |one: &str, other: &str| {
        let reply = |name, state: &str| reply(name, vec![chat(&[])], vec![silence(state)]);
        vec![reply("main", one), reply("second", other)]
    };
    let goal = goal(&expire(), told("active", "active")).await;
    let (verdict, said) = watched(&goal, vec![told("expired", "active"), told("expired", "expired")]).await;
    assert_eq!(said, ["still active at second; seen on 1 of 2"]);
    assert_eq!(verdict, Verdict::Verified("the silence is over; seen on 2 of 2".into()));
}

#[tokio::test]
async fn a_silence_that_is_made_longer_is_seen_by_its_end() {
    let told = |ends: &[&str]| -> Vec<AlertmanagerReply> {
        let reply = |(name, ends): (&str, &&str)| {
            let mut held = silence("active");
            held["endsAt"] = (*ends).into();
            reply(name, vec![chat(&[ID])], vec![held])
        };
        ["main", "second"].into_iter().zip(ends).map(reply).collect()
    };
    let old = "2026-11-21T04:10:00.000Z";
    let Goal::Silenced { silence, body, alerts } = goal(&extend(3), told(&[old])).await else { panic!("a silence") };
    let new = body["endsAt"].as_str().unwrap().to_owned();
    let goal = Goal::Silenced { silence, body, alerts };
    let (verdict, _) = watched(&goal, vec![told(&[old])]).await;
    let Verdict::NotConverged(words) = &verdict else { panic!("{verdict:?}") };
    assert!(words.starts_with("at main it lasts until 04:10Z, not "), "{words}");
    let (verdict, said) = watched(&goal, vec![told(&[&new, old]), told(&[&new, &new])]).await;
    assert!(said[0].starts_with("at second it lasts until 04:10Z") && said[0].ends_with("seen on 1 of 2"), "{said:?}");
    assert!(matches!(&verdict, Verdict::Verified(words) if words.ends_with("seen on 2 of 2")), "{verdict:?}");
}

#[tokio::test]
async fn what_another_silence_keeps_quiet_is_not_counted_as_hidden() {
    let goal = goal(&wish(), before()).await;
    let after = vec![reply("main", vec![chat(&[ID, "other"]), user(&["other"])], vec![silence("active")])];
    let (verdict, _) = watched(&goal, vec![after]).await;
    let words = "silence 5f2c1f3e-8f0e-4c55 is active until 04:10Z, hides 1 alert, 1 that only another silence keeps \
                 quiet";
    assert_eq!(verdict, Verdict::Verified(words.into()));
}

#[tokio::test]
async fn what_an_alertmanager_tells_twice_counts_once() {
    let goal = goal(&expire(), vec![reply("main", vec![chat(&[])], vec![silence("active")])]).await;
    let twice = vec![reply("main", vec![chat(&[])], vec![silence("active"), silence("active")]), silent("second")];
    let (verdict, _) = watched(&goal, vec![twice]).await;
    assert_eq!(verdict, Verdict::NotConverged("still active at main; seen on 0 of 2".into()));
}

#[tokio::test]
async fn a_later_session_finds_out_whether_it_was_made() {
    let left = |comment: &str| Left::Silence {
        by: "maria".into(),
        comment: comment.into(),
        ends: "2026-11-21T04:10:00Z".parse().unwrap(),
    };
    let told = |state| vec![reply("main", Vec::new(), vec![silence(state)])];
    let second = || reply("second", Vec::new(), vec![silence("active")]);
    for (left, told, result) in [
        (left("known"), told("active"), Some(StepResult::Applied)),
        (left("another"), told("active"), Some(StepResult::Unknown)),
        (left("known"), told("expired"), Some(StepResult::Unknown)),
        (left("known"), Vec::new(), None),
        (left("known"), vec![silent("main"), second()], None),
        (left("known"), vec![reply("main", Vec::new(), Vec::new()), second()], Some(StepResult::Unknown)),
        (Left::Gone, vec![silent("main"), reply("second", Vec::new(), Vec::new())], None),
        (Left::Gone, told("expired"), Some(StepResult::Applied)),
        (Left::Gone, told("active"), Some(StepResult::Rejected)),
        (Left::Gone, vec![silent("main")], None),
        (Left::Gone, Vec::new(), None),
    ] {
        let (found, words) = recall(&reference(), &left, &plane(vec![told])).await;
        assert_eq!(found, result, "{left:?}: {words}");
    }
}
