#![expect(clippy::unwrap_used, reason = "tests")]

use crate::config::test_support::read;
use crate::domain::traffic::Bounds;

#[test]
fn an_environment_takes_what_it_does_not_say_from_all() {
    let limits = read("[traffic]\nstep = 20\n[traffic.production]\nceiling = 50\n").unwrap().traffic;
    assert_eq!(limits.of(&"production".into()), Bounds { step: 20, ceiling: 50 });
    assert_eq!(limits.of(&"staging".into()), Bounds { step: 20, ceiling: 100 });
    assert_eq!(read("").unwrap().traffic.of(&"staging".into()), Bounds { step: 50, ceiling: 100 });
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let faults = read("[traffic]\nstep = 0\nceiling = 101\nsteps = 3\n").unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:#?}");
    assert!(faults[0].starts_with("2: ") && faults[0].contains("1 to 100"), "{faults:#?}");
    assert!(faults[1].starts_with("3: ") && faults[1].contains("1 to 100"), "{faults:#?}");
    assert!(faults[2].starts_with("4: ") && faults[2].contains("`steps`"), "{faults:#?}");
}
