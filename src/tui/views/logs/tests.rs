#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::kind::Kind;
use crate::domain::logs::{Lines, LogFact, StreamId, Withholder};
use crate::domain::object::ObjectRef;
use crate::state::logs::{RevisionAge, StreamFacts};
use crate::tui::effect::Destination;
use crate::tui::test_support::{NOW, Stage, ago, cluster};

fn target() -> LogTarget {
    let (namespace, name) = ("production".into(), "chat".into());
    LogTarget::of(ObjectRef { cluster: cluster(), kind: Kind::Deployment, namespace, name })
}

/// A stage on which two revisions speak, each with one pod.
pub(super) fn stage(target: &LogTarget) -> (Stage, [StreamId; 2]) {
    let mut stage = Stage::new();
    stage.session.follow(target.query());
    let store = stage.session.logs_mut(&target.query()).unwrap();
    let facts = |pod: &str, revision: &str, age| StreamFacts {
        pod: pod.into(),
        container: "main".into(),
        revision: revision.into(),
        age,
        ..StreamFacts::default()
    };
    let old = store.join(facts("chat-1-aaaaa", "11 1.4.1", RevisionAge::Older), false, ago(600));
    let new = store.join(facts("chat-2-bbbbb", "12 1.5.0", RevisionAge::Newest), false, ago(600));
    (stage, [old, new])
}

/// Somebody says lines, each so many seconds before now.
pub(super) fn say(stage: &mut Stage, target: &LogTarget, stream: StreamId, said: &[(i64, &str)]) {
    let mut lines = Lines::default();
    let mut withholder = Withholder::default();
    for (seconds, words) in said {
        lines.push(ago(*seconds), words, "", &mut withholder);
    }
    stage.session.logs_mut(&target.query()).unwrap().hear(stream, LogFact::Lines(lines), NOW);
}

/// The line that is selected.
fn selected(view: &Logs, stage: &Stage) -> String {
    let store = view.store(&stage.seen()).unwrap();
    store.line(view.window.selected.unwrap()).unwrap().text.to_owned()
}

fn type_time(view: &mut Logs, stage: &Stage, text: &str) -> Outcome {
    view.answer(Asked::Time, text, &stage.seen())
}

#[test]
fn who_comes_from_an_alert_stands_at_its_minute_while_the_lines_arrive() {
    let target = target().around(ago(300));
    let (mut stage, [old, new]) = stage(&target);
    let mut view = Logs::new(&target);
    stage.draw(&mut view, 120, 20);
    say(&mut stage, &target, new, &[(200, "new 200"), (10, "new 10")]);
    stage.draw(&mut view, 120, 20);
    assert_eq!(selected(&view, &stage), "new 200");
    say(&mut stage, &target, old, &[(350, "old 350"), (299, "old 299"), (100, "old 100")]);
    let shown = stage.draw(&mut view, 120, 20);
    assert_eq!(selected(&view, &stage), "old 299", "the first at that moment or after it");
    assert!(shown.contains("old 350"), "what came before is to be seen too: {shown}");
    view.handle(Command::SelectNext, &stage.seen());
    say(&mut stage, &target, old, &[(1, "old 1")]);
    stage.draw(&mut view, 120, 20);
    assert_eq!(selected(&view, &stage), "new 200", "nobody is pulled back who has gone on");
}

#[test]
fn older_lines_are_asked_for_and_it_is_said_where_there_are_none() {
    let target = target();
    let (mut stage, [old, _]) = stage(&target);
    let mut view = Logs::new(&target);
    say(&mut stage, &target, old, &[(100, "one"), (50, "two")]);
    stage.draw(&mut view, 120, 20);
    assert_eq!(type_time(&mut view, &stage, "-70s"), Outcome::Redraw);
    assert_eq!(selected(&view, &stage), "two");
    let outcome = type_time(&mut view, &stage, "-5m");
    let Outcome::Ask(Effect::Go(Destination::Logs(older))) = outcome else { panic!("{outcome:?}") };
    assert_eq!(older.at, Some(ago(300)));
    stage.session.follow(older.query());
    let mut view = Logs::new(&older);
    let store = stage.session.logs_mut(&older.query()).unwrap();
    let stream = store.join(StreamFacts::default(), false, NOW);
    say(&mut stage, &older, stream, &[(100, "one")]);
    stage.draw(&mut view, 120, 20);
    let outcome = type_time(&mut view, &stage, "-5m");
    assert!(
        matches!(&outcome, Outcome::Ask(Effect::Notice(_, words)) if words.contains("nothing was said before")),
        "{outcome:?}"
    );
}

