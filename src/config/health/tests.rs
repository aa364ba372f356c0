#![expect(clippy::unwrap_used, reason = "tests")]

use crate::config::test_support::read;
use crate::domain::limits::{Bounds, Limit};

#[test]
fn an_environment_takes_what_it_does_not_say_from_all() {
    let text = "[health]\nerror-ratio = { attention = \"0.5 %\", bad = \"2%\" }\nrequests = 5\n[health.staging]\nlatency = { bad = \"3s\" }\n";
    let limits = read(text).unwrap().limits;
    assert_eq!(limits.of(&"production".into()).error_ratio, Limit::new(Some(0.005), Some(0.02)));
    let staging = limits.of(&"staging".into());
    assert_eq!(staging.error_ratio, Limit::new(Some(0.005), Some(0.02)));
    assert_eq!(staging.latency, Limit::new(None, Some(3.0)));
    assert_eq!((staging.least, staging.hold), (5, Bounds::default().hold));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let text =
        "[health]\nerror-ratio = { attention = \"9 %\", bad = \"2 %\" }\nlatency = { bad = \"quick\" }\nrequest = 3\n";
    let faults = read(text).unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:#?}");
    assert!(faults[0].starts_with("2: ") && faults[0].contains("must not be above"), "{faults:#?}");
    assert!(faults[1].starts_with("3: ") && faults[1].contains("no time"), "{faults:#?}");
    assert!(faults[2].starts_with("4: ") && faults[2].contains("`request`"), "{faults:#?}");
}
