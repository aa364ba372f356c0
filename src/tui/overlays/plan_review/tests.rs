#![expect(clippy::unwrap_used, reason = "tests")]

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;

use super::*;
use crate::domain::intent::Intent;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::operation::Failure;
use crate::domain::plan::Goal;
use crate::domain::target::Target;
use crate::tui::paint::Painter;
use crate::tui::test_support;

mod windows;

const SHOWN: Timestamp = Timestamp::constant(1_790_000_000, 0);

/// When somebody can have read what was shown.
fn read() -> Timestamp {
    SHOWN + READING
}

fn plan(warnings: &[&str]) -> Plan {
    let target = ObjectRef {
        cluster: ClusterName("prod-eu".into()),
        kind: Kind::Deployment,
        namespace: "production".into(),
        name: "chat-service".into(),
    };
    Plan {
        intent: Intent::Rollback { target: target.clone(), to: None },
        title: "Roll back chat-service to 1.4.1".into(),
        service: "chat-service".into(),
        environment: "production".into(),
        environments: vec!["production".into()],
        is_protected: true,
        target: Target::Object(target),
        uid: "1".into(),
        steps: Vec::new(),
        then: Text::default(),
        course: Vec::new(),
        touches: Text::default(),
        restores: Vec::new(),
        does_not_restore: Vec::new(),
        alerts: Vec::new(),
        warnings: warnings.iter().map(|warning| Text::from(*warning)).collect(),
        needs: Vec::new(),
        access: Vec::new(),
        goal: Goal::Template(json!({})),
        difference: Vec::new(),
        way_back: None,
        command: "midwatch rollback chat-service".into(),
        made: SHOWN,
    }
}

fn shown(plan: Plan, refusal: Option<Problem>) -> PlanReview {
    let mut review = PlanReview::new(OperationId(1));
    let proposal =
        Proposal { plan: Box::new(plan), checks: Vec::new(), refusal, against: None, actor: "alice developer".into() };
    review.follow(&OperationEvent::Proposed(proposal), SHOWN);
    review
}

fn type_text(review: &mut PlanReview, text: &str, at: Timestamp) {
    for letter in text.chars() {
        review.type_key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE), at);
    }
}

/// Walks to a field or button by tab.
fn go_to(review: &mut PlanReview, focus: Focus) {
    while review.focus != focus {
        review.handle(Command::NextField, read());
    }
}

/// Fills in everything and stands on the button that does it, where all that must be seen was.
fn filled(mut review: PlanReview) -> PlanReview {
    review.seen_to.set((0, 0));
    go_to(&mut review, Focus::Reason);
    type_text(&mut review, "release is stuck", read());
    go_to(&mut review, Focus::Name);
    type_text(&mut review, "chat-service", read());
    go_to(&mut review, Focus::Confirm);
    review
}

#[test]
fn what_was_typed_and_chosen_is_the_proof() {
    let plan = plan(&[]);
    let hash = plan.hash();
    let mut review = filled(shown(plan, None));
    let Some(Ask::Confirm(proof)) = review.handle(Command::PressFocused, read()) else { panic!("no proof") };
    assert_eq!((proof.plan, proof.typed.as_str(), proof.reason.as_str()), (hash, "chat-service", "release is stuck"));
}

#[test]
fn what_is_seen_against_an_unchanged_plan_has_to_be_read_first() {
    let plan = plan(&[]);
    let mut review = filled(shown(plan.clone(), None));
    let seen = Some("7 % of the requests fail".into());
    let anew = |against| Proposal {
        plan: Box::new(plan.clone()),
        checks: Vec::new(),
        refusal: None,
        against,
        actor: "alice developer".into(),
    };
    review.follow(&OperationEvent::Proposed(anew(None)), read());
    assert_eq!(review.focus, Focus::Confirm, "nothing is new");
    review.follow(&OperationEvent::Proposed(anew(seen)), read());
    let later = read() + READING;
    assert_ne!(review.focus, Focus::Confirm);
    go_to(&mut review, Focus::Confirm);
    assert!(!matches!(review.handle(Command::PressFocused, later), Some(Ask::Confirm(_))));
    assert!(review.unread().is_some(), "it was not drawn yet");
    assert_eq!(review.name.value(), "chat-service", "the plan is the same: its name need not be typed again");
    review.seen_to.set((0, 0));
    assert!(!matches!(review.handle(Command::PressFocused, later), Some(Ask::Confirm(_))), "the name is not enough");
    review.focus = Focus::Name;
    type_text(&mut review, " anyway", later);
    go_to(&mut review, Focus::Confirm);
    let Some(Ask::Confirm(proof)) = review.handle(Command::PressFocused, later) else { panic!("{:?}", review.problem) };
    assert_eq!(proof.typed, "chat-service");
}

