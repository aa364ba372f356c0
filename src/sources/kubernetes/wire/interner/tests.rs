//! What is shared, and what is let go.

use prost::bytes::Bytes;

use super::*;

/// A set of one label.
fn label(value: &str) -> Vec<Pair> {
    vec![Pair { key: Bytes::from_static(b"app"), value: Bytes::from(value.to_owned()) }]
}

#[test]
fn equal_texts_and_sets_are_one_allocation() {
    let mut interner = Interner::default();
    assert!(interner.text("production").is_same(&interner.text("production")));
    let (one, two) = (interner.labels(&label("chat")), interner.labels(&label("chat")));
    assert!(Arc::ptr_eq(&one, &two));
}

#[test]
fn what_one_controller_owns_shares_it() {
    let mut interner = Interner::default();
    let (one, two) = (interner.owner("Job", "nightly", "1"), interner.owner("Job", "nightly", "1"));
    assert!(Arc::ptr_eq(&one, &two));
    assert_ne!(one, interner.owner("Job", "nightly", "2"));
}

#[test]
fn labels_are_sorted_whatever_order_they_came_in() {
    let mut interner = Interner::default();
    let pair = |key: &'static str| Pair { key: Bytes::from_static(key.as_bytes()), value: Bytes::new() };
    let (one, two) = (interner.labels(&[pair("b"), pair("a")]), interner.labels(&[pair("a"), pair("b")]));
    assert!(Arc::ptr_eq(&one, &two) && one[0].0 == "a");
}

#[test]
fn hostile_text_is_sanitised_and_shared() {
    let mut interner = Interner::default();
    let (one, two) = (interner.text("a\u{202e}b"), interner.text("a\u{202e}b"));
    assert!(one.is_same(&two) && !one.contains('\u{202e}'));
}

#[test]
fn what_nobody_holds_is_let_go() {
    let mut interner = Interner::default();
    let kept: Vec<_> = (0..100).map(|number| interner.labels(&label(&format!("kept-{number}")))).collect();
    for number in 0..50_000 {
        interner.labels(&label(&format!("passing-{number}")));
    }
    assert!(interner.len() <= SMALLEST_SWEEP + 2, "{}", interner.len());
    for (number, labels) in kept.iter().enumerate() {
        assert!(Arc::ptr_eq(labels, &interner.labels(&label(&format!("kept-{number}")))));
    }
}
