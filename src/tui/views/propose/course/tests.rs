use jiff::SignedDuration;

use super::*;
use crate::domain::guard::Guard;
use crate::domain::kind::Kind;
use crate::domain::object::{ClusterName, ObjectRef};
use crate::domain::traffic::Arm;

fn guards() -> Guards {
    Guards::new([Guard { name: "strict".into(), ..Guard::default() }])
}

fn read(text: &str) -> Result<Course, String> {
    course(text, &guards())
}

#[test]
fn what_is_left_out_is_as_usual() {
    let course = read("5,20,50,100").expect("a course");
    assert_eq!(course.weights(), [5, 20, 50, 100]);
    assert_eq!((course.hold, course.guard.name.as_str(), course.on_exit), (Course::HOLD, "default", OnExit::Back));
}

#[test]
fn every_part_can_be_typed() {
    for text in [
        "5,20,50 hold 90s guard strict on-exit hold",
        " 5 %, 20 %, 50 %  guard strict  on-exit hold  hold 90s ",
        "5 20 50 --hold 90s --guard strict --on-exit hold",
    ] {
        assert!(is_course(text), "{text}");
        let course = read(text).expect(text);
        assert_eq!(course.weights(), [5, 20, 50], "{text}");
        assert_eq!(course.hold, SignedDuration::from_secs(90));
        assert_eq!((course.guard.name.as_str(), course.on_exit), ("strict", OnExit::Hold));
    }
    assert_eq!(read("20 hold 1m").expect("one weight is a course too").weights(), [20]);
}

#[test]
fn a_single_weight_is_no_course() {
    for text in ["20", " 20 % ", "0", ""] {
        assert!(!is_course(text), "{text:?}");
    }
}

#[test]
fn what_is_wrong_is_said_in_the_words_that_were_typed() {
    for (text, says) in [
        ("hold 3m", "at least one weight"),
        ("20,5", "5 is not"),
        ("5,200", "200 is not"),
        ("5,2000", "\"2000\" is no weight"),
        ("5,20 hold", "hold needs a word behind it"),
        ("5,20 hold soon", "no length of time"),
        ("5,20 guard strikt", "did you mean strict?"),
        ("5,20 on-exit stay", "back or hold"),
        ("5,abc", "\"abc\" is no weight: weights are whole numbers, as in 5,20,50 hold 3m"),
        ("5,20 fast", "\"fast\" is no weight"),
        ("5,20 speed high", "\"speed\" is no weight"),
    ] {
        let why = read(text).expect_err(text);
        assert!(why.contains(says), "{text}: {why}");
    }
}

#[test]
fn what_is_offered_is_above_what_it_gets_now_and_reads_as_it_is_written() {
    let split = |now| Split {
        router: ObjectRef {
            cluster: ClusterName("prod-eu".into()),
            kind: Kind::HttpRoute,
            namespace: "production".into(),
            name: "chat".into(),
        },
        arms: vec![Arm {
            role: Some(ArmRole::Canary),
            service: "chat-canary".into(),
            namespace: "production".into(),
            version: "1.5.0".into(),
            desired: now,
            observed: None,
            ready: 1,
        }],
        steered_by: None,
        doubts: Vec::new(),
    };
    assert_eq!(offered(&split(0.0)).as_deref(), Some("5,20,50,100 hold 3m guard default"));
    assert_eq!(offered(&split(20.0)).as_deref(), Some("50,100 hold 3m guard default"));
    assert_eq!(offered(&split(100.0)), None);
    let offer = offered(&split(10.0)).expect("an offer");
    assert_eq!(read(&offer).expect("it reads").weights(), [20, 50, 100]);
}
