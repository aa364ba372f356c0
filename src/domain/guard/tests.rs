use proptest::prelude::*;

use super::judge::{lower_bound, upper_bound};
use super::*;

fn sample(requests: f64, errors: f64) -> Sample {
    Sample { requests: Some(requests), errors: Some(errors), p95: Some(0.08), pods: pods(1, 1), restarts: 0 }
}

#[expect(clippy::unnecessary_wraps, reason = "as a sample holds them")]
fn pods(ready: u32, all: u32) -> Option<Pods> {
    Some(Pods { ready, all })
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
        (Sample { pods: pods(1, 2), ..sample(500.0, 0.0) }, "1 of 2 of its pods are ready"),
        (Sample { pods: None, ..sample(500.0, 0.0) }, "nobody tells its pods"),
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
    assert_eq!(verdict, Verdict::FastBreach("fails 40.0 %, stable 0.0 % (25 requests)".into()));
    assert!(matches!(judge(sample(19.0, 10.0), sample(5000.0, 0.0)), Verdict::NotEnough(_)));
    let of =
        |ready, all| judge(Sample { requests: None, pods: pods(ready, all), ..sample(0.0, 0.0) }, sample(5000.0, 0.0));
    assert_eq!(of(0, 2), Verdict::FastBreach("has no ready pod".into()));
    assert_eq!(of(0, 0), Verdict::FastBreach("has no pods".into()));
}

/// What is said of so many failures of so many requests of the canary, and of stable.
fn of((failed, requests): (f64, f64), (stable_failed, stable_requests): (f64, f64)) -> Verdict {
    judge(sample(requests, failed), sample(stable_requests, stable_failed))
}

#[test]
fn where_stable_fails_as_much_going_back_mends_nothing() {
    let verdict = of((300.0, 1000.0), (1500.0, 5000.0));
    assert_eq!(verdict, Verdict::BothBad("fails 30.0 %, stable 30.0 % (1000 requests)".into()));
    assert!(!verdict.is_breach() && !verdict.allows_more());
    // Of few requests of both the same can be told.
    assert_eq!(of((30.0, 60.0), (30.0, 60.0)).word(), "both-bad");
    assert_eq!(of((1000.0, 1000.0), (5000.0, 5000.0)).word(), "both-bad");
    // Below what stable alone is bad at, what the factor allows is not good enough to go on either.
    assert_eq!(of((110.0, 1000.0), (400.0, 5000.0)).word(), "both-bad");
    // A new one that fails less is not bad, and has nothing to be compared with.
    let verdict = of((5.0, 1000.0), (1500.0, 5000.0));
    let why = "stable is no measure: the new revision fails 0.5 %, stable 30.0 % (1000 requests)";
    assert_eq!(verdict, Verdict::NotEnough(why.into()));
}

#[test]
fn a_canary_that_is_surely_worse_is_a_breach_however_bad_stable_is() {
    for (canary, stable) in [
        ((1000.0, 1000.0), (500.0, 1000.0)),
        ((1000.0, 1000.0), (600.0, 5000.0)),
        ((900.0, 1000.0), (1500.0, 5000.0)),
        ((60.0, 60.0), (12.0, 60.0)),
    ] {
        assert_eq!(of(canary, stable).word(), "fast-breach", "{canary:?} beside {stable:?}");
    }
}

#[test]
fn the_stragglers_of_stable_at_the_last_weight_excuse_nothing() {
    for (canary, stable) in [
        ((1000.0, 1000.0), (0.0, 0.0)),
        ((1000.0, 1000.0), (1.0, 2.0)),
        ((600.0, 1000.0), (1.0, 3.0)),
        ((600.0, 1000.0), (19.0, 19.0)),
        // One of twenty may be chance.
        ((80.0, 1000.0), (1.0, 20.0)),
    ] {
        assert!(of(canary, stable).is_breach(), "{canary:?} beside {stable:?}");
    }
    assert_eq!(of((1000.0, 1000.0), (1.0, 2.0)).why(), "fails 100.0 %, stable too few to tell (1000 requests)");
    assert!(of((2.0, 1000.0), (1.0, 2.0)).allows_more());
}

#[test]
fn failures_are_not_hidden_behind_a_node_that_was_started_again() {
    let restarted = |requests, errors| Sample { restarts: 3, ..sample(requests, errors) };
    let verdict = judge(restarted(1000.0, 400.0), restarted(5000.0, 0.0));
    assert_eq!(verdict, Verdict::FastBreach("fails 40.0 %, stable 0.0 % (1000 requests)".into()));
    let verdict = judge(restarted(1000.0, 0.0), restarted(5000.0, 0.0));
    assert_eq!(verdict, Verdict::BothBad("has 3 restarts in 1 pod, stable 3 in 1".into()));
    // Nor behind what fails in both.
    let restarts = judge(restarted(1000.0, 300.0), sample(5000.0, 1500.0));
    assert_eq!(restarts, Verdict::Breach("has 3 restarts in 1 pod, stable 0 in 1".into()));
    let slow = judge(Sample { p95: Some(0.2), ..sample(1000.0, 300.0) }, sample(5000.0, 1500.0));
    assert_eq!(slow, Verdict::Breach("is slow: p95 200 ms, stable 80 ms".into()));
}