#[test]
fn the_picture_of_errors_stands_above_the_lines_and_a_key_takes_it_away() {
    let target = target();
    let (mut stage, [_, new]) = stage(&target);
    let mut view = Logs::new(&target);
    for second in 0..60 {
        say(&mut stage, &target, new, &[(60 - second, if second > 50 { "ERROR timeout" } else { "INFO ok" })]);
    }
    let shown = stage.draw(&mut view, 120, 30);
    assert!(shown.lines().next().unwrap().contains("lines, 1 s each"), "{shown}");
    assert!(shown.lines().nth(1).unwrap().ends_with("9 errors"), "{shown}");
    view.handle(Command::ToggleVolume, &stage.seen());
    assert!(stage.draw(&mut view, 120, 30).starts_with(" TIME"));
    view.handle(Command::ToggleVolume, &stage.seen());
    let small = stage.draw(&mut view, 80, 19);
    assert!(
        small.lines().next().unwrap().contains("errors") && small.lines().nth(1).unwrap().starts_with(" TIME"),
        "{small}"
    );
}

#[test]
fn what_is_withheld_is_neither_shown_nor_copied_nor_saved_nor_found() {
    let target = target();
    let (mut stage, [old, _]) = stage(&target);
    let mut view = Logs::new(&target);
    say(&mut stage, &target, old, &[(5, r#"{"msg":"login","password":"hunter2","user":"eve@example.com"}"#)]);
    let shown = stage.draw(&mut view, 120, 30);
    assert!(shown.contains("login") && !shown.contains("hunter2") && !shown.contains("eve@"), "{shown}");
    view.handle(Command::OpenLine, &stage.seen());
    let opened = stage.draw(&mut view, 120, 30);
    assert!(opened.contains("2 parts of this line, by a rule") && !opened.contains("hunter2"), "{opened}");
    for command in [Command::CopyName, Command::Save] {
        let told = format!("{:?}", view.handle(command, &stage.seen()));
        assert!(told.contains("login") && !told.contains("hunter2") && !told.contains("eve@"), "{told}");
    }
    view.answer(Asked::Search, "hunter2", &stage.seen());
    assert!(view.search.as_ref().unwrap().hits.ids().is_empty());
    let trail: String = view.trail(&stage.seen()).iter().map(|span| span.text.to_string()).collect();
    assert!(trail.contains("1 redacted"), "{trail}");
}

#[test]
fn a_line_is_read_once_for_as_long_as_it_is_seen() {
    let target = target();
    let (mut stage, [old, _]) = stage(&target);
    let mut view = Logs::new(&target);
    say(&mut stage, &target, old, &[(5, r#"{"msg":"one","status":500}"#), (4, "words")]);
    stage.draw(&mut view, 120, 30);
    let ids = view.shown.ids().to_vec();
    let before: *const _ = view.readings.get(ids[0]).unwrap();
    stage.draw(&mut view, 120, 30);
    assert!(std::ptr::eq(before, view.readings.get(ids[0]).unwrap()), "it was not read again");
    assert!(view.readings.get(ids[1]).is_none());
}

#[test]
fn similar_lines_are_folded_and_enter_shows_those_of_a_pattern() {
    let target = target();
    let (mut stage, [old, new]) = stage(&target);
    let mut view = Logs::new(&target);
    for line in 0..30 {
        say(&mut stage, &target, old, &[(100 - line, &format!("INFO request {line} done"))]);
    }
    say(&mut stage, &target, new, &[(9, "ERROR cannot open room lobby"), (8, "ERROR cannot open room cellar")]);
    stage.draw(&mut view, 120, 30);
    view.handle(Command::ShowPatterns, &stage.seen());
    let shown = stage.draw(&mut view, 120, 30);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].contains("2 patterns of 32 lines, rare ones first"), "{shown}");
    assert!(lines[3].contains("2  ERROR") && lines[3].ends_with("ERROR cannot open room *"), "{shown}");
    assert!(lines[4].contains("30  INFO") && lines[4].contains("  11  "), "{shown}");
    assert!(view.wakes_at(&stage.seen()).is_none(), "all lines have been looked at");
    view.handle(Command::OpenLine, &stage.seen());
    let shown = stage.draw(&mut view, 120, 30);
    assert!(shown.contains("like ERROR cannot open room *   2 lines") && !shown.contains("request"), "{shown}");
    view.handle(Command::Back, &stage.seen());
    assert!(stage.draw(&mut view, 120, 30).contains("request"));
}

#[test]
fn the_newest_two_revisions_are_compared() {
    let target = target();
    let (mut stage, [old, new]) = stage(&target);
    let mut view = Logs::new(&target);
    say(&mut stage, &target, old, &[(50, "INFO fine"), (49, "INFO fine"), (48, "ERROR as ever"), (47, "INFO fine")]);
    say(&mut stage, &target, new, &[(9, "ERROR as ever"), (8, "ERROR cannot open room")]);
    stage.draw(&mut view, 80, 19);
    view.handle(Command::CompareRevisions, &stage.seen());
    let shown = stage.draw(&mut view, 80, 19);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[1].starts_with(" 12 1.5.0") && lines[1].contains("100.0 %"), "{shown}");
    assert!(lines[2].starts_with(" 11 1.4.1") && lines[2].contains("25.0 %"), "{shown}");
    assert!(lines[4].contains("1 pattern only in 12 1.5.0"), "{shown}");
    assert!(shown.contains("ERROR cannot open room") && !shown.contains("as ever"), "{shown}");
}

#[test]
fn lanes_stand_beside_each_other_where_there_is_room() {
    let target = target();
    let (mut stage, [old, new]) = stage(&target);
    let mut view = Logs::new(&target);
    say(&mut stage, &target, old, &[(50, "INFO old one")]);
    say(&mut stage, &target, new, &[(40, "ERROR new one")]);
    stage.draw(&mut view, 120, 20);
    view.handle(Command::ShowLanes, &stage.seen());
    let shown = stage.draw(&mut view, 120, 20);
    let column = |shown: &str, word: &str| {
        let line = shown.lines().find(|line| line.contains(word)).unwrap_or_else(|| panic!("{word}: {shown}"));
        line.split(word).next().unwrap().chars().count()
    };
    assert_eq!(column(&shown, "11 1.4.1"), 15, "{shown}");
    assert_eq!(column(&shown, "12 1.5.0"), column(&shown, "ERROR"), "{shown}");
    assert_eq!(column(&shown, "INFO"), 15, "{shown}");
    say(&mut stage, &target, new, &[(30, r#"{"level":"error","msg":"slow","duration_ms":812,"route":"/x"}"#)]);
    stage.draw(&mut view, 120, 20);
    view.answer(Asked::Fields, "duration_ms", &stage.seen());
    let chosen = stage.draw(&mut view, 120, 20);
    assert!(chosen.contains("12 1.5.0  newest   duration_ms"), "{chosen}");
    assert!(chosen.lines().any(|line| line.contains("ERROR          812  slow")), "{chosen}");
    view.answer(Asked::Fields, "", &stage.seen());
    let narrow = stage.draw(&mut view, 80, 20);
    assert!(narrow.contains("REVISION") && column(&narrow, "INFO") == column(&narrow, "ERROR"), "{narrow}");
}

/// What is said above the lines, without colours.
fn trail(view: &Logs, stage: &Stage) -> String {
    view.trail(&stage.seen()).iter().map(|span| span.text.to_string()).collect()
}

#[test]
fn a_revision_that_kept_nothing_of_the_minute_of_an_alert_is_named() {
    let target = target().around(ago(300));
    let (mut stage, [old, new]) = stage(&target);
    let mut view = Logs::new(&target);
    say(&mut stage, &target, old, &[(310, "old 310"), (100, "old 100")]);
    let shown = stage.draw(&mut view, 80, 20);
    assert!(!shown.contains("nothing of"), "what has told nothing yet may tell it\n{shown}");
    say(&mut stage, &target, new, &[(130, "new 130")]);
    let shown = stage.draw(&mut view, 80, 20);
    assert!(shown.starts_with(" nothing of 22:08 from 12 1.5.0: its lines begin 22:11\n"), "{shown}");
    say(&mut stage, &target, new, &[(250, "new 250")]);
    let shown = stage.draw(&mut view, 80, 20);
    assert!(!shown.contains("nothing of"), "another container of it still has that minute\n{shown}");
    // Who follows looks at no minute.
    let target = self::target();
    let (mut stage, [_, new]) = self::stage(&target);
    say(&mut stage, &target, new, &[(130, "new 130")]);
    assert!(!stage.draw(&mut Logs::new(&target), 80, 20).contains("nothing of"));
}

#[test]
fn what_was_said_before_a_restart_is_of_pods_though_nobody_speaks_any_more() {
    for (target, says) in [
        (target().around(ago(300)).before_restart(true), "Logs before the restart   2 pods around 22:08   ended"),
        (target(), "Logs   2 pods   ended"),
    ] {
        let (mut stage, [old, new]) = stage(&target);
        let mut view = Logs::new(&target);
        for stream in [old, new] {
            say(&mut stage, &target, stream, &[(290, "one")]);
            stage.session.logs_mut(&target.query()).unwrap().end_stream(stream, NOW);
        }
        stage.draw(&mut view, 80, 20);
        let trail = trail(&view, &stage);
        assert!(trail.contains(says) && !trail.contains("following"), "{trail}");
    }
}
