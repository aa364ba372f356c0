#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn read(line: &str) -> (String, Vec<String>) {
    let entry = Entry::read(line).unwrap();
    let others = entry.others().map(|field| format!("{}={}", field.name, field.value)).collect();
    (entry.message.into_owned(), others)
}

#[test]
fn json_is_read_in_the_order_in_which_it_was_written() {
    let (message, others) = read(
        r#"{"ts":"2026-11-25T03:12:00Z","level":"error","msg":"redis timeout","status":500,"http":{"path":"/v1","ok":false},"ids":[1,2]}"#,
    );
    assert_eq!(message, "redis timeout");
    assert_eq!(others, ["status=500", "http.path=/v1", "http.ok=false", "ids=[1,2]"]);
}

#[test]
fn logfmt_is_read_with_its_quotes() {
    let (message, others) = read(r#"ts=2026 level=warn msg="slow \"query\"" path=/v1?a=b empty= took=5ms"#);
    assert_eq!(message, r#"slow "query""#);
    assert_eq!(others, ["path=/v1?a=b", "empty=", "took=5ms"]);
}

#[test]
fn what_is_only_words_is_not_read() {
    for line in [
        "",
        "a sentence",
        "WARN slow query",
        "retry=3",
        "set a=1 and b=2",
        "a=1 b=2 trailing words",
        "{\"half\":",
        "{}x",
        "[1]",
        "=a b=c",
        "a=\"open b=c",
        "I1125 03:12:00.1 main.go:1] a=b c=d",
    ] {
        assert_eq!(Entry::read(line), None, "{line}");
    }
}

#[test]
fn only_one_name_is_the_message() {
    let (message, others) = read(r#"{"message":"long","msg":"short"}"#);
    assert_eq!(message, "short");
    assert_eq!(others, ["message=long"]);
    let (message, others) = read(r#"{"status":200}"#);
    assert_eq!((message.as_str(), others.as_slice()), ("", ["status=200".to_owned()].as_slice()));
}

#[test]
fn what_was_escaped_is_harmless_when_it_is_read() {
    let entry = Entry::read(r#"{"msg":"a\u001b[2Jb\u0007","\u202ename":"x\u200by","stack":"one\n\ttwo\r"}"#).unwrap();
    for field in &entry.fields {
        let text = format!("{}{}", field.name, field.value.replace('\n', ""));
        assert_eq!(sanitize(&text), text);
    }
    assert!(entry.message.starts_with("a^["), "{}", entry.message);
    assert_eq!(entry.get("STACK"), Some("one\n    two^M"));
}

#[test]
fn an_object_without_an_end_of_fields_is_read_so_far() {
    let line = format!("{{{}}}", (0..500).map(|n| format!("\"f{n}\":{n}")).collect::<Vec<_>>().join(","));
    assert_eq!(Entry::read(&line).unwrap().fields.len(), MOST);
}