#[test]
fn slow_is_a_breach_where_both_arms_have_enough_requests() {
    let slow = Sample { p95: Some(0.2), ..sample(500.0, 0.0) };
    assert_eq!(judge(slow, sample(5000.0, 0.0)), Verdict::Breach("is slow: p95 200 ms, stable 80 ms".into()));
    assert!(judge(slow, sample(50.0, 0.0)).allows_more());
}

#[test]
fn what_starts_again_and_again_is_worse_without_a_request_unless_stable_does_so_too() {
    let of = |restarts, all| Sample { restarts, pods: pods(all, all), ..sample(500.0, 0.0) };
    assert!(judge(of(2, 1), of(0, 3)).allows_more());
    let verdict = judge(Sample { requests: None, ..of(3, 1) }, of(0, 3));
    assert_eq!(verdict, Verdict::Breach("has 3 restarts in 1 pod, stable 0 in 3".into()));
    assert!(judge(of(3, 1), of(3, 3)).is_breach(), "each pod of stable started again less often");
    assert_eq!(judge(of(3, 1), of(9, 3)), Verdict::BothBad("has 3 restarts in 1 pod, stable 9 in 3".into()));
    let strict = Guard { restarts: 1, ..Guard::default() };
    let verdict = strict.judge(&of(1, 2), &of(0, 1));
    assert_eq!(verdict, Verdict::Breach("has 1 restart in 2 pods, stable 0 in 1".into()));
}

/// How good a verdict is, best last.
fn rank(verdict: &Verdict) -> usize {
    let words = ["fast-breach", "breach", "both-bad", "not-enough", "pass"];
    words.iter().position(|word| *word == verdict.word()).expect("a verdict has a word")
}

prop_compose! {
    /// A guard that a configuration may hold.
    fn guards()(
        least in 1u32..400, error_ratio in 0.0..0.9f64, error_factor in 1.0..20.0f64, fast_ratio in 0.0..=1.0f64,
    ) -> Guard {
        Guard { least, error_ratio, error_factor, fast_ratio, ..Guard::default() }
    }
}

prop_compose! {
    /// What may be seen of an arm: few requests as often as many.
    fn arms()(
        requests in prop_oneof![0.0..50.0f64, 0.0..500.0f64, 0.0..20_000.0f64], part in prop_oneof![0.0..0.05f64, 0.0..=1.0f64],
    ) -> Sample {
        sample(requests, requests * part)
    }
}

proptest! {
    /// More failures of the same requests never make a verdict better, whatever stable does.
    #[test]
    fn more_failures_are_never_better(
        guard in prop_oneof![Just(Guard::default()), guards()], stable in arms(), canary in arms(), more in 0.0..=1.0f64,
    ) {
        let (requests, errors) = (canary.requests.unwrap_or_default(), canary.errors.unwrap_or_default());
        let worse = Sample { errors: Some(errors + (requests - errors) * more), ..canary };
        let (before, after) = (guard.judge(&canary, &stable), guard.judge(&worse, &stable));
        prop_assert!(rank(&after) <= rank(&before), "{before}, and with more failures {after}");
    }

    /// A canary that fails completely is never passed, and its breach never becomes a pass by what fails of stable.
    #[test]
    fn what_fails_completely_never_passes(
        guard in prop_oneof![Just(Guard::default()), guards()], stable in arms(), more in 0.0..10_000.0f64,
    ) {
        let requests = f64::from(guard.least) + more;
        let verdict = guard.judge(&sample(requests, requests), &stable);
        prop_assert!(verdict.is_breach() || verdict.word() == "both-bad", "{verdict}");
    }

    /// Nothing gets more beside a stable revision that fails as much as is enough at once.
    #[test]
    fn beside_a_bad_stable_revision_nothing_passes(canary in arms(), requests in 20.0..20_000.0f64, part in 0.1..=1.0f64) {
        let verdict = judge(canary, sample(requests, requests * part));
        prop_assert!(!verdict.allows_more() || requests * part / requests < 0.1, "{verdict}");
    }

    #[test]
    fn what_was_seen_is_between_the_bounds(ratio in 0.0..=1.0f64, of in 1.0..1e6f64) {
        prop_assert!((0.0..=ratio + 1e-12).contains(&lower_bound(ratio, of)));
        prop_assert!((ratio - 1e-12..=1.0).contains(&upper_bound(ratio, of)));
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
