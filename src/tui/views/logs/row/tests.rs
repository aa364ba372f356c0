#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;

use super::*;
use crate::domain::logs::{Limits, Lines, LogFact, Withholder};
use crate::state::logs::{Index, LogStore, StreamFacts};

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn store() -> LogStore {
    let mut store = LogStore::new(1, Limits::default());
    let facts = |pod: &str, revision: &str, age| StreamFacts {
        pod: pod.into(),
        container: "main".into(),
        revision: revision.into(),
        age,
        ..StreamFacts::default()
    };
    let old = store.join(facts("chat-1-67nh9", "11 1.4.1", RevisionAge::Older), false, NOW);
    let new = store.join(facts("chat-2-rkmhz", "12 1.5.0", RevisionAge::Newest), true, NOW);
    let mut lines = Lines::default();
    lines.push(NOW, "WARN slow query", "", &mut Withholder::default());
    store.hear(old, LogFact::Lines(lines), NOW);
    let mut lines = Lines::default();
    lines.push(NOW, "ERROR redis timeout", "", &mut Withholder::default());
    lines.push(NOW, "it goes on", "", &mut Withholder::default());
    store.hear(new, LogFact::Lines(lines), NOW);
    store
}

fn told(spans: &[Span<'_>]) -> Vec<String> {
    spans.iter().map(|span| format!("{:?} {}", span.role, span.text)).collect()
}

#[test]
fn a_row_says_when_which_revision_who_and_how_grave() {
    let store = store();
    let mut index = Index::default();
    index.update(&store, store.end(), &|record: &Record<'_>| !record.is_mark);
    let records: Vec<Record<'_>> = index.ids().iter().map(|id| store.line(*id).unwrap()).collect();
    let row = |at: usize| {
        let before = at.checked_sub(1).map(|before| &records[before]);
        told(&head(&records[at], store.streams().get(records[at].stream), before))
    };
    assert_eq!(row(0), ["Muted 22:13:20.000", "Fine 11 1.4.1", "Text 67nh9", "Attention WARN"]);
    assert_eq!(row(1), ["Muted 22:13:20.000", "Attention 12 1.5.0", "Text rkmhz", "Bad ERROR"]);
    assert_eq!(row(2), ["Muted 22:13:20.000", "Attention 12 1.5.0", "Muted rkmhz", "Muted "]);
}

#[test]
fn columns_fall_away_where_there_is_no_room() {
    let store = store();
    let widths = |width| {
        let columns = Columns::fit(width, store.streams(), true, false, 0);
        [columns.time, columns.revision, columns.pod, columns.level, columns.message]
    };
    assert_eq!(widths(118), [12, 8, 5, 5, 80]);
    assert_eq!(widths(78), [12, 0, 5, 5, 50]);
    assert_eq!(widths(55), [12, 0, 0, 5, 34]);
    assert_eq!(widths(40), [0, 0, 0, 5, 33]);
}

#[test]
fn what_is_looked_for_is_marked_in_the_message_and_in_the_fields() {
    let said = Said { text: "redis TIMEOUT now  timeout=5".into(), message: 17 };
    let search = Needle::parse("timeout").unwrap();
    assert_eq!(
        told(&words(&said, 0..28, None, search.as_ref())),
        ["Text redis ", "Match TIMEOUT", "Text  now", "Muted   ", "Match timeout", "Muted =5"]
    );
    assert_eq!(
        told(&words(&said, 8..12, None, search.as_ref())),
        ["Match MEOU"],
        "a hit goes over the edge of its row"
    );
    assert_eq!(told(&words(&said, 0..17, Some(Level::Debug), None)), ["Muted redis TIMEOUT now"]);
}
