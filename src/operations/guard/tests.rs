use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::domain::guard::Guard;

const BEGIN: Timestamp = Timestamp::UNIX_EPOCH;

fn at(seconds: i64) -> Timestamp {
    BEGIN + SignedDuration::from_secs(seconds)
}

fn course(weights: &[u8]) -> Course {
    let hold = SignedDuration::from_mins(3);
    Course::new(weights.to_vec(), hold, Guard::default(), OnExit::Back).expect("it rises")
}

fn pass() -> Verdict {
    Verdict::Pass("0 of 500 requests failed".into())
}

fn breach() -> Verdict {
    Verdict::Breach("fails 8.0 %, stable 0.0 % (500 requests)".into())
}

fn blind() -> Verdict {
    Verdict::NotEnough("nobody counts its requests".into())
}

/// One that holds its first weight since the beginning.
fn holding(weights: &[u8]) -> GuardedShift {
    let mut shift = GuardedShift::new(course(weights));
    assert_eq!(shift.begin(), Move::Shift(weights[0]));
    assert_eq!(shift.shifted(BEGIN), Move::Wait { until: at(180), why: None });
    shift
}

#[test]
fn it_goes_on_once_a_weight_was_held_and_the_guard_holds() {
    let mut shift = holding(&[5, 100]);
    assert_eq!(shift.look(&pass(), at(120)), Move::Wait { until: at(180), why: None });
    assert_eq!(shift.look(&pass(), at(180)), Move::Shift(100));
    assert_eq!(shift.progress(), (2, 2));
    assert_eq!(shift.shifted(at(190)), Move::Wait { until: at(370), why: None });
    assert_eq!(shift.look(&pass(), at(370)), Move::End(End::Reached(100)));
}

#[test]
fn no_data_holds_for_ever() {
    let mut shift = holding(&[5, 100]);
    for seconds in [30, 180, 3600, 86_400] {
        let why = (seconds >= 180).then(|| "not enough data: nobody counts its requests".into());
        assert_eq!(shift.look(&blind(), at(seconds)), Move::Wait { until: at(180), why });
    }
}

#[test]
fn a_breach_that_is_seen_twice_goes_back() {
    let mut shift = holding(&[5, 100]);
    assert!(matches!(shift.look(&breach(), at(70)), Move::Wait { .. }));
    let why: Text = "the new revision fails 8.0 %, stable 0.0 % (500 requests)".into();
    assert_eq!(shift.look(&breach(), at(80)), Move::GoBack(why.clone()));
    assert_eq!(shift.shifted(at(82)), Move::End(End::WentBack(why)));
}

#[test]
fn while_it_warms_up_only_what_fails_altogether_counts() {
    let mut shift = holding(&[5, 100]);
    for seconds in [10, 20, 30, 40] {
        assert!(matches!(shift.look(&breach(), at(seconds)), Move::Wait { .. }));
    }
    assert!(matches!(shift.look(&Verdict::FastBreach("fails 40 %".into()), at(50)), Move::GoBack(_)));
}

#[test]
fn it_goes_on_by_what_was_counted_of_the_weight_alone() {
    let mut course = course(&[5, 100]);
    course.hold = SignedDuration::from_secs(5);
    let mut shift = GuardedShift::new(course);
    let _ = shift.shifted(BEGIN);
    // A minute to warm up, and two in which requests are counted.
    assert!(matches!(shift.look(&pass(), at(60)), Move::Wait { .. }));
    assert!(matches!(shift.look(&pass(), at(179)), Move::Wait { .. }));
    assert_eq!(shift.look(&pass(), at(180)), Move::Shift(100));
}

#[test]
fn a_shift_that_does_not_come_about_ends_it_where_it_is() {
    let mut shift = holding(&[5, 100]);
    assert_eq!(shift.look(&pass(), at(180)), Move::Shift(100));
    assert_eq!(shift.not_shifted(&"denied".into()), Move::End(End::Stuck("denied".into())));
    // And nothing that comes later moves it again.
    assert!(matches!(shift.look(&pass(), at(400)), Move::End(_)));
    assert!(matches!(shift.stop(&"SIGTERM".into()), Move::End(_)));
    assert!(matches!(shift.interrupt(&"SIGTERM".into()), Move::End(_)));
}

#[test]
fn what_nobody_can_tell_of_a_shift_up_goes_back_and_of_one_back_is_told() {
    let mut shift = holding(&[5, 100]);
    assert_eq!(shift.look(&pass(), at(180)), Move::Shift(100));
    assert_eq!(shift.unsure(&"no answer".into()), Move::GoBack("no answer".into()));
    let end = End::Stuck("it was to go back (no answer), and that failed: no answer again".into());
    assert_eq!(shift.unsure(&"no answer again".into()), Move::End(end));
}

#[test]
fn it_stops_back_at_stable_and_is_left_as_the_course_says() {
    let mut stopped = holding(&[5, 100]);
    assert_eq!(stopped.interrupt(&"SIGTERM".into()), Move::GoBack("SIGTERM".into()));
    // Whoever presses twice does not break that off.
    assert_eq!(stopped.stop(&"again".into()), Move::GoBack("SIGTERM".into()));
    assert_eq!(stopped.shifted(at(60)), Move::End(End::InterruptedWentBack("SIGTERM".into())));
    let mut held = course(&[5, 100]);
    held.on_exit = OnExit::Hold;
    let mut left = GuardedShift::new(held);
    let _ = left.shifted(BEGIN);
    assert_eq!(left.interrupt(&"SIGTERM".into()), Move::End(End::InterruptedHeld("SIGTERM".into())));
}

