#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn now() -> Timestamp {
    "2026-11-25T03:12:00Z".parse().unwrap()
}

fn body(id: &str, ends: &str) -> Value {
    json!({
        "id": id, "createdBy": "maria", "comment": "known",
        "startsAt": "2026-11-25T03:10:00Z", "endsAt": ends,
        "matchers": [{ "name": "alertname", "value": "Chat.*", "isRegex": true, "isEqual": true }],
    })
}

/// Posts a body; the status and the answer.
fn post(silences: &mut Silences, body: &Value, now: Timestamp) -> (u16, Value) {
    let seed = u64::try_from(silences.0.len()).unwrap();
    let body = body.to_string();
    let asked = (&Method::POST, "/api/v2/silences", body.as_bytes());
    let (status, answer) = silences.answer(asked, &mut Random::new(seed), now).unwrap();
    (status.as_u16(), answer)
}

fn delete(silences: &mut Silences, id: &str) -> u16 {
    let path = format!("/api/v2/silence/{id}");
    silences.answer((&Method::DELETE, &path, b""), &mut Random::new(7), now()).unwrap().0.as_u16()
}

#[test]
fn one_is_made_changed_and_ended() {
    let mut silences = Silences::default();
    let chat = json!({ "alertname": "ChatErrorRate" });
    let (status, made) = post(&mut silences, &body("", "2026-11-25T04:00:00Z"), now());
    let id = made["silenceID"].as_str().unwrap().to_owned();
    assert_eq!(status, 200);
    assert_eq!(silences.over(&chat, now()), [id.as_str()]);
    assert!(silences.over(&json!({ "alertname": "KafkaLag" }), now()).is_empty());
    assert_eq!(silences.0[0].starts, now(), "what is past begins now");

    let mut longer = body(&id, "2026-11-25T05:00:00Z");
    longer["startsAt"] = now().to_string().into();
    assert_eq!(post(&mut silences, &longer, now()), (200, json!({ "silenceID": id })));
    assert_eq!(silences.0.len(), 1);

    let mut other = longer.clone();
    other["matchers"][0]["value"] = "User.*".into();
    let (_, another) = post(&mut silences, &other, now());
    assert_ne!(another["silenceID"], id.as_str(), "other matchers make another one");
    assert!(silences.over(&chat, now()).is_empty(), "the one before is over");

    assert_eq!(delete(&mut silences, &id), 500, "it is over already");
    assert_eq!(delete(&mut silences, another["silenceID"].as_str().unwrap()), 200);
    assert_eq!(delete(&mut silences, "unknown"), 404);
}

#[test]
fn what_makes_no_sense_is_refused_as_alertmanager_does() {
    let mut silences = Silences::default();
    let mut none = body("", "2026-11-25T04:00:00Z");
    none["matchers"] = json!([]);
    assert_eq!(post(&mut silences, &none, now()).0, 422);
    let early = post(&mut silences, &body("", "2026-11-25T03:00:00Z"), now());
    assert_eq!(early, (400, json!("Failed to create silence: start time must be before end time")));
    let past = post(&mut silences, &body("", "2026-11-25T03:11:00Z"), now());
    assert_eq!(past, (400, json!("Failed to create silence: end time can't be in the past")));
    assert_eq!(post(&mut silences, &body("unknown", "2026-11-25T04:00:00Z"), now()).0, 404);
    assert!(silences.0.is_empty());
}
