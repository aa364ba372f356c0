use proptest::prelude::*;

use super::*;

fn sample(requests: f64, errors: f64) -> Sample {
    Sample { requests: Some(requests), errors: Some(errors), p95: Some(0.08), ready: 1, desired: 1, restarts: 0 }
}

fn judge(canary: Sample, stable: Sample) -> Verdict {
    Guard::default().judge(&canary, &stable)
}

#[test]
fn silence_is_not_health() {
    let stable = sample(5000.0, 5.0);
    let unseen = Sample { requests: None, ..sample(0.0, 0.0) };
    let uncounted = Sample { errors: None, ..sample(500.0, 0.0) };
    for (canary, why) in [
        (unseen, "nobody counts its requests"),
        (uncounted, "nobody counts its failures"),
        (sample(0.0, 0.0), "it gets no requests"),
        (sample(99.0, 0.0), "99 of 100 requests seen"),
        (Sample { requests: Some(f64::NAN), ..sample(0.0, 0.0) }, "nobody counts its requests"),
        (Sample { ready: 1, desired: 2, ..sample(500.0, 0.0) }, "1 of 2 of its pods are ready"),
    ] {
        assert_eq!(judge(canary, stable), Verdict::NotEnough(why.into()));
    }
}

#[test]
fn as_good_as_stable_is_told_with_how_much_was_seen() {
    let verdict = judge(sample(500.0, 2.0), sample(5000.0, 10.0));
    assert_eq!(verdict.to_string(), "as good as stable: 2 of 500 requests failed");
    assert!(verdict.allows_more());
}

#[test]
fn few_failures_of_few_requests_may_be_chance() {
    // 2 of 100 may be anything from 0.5 to 7 %, and 1 % is allowed.
    assert!(!judge(sample(100.0, 2.0), sample(5000.0, 0.0)).is_breach());
    assert!(judge(sample(1000.0, 30.0), sample(5000.0, 0.0)).is_breach());
}

#[test]
fn what_almost_all_fail_is_seen_at_once() {
    let verdict = judge(sample(25.0, 10.0), sample(5000.0, 0.0));
    assert_eq!(verdict, Verdict::FastBreach("40.0 % of 25 requests failed, of stable 0.0 %".into()));
    assert!(matches!(judge(sample(19.0, 10.0), sample(5000.0, 0.0)), Verdict::NotEnough(_)));
    let gone = Sample { ready: 0, desired: 1, ..sample(0.0, 0.0) };
    assert!(matches!(judge(gone, sample(5000.0, 0.0)), Verdict::FastBreach(_)));
}

#[test]
fn where_stable_fails_as_much_going_back_mends_nothing() {
    let verdict = judge(sample(1000.0, 900.0), sample(5000.0, 1500.0));
    assert!(matches!(verdict, Verdict::BothBad(_)), "{verdict}");
    assert!(!verdict.is_breach() && !verdict.allows_more());
    // Both are as bad as the other: the new one is no worse.
    assert!(!judge(sample(1000.0, 300.0), sample(5000.0, 1500.0)).is_breach());
}

#[test]
fn slow_is_a_breach_where_both_arms_have_enough_requests() {
    let slow = Sample { p95: Some(0.2), ..sample(500.0, 0.0) };
    assert_eq!(judge(slow, sample(5000.0, 0.0)), Verdict::Breach("p95 200 ms, of stable 80 ms".into()));
    assert!(judge(slow, sample(50.0, 0.0)).allows_more());
}

#[test]
fn what_starts_again_and_again_is_worse_without_a_request_unless_stable_does_so_too() {
    let of = |restarts, desired| Sample { restarts, ready: desired, desired, ..sample(500.0, 0.0) };
    assert!(judge(of(2, 1), of(0, 3)).allows_more());
    let verdict = judge(Sample { requests: None, ..of(3, 1) }, of(0, 3));
    assert_eq!(verdict, Verdict::Breach("3 restarts in 1 pod, of stable 0 in 3".into()));
    assert!(judge(of(3, 1), of(3, 3)).is_breach(), "each pod of stable started again less often");
    assert_eq!(judge(of(3, 1), of(9, 3)), Verdict::BothBad("3 restarts in 1 pod, of stable 9 in 3".into()));
    let strict = Guard { restarts: 1, ..Guard::default() };
    let verdict = strict.judge(&of(1, 2), &of(0, 1));
    assert_eq!(verdict, Verdict::Breach("1 restart in 2 pods, of stable 0 in 1".into()));
}

proptest! {
    /// More failures of the same requests never make a verdict better, and never less sure.
    #[test]
    fn more_failures_are_never_better(requests in 0.0..5000.0f64, a in 0.0..=1.0f64, b in 0.0..=1.0f64) {
        let stable = sample(5000.0, 10.0);
        let (fewer, more) = (a.min(b), a.max(b));
        let of = |part: f64| judge(sample(requests, requests * part), stable);
        if of(more).allows_more() {
            prop_assert!(of(fewer).allows_more());
        }
        if of(fewer).is_breach() {
            prop_assert!(of(more).is_breach());
        }
    }

    #[test]
    fn the_lower_bound_is_below_what_was_seen(ratio in 0.0..=1.0f64, of in 1.0..1e6f64) {
        let bound = lower_bound(ratio, of, Guard::CERTAINTY);
        prop_assert!((0.0..=ratio + 1e-12).contains(&bound));
    }
}

#[test]
fn one_look_may_be_chance_and_a_fast_breach_is_not() {
    let guard = Guard::default();
    let (bad, fast) = (Verdict::Breach(Text::default()), Verdict::FastBreach(Text::default()));
    let (good, blind) = (Verdict::Pass(Text::default()), Verdict::NotEnough(Text::default()));
    let enough = |verdicts: &[&Verdict]| {
        let mut looks = Looks::default();
        verdicts.iter().map(|verdict| looks.is_enough(verdict, &guard)).collect::<Vec<_>>()
    };
    assert_eq!(enough(&[&bad, &good, &bad, &bad]), [false, false, false, true]);
    assert_eq!(enough(&[&bad, &blind, &bad]), [false, false, true]);
    assert_eq!(enough(&[&blind, &fast]), [false, true]);
}

#[test]
fn weights_of_a_course_rise() {
    let of = |weights: &[u8]| Course::new(weights.to_vec(), Course::HOLD, Guard::default(), OnExit::Back).map(drop);
    assert_eq!(of(&[]), Err(NoCourse::Empty));
    assert_eq!(of(&[5, 20, 20]), Err(NoCourse::NotRising(20)));
    assert_eq!(of(&[0, 20]), Err(NoCourse::OutOfRange(0)));
    assert_eq!(of(&[5, 20, 101]), Err(NoCourse::OutOfRange(101)));
    assert_eq!(of(&[5, 20, 100]), Ok(()));
}

#[test]
fn a_guard_that_is_not_there_is_told_with_the_one_that_was_probably_meant() {
    let guards = Guards::new([Guard { name: "strict".into(), ..Guard::default() }]);
    assert_eq!(guards.named("default").map(|guard| guard.looks), Ok(2));
    let problem = guards.named("strikt").map(drop).expect_err("there is none");
    assert_eq!(problem.why, "did you mean strict? there are default, strict");
}
