#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::time::Duration;

use crate::config::test_support;
use crate::domain::evidence::Keeping;

fn read(text: &str) -> Result<Keeping, String> {
    test_support::read(text).map(|settings| settings.evidence).map_err(|faults| faults.join("; "))
}

#[test]
fn nothing_said_is_the_usual() {
    assert_eq!(read("").unwrap(), Keeping::default());
    assert_eq!(read("[evidence]").unwrap(), Keeping::default());
}

#[test]
fn everything_can_be_set() {
    let set =
        read("[evidence]\nautomatic = false\ndirectory = '/srv/evidence'\nkeep = 7\nmegabytes = 2\nwait = 9").unwrap();
    let directory = Some(PathBuf::from("/srv/evidence"));
    assert_eq!(
        set,
        Keeping { is_automatic: false, directory, keep: 7, limit: 2 * 1024 * 1024, wait: Duration::from_secs(9) }
    );
}

#[test]
fn what_makes_no_sense_is_told_with_its_line() {
    for (text, says) in [
        ("keep = 0", "2: `keep` is out of range: 1 to 10000"),
        ("megabytes = 65", "2: `megabytes` is out of range: 1 to 64"),
        ("wait = 61", "2: `wait` is out of range: 1 to 60"),
        ("directory = ''", "2: `directory` names no place"),
        ("limit = 3", "2: unknown setting `limit`"),
    ] {
        let error = read(&format!("[evidence]\n{text}")).unwrap_err();
        assert!(error.contains(says), "{text}: {error}");
    }
}
