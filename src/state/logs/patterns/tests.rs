#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::logs::{Limits, Lines, LogFact, Withholder};
use crate::state::logs::{RevisionAge, StreamFacts};

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn store() -> (LogStore, [StreamId; 2]) {
    let mut store = LogStore::new(1, Limits::default());
    let facts = |pod: &str, revision: &str, age| StreamFacts {
        pod: pod.into(),
        container: "main".into(),
        revision: revision.into(),
        age,
        ..StreamFacts::default()
    };
    let new = store.join(facts("chat-2-bbbbb", "12 1.5.0", RevisionAge::Newest), false, NOW);
    let old = store.join(facts("chat-1-aaaaa", "9 1.4.1", RevisionAge::Older), false, NOW);
    (store, [old, new])
}

fn say(store: &mut LogStore, stream: StreamId, said: impl IntoIterator<Item = String>) {
    let mut lines = Lines::default();
    for words in said {
        lines.push(NOW, &words, "", &mut Withholder::default());
    }
    store.hear(stream, LogFact::Lines(lines), NOW);
}

#[test]
fn similar_lines_are_folded_and_the_rare_ones_come_first() {
    let (mut store, [old, new]) = store();
    say(&mut store, old, (0..50).map(|n| format!("INFO request {n} took {n} ms")));
    say(&mut store, new, (0..40).map(|n| format!("{{\"level\":\"info\",\"msg\":\"request {n} took {n} ms\"}}")));
    say(&mut store, new, ["ERROR cannot open room lobby".to_owned(), "ERROR cannot open room cellar".to_owned()]);
    let mut patterns = Patterns::default();
    while patterns.update(&store, 7) {}
    let told: Vec<String> = patterns
        .rare_first()
        .into_iter()
        .map(|at| {
            let pattern = &patterns.all()[at];
            let whose: Vec<String> =
                patterns.revisions(pattern).map(|(name, count)| format!("{name}: {count}")).collect();
            format!("{} {} ({})", pattern.count, pattern.shape, whose.join(", "))
        })
        .collect();
    assert_eq!(
        told,
        [
            "2 ERROR cannot open room * (12 1.5.0: 2)",
            "40 request * took * ms (12 1.5.0: 40)",
            "50 INFO request * took * ms (9 1.4.1: 50)",
        ]
    );
    assert_eq!((patterns.lines, patterns.others), (92, 0));
    assert!(!patterns.update(&store, 7), "each line is looked at once");
    assert_eq!(patterns.lines, 92);
}

#[test]
fn the_newest_two_revisions_are_compared() {
    let (mut store, [old, new]) = store();
    say(&mut store, old, (0..90).map(|_| "INFO fine".to_owned()));
    say(&mut store, old, (0..10).map(|_| "ERROR as ever".to_owned()));
    say(&mut store, new, (0..10).map(|_| "ERROR as ever".to_owned()));
    say(&mut store, new, ["INFO fine".to_owned(), "ERROR never seen before".to_owned()]);
    let mut patterns = Patterns::default();
    patterns.update(&store, 1_000);
    let (newer, older) = patterns.newest_two(&store).unwrap();
    assert_eq!((newer.revision.as_str(), newer.lines, newer.errors), ("12 1.5.0", 12, 11));
    assert_eq!((older.revision.as_str(), older.lines, older.errors), ("9 1.4.1", 100, 10));
    assert!((older.share() - 0.1).abs() < 1e-9);
    let only: Vec<String> = patterns
        .only_in(&newer.revision, &older.revision)
        .into_iter()
        .map(|at| patterns.all()[at].shape.to_string())
        .collect();
    assert_eq!(only, ["ERROR never seen before"]);
}

#[test]
fn what_has_no_room_is_counted() {
    let (mut store, [old, _]) = store();
    let letters = |mut n: usize| {
        let mut word = String::new();
        for _ in 0..4 {
            word.push(char::from(b'a' + u8::try_from(n % 26).unwrap()));
            n /= 26;
        }
        word
    };
    say(&mut store, old, (0..MOST + 25).map(|n| format!("{} {}", letters(n), letters(n * 7 + 1))));
    let mut patterns = Patterns::default();
    patterns.update(&store, usize::MAX);
    assert_eq!((patterns.all().len(), patterns.others), (MOST, 25));
    assert_eq!(patterns.families.values().map(Vec::len).sum::<usize>(), MOST);
    assert!(patterns.families.values().all(|family| !family.is_empty()), "who has no room leaves nothing");
}
