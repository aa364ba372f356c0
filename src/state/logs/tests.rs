#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::logs::{Lines, Withholder};
use crate::domain::problem::Problem;

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

fn after(milliseconds: i64) -> Timestamp {
    NOW + SignedDuration::from_millis(milliseconds)
}

fn lines(said: &[(i64, &str)]) -> LogFact {
    let mut lines = Lines::default();
    for (at, words) in said {
        lines.push(after(*at), words, "", &mut Withholder::default());
    }
    LogFact::Lines(lines)
}

fn facts(pod: &str) -> StreamFacts {
    StreamFacts { pod: pod.into(), container: "main".into(), ..StreamFacts::default() }
}

fn store(lines: usize) -> LogStore {
    LogStore::new(1, Limits { lines, bytes: 64 * 1024 })
}

fn every(_: &Record<'_>) -> bool {
    true
}

fn words(store: &LogStore, index: &Index) -> Vec<String> {
    index.ids().iter().map(|id| store.line(*id).unwrap().text.to_owned()).collect()
}

#[test]
fn lines_of_several_pods_stand_in_the_order_of_their_time_whenever_they_arrive() {
    let mut store = store(1000);
    let (a, b) = (store.join(facts("chat-1-aaaaa"), false, NOW), store.join(facts("chat-1-bbbbb"), false, NOW));
    let mut index = Index::default();
    store.hear(a, lines(&[(10, "a1"), (20, "a2"), (40, "a4")]), NOW);
    assert_eq!(index.update(&store, store.end(), &every), 3);
    store.hear(b, lines(&[(5, "b0"), (30, "b3")]), NOW);
    store.hear(a, lines(&[(50, "a5")]), NOW);
    assert_eq!(index.update(&store, store.end(), &every), 3);
    assert_eq!(words(&store, &index), ["b0", "a1", "a2", "b3", "a4", "a5"]);
    let third = index.ids()[2];
    assert_eq!(index.position(&store, third), Ok(2));
    assert_eq!(index.position_of_time(&store, after(21)), 3);
}

#[test]
fn memory_is_bounded_and_every_line_is_accounted_for() {
    let mut store = store(100);
    let stream = store.join(facts("chat-1-aaaaa"), false, NOW);
    let mut index = Index::default();
    for number in 0..1_000 {
        store.hear(stream, lines(&[(number, "words")]), NOW);
        if number % 7 == 0 {
            index.update(&store, store.end(), &every);
        }
    }
    store.hear(stream, LogFact::Dropped(23), NOW);
    let counts = store.counts();
    assert_eq!((counts.delivered, counts.dropped), (1_000, 23));
    assert!(counts.kept <= 100 && counts.kept > 80, "{counts:?}");
    index.update(&store, store.end(), &every);
    assert_eq!(index.ids().len(), counts.kept);
    assert!(index.ids().iter().all(|id| store.line(*id).is_some()));
    assert_eq!(store.line(*index.ids().last().unwrap()).unwrap().at, after(999));
}

#[test]
fn a_few_long_lines_are_bounded_by_their_bytes() {
    let mut store = store(1_000);
    let stream = store.join(facts("chat-1-aaaaa"), false, NOW);
    let long = "x".repeat(1_000);
    for number in 0..500 {
        store.hear(stream, lines(&[(number, &long)]), NOW);
    }
    assert!(store.counts().kept <= 66 && store.counts().kept > 50, "{:?}", store.counts());
}

#[test]
fn a_line_is_late_only_where_younger_ones_were_shown_and_it_is_no_backlog() {
    let mut store = store(1_000);
    let (a, b) = (store.join(facts("chat-1-aaaaa"), false, NOW), store.join(facts("chat-1-bbbbb"), false, NOW));
    store.hear(a, lines(&[(-60_000, "old"), (10_000, "new")]), after(10_000));
    store.hear(b, lines(&[(-90_000, "older"), (7_500, "in time"), (6_000, "late")]), after(10_000));
    assert_eq!(store.counts().late, 1);
    let mut index = Index::default();
    index.update(&store, store.end(), &every);
    assert_eq!(words(&store, &index), ["older", "old", "late", "in time", "new"]);
}

#[test]
fn the_rate_counts_what_is_said_now() {
    let mut store = store(1_000);
    let stream = store.join(facts("chat-1-aaaaa"), false, NOW);
    for number in 0..100 {
        store.hear(stream, lines(&[(number * 50, "words")]), after(number * 50));
    }
    assert_eq!(store.rate(after(5_000)), 19, "one line is no younger than the beginning");
    assert_eq!(store.rate(after(60_000)), 0);
}

#[test]
fn joins_ends_and_resumptions_are_marked() {
    let mut store = store(1_000);
    let first = store.join(facts("chat-1-aaaaa"), false, NOW);
    let second = store.join(StreamFacts { revision: "12 1.5.0".into(), ..facts("chat-1-bbbbb") }, true, after(10));
    store.hear(first, LogFact::Standing(Standing::Lost(Problem::new("broken", "", ""))), after(20));
    store.hear(first, LogFact::Standing(Standing::Following), after(30));
    store.hear(first, LogFact::Resumed { is_gapless: true }, after(1_030));
    store.end_stream(second, after(2_000));
    store.end_stream(second, after(3_000));
    let mut index = Index::default();
    index.update(&store, store.end(), &|record: &Record<'_>| record.is_mark);
    assert_eq!(words(&store, &index), ["joined, revision 12 1.5.0", "stream lost, resumed 22:13:21, no gap", "ended"]);
    let ended = StreamFacts { end: Some((after(100), "OOMKilled".into())), ..facts("chat-1-ccccc") };
    let third = store.join(ended, false, after(4_000));
    store.hear(third, lines(&[(-500, "much"), (100, "too much")]), after(4_000));
    store.end_stream(third, after(5_000));
    index.update(&store, store.end(), &|record: &Record<'_>| record.is_mark);
    assert!(words(&store, &index).iter().any(|word| word == "ended: OOMKilled"), "{:?}", words(&store, &index));
    let all = index.ids().iter().filter_map(|id| store.line(*id)).find(|mark| mark.text.contains("OOMKilled"));
    assert_eq!(all.map(|mark| mark.at), Some(after(100)), "it ended then, not when somebody looked");
    assert_eq!(store.counts().kept, 2, "marks are no lines");
    assert_eq!(store.streams().pods(), 1);
}

#[test]
fn pods_have_the_shortest_names_that_tell_them_apart() {
    let mut store = store(10);
    for pod in ["chat-7d9-67nh9", "store-0", "store-1", "a-1-rkmhz", "b-1-rkmhz", "alone"] {
        store.join(facts(pod), false, NOW);
    }
    let labels: Vec<&str> = store.streams().iter().map(|stream| stream.label.as_str()).collect();
    assert_eq!(labels, ["67nh9", "store-0", "store-1", "a-1-rkmhz", "b-1-rkmhz", "alone"]);
}
