#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::SignedDuration;

use crate::config::test_support::read;
use crate::domain::guard::Guard;

#[test]
fn a_guard_is_as_the_built_in_one_but_for_what_it_says() {
    let text = "[guards.night]\nevery = \"15s\"\nrequests = 500\nerror-ratio = \"0.5 %\"\nlatency-factor = 1.5\nrestarts = 1\n";
    let guards = read(text).unwrap().guards;
    let wanted = Guard {
        name: "night".into(),
        every: SignedDuration::from_secs(15),
        least: 500,
        error_ratio: 0.005,
        latency_factor: 1.5,
        restarts: 1,
        ..Guard::default()
    };
    assert_eq!(guards.named("night"), Ok(&wanted));
    assert_eq!(guards.named("default"), Ok(&Guard::default()));
    let own = read("[guards.default]\nlooks = 3\n").unwrap().guards;
    assert_eq!(own.named("default").unwrap().looks, 3);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let text =
        "[guards.night]\nevry = \"15s\"\nlooks = 0\nerror-ratio = \"1\"\nerror-factor = 0.5\nwindow = \"soon\"\n";
    let faults = read(text).unwrap_err();
    let lines: Vec<&str> = faults.iter().map(|fault| fault.split(':').next().unwrap()).collect();
    for line in ["2", "3", "4", "5", "6"] {
        assert!(lines.contains(&line), "{faults:#?}");
    }
    assert!(faults.iter().any(|fault| fault.contains("`every`")), "{faults:#?}");
}
