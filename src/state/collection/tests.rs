#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::platform::MetadataOnly;
use crate::state::tests::fixture::meta;

fn row(namespace: &str, name: &str) -> Row {
    let mut meta = meta(name);
    meta.namespace = namespace.into();
    Row::ConfigMap(Box::new(MetadataOnly { meta, written: None }))
}

fn changed(namespace: &str, name: &str, generation: i64) -> Row {
    let mut meta = meta(name);
    meta.namespace = namespace.into();
    meta.generation = generation;
    Row::ConfigMap(Box::new(MetadataOnly { meta, written: None }))
}

#[test]
fn an_equal_row_does_not_move_the_revision() {
    let mut rows = Collection::default();
    assert!(rows.apply(row("a", "x")));
    let revision = rows.revision();
    assert!(!rows.apply(row("a", "x")));
    assert_eq!(rows.revision(), revision);
    assert!(rows.apply(changed("a", "x", 2)));
    assert_eq!((rows.revision(), rows.len()), (revision + 1, 1));
}

#[test]
fn a_row_keeps_its_slot_and_an_empty_slot_is_used_again() {
    let mut rows = Collection::default();
    rows.apply(row("a", "x"));
    rows.apply(row("a", "y"));
    let slot = rows.slot_of("a", "x").unwrap();
    rows.apply(changed("a", "x", 2));
    assert_eq!(rows.slot_of("a", "x"), Some(slot));
    assert!(rows.remove("a", "x").is_some());
    assert!(rows.remove("a", "x").is_none() && rows.get(slot).is_none());
    rows.apply(row("b", "z"));
    assert_eq!((rows.slot_of("b", "z"), rows.len()), (Some(slot), 2));
}

#[test]
fn the_journal_tells_what_changed_until_it_is_too_far_back() {
    let mut rows = Collection::default();
    rows.apply(row("a", "x"));
    let before = rows.revision();
    rows.apply(row("a", "y"));
    rows.remove("a", "x");
    let slots: Vec<_> = rows.changed_since(before).unwrap().collect();
    assert_eq!(slots, [1, 0]);
    assert_eq!(rows.changed_since(rows.revision()).unwrap().count(), 0);
    assert!(rows.changed_since(rows.revision() + 1).is_none(), "a revision that never was");
    for generation in 0..i64::try_from(JOURNAL).unwrap() - 2 {
        rows.apply(changed("a", "y", generation + 10));
    }
    assert!(rows.changed_since(before).is_some());
    rows.apply(changed("a", "y", 5));
    assert!(rows.changed_since(before).is_none());
}

#[test]
fn a_list_sweeps_what_it_does_not_name_in_its_own_namespace_only() {
    let mut rows = Collection::default();
    for (namespace, name) in [("a", "x"), ("a", "y"), ("b", "z")] {
        rows.apply(row(namespace, name));
    }
    rows.begin_list(Some(&"a".into()));
    rows.apply(row("a", "x"));
    let gone = rows.end_list(Some(&"a".into()));
    assert_eq!(gone, [row("a", "y")]);
    assert!(rows.find("b", "z").is_some());
    rows.begin_list(None);
    assert_eq!(rows.end_list(None).len(), 2);
    assert!(rows.is_empty() && rows.iter().next().is_none());
}

#[test]
fn lists_of_two_namespaces_may_overlap() {
    let mut rows = Collection::default();
    rows.apply(row("a", "old"));
    rows.apply(row("b", "old"));
    rows.begin_list(Some(&"a".into()));
    rows.apply(row("a", "early"));
    rows.begin_list(Some(&"b".into()));
    rows.apply(row("b", "new"));
    rows.apply(row("a", "late"));
    assert_eq!(rows.end_list(Some(&"b".into())), [row("b", "old")]);
    assert_eq!(rows.end_list(Some(&"a".into())), [row("a", "old")]);
    assert_eq!(rows.len(), 3);
}

#[test]
fn a_list_that_begins_again_forgets_its_first_beginning() {
    let mut rows = Collection::default();
    rows.begin_list(None);
    rows.apply(row("a", "x"));
    rows.begin_list(None);
    rows.apply(row("a", "y"));
    assert_eq!(rows.end_list(None), [row("a", "x")], "the list that broke off proves nothing");
    assert!(rows.end_list(None).is_empty(), "an end without a beginning sweeps nothing");
    assert_eq!(rows.len(), 1);
}
