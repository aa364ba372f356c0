#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::domain::signal::SignalId;
use crate::domain::silence::Matcher;
use crate::domain::update::Update;
use crate::tui::test_support::{Stage, cluster};

fn silence(id: &str, comment: &str, ends: Timestamp) -> Silence {
    Silence {
        cluster: cluster(),
        id: id.into(),
        servers: vec!["main".into()],
        matchers: vec![Matcher::equal("alertname", "DiskFills")],
        starts: ends - SignedDuration::from_hours(5),
        ends,
        by: "maria".into(),
        comment: comment.into(),
        told: SilenceState::Active,
    }
}

/// A stage on which one silence ends soon, one says that somebody is on it, and one is over.
fn stage() -> Stage {
    let mut stage = crate::tui::views::alerts_stage();
    let minutes = |minutes| stage.now + SignedDuration::from_mins(minutes);
    let told = vec![
        silence("s-1", "known until Friday", minutes(10)),
        silence("s-2", "on it: cleaning up", minutes(50)),
        silence("s-3", "", minutes(-20)),
    ];
    let id = SignalId { cluster: cluster(), name: "main".into() };
    stage.tell(Update::Silences(id, Ok(told)));
    stage
}

#[test]
fn what_ends_first_comes_first_and_says_what_becomes_loud() {
    let mut stage = stage();
    let shown = stage.draw(&mut Silences::default(), 120, 30);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].contains("2 active silences   1 of them say that somebody is on it"), "{shown}");
    let row = |word: &str| lines.iter().position(|line| line.contains(word)).unwrap();
    assert!(row("10 min") < row("50 min") && row("50 min") < row("over"), "{shown}");
    assert!(lines[row("50 min")].contains("on it") && lines[row("50 min")].contains("cleaning up"), "{shown}");
    assert!(shown.contains("then loud   1 alert: DiskFills"), "{shown}");
    assert!(shown.contains("1 ends within 15 min, and alerts page again"), "{shown}");
}

#[test]
fn each_key_begins_a_plan() {
    let mut stage = stage();
    let mut view = Silences::default();
    stage.draw(&mut view, 120, 30);
    let seen = stage.seen();
    let Outcome::Ask(Effect::Propose(Intent::ExpireSilence { silence })) = view.handle(Command::ExpireSilence, &seen)
    else {
        panic!("the silence is to be ended")
    };
    assert_eq!(silence.id, "s-1");
    assert!(matches!(view.handle(Command::ExtendSilence, &seen), Outcome::Ask(Effect::Prompt(_))));
    let Outcome::Ask(Effect::Propose(Intent::ExtendSilence { lasting, .. })) = view.answer(Asked::Length, "90m", &seen)
    else {
        panic!("the silence is to last longer")
    };
    assert_eq!(lasting, SignedDuration::from_mins(90).into());
    view.handle(Command::ExtendSilence, &seen);
    assert!(matches!(view.answer(Asked::Length, "soon", &seen), Outcome::Ask(Effect::Again(..))));
}

#[test]
fn a_length_that_was_asked_of_one_silence_is_not_taken_by_another_one() {
    let mut stage = stage();
    let mut view = Silences::default();
    stage.draw(&mut view, 120, 30);
    let Outcome::Ask(Effect::Prompt(prompt)) = view.handle(Command::ExtendSilence, &stage.seen()) else {
        panic!("it is asked how long")
    };
    assert_eq!(prompt.label(), "silence s ends in ");
    // While somebody types, another one stands in its row, and then it is gone.
    view.cursor.select((cluster(), "s-2".into()));
    stage.draw(&mut view, 120, 30);
    let Outcome::Ask(Effect::Propose(Intent::ExtendSilence { silence: of, .. })) =
        view.answer(Asked::Length, "2h", &stage.seen())
    else {
        panic!("the silence is to last longer")
    };
    assert_eq!(of.id, "s-1");
    view.handle(Command::SelectFirst, &stage.seen());
    view.handle(Command::ExtendSilence, &stage.seen());
    let minutes = |minutes| stage.now + SignedDuration::from_mins(minutes);
    let told = vec![silence("s-2", "on it: cleaning up", minutes(50))];
    let id = SignalId { cluster: cluster(), name: "main".into() };
    stage.tell(Update::Silences(id, Ok(told)));
    stage.draw(&mut view, 120, 30);
    let outcome = view.answer(Asked::Length, "2h", &stage.seen());
    assert!(
        matches!(&outcome, Outcome::Ask(Effect::Notice(_, words)) if words == "that silence is gone"),
        "{outcome:?}"
    );
}

#[test]
fn what_is_quiet_has_a_sign_of_its_own_in_ascii_too() {
    let mut stage = stage();
    stage.look.glyphs = &crate::tui::theme::glyphs::ASCII;
    let silences = stage.draw(&mut Silences::default(), 120, 30);
    let alerts = stage.draw(&mut crate::tui::views::Alerts::default(), 120, 30);
    for (shown, word) in [(&silences, "50 min"), (&alerts, "silenced  22:07")] {
        assert!(shown.is_ascii(), "{shown}");
        let line = shown.lines().find(|line| line.contains(word)).unwrap_or_else(|| panic!("{word}:\n{shown}"));
        assert!(line.starts_with(" z  "), "{shown}");
    }
}
