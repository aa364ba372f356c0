#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::domain::audit::{ActionId, Left};
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::time::Clock;
use crate::operations::audit::{Urgency, this_process};
use crate::operations::execute::Record;

fn clock() -> Clock {
    Clock::fixed("2026-11-21T03:12:00Z".parse().unwrap())
}

fn object(kind: Kind) -> ObjectRef {
    ObjectRef { cluster: ClusterName("it".into()), kind, namespace: "production".into(), name: "chat".into() }
}

/// The record of a step, of a change that is wanted: the first is about its lease, the second about what it is to change.
fn intent(intent: &Intent, step: u32) -> Event {
    let title = "Shift chat-canary to 50 %";
    let footprints = [object(Kind::Lease), intent.object().unwrap().clone()].map(|object| Footprint {
        object: Target::Object(object),
        uid: "".into(),
        left: Left::Lease,
    });
    Event::Intent(Box::new(Recorded {
        what: format!("{title}: take its lease").into(),
        command_line: "".into(),
        target: "".into(),
        environment: "production".into(),
        identity: "maria".into(),
        groups: Vec::new(),
        role: "".into(),
        reason: "it looks well".into(),
        plan: json!({ "intent": intent, "service": "chat", "title": title, "footprints": footprints }),
        step,
        steps: 2,
    }))
}

fn outcome(result: StepResult, step: u32) -> Event {
    Event::Outcome { step, result, detail: "".into() }
}

#[tokio::test]
async fn what_was_applied_is_told_with_who_did_it_and_why() {
    let folder = TempDir::new().unwrap();
    let ledger = Ledger::new(folder.path().join("audit"), this_process(clock().now()), clock());
    assert_eq!(ledger.deeds(), Some(Vec::new()), "a journal that was never begun");
    let shift = Intent::Shift { target: object(Kind::HttpRoute), arm: "chat-canary".into(), percent: 50 };
    let pause = Intent::Pause { target: object(Kind::Deployment) };
    for (id, wish, result, step) in [
        ("a-1", &shift, Some(StepResult::Applied), 2),
        ("a-2", &pause, Some(StepResult::Rejected), 2),
        ("a-3", &pause, None, 2),
        ("a-4", &pause, Some(StepResult::Unknown), 2),
        // Its lease was taken, and nothing else was done.
        ("a-5", &shift, Some(StepResult::Applied), 1),
    ] {
        let id = ActionId::parse(id).unwrap();
        ledger.record(&id, intent(wish, step), Urgency::Ordinary).await.unwrap();
        if let Some(result) = result {
            ledger.record(&id, outcome(result, step), Urgency::Ordinary).await.unwrap();
        }
    }
    let told = ledger.deeds().unwrap();
    assert_eq!(told.len(), 1, "only what came about: {told:#?}");
    let deed = &told[0];
    assert_eq!((deed.class, deed.what.as_str()), (ChangeClass::Traffic, "shift chat-canary to 50 %"));
    assert_eq!((&deed.object, deed.service.as_deref()), (&object(Kind::HttpRoute), Some("chat")));
    assert_eq!((deed.by.as_deref(), deed.why.as_deref()), (Some("maria"), Some("it looks well")));
}
