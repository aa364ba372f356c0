use super::*;
use crate::domain::argo::Gate;
use crate::domain::object::ClusterName;
use crate::domain::row::Row;
use crate::tui::test_support::{Stage, labels, pod};

fn object(kind: Kind, name: &str) -> ObjectRef {
    ObjectRef { cluster: ClusterName("prod-eu".into()), kind, namespace: "production".into(), name: name.into() }
}

fn at_gate() -> Delivery {
    let gate = Gate { revision: "7d9f8b6c5d".into(), step: Some(3), ..Gate::default() };
    Delivery { step: Some((4, 8)), gate: Some(gate), ..Delivery::default() }
}

fn proposed(outcome: Outcome) -> Intent {
    match outcome {
        Outcome::Ask(Effect::Propose(intent)) => intent,
        other => panic!("nothing was proposed: {other:?}"),
    }
}

fn noticed(outcome: Outcome) -> String {
    match outcome {
        Outcome::Ask(Effect::Notice(_, words) | Effect::Again(words)) => words,
        other => panic!("nothing was said: {other:?}"),
    }
}

#[test]
fn what_is_released_is_the_gate_that_was_seen() {
    let (stage, rollout, seen_gate) = (Stage::new(), object(Kind::Rollout, "chat"), at_gate());
    let outcome = on_shown(Command::Release, &rollout, Some(&seen_gate), &stage.seen());
    assert_eq!(proposed(outcome), Intent::Release { target: rollout.clone(), gate: seen_gate.gate.clone() });
    let skipped = on_shown(Command::SkipStep, &rollout, Some(&seen_gate), &stage.seen());
    assert_eq!(proposed(skipped), Intent::Skip { target: rollout.clone(), step: Some(3) });
    let moving = Delivery { gate: None, ..at_gate() };
    let outcome = on_shown(Command::Release, &rollout, Some(&moving), &stage.seen());
    assert_eq!(noticed(outcome), "rollout/chat waits at no gate");
    for (command, intent) in [
        (Command::PromoteFull, Intent::PromoteFull { target: rollout.clone() }),
        (Command::Abort, Intent::Abort { target: rollout.clone() }),
        (Command::Retry, Intent::Retry { target: rollout.clone() }),
        (Command::RollBack, Intent::Rollback { target: rollout.clone(), to: None }),
        (Command::PauseRollout, Intent::Pause { target: rollout.clone() }),
    ] {
        assert_eq!(proposed(on_shown(command, &rollout, Some(&moving), &stage.seen())), intent);
    }
}

#[test]
fn what_has_no_steps_says_so() {
    let stage = Stage::new();
    let outcome = on_object(Command::Release, &object(Kind::Deployment, "chat"), &stage.seen());
    assert_eq!(noticed(outcome), "deployment/chat has no steps: only a Rollout has them");
    let outcome = on_object(Command::Shift, &object(Kind::Deployment, "chat"), &stage.seen());
    assert_eq!(noticed(outcome), "no route splits the requests of deployment/chat");
}

#[test]
fn a_weight_is_a_share_of_the_arm_that_was_asked_for() {
    let route = object(Kind::HttpRoute, "chat");
    let shift = |text: &str, arm: Option<&str>| {
        let change = Unfinished::Shift { route: route.clone(), arm: arm.map(Into::into), offer: None };
        answered(text, change, &Guards::default())
    };
    let to = |arm: &str, percent| Intent::Shift { target: route.clone(), arm: arm.into(), percent };
    assert_eq!(proposed(shift(" 20 % ", Some("chat-canary"))), to("chat-canary", 20));
    assert_eq!(proposed(shift("0", Some("chat-canary"))), to("chat-canary", 0));
    assert_eq!(proposed(shift("chat-v2=50", None)), to("chat-v2", 50));
    assert_eq!(noticed(shift("50", None)), "say which arm: chat-canary=20");
    for wrong in ["101", "-1", "half", "2.5"] {
        assert!(noticed(shift(wrong, Some("chat-canary"))).contains("from 0 to 100"), "{wrong}");
    }
    assert_eq!(shift("", Some("chat-canary")), Outcome::Redraw, "nothing typed is nothing meant");
}

