use super::*;

fn canary(step: u32) -> Argo {
    let steps = [
        CanaryStep::Weight(10),
        CanaryStep::Pause(None),
        CanaryStep::Weight(50),
        CanaryStep::Pause(Some(SignedDuration::from_mins(5))),
    ];
    let pauses = [Pause { reason: "CanaryPauseStep".into(), since: Some(Timestamp::UNIX_EPOCH) }];
    Argo {
        steps: steps.into(),
        step: Some(step),
        pauses: pauses.into(),
        current: "new".into(),
        stable: "old".into(),
        most: 100,
        ..Argo::default()
    }
}

#[test]
fn the_weight_wished_for_is_that_of_the_nearest_step_before() {
    let at = |step| canary(step).desired_weight();
    assert_eq!([at(0), at(1), at(2), at(3), at(4)], [10, 10, 50, 50, 100]);
    assert_eq!(Argo { is_aborted: true, ..canary(3) }.desired_weight(), 0);
    assert_eq!(Argo { stable: "new".into(), ..canary(4) }.desired_weight(), 0);
}

#[test]
fn a_pause_with_a_length_ends_by_itself_and_one_without_never() {
    let ends = |step| canary(step).gate().expect("it waits").ends;
    assert_eq!(ends(1), None);
    assert_eq!(ends(3), Some(Timestamp::UNIX_EPOCH + SignedDuration::from_mins(5)));
    assert_eq!(Argo { pauses: Box::default(), ..canary(1) }.gate(), None);
}
