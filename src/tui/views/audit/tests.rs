use super::*;
use crate::domain::audit::{Fault, FaultKind, Place};

fn said(broken: Vec<Fault>) -> Vec<Span<'static>> {
    let report = Report { entries: 41, segments: 1, broken, ..Report::default() };
    chain(&History { report, ..History::default() })
}

#[test]
fn the_heading_says_in_words_whether_the_chain_verifies() {
    let whole: String = said(Vec::new()).iter().map(|span| span.text.to_string()).collect();
    assert_eq!(whole.trim(), "chain verifies: 41 records");
    let place = Place { segment: 1, line: 3 };
    let fault = Fault { place, kind: FaultKind::Edited, detail: "the line does not match its hash".into() };
    let broken = said(vec![fault.clone(), fault]);
    assert_eq!(broken[0].role, Role::Bad);
    let words = "chain broken at audit-000001.jsonl:3: edited, the line does not match its hash, and 1 more";
    assert_eq!(broken[0].text.trim(), words);
}
