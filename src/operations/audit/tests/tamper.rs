//! What is done to a journal's files behind its back, and what `verify` makes of it.

use super::*;
use crate::domain::audit::{FaultKind, Report};

/// What `verify` finds after the lines of the only segment were changed: kind and line.
fn after(change: impl FnOnce(&mut Vec<String>)) -> Vec<(FaultKind, u64)> {
    let (_root, path) = filled(8);
    let text = fs::read_to_string(segment(&path, 1)).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    fs::write(segment(&path, 1), lines.join("\n") + "\n").unwrap();
    found(&verify(&path).unwrap())
}

fn found(report: &Report) -> Vec<(FaultKind, u64)> {
    report.broken.iter().map(|fault| (fault.kind, fault.place.line)).collect()
}

/// Seals an edited line anew, as a forger would who knows how.
fn reseal(line: &str) -> String {
    let previous = chain::Link::parse(line.as_bytes()).unwrap().previous;
    let entry = serde_json::from_str(line).unwrap();
    String::from_utf8(chain::seal(&entry, &previous).0).unwrap().trim_end().to_owned()
}

#[test]
fn an_edit_is_found_in_its_line() {
    for line in [0, 3, 7] {
        let number = line as u64 + 1;
        let edited = |from: &str, to: &str| {
            after(|lines| {
                assert!(lines[line].contains(from));
                lines[line] = lines[line].replacen(from, to, 1);
            })
        };
        assert_eq!(edited("alice", "mallory"), [(FaultKind::Edited, number)]);
        assert_eq!(edited(":1,", ": 1,"), [(FaultKind::Edited, number)], "even a space");
        assert_eq!(edited(&format!(r#""sequence":{number}"#), r#""sequence":900"#), [(FaultKind::Edited, number)]);
    }
    let hash = after(|lines| {
        let at = lines[3].len() - 3;
        let other = if lines[3].ends_with("0\"}") { "1" } else { "0" };
        lines[3].replace_range(at..=at, other);
    });
    assert_eq!(hash, [(FaultKind::Edited, 4)]);
}

#[test]
fn an_edit_with_a_new_seal_is_found_by_the_next_line() {
    assert_eq!(after(|lines| lines[3] = reseal(&lines[3].replace("alice", "mallory"))), [(FaultKind::Edited, 4)]);
}

#[test]
fn a_removal_is_found_where_it_was() {
    assert_eq!(after(|lines| drop(lines.remove(3))), [(FaultKind::Removed, 4)]);
    assert_eq!(after(|lines| drop(lines.remove(0))), [(FaultKind::Removed, 1)]);
    assert_eq!(after(|lines| drop(lines.drain(2..5))), [(FaultKind::Removed, 3)]);
}

#[test]
fn a_swap_is_found_where_it_was() {
    assert_eq!(after(|lines| lines.swap(3, 4)), [(FaultKind::Swapped, 4)]);
    assert_eq!(after(|lines| lines.swap(1, 5)), [(FaultKind::Swapped, 2), (FaultKind::Swapped, 6)]);
}

#[test]
fn a_line_put_in_is_found() {
    assert_eq!(after(|lines| lines.insert(5, lines[4].clone())), [(FaultKind::Added, 6)]);
}

#[test]
fn a_line_made_unreadable_is_found() {
    for hostile in ["", "{", "\u{1b}[2J", "[1,2]", "null"] {
        assert_eq!(after(|lines| lines[3] = hostile.into()), [(FaultKind::Unreadable, 4)], "{hostile:?}");
    }
}

#[test]
fn several_changes_are_all_found() {
    let changes = after(|lines| {
        lines[1] = lines[1].replace("alice", "mallory");
        lines.remove(4);
        lines.swap(5, 6);
    });
    assert_eq!(changes, [(FaultKind::Edited, 2), (FaultKind::Removed, 5), (FaultKind::Swapped, 6)]);
}

#[test]
fn a_cut_tail_is_not_found_and_the_report_says_so() {
    assert_eq!(after(|lines| lines.truncate(5)), []);
    assert!(Report::LIMIT.contains("cut tail cannot be seen"));
}

#[test]
fn a_removed_or_swapped_segment_is_found() {
    let make = || {
        let root = TempDir::new().unwrap();
        let limits = Limits { segment: 1, ..SMALL };
        let journal = Journal::open_on(root.path(), this_process(at()), Box::new(Real), limits).unwrap();
        (0..4).for_each(|_| drop(add(&journal, verdict())));
        root
    };
    let places = |root: &TempDir| {
        let report = verify(root.path()).unwrap();
        report.broken.into_iter().map(|fault| (fault.kind, fault.place.segment)).collect::<Vec<_>>()
    };
    let root = make();
    assert_eq!(places(&root), []);
    fs::remove_file(segment(root.path(), 2)).unwrap();
    assert_eq!(places(&root), [(FaultKind::Removed, 3)]);

    let root = make();
    let swap = |from, to| fs::rename(segment(root.path(), from), segment(root.path(), to)).unwrap();
    swap(2, 9);
    swap(3, 2);
    swap(9, 3);
    assert_eq!(places(&root), [(FaultKind::Swapped, 2)]);
}

#[test]
fn an_edited_last_line_is_still_found_after_more_was_written() {
    let (_root, path) = filled(3);
    let text = fs::read_to_string(segment(&path, 1)).unwrap();
    let at_last = text.rfind("alice").unwrap();
    fs::write(segment(&path, 1), format!("{}mallory{}", &text[..at_last], &text[at_last + 5..])).unwrap();
    add(&journal(&path), verdict());
    assert_eq!(found(&verify(&path).unwrap()), [(FaultKind::Edited, 3)]);
}
