#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn points(values: &[f64]) -> Points {
    let mut points = Points::gaps(values.len());
    values.iter().enumerate().for_each(|(index, value)| points.set(index, *value));
    points
}

#[test]
fn a_grid_ends_at_a_whole_step_and_finds_its_points_again() {
    let now: Timestamp = "2026-11-26T03:12:47Z".parse().unwrap();
    let grid = Grid::before(now, SignedDuration::from_secs(30), 60);
    assert_eq!(grid.end, "2026-11-26T03:12:30Z".parse().unwrap());
    assert_eq!(grid.start(), "2026-11-26T02:43:00Z".parse().unwrap());
    for index in [0, 1, 30, 59] {
        assert_eq!(grid.index(grid.at(index)), Some(index));
    }
    assert_eq!(grid.index(grid.start() - SignedDuration::from_secs(31)), None);
    assert_eq!(grid.index(grid.end + SignedDuration::from_secs(31)), None);
}

#[test]
fn what_is_no_number_is_a_gap() {
    let points = points(&[1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
    assert_eq!(points.iter().collect::<Vec<_>>(), [Some(1.0), None, None, None]);
    assert_eq!(points.last(), None, "one that is three steps old is not the newest");
    assert_eq!(points.most(), Some(1.0));
}

#[test]
fn parts_add_up_and_the_worst_latency_counts() {
    let (one, other) = (points(&[1.0, f64::NAN, 3.0]), points(&[10.0, 20.0, f64::NAN]));
    let (mut sum, mut worst) = (one.clone(), one);
    sum.fold(&other, true);
    worst.fold(&other, false);
    assert_eq!(sum.iter().collect::<Vec<_>>(), [Some(11.0), Some(20.0), Some(3.0)]);
    assert_eq!(worst.iter().collect::<Vec<_>>(), [Some(10.0), Some(20.0), Some(3.0)]);
}

#[test]
fn no_failures_is_none_failed_and_no_requests_is_no_ratio() {
    let requests = points(&[10.0, 10.0, 0.0, f64::NAN]);
    let errors = points(&[f64::NAN, 1.0, 0.0, 1.0]);
    assert_eq!(errors.of(&requests).iter().collect::<Vec<_>>(), [Some(0.0), Some(0.1), None, None]);
}

#[test]
fn figures_have_three_digits_and_a_unit() {
    let told = |unit: Unit, value: f64| unit.figure(value);
    assert_eq!(told(Unit::PerSecond, 412.3), "412/s");
    assert_eq!(told(Unit::PerSecond, 1_912.0), "1.9k/s");
    assert_eq!(told(Unit::PerSecond, 0.0), "0/s");
    assert_eq!(told(Unit::Seconds, 0.205), "205 ms");
    assert_eq!(told(Unit::Seconds, 2.5), "2.5 s");
    assert_eq!(told(Unit::Ratio, 0.0192), "1.92 %");
    assert_eq!(told(Unit::Ratio, 1.0), "100 %");
    assert_eq!(told(Unit::Cores, 0.213), "0.21");
    assert_eq!(told(Unit::Bytes, 188.0 * 1024.0 * 1024.0), "188Mi");
}

#[test]
fn every_measure_is_asked_by_some_usual_family() {
    let families = Family::usual();
    for measure in Measure::ALL {
        assert!(
            families.iter().any(|family| family.templates.iter().any(|template| template.measures.contains(&measure))),
            "{measure}"
        );
    }
    for template in families.iter().flat_map(|family| &family.templates) {
        assert!(template.query.contains("$by"), "{}", template.query);
        assert_eq!(template.query.contains("$quantile"), template.measures.len() == 3, "{}", template.query);
    }
}
