#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::SignedDuration;

use super::*;
use crate::domain::change::ChangeClass;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::problem::Problem;
use crate::domain::row::Row;
use crate::tui::effect::Prompt;
use crate::tui::test_support::{Stage, ago, alert};
use crate::tui::views::fixture::deployment;

fn alert_of(name: &str, priority: Priority, standing: Standing, service: &str) -> Alert {
    let silenced_by = if standing == Standing::Silenced { vec!["s-1".into()] } else { Vec::new() };
    Alert { priority, standing, silenced_by, ..alert(name, service) }
}

/// A stage with a service and some alerts.
pub(in crate::tui) fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(deployment("chat-service", 600)))]);
    for kind in [Kind::StatefulSet, Kind::DaemonSet, Kind::Pod] {
        stage.list(kind, Vec::new());
    }
    let told = vec![
        alert_of("KafkaLag", Priority::Medium, Standing::Firing, "nobody"),
        alert_of("ChatErrorRate", Priority::High, Standing::Firing, "chat-service"),
        alert_of("DiskFills", Priority::Low, Standing::Silenced, "chat-service"),
    ];
    stage.alerts(Ok(told));
    stage
}

/// Makes one alert of a stage one that only midwatch evaluates, beside one that Alertmanager tells.
pub(in crate::tui) fn evaluated(stage: &mut Stage) {
    let own = crate::domain::alert::Evaluated { watched: ago(600), no_data: None };
    let own =
        Alert { evaluated: Some(own), ..alert_of("ChatErrorRate", Priority::High, Standing::Firing, "chat-service") };
    stage.alerts(Ok(vec![own, alert_of("KafkaLag", Priority::Medium, Standing::Firing, "nobody")]));
}

#[test]
fn what_only_midwatch_evaluates_cannot_be_acknowledged() {
    let mut stage = stage();
    evaluated(&mut stage);
    let mut view = Alerts::default();
    stage.draw(&mut view, 120, 30);
    let Outcome::Ask(Effect::Notice(_, words)) = view.handle(Command::Acknowledge, &stage.seen()) else {
        panic!("it is said in words")
    };
    assert!(words.starts_with("ChatErrorRate cannot be acknowledged: only midwatch evaluates it"), "{words}");
}

#[test]
fn the_most_urgent_comes_first_with_its_service_and_what_it_says() {
    let mut stage = stage();
    let shown = stage.draw(&mut Alerts::default(), 120, 30);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].contains("1 High, 1 Medium firing   1 pending, silenced or inhibited"), "{shown}");
    let row =
        |name: &str| lines.iter().position(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}:\n{shown}"));
    assert!(row("ChatErrorRate") < row("KafkaLag") && row("KafkaLag") < row("DiskFills"), "{shown}");
    assert!(lines[row("ChatErrorRate")].contains("chat-service") && shown.contains("7 % of requests fail"), "{shown}");
    assert!(shown.contains("https://wiki.example/chat"), "{shown}");
    let narrow = stage.draw(&mut Alerts::default(), 80, 24);
    let row = narrow.lines().find(|line| line.contains("ChatErrorRate")).unwrap_or_default();
    assert!(narrow.contains("ENV") && row.contains("prod"), "where it fires is told in a small window too:\n{narrow}");
}

#[test]
fn from_an_alert_one_goes_to_its_service_and_never_to_a_wrong_one() {
    let mut stage = stage();
    let mut view = Alerts::default();
    stage.draw(&mut view, 120, 30);
    let outcome = view.handle(Command::Open, &stage.seen());
    assert!(
        matches!(&outcome, Outcome::Ask(Effect::Go(Destination::Service(id))) if id.name == "chat-service"),
        "{outcome:?}"
    );
    let outcome = view.handle(Command::ShowLogs, &stage.seen());
    let Outcome::Ask(Effect::Go(Destination::Logs(target))) = outcome else { panic!("{outcome:?}") };
    assert_eq!(
        (target.object.name.as_str(), target.at),
        ("chat-service", Some(ago(360))),
        "the minute in which it began"
    );
    view.handle(Command::SelectNext, &stage.seen());
    let outcome = view.handle(Command::RollBack, &stage.seen());
    assert!(matches!(&outcome, Outcome::Ask(Effect::Notice(_, words)) if words.contains("no service")), "{outcome:?}");
}

#[test]
fn the_change_before_it_is_named() {
    let mut stage = stage();
    let mut changed = deployment("chat-service", 600);
    changed.desired += 2;
    stage.list(Kind::Deployment, vec![Row::Deployment(Box::new(changed))]);
    let began =
        Alert { since: ago(-130), ..alert_of("ChatErrorRate", Priority::High, Standing::Firing, "chat-service") };
    stage.alerts(Ok(vec![began]));
    stage.now = ago(-200);
    let shown = stage.draw(&mut Alerts::default(), 120, 30);
    assert!(shown.contains("began 2 min after scaled"), "{shown}");
    assert!(stage.timeline.changes().iter().any(|change| change.class == ChangeClass::Scale));
}

