#![expect(clippy::unwrap_used, reason = "tests")]

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
    let line_at = |at: usize| {
        let line = starts.partition_point(|start| *start <= at) - 1;
        starts[line]..starts[line] + lines[line].len()
    };
    let mut found = Vec::new();
    needle.scan(&text, line_at, |start, is_sure| {
        let line = starts.binary_search(&start).unwrap();
        if is_sure || needle.is_in(lines[line]) {
            found.push(line);
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

#[test]
fn what_meets_at_a_name_and_its_value_is_looked_for_by_its_longest_word() {
    let lines = [r#"{"status":500}"#, r#"{"status":200}"#, "nothing"];
    let needle = needle("status=500");
    let text: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
    let mut told = Vec::new();
    let line_at = |at: usize| {
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        start..start + text[start..].find('\n').unwrap()
    };
    needle.scan(&text, line_at, |start, is_sure| told.push((start, is_sure))).unwrap();
    assert_eq!(told, [(0, false), (lines[0].len() + 1, false)]);
}

proptest! {
    #[test]
    fn many_lines_at_once_give_what_each_alone_gives(
        lines in prop::collection::vec("[ab1= ]{0,8}", 1..40),
        typed in prop::sample::select(vec!["a", "b1", "/a+b/", "/^a/", "/a*$/", "/[^1]b/", "/a|1/", "/\\Aa/", "/b\\s/", "/(?i)a/"]),
    ) {
        let needle = needle(typed);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let alone: Vec<usize> = (0..lines.len()).filter(|line| needle.is_in(lines[*line])).collect();
        if let Some(found) = scanned(&needle, &lines) {
            prop_assert_eq!(found, alone);
        }
    }
}
