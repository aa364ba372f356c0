#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::config::test_support::read;

#[test]
fn rules_and_bounds_are_read() {
    let settings = read(
        r#"
[logs]
lines = 50000
megabytes = 8
mask-personal = false
redact = [
  { name = "customer", pattern = 'customer=(?<secret>\S+)' },
  { name = "plate", pattern = '[A-Z]{2}-\d{3}' },
]
"#,
    )
    .unwrap();
    assert_eq!(settings.logs.limits, Limits { lines: 50_000, bytes: 8 * 1024 * 1024 });
    assert!(!settings.logs.rules.masks_personal);
    let names: Vec<&str> = settings.logs.rules.own.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["customer", "plate"]);
    assert_eq!(read("").unwrap().logs, LogSettings::default());
}

#[test]
fn each_fault_is_told_with_its_line() {
    let faults = read(
        r#"
[logs]
lines = 5
mask-persnal = true
redact = [
  { name = "a b", pattern = "x" },
  { name = "open", pattern = "(" },
  { name = "all", pattern = "x*" },
]
"#,
    )
    .unwrap_err();
    assert_eq!(faults[0], "3: `lines` is out of range: 1000 to 20000000");
    assert!(faults[1].starts_with("4: ") && faults[1].contains("mask-personal"), "{faults:?}");
    assert!(faults[2].starts_with("6: `a b` cannot name a rule"), "{faults:?}");
    assert!(faults[3].starts_with("7: `(` is no regular expression: "), "{faults:?}");
    assert!(faults[4].starts_with("8: `x*` is found in everything"), "{faults:?}");
    let unknown = read("[logs]\nredact = [{ name = \"a\", patern = \"x\" }]").unwrap_err();
    assert!(unknown[0].starts_with("2: "), "{unknown:?}");
}
