#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::*;
use crate::domain::audit::ActionId;
use crate::domain::evidence::{API_VERSION, End, KIND, Line, Manifest, Moment, Part, Piece, Taken};
use crate::domain::text::Text;

mod hostile;

/// Large enough for everything but what is to be too large.
const LIMIT: u64 = 20 * 1024 * 1024;

fn manifest(action: &str) -> Manifest {
    Manifest {
        api_version: API_VERSION.to_owned(),
        kind: KIND.to_owned(),
        action: ActionId::parse(action).unwrap(),
        is_change: true,
        what: "roll back chat-service to 1.4.1".into(),
        reason: "incident 42".into(),
        by: "maria admin".into(),
        context: "prod-eu".into(),
        environment: "production".into(),
        service: "chat-service".into(),
        target: "deployment/chat-service in production (prod-eu)".into(),
        outcome: "verified".into(),
        midwatch: "0.1.0".into(),
        taken: vec![Taken { moment: Moment::Before, at: "2026-11-21T03:12:00Z".parse().unwrap(), milliseconds: 40 }],
        parts: Vec::new(),
        missing: Vec::new(),
    }
}

fn piece(moment: Option<Moment>, part: Part, keeps: End, lines: &[(u32, String)]) -> Piece {
    let lines = lines.iter().map(|(group, text)| Line { group: *group, text: text.clone() }).collect();
    Piece { moment, part, lines, keeps }
}

