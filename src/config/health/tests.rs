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
    assert!(faults[1].starts_with("3: ") && faults[1].contains("no length of time"), "{faults:#?}");
    assert!(faults[2].starts_with("4: ") && faults[2].contains("`request`"), "{faults:#?}");
}

#[test]
fn limits_of_an_environment_that_nobody_has_are_a_slip() {
    for (text, says) in [
        ("[health.prodution]\nrequests = 5\n", "1: unknown environment `prodution`; did you mean `production`?"),
        (
            "[health]\nrequests = 5\n[health.unknownenv]\nrequests = 5\n",
            "3: unknown environment `unknownenv`; there are",
        ),
        ("[health.x]\nrequests = 5\n", "another one is named under [environments.x]"),
        ("[health.eror-ratio]\nbad = \"1 %\"\n", "1: unknown environment `eror-ratio`; did you mean `error-ratio`?"),
        (
            "[environments.shop]\nnamespaces = [\"eu/shop\"]\n[health.shpo]\nrequests = 5\n",
            "3: unknown environment `shpo`; did you mean `shop`?; there are shop, production, prod,",
        ),
    ] {
        let faults = read(text).unwrap_err();
        assert!(faults.iter().any(|fault| fault.contains(says)), "{says}: {faults:#?}");
    }
    for known in ["staging", "prod"] {
        assert!(read(&format!("[health.{known}]\nrequests = 5\n")).is_ok(), "{known}");
    }
    // Wherever in the file it is named.
    let own = "[health.shop]\nrequests = 5\n[environments.shop]\nnamespaces = [\"eu/shop\"]\n";
    assert_eq!(read(own).unwrap().limits.of(&"shop".into()).least, 5);
}
