#![expect(clippy::unwrap_used, reason = "tests")]

use std::cell::Cell;

use proptest::prelude::*;

use super::*;

fn needle(typed: &str) -> Needle {
    Needle::parse(typed).unwrap().unwrap()
}

/// The lines that a scan names, those that it is not sure of looked at alone.
fn scanned(needle: &Needle, lines: &[&str]) -> Option<Vec<usize>> {
    let text: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
    let starts: Vec<usize> = lines
        .iter()
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len() + 1;
            Some(start)
        })
        .collect();
    let line = Cell::new(0);
    let line_at = |at: usize| {
        line.set(starts.partition_point(|start| *start <= at) - 1);
        starts[line.get()]..starts[line.get()] + lines[line.get()].len()
    };
    let mut found = Vec::new();
    needle.scan(&text, line_at, |is_sure| {
        if is_sure || needle.is_in(lines[line.get()]) {
            found.push(line.get());
        }
    })?;
    Some(found)
}

#[test]
fn small_letters_stand_for_capitals_and_capitals_for_themselves() {
    assert!(needle("timeout").is_in("redis TIMEOUT"));
    assert!(!needle("Timeout").is_in("redis timeout"));
    assert!(needle("a.b").is_in("a.b") && !needle("a.b").is_in("axb"));
    assert!(needle("/a.b/").is_in("axb"));
    assert!(Needle::parse("/(/").is_err() && Needle::parse("  ").unwrap().is_none());
}

#[test]
fn an_expression_that_would_read_over_the_end_of_a_line_does_not() {
    let lines = ["a 1", "b", "a 2 b", "", "b"];
    assert_eq!(scanned(&needle("/a[^x]*b/"), &lines), Some(vec![2]));
    assert_eq!(scanned(&needle("/^b$/"), &lines), Some(vec![1, 4]));
    let many: Vec<&str> = std::iter::repeat_n("a", 100).chain(["a b"]).collect();
    assert_eq!(scanned(&needle("/a[^x]*b/"), &many), Some(vec![100]));
}

/// The lines that a scan names, sure of them or not.
fn named<'a>(needle: &Needle, lines: &[&'a str]) -> Option<Vec<(&'a str, bool)>> {
    let text: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
    let line = Cell::new(0);
    let line_at = |at: usize| {
        line.set(text[..at].matches('\n').count());
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        start..start + lines[line.get()].len()
    };
    let mut named = Vec::new();
    needle.scan(&text, line_at, |is_sure| named.push((lines[line.get()], is_sure)))?;
    Some(named)
}

#[test]
fn a_name_and_its_value_are_looked_for_whatever_stands_between_them_where_they_were_written() {
    let lines = [
        r#"{"status":500}"#,
        r#"{"status": "500", "path":"/a"}"#,
        "status=500 path=/a",
        r#"{"status":200,"took":500}"#,
        "status 50",
    ];
    let unsure = |found: &[usize]| Some(found.iter().map(|line| (lines[*line], false)).collect::<Vec<_>>());
    assert_eq!(named(&needle("status=500"), &lines), unsure(&[0, 1, 2, 3]), "whatever its name is");
    assert_eq!(named(&needle("took=50"), &["took=50", "id=a50", "id-50", "a\t50"]).map(|found| found.len()), Some(2));
    assert_eq!(named(&needle("path=/a"), &lines), unsure(&[1, 2]));
    let ids = ["id=0077", "0077", "id=0078"];
    assert_eq!(named(&needle("id=0077"), &ids), Some(vec![(ids[0], false), (ids[1], false)]), "a long value alone");
    // What is not ASCII may have been written as an escape: then the longest word has to do.
    assert_eq!(named(&needle("status=é"), &lines), unsure(&[0, 1, 2, 3, 4]));
    assert_eq!(named(&needle("=5"), &lines), None, "nothing of it is long enough");
}

#[test]
fn what_an_expression_surely_holds_is_looked_for_before_the_rest() {
    let lines = ["order=0077", "order=0079", "nothing"];
    assert_eq!(named(&needle("/order=007[0-7]/"), &lines), Some(vec![("order=0077", false), ("order=0079", false)]));
    assert_eq!(named(&needle("/[]=]x=/"), &lines), None, "a bracket within a class");
}

proptest! {
    #[test]
    fn many_lines_at_once_give_what_each_alone_gives(
        lines in prop::collection::vec("[abAB1= ]{0,8}", 1..40),
        typed in prop::sample::select(vec!["a", "b1", "ab", "A", "aB", "b a", "/a+b/", "/^a/", "/a*$/", "/[^1]b/", "/a|1/", "/\\Aa/", "/b\\s/", "/(?i)a/"]),
    ) {
        let needle = needle(typed);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let alone: Vec<usize> = (0..lines.len()).filter(|line| needle.is_in(lines[*line])).collect();
        if let Some(found) = scanned(&needle, &lines) {
            prop_assert_eq!(found, alone);
        }
    }
}
