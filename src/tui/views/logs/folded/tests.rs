use jiff::Timestamp;

use super::*;
use crate::domain::logs::{Limits, Lines, LogFact, StreamId, Withholder};
use crate::state::logs::{RevisionAge, StreamFacts};

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

const AREA: Rect = Rect { x: 0, y: 0, width: 120, height: 40 };

fn say(store: &mut LogStore, stream: StreamId, said: &[&str]) {
    let mut lines = Lines::default();
    for words in said {
        lines.push(NOW, words, "", &mut Withholder::default());
    }
    store.hear(stream, LogFact::Lines(lines), NOW);
}

/// A store in which two revisions speak, the older one first.
fn store() -> (LogStore, [StreamId; 2]) {
    let mut store = LogStore::new(1, Limits::default());
    let both = [("9 1.4.1", RevisionAge::Older), ("12 1.5.0", RevisionAge::Newest)].map(|(revision, age)| {
        let facts =
            StreamFacts { pod: revision.into(), container: "main".into(), revision: revision.into(), age, end: None };
        store.join(facts, false, NOW)
    });
    (store, both)
}

fn shown(folded: &Folded) -> Vec<String> {
    folded.order.iter().map(|at| folded.patterns.all()[*at].shape.to_string()).collect()
}

#[test]
fn what_the_older_revision_turns_out_to_have_leaves_the_comparison_after_a_move_too() {
    let (mut store, [old, new]) = store();
    say(&mut store, old, &["INFO started"]);
    say(&mut store, new, &["ERROR cache miss", "WARN room closed", "INFO user joined"]);
    let mut folded = Folded::new(true);
    folded.settle(&store, AREA);
    assert_eq!(shown(&folded), ["ERROR cache miss", "WARN room closed", "INFO user joined"]);
    folded.moves(Command::SelectNext);
    // The rest of the older one is read only now, and the newer one goes on.
    say(&mut store, old, &["ERROR cache miss"]);
    say(&mut store, new, &["ERROR queue full"]);
    folded.settle(&store, AREA);
    assert_eq!(shown(&folded), ["WARN room closed", "INFO user joined", "ERROR queue full"]);
    assert_eq!(folded.selected().map(ToString::to_string).as_deref(), Some("WARN room closed"));
    say(&mut store, old, &["WARN room closed"]);
    folded.settle(&store, AREA);
    assert_eq!(folded.selected().map(ToString::to_string).as_deref(), Some("INFO user joined"));
}

#[test]
fn patterns_stay_where_they_are_once_somebody_has_moved() {
    let (mut store, [old, _]) = store();
    say(&mut store, old, &["INFO started", "WARN room closed", "WARN room closed"]);
    let mut folded = Folded::new(false);
    folded.settle(&store, AREA);
    folded.moves(Command::SelectNext);
    say(&mut store, old, &["INFO started", "INFO started", "ERROR queue full"]);
    folded.settle(&store, AREA);
    assert_eq!(shown(&folded), ["INFO started", "WARN room closed", "ERROR queue full"]);
}
