//! What the journal promises on a sound disk; `faults` has the unsound ones, `tamper` what is done to its files.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::thread;

use jiff::Timestamp;
use rustix::fs::{FlockOperation, flock};
use serde_json::json;
use tempfile::TempDir;

use super::disk::Real;
use super::journal::Limits;
use super::*;
use crate::domain::audit::{ActionId, Event, Intent, Missing, Origin, Receipt, StepResult, VerdictResult, Writer};

mod faults;
mod tamper;

const SMALL: Limits = Limits { segment: 8 << 20, reserve: 64 << 10, attempts: 2000 };

fn at() -> Timestamp {
    "2026-11-21T03:12:00Z".parse().unwrap()
}

fn action(name: &str) -> ActionId {
    ActionId::parse(name).unwrap()
}

fn intent(step: u32, steps: u32) -> Event {
    Event::Intent(Box::new(Intent {
        what: "roll back chat-service".into(),
        command_line: "midwatch rollback chat-service".into(),
        target: "rig/production/deployment/chat-service".into(),
        environment: "production".into(),
        identity: "alice".into(),
        groups: vec!["developers".into()],
        role: "developer".into(),
        reason: "größer \u{1b}[2J".into(),
        plan: json!({ "hash": "abc", "note": "\u{1b}[2J\u{9b}2J\u{7f}\u{202e}漢😀\n" }),
        step,
        steps,
    }))
}

fn outcome(step: u32, result: StepResult) -> Event {
    Event::Outcome { step, result, detail: "200".into() }
}

fn verdict() -> Event {
    Event::Verdict { result: VerdictResult::Verified, detail: "4 of 4 ready".into() }
}

fn journal(directory: &Path) -> Journal {
    Journal::open_on(directory, this_process(at()), Box::new(Real), SMALL).unwrap()
}

fn add(journal: &Journal, event: Event) -> Receipt {
    journal.append(at(), &action("a-1"), event, Urgency::Ordinary).unwrap()
}

/// A journal of `count` records in one segment.
fn filled(count: usize) -> (TempDir, std::path::PathBuf) {
    let root = TempDir::new().unwrap();
    let path = root.path().join("audit");
    let journal = journal(&path);
    for _ in 0..count {
        add(&journal, intent(1, 1));
    }
    (root, path)
}

fn segment(directory: &Path, number: u64) -> std::path::PathBuf {
    directory.join(format!("audit-{number:06}.jsonl"))
}

#[test]
fn what_was_appended_is_read_back_and_the_chain_holds() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("state/audit");
    let journal = journal(&path);
    let events = [intent(1, 1), outcome(1, StepResult::Applied), verdict()];
    let receipts: Vec<_> = events.clone().map(|event| add(&journal, event)).into();
    let entries: Vec<_> = read(&path).unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!(entries.iter().map(|entry| entry.event.clone()).collect::<Vec<_>>(), events);
    assert_eq!(entries.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(entries[0].action, Some(action("a-1")));
    assert_eq!(entries[0].at, at());
    let report = verify(&path).unwrap();
    assert!(report.is_intact(), "{report:?}");
    assert_eq!((report.entries, report.segments), (3, 1));
    assert_eq!(report.head, receipts.last().cloned());
}

#[test]
fn only_the_owner_can_read_or_write_it() {
    let (_root, path) = filled(1);
    let mode = |path: &Path| fs::symlink_metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    for name in ["audit-000001.jsonl", "audit.lock", "audit.reserve"] {
        assert_eq!(mode(&path.join(name)), 0o600, "{name}");
    }
}

#[test]
fn the_file_holds_printable_ascii_only_and_loses_nothing() {
    let (_root, path) = filled(1);
    let bytes = fs::read(segment(&path, 1)).unwrap();
    assert!(bytes.iter().all(|byte| matches!(byte, b'\n' | b' '..=b'~')));
    assert!(read(&path).unwrap()[0].as_ref().is_ok_and(|entry| entry.event == intent(1, 1)));
}

#[test]
fn a_hash_is_that_of_the_line_without_it() {
    use sha2::Digest;
    let (_root, path) = filled(1);
    let line = fs::read_to_string(segment(&path, 1)).unwrap();
    let (body, seal) = line.split_once(r#","hash":""#).unwrap();
    let digest: [u8; 32] = sha2::Sha256::digest(format!("{body}}}")).into();
    let hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    assert_eq!(seal, format!("{hex}\"}}\n"));
}

#[test]
fn several_writers_make_one_chain() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("audit");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let journal = journal(&path);
                for _ in 0..10 {
                    add(&journal, intent(1, 1));
                }
            });
        }
    });
    let report = verify(&path).unwrap();
    assert!(report.is_intact(), "{report:?}");
    assert_eq!(report.entries, 40);
}

