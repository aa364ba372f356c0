#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::SignedDuration;

use super::*;
use crate::domain::kind::Kind;
use crate::operations::fake::objects::{now, rollback, with_history, workload};
use crate::operations::fake::{Plane, authorized, proof_of};
use crate::operations::rehearse::rehearse;

async fn rehearsed() -> Rehearsed {
    let kind = Kind::Deployment;
    let mut snapshot = with_history(kind, workload(kind, "1.5.0"));
    let authorized = authorized(&rollback(kind, None), &mut snapshot);
    rehearse(authorized, &Plane::default(), "a-1").await.unwrap()
}

/// What is said to a proof that was spoilt; nothing when it suffices.
async fn said(spoil: impl Fn(&mut Proof), seconds: i64) -> Option<String> {
    let rehearsed = rehearsed().await;
    let mut proof = proof_of(rehearsed.plan());
    spoil(&mut proof);
    let refused = confirm(rehearsed, &proof, now() + SignedDuration::from_secs(seconds)).err()?;
    assert_eq!(refused.0.plan().title, "Roll back chat-service to 1.4.1", "the plan is given back");
    Some(refused.1.to_string())
}

#[tokio::test]
async fn only_a_whole_proof_of_the_very_plan_confirms() {
    assert_eq!(said(|_| {}, 60).await, None);
    assert!(said(|_| {}, 61).await.unwrap().contains("older than a minute"));
    assert!(said(|proof| proof.plan = "0".repeat(64), 0).await.unwrap().contains("another plan was shown"));
    for typed in ["", "chat", "Chat-service", "chat-service "] {
        let said = said(|proof| proof.typed = typed.to_owned(), 0).await.unwrap();
        assert!(said.contains("type chat-service, or --confirm chat-service"), "{typed}: {said}");
    }
    assert!(said(|proof| proof.reason = "  ".into(), 0).await.unwrap().contains("say why"));
}

#[tokio::test]
async fn who_confirms_and_why_goes_along() {
    let rehearsed = rehearsed().await;
    let proof = proof_of(rehearsed.plan());
    let confirmed = confirm(rehearsed, &proof, now()).unwrap();
    assert_eq!((confirmed.reason().as_str(), confirmed.actor().identity.user.as_str()), ("incident 42", "alice"));
}
