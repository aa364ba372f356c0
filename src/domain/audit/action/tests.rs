#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;

/// Records of an action whose writer is gone; each is what differs from one to the next.
fn action(events: &[serde_json::Value]) -> Action {
    let records = events.iter().zip(1..).map(|(event, sequence)| {
        let mut record = json!({
            "schema": 1, "sequence": sequence, "at": "2026-11-21T03:12:00Z", "action": "a-1",
            "origin": {
                "session": "s", "host": "h", "boot": "b", "pid": 1, "started": 1, "uid": 1, "login": "l", "version": "1",
            },
        });
        record.as_object_mut().unwrap().extend(event.as_object().unwrap().clone());
        serde_json::from_value(record).unwrap()
    });
    Action { id: ActionId::parse("a-1").unwrap(), writer: Writer::Gone, records: records.collect() }
}

fn intent(step: u32, steps: u32) -> serde_json::Value {
    json!({
        "event": "intent", "what": "Roll back chat", "command_line": "", "target": "deployment/chat", "environment": "production",
        "identity": "alice", "groups": [], "role": "developer", "reason": "incident 42",
        "plan": { "calls": ["PATCH /x"] }, "step": step, "steps": steps,
    })
}

fn outcome(step: u32, result: &str) -> serde_json::Value {
    json!({ "event": "outcome", "step": step, "result": result, "detail": "said" })
}

fn verdict(result: &str) -> serde_json::Value {
    json!({ "event": "verdict", "result": result, "detail": "seen" })
}

fn reconciled(step: u32, result: &str) -> serde_json::Value {
    json!({ "event": "reconciled", "step": step, "result": result, "detail": "found" })
}

#[test]
fn every_way_in_which_an_action_can_end_has_its_word() {
    let denied = json!({
        "event": "denied", "what": "Roll back chat", "target": "deployment/chat", "environment": "production",
        "identity": "victor", "role": "viewer", "rule": "viewers look",
    });
    for (events, word, is_unfinished) in [
        (vec![intent(1, 1)], "unfinished", true),
        (vec![intent(1, 1), outcome(1, "applied")], "unfinished", true),
        (vec![intent(1, 2), outcome(1, "applied")], "unfinished", true),
        (vec![intent(1, 2), outcome(1, "applied"), intent(2, 2), outcome(2, "not-needed")], "unfinished", true),
        (vec![intent(1, 1), outcome(1, "not-needed"), verdict("verified")], "verified", false),
        (vec![intent(1, 1), outcome(1, "not-needed"), reconciled(1, "not-needed")], "applied", false),
        (vec![intent(1, 1), outcome(1, "unknown")], "unknown", true),
        (vec![intent(1, 1), outcome(1, "rejected")], "refused", false),
        (vec![intent(1, 1), outcome(1, "not-sent")], "not sent", false),
        (vec![intent(1, 2), outcome(1, "applied"), intent(2, 2), outcome(2, "rejected")], "partly done", false),
        (vec![intent(1, 1), outcome(1, "applied"), verdict("verified")], "verified", false),
        (vec![intent(1, 1), outcome(1, "applied"), verdict("accepted")], "accepted", false),
        (vec![intent(1, 1), outcome(1, "applied"), verdict("reverted")], "reverted", false),
        (vec![intent(1, 1), outcome(1, "applied"), verdict("not-converged")], "not converged", false),
        (vec![intent(1, 1), reconciled(1, "applied")], "applied", false),
        (vec![intent(1, 1), reconciled(1, "rejected")], "not applied", false),
        (vec![intent(1, 1), reconciled(1, "unknown")], "unknown", false),
        (vec![intent(1, 2), outcome(1, "applied"), reconciled(1, "applied")], "partly done", false),
        (vec![denied.clone()], "denied", false),
        (vec![denied, intent(1, 1), outcome(1, "applied"), verdict("verified")], "verified", false),
        (vec![outcome(1, "applied")], "unfinished", false),
    ] {
        let action = action(&events);
        assert_eq!((action.word(), action.is_unfinished()), (word, is_unfinished), "{events:?}");
    }
}

#[test]
fn an_action_of_a_running_process_is_under_way() {
    let mut action = action(&[intent(1, 1)]);
    action.writer = Writer::Running;
    assert_eq!((action.word(), action.is_unfinished()), ("under way", false));
}

#[test]
fn every_field_of_a_record_is_listed_with_its_path() {
    let action = action(&[intent(1, 1)]);
    let fields: Vec<String> =
        action.records[0].fields().iter().map(|(name, value)| format!("{name}={value}")).collect();
    for wanted in ["sequence=1", "origin.pid=1", "reason=incident 42", "plan.calls.1=PATCH /x"] {
        assert!(fields.iter().any(|field| field == wanted), "{wanted}: {fields:?}");
    }
}

#[test]
fn what_it_was_is_the_whole_and_not_its_first_step() {
    let step = |number: u32, what: &str| {
        let mut step = intent(number, 2);
        step["what"] = format!("Guarded shift of chat-canary to 5, 20 %: {what}").into();
        step["plan"]["title"] = "Guarded shift of chat-canary to 5, 20 %".into();
        step["target"] = if number == 1 { "lease/midwatch-guard-chat" } else { "httproute/chat" }.into();
        step
    };
    let shift = action(&[step(1, "take its lease"), outcome(1, "applied"), step(2, "weights of its rule")]);
    assert_eq!((shift.what(), shift.target()), ("Guarded shift of chat-canary to 5, 20 %", "httproute/chat"));
    assert_eq!(action(&[step(1, "take its lease")]).target(), "lease/midwatch-guard-chat", "nothing else is known");
    assert_eq!(action(&[intent(1, 2)]).what(), "Roll back chat", "an older record names no title");
}