#[test]
fn a_full_segment_is_followed_by_the_next_in_the_same_chain() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("audit");
    let limits = Limits { segment: 3000, ..SMALL };
    let journal = Journal::open_on(&path, this_process(at()), Box::new(Real), limits).unwrap();
    let receipts: Vec<_> = (0..12).map(|_| add(&journal, intent(1, 1))).collect();
    assert!(receipts[11].segment > 3, "{:?}", receipts[11]);
    for number in 1..=receipts[11].segment {
        assert!(fs::metadata(segment(&path, number)).unwrap().len() <= 3000);
    }
    let report = verify(&path).unwrap();
    assert!(report.is_intact(), "{report:?}");
    assert_eq!((report.entries, report.segments as u64), (12, receipts[11].segment));
}

#[test]
fn a_record_larger_than_a_segment_and_the_first_look_is_kept_and_followed() {
    let root = TempDir::new().unwrap();
    let path = root.path().join("audit");
    let journal = journal(&path);
    let detail = "x".repeat(300_000);
    add(&journal, verdict());
    add(&journal, Event::Verdict { result: VerdictResult::Unknown, detail: detail.into() });
    assert_eq!(add(&journal, verdict()).sequence, 3);
    assert!(verify(&path).unwrap().is_intact());
}

#[test]
fn a_torn_tail_is_set_aside_and_recorded() {
    let (_root, path) = filled(2);
    let torn = fs::read(segment(&path, 1)).unwrap();
    let torn = [&torn[..], &torn[..100]].concat();
    fs::write(segment(&path, 1), &torn).unwrap();
    let before = verify(&path).unwrap();
    assert!(before.is_intact() && !before.set_aside[0].recorded, "{before:?}");

    let receipt = add(&journal(&path), verdict());
    assert_eq!((receipt.segment, receipt.sequence), (2, 4));
    assert_eq!(fs::read(segment(&path, 1)).unwrap(), torn, "nothing is cut off");
    let entries: Vec<_> = read(&path).unwrap().into_iter().map(Result::unwrap).collect();
    let Event::Recovered { detail } = &entries[2].event else { panic!("{:?}", entries[2]) };
    assert!(detail.contains("100 bytes of audit-000001.jsonl"), "{detail}");
    let report = verify(&path).unwrap();
    assert!(report.is_intact(), "{report:?}");
    assert_eq!((report.entries, report.set_aside.len()), (4, 1));
    assert_eq!((report.set_aside[0].place.line, report.set_aside[0].lines), (3, 1));
}

#[test]
fn a_journal_that_begins_with_a_torn_line_is_recovered() {
    let (_root, path) = filled(1);
    fs::write(segment(&path, 1), "{\"schema\":1,").unwrap();
    assert_eq!(add(&journal(&path), verdict()).sequence, 2);
    let report = verify(&path).unwrap();
    assert!(report.is_intact() && report.set_aside.len() == 1, "{report:?}");
}

#[test]
fn what_others_could_have_prepared_is_refused() {
    let (root, path) = filled(1);
    let open = |path: &Path| Journal::open_on(path, this_process(at()), Box::new(Real), SMALL).map(|_| ());
    let link = root.path().join("link");
    symlink(&path, &link).unwrap();
    assert!(matches!(open(&link), Err(AuditError::Unsafe { .. })));
    assert!(matches!(open(&root.path().join("link/")), Err(AuditError::Unsafe { .. })));

    fs::set_permissions(&path, PermissionsExt::from_mode(0o770)).unwrap();
    assert!(matches!(open(&path), Err(AuditError::Unsafe { .. })));
    fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).unwrap();

    let journal = journal(&path);
    let refused = || journal.append(at(), &action("a-1"), verdict(), Urgency::Rollback).unwrap_err();
    fs::set_permissions(segment(&path, 1), PermissionsExt::from_mode(0o602)).unwrap();
    assert!(matches!(refused(), AuditError::Unsafe { .. }));
    fs::set_permissions(segment(&path, 1), PermissionsExt::from_mode(0o600)).unwrap();
    fs::rename(segment(&path, 1), root.path().join("elsewhere")).unwrap();
    symlink(root.path().join("elsewhere"), segment(&path, 1)).unwrap();
    assert!(matches!(refused(), AuditError::Unsafe { why: "it is a symbolic link", .. }));
    assert!(matches!(verify(&path), Err(AuditError::Unsafe { .. })), "nor is it read");
}

