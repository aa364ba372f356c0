use super::*;

fn sample(requests: f64, failures: f64) -> Sample {
    Sample { requests, failures, p95: None }
}

fn said(canary: &Sample, stable: &Sample) -> String {
    verdict(Some(canary), Some(stable)).1
}

#[test]
fn too_few_requests_are_not_enough_and_never_good() {
    let stable = sample(19_870.0, 60.0);
    assert_eq!(said(&sample(42.0, 0.0), &stable), "not enough data: canary had 42 requests in 5 min, 100 are needed");
    let uncounted = verdict(None, Some(&stable));
    assert_eq!(uncounted.1, "not enough data: nobody counts the requests of single pods");
}

#[test]
fn what_speaks_against_the_canary_is_said_with_its_numbers() {
    let stable = sample(20_000.0, 60.0);
    let (role, words) = verdict(Some(&sample(5_000.0, 360.0)), Some(&stable));
    assert_eq!((role, words.as_str()), (Role::Bad, "canary fails more: 7.2 %, at least 6.5 %; stable 0.3 %"));
    let both = said(&sample(5_000.0, 360.0), &sample(20_000.0, 1_400.0));
    assert_eq!(both, "both arms fail: canary 7.2 %, stable 7 %; look behind them");
    let with = |p95| Sample { p95: Some(p95), ..stable };
    assert_eq!(said(&with(0.31), &with(0.205)), "canary is slower: p95 310 ms, stable 205 ms");
    assert!(said(&sample(1_000.0, 0.0), &stable).starts_with("canary is no worse than stable: at most 0.4"));
}
