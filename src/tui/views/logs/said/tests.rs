#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;

use super::*;
use crate::domain::logs::{Level, StreamId};

fn record(text: &str) -> Record<'_> {
    let level = Level::of(text);
    Record { at: Timestamp::UNIX_EPOCH, stream: StreamId(0), level, text, is_mark: false, withheld: 0 }
}

fn pieces(text: &str, width: u16, most: usize) -> Vec<&str> {
    wrap(text, width, most).into_iter().map(|piece| &text[piece]).collect()
}

const LINE: &str = r#"{"ts":"t","level":"error","msg":"redis timeout","status":500,"user":"a b","trace":"one\ntwo"}"#;

#[test]
fn the_message_comes_first_and_then_the_fields() {
    let entry = Entry::read(LINE).unwrap();
    let said = Said::of(&entry, &[]);
    assert_eq!(said.text, r#"redis timeout  status=500 user="a b" trace="one / two""#);
    assert_eq!(&said.text[..said.message], "redis timeout");
    assert_eq!(Said::of(&entry, &["status".to_owned()]).text, "redis timeout");
    assert_eq!(Said::raw(&record(LINE)).text, LINE);
}

#[test]
fn a_line_without_a_message_shows_its_fields() {
    let said =
        Said::of(&Entry::read(r#"{"status":500,"path":"/"}"#).unwrap(), &["status".to_owned()]).text.into_owned();
    assert_eq!(said, "path=/");
}

#[test]
fn what_is_shown_can_be_looked_for() {
    let line = record(LINE);
    for (typed, is_found) in [("status=500", true), ("\"status\":500", true), ("status=501", false), ("TIMEOUT", false)]
    {
        assert_eq!(holds(&Needle::parse(typed).unwrap().unwrap(), &line), is_found, "{typed}");
    }
}

#[test]
fn an_opened_line_has_a_row_for_each_field_and_line() {
    let entry = Entry::read(LINE).unwrap();
    let rows = details(&entry, 0, 80, 99);
    let told: Vec<String> = rows.iter().map(|row| format!("{}|{}", row.name, row.value)).collect();
    assert_eq!(told, ["ts|t", "level|error", "msg|redis timeout", "status|500", "user|a b", "trace|one", "|two"]);
    let some = details(&entry, 0, 80, 3);
    assert_eq!(some.len(), 3);
    assert_eq!(some[2].value, "5 more rows; c copies the line");
    let last = details(&entry, 2, 80, 99).pop().unwrap();
    assert_eq!((last.name.as_str(), last.value.as_str()), ("not shown", "2 parts of this line, by a rule"));
}

#[test]
fn what_is_looked_for_is_brought_into_view() {
    let search = Needle::parse("timeout").unwrap();
    let line = format!("{}timeout", "x".repeat(200));
    assert_eq!(shift(&line, 0, 60, search.as_ref()), 180);
    assert_eq!(shift(&line, 16, 60, search.as_ref()), 16, "one has gone to the side by hand");
    assert_eq!(shift("timeout early on", 0, 60, search.as_ref()), 0);
}

#[test]
fn long_lines_are_cut_or_broken_between_characters() {
    assert_eq!(pieces("größer漢字", 6, 9), ["größer", "漢字"]);
    assert_eq!(pieces("abcdef", 2, 2), ["ab", "cd"]);
    assert_eq!(pieces("", 5, 9), [""]);
    assert_eq!(&"größer"[cut("größer", 3, 1)], "ßer");
    assert_eq!(&"abc"[cut("abc", 9, 5)], "");
}
