#![expect(clippy::unwrap_used, reason = "tests")]

use std::os::unix::fs::PermissionsExt as _;

use super::*;

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

#[test]
fn a_text_is_saved_for_its_owner_alone_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "pod-chat.yaml", "a: 1\n", NOW).unwrap();
    assert_eq!(path.file_name().unwrap(), "midwatch-pod-chat-20231114T221320Z.yaml");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a: 1\n");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(write(folder.path(), "pod-chat.yaml", "b", NOW).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
}

#[test]
fn a_name_cannot_lead_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "../../etc/\u{1b}[31m漢字", "", NOW).unwrap();
    assert_eq!(path.parent().unwrap(), folder.path().canonicalize().unwrap());
}
