//! What of a plan a window shows, and that nothing is confirmed which it did not.

use super::*;

#[test]
fn page_by_page_no_warning_is_passed_over_in_a_small_window() {
    let stage = test_support::Stage::new();
    let warnings: Vec<String> = (0..30).map(|number| format!("warning {number}")).collect();
    let warnings: Vec<&str> = warnings.iter().map(String::as_str).collect();
    let mut review = shown(plan(&warnings), None);
    let (mut seen, mut pages) = (drawn_in(&review, &stage, (60, 12)), 0);
    while review.unread().is_some() {
        review.handle(Command::PageDown, read());
        seen += &drawn_in(&review, &stage, (60, 12));
        pages += 1;
        assert!(pages < 99, "{seen}");
    }
    for warning in warnings {
        assert!(seen.contains(warning), "{warning} was never shown, but counts as read:\n{seen}");
    }
}

#[test]
fn what_happens_is_not_confirmed_unseen_in_a_small_window_either() {
    let stage = test_support::Stage::new();
    let mut plan = plan(&[]);
    let Target::Object(object) = plan.target.clone() else { panic!("it is about an object") };
    let step = |number: usize| crate::domain::plan::Step {
        what: format!("step {number}").into(),
        before: Text::default(),
        after: Text::default(),
        call: crate::domain::plan::Call::Evict { object: object.clone(), uid: "1".into() },
    };
    plan.steps = (0..9).map(step).collect();
    let mut review = filled(shown(plan, None));
    review.seen_to.set(UNSEEN);
    drawn_in(&review, &stage, (80, 24));
    assert!(review.unread().is_none(), "all that happens is on the screen");
    review.seen_to.set(UNSEEN);
    drawn_in(&review, &stage, (40, 12));
    go_to(&mut review, Focus::Confirm);
    assert_eq!(review.handle(Command::PressFocused, read()), Some(Ask::Redraw));
    assert!(review.problem.as_ref().is_some_and(|problem| problem.why.contains("what happens was not shown")));
    review.problem = None;
    for _ in 0..9 {
        review.handle(Command::PageDown, read());
        drawn_in(&review, &stage, (40, 12));
    }
    assert!(matches!(review.handle(Command::PressFocused, read()), Some(Ask::Confirm(_))));
}

#[test]
fn a_window_that_is_too_small_says_so_and_shows_what_is_typed() {
    let stage = test_support::Stage::new();
    let mut review = shown(plan(&[]), None);
    go_to(&mut review, Focus::Name);
    type_text(&mut review, "chat-serv", read());
    let screen = drawn_in(&review, &stage, (40, 7));
    assert!(screen.contains("make the window larger to confirm"), "{screen}");
    let line = |screen: &str| screen.lines().any(|line| line.contains(" chat-serv ") && !line.contains("Type"));
    assert!(line(&screen), "{screen}");
    assert!(!drawn(&review, &stage).contains("make the window larger"));
}

#[test]
fn what_was_jumped_over_was_not_shown() {
    let stage = test_support::Stage::new();
    let warnings: Vec<String> = (0..30).map(|number| format!("warning {number}")).collect();
    let warnings: Vec<&str> = warnings.iter().map(String::as_str).collect();
    let mut review = shown(plan(&warnings), None);
    drawn_in(&review, &stage, (60, 12));
    for _ in 0..9 {
        review.handle(Command::PageDown, read());
    }
    drawn_in(&review, &stage, (60, 12));
    assert!(review.unread().is_some());
}

#[test]
fn a_long_name_to_type_is_shown_whole() {
    let stage = test_support::Stage::new();
    let name = "payments-reconciliation-and-settlement-worker-for-europe-west";
    let mut plan = plan(&[]);
    plan.service = name.into();
    let screen = drawn(&shown(plan, None), &stage);
    assert!(screen.contains(&format!("Type {name}")), "{screen}");
}

#[test]
fn it_is_drawn_in_the_smallest_window() {
    let stage = test_support::Stage::new();
    for review in [PlanReview::new(OperationId(1)), filled(shown(plan(&["beware"]), None))] {
        for width in 40..46 {
            drawn_in(&review, &stage, (width, 10));
        }
    }
}

#[test]
fn what_cannot_be_seen_is_not_confirmed() {
    let stage = test_support::Stage::new();
    let mut review = filled(shown(plan(&[]), None));
    let draw = |review: &PlanReview, size: (u16, u16)| {
        let area = Rect { x: 0, y: 0, width: size.0, height: size.1 };
        let mut buffer = Buffer::empty(area);
        render(review, &mut Painter::new(&mut buffer, &stage.look), area, read());
    };
    draw(&review, (40, 7));
    assert_eq!(review.handle(Command::PressFocused, read()), Some(Ask::Redraw));
    assert!(review.problem.as_ref().is_some_and(|problem| problem.why.contains("too small")), "{:?}", review.problem);
    draw(&review, (80, 24));
    assert!(matches!(review.handle(Command::PressFocused, read()), Some(Ask::Confirm(_))), "it is seen now");
}