#[test]
fn enter_in_a_field_says_what_is_missing_and_never_presses_a_button() {
    let mut review = shown(plan(&[]), None);
    review.seen_to.set((0, 0));
    let press = |review: &mut PlanReview, at: Timestamp| {
        let label = hints(review)[0].label;
        let ask = review.handle(Command::PressFocused, at);
        (label, ask, review.focus, review.problem.as_ref().map(ToString::to_string))
    };
    let told = |words: &str| Some(words.to_owned());
    let redraw = Some(Ask::Redraw);
    let missing = told("not confirmed: there is no reason yet (type why: it is recorded)");
    assert_eq!(press(&mut review, read()), ("go on", redraw.clone(), Focus::Reason, missing));
    type_text(&mut review, "release is stuck", read());
    assert_eq!(press(&mut review, read()), ("go on", redraw.clone(), Focus::Name, None));
    type_text(&mut review, "chat-servic", read());
    let wrong = told("not confirmed: \"chat-servic\" is not the name (type chat-service)");
    assert_eq!(press(&mut review, read()), ("go on", redraw.clone(), Focus::Name, wrong));
    type_text(&mut review, "e", read());
    assert_eq!(press(&mut review, read()), ("to the button that sends", redraw, Focus::Confirm, None));
    assert_eq!(press(&mut review, read()), ("send it", None, Focus::Confirm, None), "one Enter, held down");
    let Some(Ask::Confirm(proof)) = press(&mut review, read() + READING).1 else { panic!("no proof") };
    assert_eq!(proof.typed, "chat-service");
    go_to(&mut review, Focus::Cancel);
}

#[test]
fn who_leaves_is_told_beforehand_that_nothing_is_sent() {
    let mut review = filled(shown(plan(&[]), None));
    go_to(&mut review, Focus::Cancel);
    assert_eq!(hints(&review)[0].label, "leave, nothing is sent");
    assert_eq!(review.handle(Command::PressFocused, read()), Some(Ask::Close));
}

#[test]
fn keys_pressed_before_one_could_have_read_do_not_count() {
    let mut review = shown(plan(&[]), None);
    type_text(&mut review, "typed ahead", SHOWN);
    assert_eq!(review.reason.value(), "");
    let mut review = filled(shown(plan(&[]), None));
    assert_eq!(review.handle(Command::PressFocused, SHOWN), None);
}

#[test]
fn consent_cannot_be_pasted() {
    let mut review = shown(plan(&[]), None);
    go_to(&mut review, Focus::Name);
    assert_eq!(review.paste("chat-service"), Some(Ask::Redraw));
    assert_eq!(review.name.value(), "");
    assert!(review.problem.as_ref().is_some_and(|problem| problem.why.contains("typed, not pasted")));
    go_to(&mut review, Focus::Reason);
    review.paste(&paste::one_line("INC-1\nINC-2"));
    assert_eq!(review.reason.value(), "INC-1 INC-2");
}

#[test]
fn a_warning_that_was_never_shown_cannot_be_confirmed() {
    let mut review = filled(shown(plan(&["Argo CD puts it back"]), None));
    review.seen_to.set((0, 1));
    assert_eq!(review.handle(Command::PressFocused, read()), Some(Ask::Redraw));
    assert!(review.problem.as_ref().unwrap().why.contains("not shown"));
    review.seen_to.set((1, 1));
    assert!(matches!(review.handle(Command::PressFocused, read()), Some(Ask::Confirm(_))));
}

#[test]
fn once_confirmed_it_runs_and_closing_does_not_take_it_back() {
    let mut review = filled(shown(plan(&[]), None));
    review.handle(Command::PressFocused, read());
    assert_eq!(*review.stage(), Stage::Running);
    assert_eq!(review.handle(Command::PressFocused, read()), Some(Ask::Close), "it cannot be confirmed twice");
}

#[test]
fn a_refused_plan_can_only_be_closed() {
    let mut review = shown(plan(&[]), Some(Problem::new("rollback denied", "not allowed", "")));
    review.handle(Command::NextField, read());
    assert_eq!(review.focus, Focus::Cancel);
    assert_eq!(review.handle(Command::PressFocused, read()), Some(Ask::Close));
}