fn pieces() -> Vec<Piece> {
    let line = |text: &str| vec![(0, text.to_owned())];
    vec![
        piece(None, Part::Plan, End::Last, &line(r#"{"hash":"abc"}"#)),
        piece(Some(Moment::After), Part::Pods, End::First, &line(r#"{"name":"chat-2"}"#)),
        piece(Some(Moment::Before), Part::Pods, End::First, &line(r#"{"name":"chat-1"}"#)),
        piece(Some(Moment::Before), Part::Logs, End::Last, &line(r#"{"message":"it broke"}"#)),
    ]
}

fn unzipped(archive: &[u8]) -> Vec<u8> {
    let mut raw = Vec::new();
    GzDecoder::new(archive).read_to_end(&mut raw).unwrap();
    raw
}

fn zipped(raw: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_was_packed_is_read_back_and_every_sum_matches() {
    let archive = pack(&manifest("a-1"), &pieces(), LIMIT).unwrap();
    let bundle = read(archive.as_slice()).unwrap();
    assert_eq!(bundle.faults, Vec::<Text>::new());
    let names: Vec<&str> = bundle.manifest.parts.iter().map(|kept| kept.file.as_str()).collect();
    assert_eq!(names, ["plan.ndjson", "before/pods.ndjson", "before/logs.ndjson", "after/pods.ndjson"]);
    let mut pods = bundle.lines(Some(Moment::After), Part::Pods).unwrap();
    assert_eq!(pods.next().unwrap()["name"], "chat-2");
    assert_eq!(bundle.moments(Part::Pods), [Some(Moment::Before), Some(Moment::After)]);
    assert!(bundle.lines(Some(Moment::Now), Part::Pods).is_none());
}

#[test]
fn the_same_evidence_makes_the_same_bytes() {
    let mut turned = pieces();
    turned.reverse();
    assert_eq!(pack(&manifest("a-1"), &pieces(), LIMIT).unwrap(), pack(&manifest("a-1"), &turned, LIMIT).unwrap());
}

#[test]
fn every_tool_opens_it_and_its_sums_are_those_of_sha256sum() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("a.tar.gz"), pack(&manifest("a-1"), &pieces(), LIMIT).unwrap()).unwrap();
    let script = "tar xzf a.tar.gz && cd a-1 && sha256sum -c --strict SHA256SUMS";
    let ran = std::process::Command::new("sh").args(["-c", script]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(said.lines().count(), 5, "{said}");
}

#[test]
fn what_is_too_large_is_halved_by_group_and_told() {
    // What cannot be compressed.
    let mut seed = 1_u64;
    let mut noise = |length: usize| -> String {
        let letter = |_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b"abcdefghijklmnopqrstuvwxyz012345"[usize::try_from(seed >> 59).unwrap()])
        };
        (0..length).map(letter).collect()
    };
    let lines: Vec<(u32, String)> =
        (0..4_000).map(|at| (at / 2_000, format!(r#"{{"at":{at},"message":"{}"}}"#, noise(200)))).collect();
    let limit = 256 * 1024;
    let all = vec![
        piece(Some(Moment::Before), Part::Logs, End::Last, &lines),
        piece(None, Part::Plan, End::Last, &[(0, r#"{"hash":"abc"}"#.to_owned())]),
    ];
    let archive = pack(&manifest("a-1"), &all, limit).unwrap();
    assert!(archive.len() as u64 <= limit);
    let bundle = read(archive.as_slice()).unwrap();
    assert!(bundle.is_whole());
    let kept: Vec<u64> =
        bundle.lines(Some(Moment::Before), Part::Logs).unwrap().filter_map(|line| line["at"].as_u64()).collect();
    assert!(kept.contains(&1_999) && kept.contains(&3_999), "each container keeps its last words");
    assert!(!kept.contains(&0) && !kept.contains(&2_000));
    assert_eq!(bundle.lines(None, Part::Plan).unwrap().count(), 1, "a plan is never cut");
    let missing = &bundle.manifest.missing;
    let left_out = format!("{} lines are left out", 4_000 - kept.len());
    assert!(missing.len() == 1 && missing[0].why.starts_with(&left_out), "{missing:?}");
}

#[test]
fn a_plan_that_does_not_fit_is_an_error() {
    let plan = piece(None, Part::Plan, End::Last, &[(0, format!("{:?}", "x".repeat(5_000)))]);
    let problem = pack(&manifest("a-1"), &[plan], 100).unwrap_err();
    assert!(problem.to_string().contains("does not fit"), "{problem}");
}

#[test]
fn what_was_changed_cut_or_added_is_named() {
    let archive = pack(&manifest("a-1"), &pieces(), LIMIT).unwrap();
    let raw = unzipped(&archive);
    let edited = String::from_utf8(raw.clone()).unwrap().replace("it broke", "it works");
    let bundle = read(zipped(edited.as_bytes()).as_slice()).unwrap();
    let said = bundle.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    assert!(said.contains("before/logs.ndjson does not match"), "{said}");
    assert!(!said.contains("pods"), "{said}");
    let edited = String::from_utf8(raw.clone()).unwrap().replace("incident 42", "incident 43");
    let bundle = read(zipped(edited.as_bytes()).as_slice()).unwrap();
    assert_eq!(bundle.faults, [Text::from("manifest.json does not match its sum")]);
    let bundle = read(&archive[..archive.len() - 200]).unwrap();
    assert!(bundle.faults.iter().any(|fault| fault.contains("breaks off")), "{:?}", bundle.faults);
    let mut more = archive.clone();
    more.push(7);
    assert_eq!(read(more.as_slice()).unwrap().faults, [Text::from("something stands behind its end")]);
}

#[test]
fn a_shelf_is_private_replaces_and_keeps_so_many() {
    let folder = TempDir::new().unwrap();
    let shelf = Shelf::new(folder.path().join("state/evidence"), 3);
    assert_eq!(shelf.list().unwrap(), []);
    for number in 1..=5 {
        let action = ActionId::parse(&format!("a-{number}")).unwrap();
        shelf.put(&action, b"first").unwrap();
        let path = shelf.put(&action, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        let earlier = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(number);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(earlier).unwrap();
    }
    assert_eq!(shelf.directory().metadata().unwrap().mode() & 0o777, 0o700);
    let kept: Vec<String> = shelf.list().unwrap().iter().map(|one| one.action.to_string()).collect();
    assert_eq!(kept, ["a-5", "a-4", "a-3"]);
    assert_eq!(std::fs::read_dir(shelf.directory()).unwrap().count(), 3, "nothing unfinished is left");
    shelf.discard(&ActionId::parse("a-4").unwrap());
    assert_eq!(shelf.list().unwrap().len(), 2);
}

#[test]
fn nothing_is_kept_where_others_may_look() {
    let folder = TempDir::new().unwrap();
    let open = folder.path().join("open");
    std::fs::create_dir(&open).unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o755)).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    for (directory, says) in [(open, "others may look"), (link, "symbolic link")] {
        let problem = Shelf::new(directory, 3).put(&ActionId::parse("a-1").unwrap(), b"x").unwrap_err();
        assert!(problem.to_string().contains(says), "{problem}");
    }
}
