use super::*;
use crate::domain::audit::{Fault, FaultKind, Place, Receipt};

fn report(broken: Vec<Fault>) -> Report {
    let head = Some(Receipt { segment: 1, sequence: 41, hash: "ab".repeat(32) });
    Report { entries: 41, segments: 2, head, broken, set_aside: Vec::new() }
}

#[test]
fn a_whole_chain_is_told_with_its_head_and_with_what_cannot_be_seen() {
    let text = words(&report(Vec::new()));
    assert!(text.starts_with("the chain is whole: 41 records in 2 files\nhead: record 41 abab"), "{text}");
    assert!(text.contains("not seen: a cut tail"), "{text}");
}

#[test]
fn a_broken_chain_is_told_by_file_line_and_kind() {
    let place = Place { segment: 2, line: 17 };
    let text = words(&report(vec![Fault { place, kind: FaultKind::Swapped, detail: "moved".into() }]));
    assert!(text.starts_with("audit-000002.jsonl:17: swapped: moved\nthe chain is BROKEN"), "{text}");
    assert!(text.contains("not seen: a cut tail"), "{text}");
}
