use super::*;

fn sample(requests: f64, failures: f64) -> Sample {
    Sample { requests, failures, p95: None }
}

#[test]
fn the_bounds_are_those_of_wilson() {
    let near = |(lower, upper): (f64, f64), expected: (f64, f64)| {
        assert!((lower - expected.0).abs() < 5e-4 && (upper - expected.1).abs() < 5e-4, "{lower} {upper}");
    };
    near(sample(10.0, 1.0).bounds(), (0.0179, 0.4042));
    near(sample(300.0, 0.0).bounds(), (0.0, 0.0126));
    near(sample(5_000.0, 360.0).bounds(), (0.0652, 0.0795));
    assert_eq!(sample(0.0, 0.0).bounds(), (0.0, 1.0), "without requests nothing is known");
}

#[test]
fn too_few_requests_are_never_good_and_never_bad() {
    assert_eq!(compare(&sample(99.0, 0.0), &sample(9_000.0, 9.0)), Finding::TooFew);
    assert_eq!(compare(&sample(99.0, 99.0), &sample(9_000.0, 9.0)), Finding::TooFew);
    assert_eq!(compare(&sample(900.0, 0.0), &sample(20.0, 0.0)), Finding::TooFew);
}

#[test]
fn a_canary_fails_more_only_where_chance_does_not_explain_it() {
    let stable = sample(20_000.0, 60.0);
    assert_eq!(compare(&sample(5_000.0, 360.0), &stable), Finding::FailsMore);
    assert_eq!(compare(&sample(100.0, 2.0), &stable), Finding::NoWorse, "two of a hundred may be chance");
    assert_eq!(compare(&sample(5_000.0, 360.0), &sample(20_000.0, 1_400.0)), Finding::BothFail);
}

#[test]
fn a_longer_tail_is_slower() {
    let with = |p95| Sample { p95: Some(p95), ..sample(1_000.0, 0.0) };
    assert_eq!(compare(&with(0.31), &with(0.205)), Finding::Slower);
    assert_eq!(compare(&with(0.25), &with(0.205)), Finding::NoWorse);
    assert_eq!(compare(&sample(1_000.0, 0.0), &with(0.205)), Finding::NoWorse, "what nobody measures is not slower");
}