#[test]
fn what_belongs_to_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let (_root, path) = filled(1);
    std::os::unix::fs::chown(segment(&path, 1), Some(12345), None).unwrap();
    let refused = journal(&path).append(at(), &action("a-1"), verdict(), Urgency::Ordinary);
    assert!(matches!(refused, Err(AuditError::Unsafe { why: "it belongs to another user", .. })));
    assert!(verify(&path).unwrap().is_intact(), "an auditor may read it");
}

#[test]
fn a_held_lock_is_told_and_not_waited_for_for_ever() {
    let (_root, path) = filled(1);
    let limits = Limits { attempts: 2, ..SMALL };
    let journal = Journal::open_on(&path, this_process(at()), Box::new(Real), limits).unwrap();
    let holder = fs::File::open(path.join("audit.lock")).unwrap();
    flock(&holder, FlockOperation::LockExclusive).unwrap();
    let refused = journal.append(at(), &action("a-1"), verdict(), Urgency::Rollback);
    assert!(matches!(refused, Err(AuditError::Busy { .. })));
    drop(holder);
    assert_eq!(add(&journal, verdict()).sequence, 2);
}

#[test]
fn a_journal_cut_under_a_running_session_is_refused() {
    let (_root, path) = filled(2);
    let journal = journal(&path);
    assert_eq!(add(&journal, verdict()).sequence, 3);
    let text = fs::read_to_string(segment(&path, 1)).unwrap();
    let two: String = text.split_inclusive('\n').take(2).collect();
    fs::write(segment(&path, 1), two).unwrap();
    let refused = journal.append(at(), &action("a-1"), verdict(), Urgency::Ordinary);
    assert!(matches!(refused, Err(AuditError::Replaced { found: 2, written: 3, .. })));
    fs::remove_dir_all(&path).unwrap();
    let gone = journal.append(at(), &action("a-1"), verdict(), Urgency::Rollback);
    assert!(matches!(gone, Err(AuditError::NotDurable { .. })));
}

/// This process as it would be described had it ended.
fn ended() -> Origin {
    let mut origin = this_process(at());
    origin.started += 1;
    origin
}

fn unfinished_after(origin: Origin, events: impl IntoIterator<Item = Event>) -> Vec<(Missing, Writer, usize)> {
    let root = TempDir::new().unwrap();
    let journal = Journal::open_on(root.path(), origin, Box::new(Real), SMALL).unwrap();
    for event in events {
        add(&journal, event);
    }
    let found = unfinished(root.path()).unwrap();
    found.into_iter().map(|one| (one.missing().unwrap(), one.writer, one.intents().count())).collect()
}

#[test]
fn an_action_is_unfinished_until_its_end_is_recorded() {
    use StepResult::{Applied, Rejected, Unknown};
    let reconciled = Event::Reconciled { step: 1, result: Applied, detail: "".into() };
    let gone = Writer::Gone;
    for (events, expected) in [
        (vec![intent(1, 2)], vec![(Missing::Outcome, gone, 1)]),
        (vec![intent(1, 2), outcome(1, Unknown)], vec![(Missing::Outcome, gone, 1)]),
        (vec![intent(1, 2), outcome(1, Applied)], vec![(Missing::Steps, gone, 1)]),
        (vec![intent(1, 2), outcome(1, Applied), intent(2, 2)], vec![(Missing::Outcome, gone, 2)]),
        (vec![intent(1, 1), outcome(1, Applied)], vec![(Missing::Verdict, gone, 1)]),
        (vec![intent(1, 1), outcome(1, Applied), verdict()], vec![]),
        (vec![intent(1, 1), outcome(1, Rejected)], vec![]),
        (vec![intent(1, 1), reconciled], vec![]),
    ] {
        assert_eq!(unfinished_after(ended(), events.clone()), expected, "{events:?}");
    }
}

#[test]
fn an_action_of_a_running_process_is_not_unfinished() {
    assert_eq!(unfinished_after(this_process(at()), [intent(1, 1)]), []);
    let elsewhere = Origin { host: "another".into(), ..this_process(at()) };
    assert_eq!(unfinished_after(elsewhere, [intent(1, 1)]), [(Missing::Outcome, Writer::Elsewhere, 1)]);
    let rebooted = Origin { boot: "earlier".into(), ..this_process(at()) };
    assert_eq!(unfinished_after(rebooted, [intent(1, 1)]), [(Missing::Outcome, Writer::Gone, 1)]);
}
