use super::*;
use crate::domain::operation::{Failure, Verdict};
use crate::domain::problem::Problem;

const A: OperationId = OperationId(1);
const B: OperationId = OperationId(2);

fn begun(step: usize) -> OperationEvent {
    OperationEvent::StepStarted { step, what: "it".into() }
}

fn failed() -> OperationEvent {
    OperationEvent::Failed { failure: Failure::Unreachable, problem: Problem::new("no", "", "") }
}

#[test]
fn the_end_of_one_change_does_not_hide_another() {
    let mut underway = Underway::default();
    for id in [A, B] {
        underway.agree(id);
        underway.follow(id, &begun(1));
    }
    underway.follow(A, &OperationEvent::Verifying { progress: "1 of 2".into() });
    underway.follow(B, &OperationEvent::Ended { verdict: Verdict::Verified("well".into()) });
    assert_eq!((underway.count(), underway.is_in_flight()), (1, false));
    assert!(underway.warns());
    assert!(!underway.warns(), "asking twice is enough");
}

#[test]
fn what_is_only_planned_is_not_under_way() {
    let mut underway = Underway::default();
    underway.agree(A);
    underway.follow(B, &OperationEvent::Preparing);
    underway.follow(B, &failed());
    assert!(underway.is_in_flight(), "the call of the other one is still to be answered");
    underway.follow(A, &failed());
    assert_eq!((underway.count(), underway.warns()), (0, false));
}

#[test]
fn a_later_change_is_warned_of_again() {
    let mut underway = Underway::default();
    underway.agree(A);
    assert!(underway.warns());
    underway.agree(B);
    assert!(underway.warns());
}
