use serde_json::json;

use super::*;

fn rejected(code: u16, body: Value) -> Answer {
    answer_of(WriteAnswer::Rejected { code, reason: "".into(), message: "raw".into(), body })
}

#[test]
fn what_alertmanager_says_is_told_in_its_words() {
    let bad = json!("bad silence: start time must be before end time\n");
    assert_eq!(rejected(400, bad), Answer::Rejected("bad silence: start time must be before end time".into()));
    let malformed = json!({ "code": 602, "message": "matchers in body is required" });
    assert_eq!(rejected(422, malformed), Answer::Rejected("matchers in body is required".into()));
    assert_eq!(rejected(400, Value::Null), Answer::Rejected("raw".into()));
    assert_eq!(rejected(403, json!({ "message": "no rule" })), Answer::Denied("no rule".into()));
    assert_eq!(rejected(404, Value::Null), Answer::Conflict("it does not know this silence: raw".into()));
    assert_eq!(answer_of(WriteAnswer::Accepted(Value::Null)), Answer::Accepted(Value::Null));
}