#[test]
fn who_does_not_answer_is_told_with_the_age_of_what_it_told() {
    let mut stage = stage();
    stage.alerts(Err(Problem::new("service monitoring/am:web cannot be asked", "connection refused", "")));
    stage.now += SignedDuration::from_mins(3);
    let shown = stage.draw(&mut Alerts::default(), 140, 30);
    assert!(shown.contains("cannot be asked, what it told is 3 min old: connection refused"), "{shown}");
    assert!(shown.contains("ChatErrorRate"), "what was told stays:\n{shown}");
}

#[test]
fn where_nobody_is_asked_it_is_told_how_to_change_that() {
    for (width, height) in [(80, 19), (40, 6)] {
        let shown = Stage::new().draw(&mut Alerts::default(), width, height);
        assert!(shown.contains("Nobody is asked for alerts") && shown.contains("configuration"), "{shown}");
    }
}

#[test]
fn alerts_are_put_together_and_a_group_can_be_folded() {
    let mut stage = stage();
    let mut view = Alerts::default();
    stage.draw(&mut view, 120, 30);
    view.handle(Command::Group, &stage.seen());
    view.handle(Command::Group, &stage.seen());
    let shown = stage.draw(&mut view, 120, 30);
    assert!(shown.lines().next().unwrap().contains("by service"), "{shown}");
    assert!(shown.contains("- chat-service, production   1 High   1 quiet one"), "{shown}");
    assert!(shown.contains("- no service is known   1 Medium"), "{shown}");
    view.handle(Command::SelectFirst, &stage.seen());
    assert_eq!(view.handle(Command::Open, &stage.seen()), Outcome::Redraw, "enter folds it");
    let shown = stage.draw(&mut view, 120, 30);
    assert!(shown.contains("+ chat-service, production") && !shown.contains("DiskFills"), "{shown}");
}

#[test]
fn who_is_at_an_alert_says_what_they_do_and_that_is_planned() {
    let mut stage = stage();
    let mut view = Alerts::default();
    stage.draw(&mut view, 120, 30);
    let asked = view.handle(Command::Acknowledge, &stage.seen());
    assert!(matches!(asked, Outcome::Ask(Effect::Prompt(Prompt { asked: Asked::Doing, .. }))), "{asked:?}");
    let nothing = view.answer(Asked::Doing, " ", &stage.seen());
    assert!(matches!(nothing, Outcome::Ask(Effect::Again(..))), "{nothing:?}");
    view.handle(Command::Acknowledge, &stage.seen());
    let planned = view.answer(Asked::Doing, "looking at the pods", &stage.seen());
    let Outcome::Ask(Effect::Propose(Intent::Acknowledge { labels, reason, lasting, .. })) = planned else {
        panic!("{planned:?}")
    };
    assert!(labels.contains(&("alertname".into(), "ChatErrorRate".into())), "{labels:?}");
    assert_eq!((reason.as_str(), lasting), ("looking at the pods", SignedDuration::from_hours(1).into()));
}

#[test]
fn a_silence_begins_with_what_the_alert_is_and_is_about() {
    let mut stage = stage();
    let mut view = Alerts::default();
    stage.draw(&mut view, 120, 30);
    let Outcome::Ask(Effect::Compose { matchers, .. }) = view.handle(Command::Silence, &stage.seen()) else {
        panic!("a silence is put together")
    };
    let words = crate::domain::silence::in_words(&matchers);
    assert_eq!(words, "alertname=ChatErrorRate namespace=production service=chat-service");
}

#[test]
fn an_alert_without_a_service_is_looked_at_itself() {
    let mut stage = stage();
    let mut view = Alerts::default();
    stage.draw(&mut view, 120, 30);
    view.handle(Command::SelectNext, &stage.seen());
    let outcome = view.handle(Command::Open, &stage.seen());
    let Outcome::Ask(Effect::Go(Destination::Alert(one))) = outcome else { panic!("{outcome:?}") };
    let shown = stage.draw(&mut crate::tui::views::AlertDetail::new(one), 100, 30);
    assert!(shown.contains("KafkaLag   Medium   firing"), "{shown}");
    assert!(shown.contains("runbook_url") && shown.contains("https://wiki.example/chat"), "{shown}");
}

#[test]
fn a_number_that_was_asked_for_one_alert_is_not_taken_by_another_one() {
    let mut stage = stage();
    let mut view = Alerts::default();
    stage.draw(&mut view, 120, 30);
    let asked = view.handle(Command::Scale, &stage.seen());
    let Outcome::Ask(Effect::Prompt(Prompt { change: Some(change), .. })) = asked else { panic!("{asked:?}") };
    view.handle(Command::SelectNext, &stage.seen());
    assert!(view.service(&stage.seen()).is_none(), "KafkaLag is about nobody");
    let Outcome::Ask(Effect::Propose(Intent::Scale { target, .. })) =
        propose::answered("6", change, &crate::domain::guard::Guards::default())
    else {
        panic!("chat-service is to be scaled")
    };
    assert_eq!(target.name, "chat-service");
}
