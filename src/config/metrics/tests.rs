#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::config::test_support::read;

#[test]
fn families_of_ones_own_come_first_and_others_can_be_chosen() {
    let settings = read(
        r#"
[metrics]
window = "5m"
families = ["ours", "http"]

[metrics.family.ours]
requests = 'sum by ($by) (rate(our_requests_total{$scope}[$window]))'
latency = 'histogram_quantile($quantile, sum by ($by, le) (rate(our_seconds_bucket{$scope}[$window])))'
recorded = { requests = "service:our_requests:rate5m" }
service = ["svc"]
"#,
    )
    .unwrap();
    let asking = settings.asking;
    assert_eq!(asking.window, SignedDuration::from_mins(5));
    let names: Vec<&str> = asking.families.iter().map(|family| family.name.as_str()).collect();
    assert_eq!(names, ["ours", "http"]);
    let ours = &asking.families[0];
    assert_eq!(ours.templates[0].needs, "our_requests_total");
    assert_eq!(ours.templates[0].recorded.as_ref().unwrap(), &"service:our_requests:rate5m");
    assert_eq!(ours.templates[1].needs, "our_seconds_bucket");
    assert_eq!(ours.service, ["svc"]);
    assert_eq!(settings.limits.window, SignedDuration::from_mins(5), "limits count requests in the same time");
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let faults = read(
        "[metrics]\nfamilies = [\"htp\"]\nstep = \"soon\"\n[metrics.family.a]\nrequests = 'up'\nlatency = 'x by ($by) {$scope}'\n[metrics.family.b]\n",
    )
    .unwrap_err();
    assert_eq!(faults.len(), 6, "{faults:#?}");
    assert!(faults[0].contains("2: ") && faults[0].contains("`http`"), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.starts_with("5: ") && fault.contains("needs `$by`")), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.starts_with("6: ") && fault.contains("`$quantile`")), "{faults:#?}");
    assert!(faults.iter().any(|fault| fault.contains("`b` asks for nothing")), "{faults:#?}");
}
