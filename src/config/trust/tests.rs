#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

/// A directory with one file of this mode in it.
fn file(mode: u32) -> (tempfile::TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.toml");
    fs::write(&path, "words").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    (directory, path)
}

#[test]
fn a_file_that_only_its_owner_writes_is_read() {
    for mode in [0o600, 0o644] {
        let (_directory, path) = file(mode);
        assert_eq!(read(&path).unwrap().as_deref(), Some("words"));
    }
}

#[test]
fn a_file_that_others_can_write_is_refused_with_the_cure() {
    for mode in [0o620, 0o602, 0o666] {
        let (_directory, path) = file(mode);
        let fault = read(&path).unwrap_err().to_string();
        let path = path.display();
        assert_eq!(fault, format!("{path}: others can write to it (mode {mode:o}); run `chmod go-w '{path}'`"));
    }
}

#[test]
fn a_file_that_others_can_replace_is_refused() {
    let (directory, path) = file(0o600);
    fs::set_permissions(directory.path(), Permissions::from_mode(0o1777)).unwrap();
    let fault = read(&path).unwrap_err().to_string();
    assert!(fault.starts_with(&format!("{}: others can write to it", directory.path().display())), "{fault}");
}

#[test]
fn only_the_user_and_root_may_own_it() {
    assert_eq!(refusal("f", 1000, 0o100_644, 1000), None);
    assert_eq!(refusal("f", 0, 0o100_644, 1000), None);
    let foreign = "belongs to another user (uid 1001), who can write to it; use a copy of your own";
    assert_eq!(refusal("f", 1001, 0o100_600, 1000).as_deref(), Some(foreign));
    assert_eq!(refusal("f", 1001, 0o100_600, 0).as_deref(), Some(foreign));
}

#[test]
fn what_is_no_file_is_an_error_and_not_an_absence() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(read(&directory.path().join("none")), Ok(None));
    assert!(read(directory.path()).unwrap_err().to_string().ends_with("is no regular file"));
    let link = directory.path().join("link");
    symlink("nowhere", &link).unwrap();
    assert!(read(&link).unwrap_err().to_string().ends_with("is a link that leads nowhere"));
    let (_directory, path) = file(0o600);
    assert!(read(&path.join("below")).unwrap_err().to_string().contains("cannot be read: "));
}

#[test]
fn a_link_to_a_trusted_file_is_followed() {
    let (directory, path) = file(0o600);
    let link = directory.path().join("link");
    symlink(&path, &link).unwrap();
    assert_eq!(read(&link).unwrap().as_deref(), Some("words"));
}

#[test]
fn a_new_file_is_this_users_alone_and_an_old_one_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new/config.toml");
    write_new(&path, "first").unwrap();
    assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
    assert_eq!(path.parent().unwrap().metadata().unwrap().mode() & 0o777, 0o700);
    let fault = write_new(&path, "second").unwrap_err().to_string();
    assert!(fault.ends_with("config.toml: is there already, and stays as it is"), "{fault}");
    assert_eq!(read(&path).unwrap().as_deref(), Some("first"));
}