#[test]
fn what_was_typed_ahead_of_a_refusal_is_swallowed_to_its_end() {
    let problem = || Problem::new("cannot roll back", "there is no other revision", "");
    let failed = OperationEvent::Failed { failure: Failure::Impossible, problem: problem() };
    let mut without_a_plan = PlanReview::new(OperationId(1));
    type_text(&mut without_a_plan, "release", SHOWN);
    assert_eq!(without_a_plan.handle(Command::PressFocused, read() + READING), None, "there is nothing to press yet");
    without_a_plan.follow(&failed, SHOWN);
    for mut review in [without_a_plan, shown(plan(&[]), Some(problem()))] {
        let typing = SHOWN + READING;
        type_text(&mut review, "is stuck", typing);
        assert_eq!(review.handle(Command::PressFocused, typing), None, "the end of what was typed");
        type_text(&mut review, "chat", typing + READING);
        assert_eq!(review.handle(Command::PressFocused, typing + READING), None);
        assert_eq!(review.handle(Command::PressFocused, typing + READING * 2), Some(Ask::Close));
    }
    assert_eq!(shown(plan(&[]), Some(problem())).handle(Command::PressFocused, SHOWN), None, "nobody has read it yet");
}

#[test]
fn an_old_plan_is_made_anew_and_an_unchanged_one_keeps_what_was_typed() {
    let mut review = filled(shown(plan(&[]), None));
    assert_eq!(review.tick(read()), None);
    assert_eq!(review.tick(SHOWN + Plan::FRESH), Some(Ask::Refresh));
    let again = |plan: Plan| {
        OperationEvent::Proposed(Proposal {
            plan: Box::new(plan),
            checks: Vec::new(),
            refusal: None,
            against: None,
            actor: "alice developer".into(),
        })
    };
    review.follow(&again(Plan { made: SHOWN + Plan::FRESH, ..plan(&[]) }), SHOWN + Plan::FRESH);
    assert_eq!((review.name.value(), review.has_changed), ("chat-service", false));
    review.follow(&again(Plan { touches: "more".into(), ..plan(&[]) }), SHOWN + Plan::FRESH);
    assert_eq!((review.name.value(), review.has_changed), ("", true), "consent is asked anew");
}

#[test]
fn a_plan_that_was_overtaken_waits_for_the_next_one_and_says_why() {
    let mut review = filled(shown(plan(&[]), None));
    review.handle(Command::PressFocused, read());
    review.follow(&OperationEvent::StepStarted { step: 1, what: "template".into() }, read());
    let problem = Problem::new("the server did not accept this", "the test failed", "plan again");
    review.follow(&OperationEvent::Overtaken { problem: problem.clone() }, read());
    assert_eq!((review.stage(), review.progress.len()), (&Stage::Preparing, 0));
    assert_eq!(review.handle(Command::NextField, read()), Some(Ask::Redraw));
    assert_eq!(review.focus, Focus::Cancel, "there is nothing to confirm");
    let proposal = Proposal {
        plan: Box::new(Plan { touches: "more".into(), ..plan(&[]) }),
        checks: Vec::new(),
        refusal: None,
        against: None,
        actor: "alice developer".into(),
    };
    review.follow(&OperationEvent::Proposed(proposal), read());
    assert_eq!((review.problem.as_ref(), review.has_changed), (Some(&problem), true));
    assert_eq!((review.reason.value(), review.name.value()), ("release is stuck", ""), "consent is asked anew");
}

#[test]
fn a_step_that_was_not_needed_is_told_as_such() {
    let mut review = filled(shown(plan(&[]), None));
    review.handle(Command::PressFocused, read());
    review.follow(&OperationEvent::StepNotNeeded { step: 2, why: "the pod is ready by now".into() }, read());
    assert_eq!(review.progress, ["step 2: not needed: the pod is ready by now"]);
}

#[test]
fn what_cannot_be_planned_no_longer_looks_as_if_it_were_being_read() {
    let stage = test_support::Stage::new();
    let mut review = PlanReview::new(OperationId(1));
    assert!(drawn(&review, &stage).contains("reading the world"));
    let problem = Problem::new("cannot roll back", "there is no other revision", "");
    review.follow(&OperationEvent::Failed { failure: Failure::Impossible, problem }, SHOWN);
    let screen = drawn(&review, &stage);
    assert!(screen.contains("cannot roll back: there is no other revision"), "{screen}");
    assert!(!screen.contains("reading the world") && !screen.contains("Planning"), "{screen}");
}

fn drawn(review: &PlanReview, stage: &test_support::Stage) -> String {
    drawn_in(review, stage, (80, 24))
}

fn drawn_in(review: &PlanReview, stage: &test_support::Stage, (width, height): (u16, u16)) -> String {
    let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width, height });
    let area = buffer.area;
    render(review, &mut Painter::new(&mut buffer, &stage.look), area, SHOWN);
    test_support::text_of(&buffer)
}