#[test]
fn that_going_back_failed_says_both() {
    let mut shift = holding(&[5, 100]);
    assert_eq!(shift.stop(&"SIGTERM".into()), Move::GoBack("SIGTERM".into()));
    let end = End::Stuck("it was to go back (SIGTERM), and that failed: no route".into());
    assert_eq!(shift.not_shifted(&"no route".into()), Move::End(end));
}

/// One that is setting its second weight, since so many seconds; the first one is set since the beginning.
fn raising() -> GuardedShift {
    let mut shift = holding(&[5, 100]);
    assert_eq!(shift.look(&pass(), at(180)), Move::Shift(100));
    shift
}

fn fast() -> Verdict {
    Verdict::FastBreach("fails 40 %".into())
}

#[test]
fn it_looks_while_a_weight_is_being_set_and_goes_back_at_once() {
    // Before the server has taken the next weight, requests go by the one before.
    let mut shift = raising();
    assert_eq!(shift.look(&breach(), at(190)), Move::Stay);
    assert_eq!(
        shift.look(&breach(), at(200)),
        Move::GoBack("the new revision fails 8.0 %, stable 0.0 % (500 requests)".into())
    );
    let mut shift = raising();
    assert_eq!(shift.look(&fast(), at(190)), Move::GoBack("the new revision fails 40 %".into()));
    // Once it has, the pods warm up again, but what fails altogether counts.
    let mut shift = raising();
    shift.accepted(at(185));
    assert_eq!(shift.look(&breach(), at(190)), Move::Stay);
    assert_eq!(shift.look(&breach(), at(200)), Move::Stay);
    assert_eq!(shift.look(&fast(), at(201)), Move::GoBack("the new revision fails 40 %".into()));
    // What is seen before it is verified counts on while the weight is held.
    let mut shift = raising();
    shift.accepted(at(185));
    assert_eq!(shift.look(&breach(), at(245)), Move::Stay);
    assert_eq!(shift.shifted(at(250)), Move::Wait { until: at(430), why: None });
    assert!(matches!(shift.look(&breach(), at(260)), Move::GoBack(_)));
}

#[test]
fn before_the_first_weight_one_look_at_what_fails_already_is_enough() {
    for verdict in [breach(), fast()] {
        let mut shift = GuardedShift::new(course(&[5, 100]));
        for seen in [pass(), blind(), Verdict::BothBad("both".into())] {
            assert_eq!(shift.look(&seen, at(1)), Move::Stay);
        }
        let why = Text::from(format!("the new revision {}", verdict.why()));
        assert_eq!(shift.look(&verdict, at(2)), Move::GoBack(why.clone()));
        assert_eq!(shift.withdrawn(&"taken back".into()), Move::End(End::NotBegun(why)));
    }
}

#[test]
fn a_raise_that_may_work_later_leaves_the_weight_before_and_is_guarded_on() {
    let mut shift = raising();
    let held = shift.not_now(&"the server does not answer".into(), at(200));
    assert_eq!(held, Move::Wait { until: at(380), why: Some("the server does not answer".into()) });
    assert_eq!((shift.weight(), shift.held_since()), (5, Some(at(200))));
    assert!(matches!(shift.look(&pass(), at(379)), Move::Wait { .. }), "it is held as long again");
    let mut again = shift.clone();
    assert_eq!(again.look(&pass(), at(380)), Move::Shift(100));
    // What it looks at meanwhile counts.
    let _ = shift.look(&breach(), at(230));
    assert!(matches!(shift.look(&breach(), at(260)), Move::GoBack(_)));
    // Before the first weight there is none to go on with.
    let mut first = GuardedShift::new(course(&[5, 100]));
    assert!(matches!(first.not_now(&"the server does not answer".into(), at(1)), Move::End(End::Stuck(_))));
}

#[test]
fn what_was_taken_back_before_it_was_sent_leaves_the_weight_before() {
    // Nothing was set: there is nothing to send back.
    let mut stopped = GuardedShift::new(course(&[5, 100]));
    assert!(matches!(stopped.stop(&"stopped".into()), Move::GoBack(_)));
    assert_eq!(stopped.withdrawn(&"x".into()), Move::End(End::NotBegun("stopped".into())));
    let mut held = course(&[5, 100]);
    held.on_exit = OnExit::Hold;
    let mut left = GuardedShift::new(held);
    assert!(matches!(left.interrupt(&"SIGTERM".into()), Move::End(End::InterruptedHeld(_))));
    assert_eq!(left.withdrawn(&"x".into()), Move::End(End::NotBegun("SIGTERM".into())));
    // The weight before is on, and goes back.
    let mut raised = raising();
    assert!(matches!(raised.stop(&"stopped".into()), Move::GoBack(_)));
    assert_eq!(raised.withdrawn(&"x".into()), Move::GoBack("stopped".into()));
}

proptest! {
    /// Whatever is seen, the weight never rises without a look that passes after the weight was held.
    #[test]
    fn it_never_rises_on_anything_but_a_pass(looks in prop::collection::vec((0u8..4, 1i64..120), 1..60)) {
        let mut shift = holding(&[5, 20, 50, 100]);
        let (mut now, mut since) = (0, 0);
        for (look, pause) in looks {
            now += pause;
            let verdict = match look {
                0 => pass(),
                1 => breach(),
                2 => blind(),
                _ => Verdict::BothBad("both".into()),
            };
            let before = shift.weight();
            match shift.look(&verdict, at(now)) {
                Move::Shift(weight) => {
                    prop_assert!(verdict.allows_more() && now - since >= 180 && weight > before);
                    since = now;
                    let _ = shift.shifted(at(now));
                }
                Move::Wait { .. } | Move::Stay => {}
                Move::GoBack(_) | Move::End(_) => break,
            }
        }
    }
}