#[test]
fn a_key_that_cannot_be_used_says_why() {
    let stage = Stage::new();
    let rollout = object(Kind::Rollout, "chat");
    let told = |stage: &Stage, shown: Option<&Delivery>| {
        let hints = delivery_hints(&rollout, shown, &[], &stage.seen());
        hints.into_iter().map(|hint| (hint.label, hint.not_now)).collect::<Vec<_>>()
    };
    let why = |words: &str| Some(words.to_owned());
    assert_eq!(told(&stage, None), [("release", why("not at a gate")), ("shift", why("no route"))]);
    assert_eq!(told(&stage, Some(&at_gate()))[0], ("release", why("read-only, :arm 15m")));
    stage.session.arm(jiff::SignedDuration::from_mins(5));
    assert_eq!(told(&stage, Some(&at_gate()))[0], ("release", None));
    assert!(delivery_hints(&object(Kind::Deployment, "chat"), None, &[], &stage.seen()).is_empty());
}

#[test]
fn what_a_service_lacks_is_said_once_everything_has_been_read() {
    let mut stage = Stage::new();
    let mut one = pod("production", "chat-1");
    one.meta.labels = labels(&[("app.kubernetes.io/name", "chat")]);
    stage.list(Kind::Pod, vec![Row::Pod(Box::new(one))]);
    let said = |stage: &mut Stage| {
        stage.board.refresh(stage.session.state(), stage.now);
        let service = stage.board.services().first().expect("a pod makes a service").clone();
        noticed(on_service(Command::RollBack, &service, &stage.seen()))
    };
    assert_eq!(said(&mut stage), "what chat runs is not known yet: press again in a moment");
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Pod) {
        stage.list(kind, Vec::new());
    }
    assert_eq!(said(&mut stage), "chat has no workload that is rolled out");
}

#[test]
fn a_service_is_switched_to_labels_that_are_typed() {
    let service = object(Kind::Service, "chat");
    let one = |others: &[&str]| crate::state::Switch {
        service: service.clone(),
        label: "track".into(),
        now: "blue".into(),
        others: others.iter().map(|other| (*other).into()).collect(),
    };
    let id = ServiceId { cluster: service.cluster.clone(), environment: "production".into(), name: "chat".into() };
    assert_eq!(noticed(switch(&id, &[])), "no Service of chat could select other pods of it");
    let asked = |others: &[&str]| match switch(&id, &[one(others)]) {
        Outcome::Ask(Effect::Prompt(prompt)) => (prompt.label(), prompt.text),
        other => panic!("nothing was asked: {other:?}"),
    };
    let label = "selector of service/chat, now track=blue".to_owned();
    assert_eq!(asked(&["green"]), (format!("{label}: "), "track=green".to_owned()));
    assert_eq!(asked(&["green", "next"]), (format!("{label}, there is green, next: "), "track=".to_owned()));
    let typed = |text: &str| answered(text, Unfinished::Switch(service.clone()), &Guards::default());
    let to = |pairs: &[(&str, &str)]| Intent::Switch {
        target: service.clone(),
        to: pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
    };
    assert_eq!(proposed(typed("track=green")), to(&[("track", "green")]));
    assert_eq!(proposed(typed("track=green, version=2")), to(&[("track", "green"), ("version", "2")]));
    assert_eq!(typed(" "), Outcome::Redraw);
    for wrong in ["green", "track=", "=green"] {
        assert!(noticed(typed(wrong)).contains("write track=green"), "{wrong}");
    }
}

#[test]
fn several_weights_are_the_course_of_a_guarded_shift() {
    let route = object(Kind::HttpRoute, "chat");
    let shift = |text: &str, arm: Option<&str>| {
        let change = Unfinished::Shift { route: route.clone(), arm: arm.map(Into::into), offer: None };
        answered(text, change, &Guards::default())
    };
    for (text, arm) in [("5,20,50 hold 2m", Some("chat-canary")), ("chat-canary=5,20,50 hold 2m", None)] {
        let Intent::GuardedShift { target, arm, course } = proposed(shift(text, arm)) else { panic!("{text}") };
        assert_eq!((target, arm.as_str(), course.list().as_str()), (route.clone(), "chat-canary", "5,20,50"));
        assert_eq!(course.hold, jiff::SignedDuration::from_mins(2));
    }
    assert_eq!(noticed(shift("5,20,50", None)), "say which arm: chat-canary=5,20,50,100");
    assert!(noticed(shift("20,5", Some("chat-canary"))).contains("5 is not"));
}

#[test]
fn where_no_guard_stands_on_a_service_its_view_leaves_the_key_to_what_is_guarded_elsewhere() {
    let stage = Stage::new();
    let id =
        ServiceId { cluster: ClusterName("prod-eu".into()), environment: "production".into(), name: "chat".into() };
    assert_eq!(stop_guard(&id, &stage.seen()), Outcome::Ignored);
}
