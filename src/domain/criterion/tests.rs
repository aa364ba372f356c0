#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

/// Breached above 5, held for 60 s, kept for 30 s.
fn criterion() -> Criterion {
    Criterion {
        query: "error_rate".into(),
        operator: Operator::Above,
        threshold: Threshold::new(5.0).unwrap(),
        hold: SignedDuration::from_secs(60),
        keep: SignedDuration::from_secs(30),
        least: 0,
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_700_000_000 + seconds, 0).unwrap()
}

/// The phases after measurements of so many seconds each.
fn phases(measured: &[(i64, Outcome)]) -> Vec<CriterionState> {
    let mut watching = Watching::default();
    measured.iter().map(|(seconds, outcome)| watching.observe(&criterion(), *outcome, at(*seconds))).collect()
}

#[test]
fn a_number_is_compared_as_the_operator_says() {
    for (operator, breached) in [
        (Operator::Above, [false, false, true]),
        (Operator::AtLeast, [false, true, true]),
        (Operator::Below, [true, false, false]),
        (Operator::AtMost, [true, true, false]),
        (Operator::Equal, [false, true, false]),
        (Operator::Unequal, [true, false, true]),
    ] {
        let criterion = Criterion { operator, ..criterion() };
        let judged = [4.0, 5.0, 6.0].map(|value| criterion.judge(Some(value), None) == Outcome::Breach);
        assert_eq!(judged, breached, "{operator}");
    }
}

#[test]
fn what_is_no_number_is_no_data_whatever_the_operator() {
    for operator in Operator::ALL {
        let criterion = Criterion { operator, ..criterion() };
        for value in [None, Some(f64::NAN), Some(f64::INFINITY), Some(f64::NEG_INFINITY)] {
            assert_eq!(criterion.judge(value, None), Outcome::NoData, "{operator} {value:?}");
        }
    }
    assert_eq!([f64::NAN, f64::INFINITY].map(Threshold::new), [None, None]);
}

#[test]
fn too_few_samples_are_no_data() {
    let criterion = Criterion { least: 10, ..criterion() };
    for (samples, outcome) in [
        (None, Outcome::NoData),
        (Some(9.9), Outcome::NoData),
        (Some(f64::NAN), Outcome::NoData),
        (Some(10.0), Outcome::Breach),
    ] {
        assert_eq!(criterion.judge(Some(50.0), samples), outcome, "{samples:?}");
    }
}

#[test]
fn it_fires_once_it_has_held_and_ends_once_it_has_passed_for_long_enough() {
    use CriterionState::{Firing, Passing, Pending};
    use Outcome::{Breach, Pass};
    assert_eq!(
        phases(&[(0, Pass), (10, Breach), (69, Breach), (70, Breach), (80, Pass), (90, Breach), (100, Pass)]),
        [Passing, Pending, Pending, Firing, Firing, Firing, Firing]
    );
    assert_eq!(
        phases(&[(0, Breach), (60, Breach), (70, Pass), (99, Pass), (100, Pass)]),
        [Pending, Firing, Firing, Firing, Passing]
    );
    assert_eq!(phases(&[(0, Breach), (30, Pass), (40, Breach), (90, Breach)]), [Pending, Passing, Pending, Pending]);
}

#[test]
fn no_data_ends_no_breach_and_does_not_count_for_one() {
    use CriterionState::{Firing, Passing, Pending};
    use Outcome::{Breach, NoData, Pass};
    assert_eq!(phases(&[(0, Pass), (10, NoData)]), [Passing, CriterionState::NoData]);
    assert_eq!(phases(&[(0, Breach), (60, Breach), (70, NoData), (900, NoData)]).last(), Some(&Firing));
    // Seen for 10 s before the gap and for 50 s after it.
    assert_eq!(
        phases(&[(0, Breach), (10, NoData), (500, NoData), (1_000, Breach), (1_049, Breach), (1_050, Breach)]),
        [Pending, Pending, Pending, Pending, Pending, Firing]
    );
    // What passes must be seen to pass.
    assert_eq!(
        phases(&[(0, Breach), (60, Breach), (70, Pass), (80, NoData), (110, Pass), (139, Pass), (140, Pass)])[4..],
        [Firing, Firing, Passing]
    );
}

#[test]
fn it_tells_since_when() {
    let mut watching = Watching::default();
    for seconds in [0, 60, 90] {
        watching.observe(&criterion(), Outcome::Breach, at(seconds));
    }
    assert_eq!(
        (watching.state(), watching.since(), watching.blind_since()),
        (CriterionState::Firing, Some(at(0)), None)
    );
    watching.observe(&criterion(), Outcome::NoData, at(100));
    watching.observe(&criterion(), Outcome::NoData, at(110));
    assert_eq!((watching.since(), watching.blind_since()), (Some(at(0)), Some(at(100))));
    watching.observe(&criterion(), Outcome::Pass, at(50));
    assert_eq!(watching.blind_since(), Some(at(100)), "what is older says nothing");
}

fn measured() -> impl Strategy<Value = Vec<(i64, Outcome)>> {
    let outcome = prop_oneof![Just(Outcome::Pass), Just(Outcome::Breach), Just(Outcome::NoData)];
    prop::collection::vec((0_i64..40, outcome), 1..60).prop_map(|steps| {
        let mut time = 0;
        steps
            .into_iter()
            .map(|(later, outcome)| {
                time += later;
                (time, outcome)
            })
            .collect()
    })
}

proptest! {
    /// From its definition: it fires only where nothing passed for `hold`, with breaches at both ends, and stops only
    /// where everything passed for `keep`.
    #[test]
    fn phases_change_only_for_their_reasons(measured in measured()) {
        let phases = phases(&measured);
        for (index, phase) in phases.iter().enumerate() {
            let before = if index == 0 { CriterionState::NoData } else { phases[index - 1] };
            let (now, outcome) = measured[index];
            if *phase == CriterionState::Firing && before != CriterionState::Firing {
                prop_assert_eq!(outcome, Outcome::Breach);
                let began = measured[..index].iter().rposition(|(_, outcome)| *outcome == Outcome::Pass);
                let first = measured[began.map_or(0, |at| at + 1)..].iter().find(|(_, outcome)| *outcome == Outcome::Breach);
                prop_assert!(now - first.unwrap().0 >= 60, "fired too early");
            }
            if before == CriterionState::Firing && *phase != CriterionState::Firing {
                let other = measured[..=index].iter().rposition(|(_, outcome)| *outcome != Outcome::Pass).unwrap();
                prop_assert!(now - measured[other + 1].0 >= 30, "ended too early");
            }
            if outcome == Outcome::NoData {
                let same = *phase == before || before == CriterionState::Passing && *phase == CriterionState::NoData;
                prop_assert!(same, "no data made {before:?} into {phase:?}");
            }
            prop_assert_eq!(*phase == CriterionState::Passing && outcome != Outcome::Pass, false, "nothing but passing passes");
        }
    }
}
