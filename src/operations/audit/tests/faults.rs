//! The journal on disks that are full or broken.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::*;
use crate::domain::audit::Entry;
use crate::operations::audit::disk::Disk;

/// Decides from a call's name and file which calls fail.
type Rule = Box<dyn Fn(&str, &File) -> Option<Errno> + Send + Sync>;

/// A disk whose calls fail by a rule.
struct Faulty(Rule);

impl Faulty {
    fn check(&self, call: &str, file: &File) -> io::Result<()> {
        self.0(call, file).map_or(Ok(()), |errno| Err(errno.into()))
    }
}

impl Disk for Faulty {
    fn open(&self, directory: &File, name: &str, flags: OFlags) -> io::Result<File> {
        self.check("open", directory).and_then(|()| Real.open(directory, name, flags))
    }
    fn read(&self, file: &File, bytes: &mut [u8], position: u64) -> io::Result<()> {
        self.check("read", file).and_then(|()| Real.read(file, bytes, position))
    }
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.check("write", file) {
            // A disk that fills up takes what it can before it says so.
            Real.write(file, &bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        Real.write(file, bytes)
    }
    fn sync(&self, file: &File) -> io::Result<()> {
        self.check("sync", file).and_then(|()| Real.sync(file))
    }
    fn sync_directory(&self, directory: &File) -> io::Result<()> {
        self.check("sync_directory", directory).and_then(|()| Real.sync_directory(directory))
    }
    fn truncate(&self, file: &File, length: u64) -> io::Result<()> {
        self.check("truncate", file).and_then(|()| Real.truncate(file, length))
    }
    fn allocate(&self, file: &File, length: u64) -> io::Result<()> {
        self.check("allocate", file).and_then(|()| Real.allocate(file, length))
    }
    fn rename(&self, directory: &File, from: &str, to: &str) -> io::Result<()> {
        self.check("rename", directory).and_then(|()| Real.rename(directory, from, to))
    }
}

fn faulty(path: &Path, rule: impl Fn(&str, &File) -> Option<Errno> + Send + Sync + 'static) -> Journal {
    Journal::open_on(path, this_process(at()), Box::new(Faulty(Box::new(rule))), SMALL).unwrap()
}

/// A journal on a disk that is full while the flag is set: only space put by before can be written to.
fn on_filling_disk(path: &Path) -> (Journal, Arc<AtomicBool>) {
    let full = Arc::new(AtomicBool::new(false));
    let is_full = Arc::clone(&full);
    let rule = move |call: &str, file: &File| {
        let metadata = file.metadata().unwrap();
        let has_space = metadata.blocks() * 512 >= SMALL.reserve && metadata.size() < SMALL.reserve;
        let needs_space = call == "allocate" || (call == "write" && !has_space);
        (needs_space && is_full.load(SeqCst)).then_some(Errno::NOSPC)
    };
    (faulty(path, rule), full)
}

#[test]
fn on_a_full_disk_only_a_rollback_is_recorded() {
    let root = TempDir::new().unwrap();
    let (journal, full) = on_filling_disk(root.path());
    let append = |event, urgency| journal.append(at(), &action("a-1"), event, urgency);
    append(verdict(), Urgency::Ordinary).unwrap();
    full.store(true, SeqCst);
    let before = fs::read(segment(root.path(), 1)).unwrap();
    let refused = append(intent(1, 1), Urgency::Ordinary).unwrap_err();
    assert!(matches!(refused, AuditError::NotDurable { .. }) && refused.is_disk_full(), "{refused:?}");
    assert_eq!(fs::read(segment(root.path(), 1)).unwrap(), before, "no half line stays");

    for (event, sequence) in [(intent(1, 1), 2), (outcome(1, StepResult::Applied), 3), (verdict(), 4)] {
        let receipt = append(event, Urgency::Rollback).unwrap();
        assert_eq!((receipt.segment, receipt.sequence), (2, sequence));
        assert!(append(intent(1, 1), Urgency::Ordinary).unwrap_err().is_disk_full(), "the space is the rollback's");
    }
    assert!(verify(root.path()).unwrap().is_intact());

    full.store(false, SeqCst);
    assert_eq!(append(intent(1, 1), Urgency::Ordinary).unwrap().sequence, 5);
    assert!(root.path().join("audit.reserve").exists(), "space is put by again");
    assert!(verify(root.path()).unwrap().is_intact());
}

#[test]
fn the_reserve_can_be_used_once_until_there_is_space_again() {
    let root = TempDir::new().unwrap();
    let (journal, full) = on_filling_disk(root.path());
    full.store(true, SeqCst);
    let append = || journal.append(at(), &action("a-1"), intent(1, 1), Urgency::Rollback);
    let written = (0..200).take_while(|_| append().is_ok()).count();
    assert!((10..200).contains(&written), "{written}");
    assert!(append().unwrap_err().is_disk_full());
    let report = verify(root.path()).unwrap();
    assert!(report.is_intact() && report.entries == written, "{report:?}");
}

#[test]
fn a_segment_that_failed_to_sync_is_left_and_never_used_again() {
    let root = TempDir::new().unwrap();
    let fails = Arc::new(AtomicBool::new(false));
    let once = Arc::clone(&fails);
    let journal = faulty(root.path(), move |call, _| (call == "sync" && once.swap(false, SeqCst)).then_some(Errno::IO));
    add(&journal, intent(1, 1));
    fails.store(true, SeqCst);
    // The swap is spent by the record's own sync: the reserve is full and needs none.
    let receipt = add(&journal, verdict());
    assert_eq!((receipt.segment, receipt.sequence), (2, 3), "the second record tells of the first segment");
    assert_eq!(add(&journal, verdict()).segment, 2);
    let entries: Vec<_> = read(root.path()).unwrap().into_iter().map(Result::unwrap).collect();
    assert!(matches!(entries[1].event, Event::Recovered { .. }), "{entries:?}");
    let report = verify(root.path()).unwrap();
    assert!(report.is_intact(), "{report:?}");
    assert_eq!((report.entries, report.set_aside.len()), (4, 1));
}

#[test]
fn what_another_session_built_on_a_doubtful_record_is_never_set_aside() {
    let root = TempDir::new().unwrap();
    let broken = Arc::new(AtomicBool::new(false));
    let is_broken = Arc::clone(&broken);
    let journal = faulty(root.path(), move |call, _| (call == "sync" && is_broken.load(SeqCst)).then_some(Errno::IO));
    add(&journal, verdict());
    broken.store(true, SeqCst);
    journal.append(at(), &action("a-1"), verdict(), Urgency::Ordinary).unwrap_err();
    let others = add(&super::journal(root.path()), intent(1, 1));
    broken.store(false, SeqCst);
    add(&journal, verdict());
    let report = verify(root.path()).unwrap();
    assert!(report.is_intact(), "{report:?}");
    let entries = read(root.path()).unwrap();
    let kept = |entry: &Entry| entry.sequence == others.sequence && entry.event == intent(1, 1);
    assert!(entries.iter().flatten().any(kept), "{entries:?}");
}

/// Lets the nth call fail, once or from then on, for every n until no call is left to fail.
fn fail_each_call(errno: Errno, for_ever: bool, urgency: Urgency) {
    for nth in 1.. {
        let root = TempDir::new().unwrap();
        let path = root.path().join("audit");
        let first = add(&journal(&path), verdict());
        let calls = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&calls);
        let opened = Journal::open_on(
            &path,
            this_process(at()),
            Box::new(Faulty(Box::new(move |_, _| {
                let call = count.fetch_add(1, SeqCst) + 1;
                (call == nth || (for_ever && call > nth)).then_some(errno)
            }))),
            SMALL,
        );
        let mut written = vec![(first, verdict())];
        for (journal, event) in opened.iter().flat_map(|journal| (1..=3).map(move |step| (journal, intent(step, 3)))) {
            let receipt = journal.append(at(), &action("a-2"), event.clone(), urgency);
            written.extend(receipt.ok().map(|receipt| (receipt, event)));
        }
        let promised = written.len() - 1;
        let context = format!("{errno:?}, call {nth}, for ever: {for_ever}, {urgency:?}");
        // A sound disk again, and another session: what was receipted is there, and the chain holds.
        written.push((add(&journal(&path), verdict()), verdict()));
        let report = verify(&path).unwrap();
        assert!(report.is_intact(), "{context}: {report:?}");
        let entries = read(&path).unwrap();
        for (receipt, event) in written {
            let is_it = |entry: &Entry| entry.sequence == receipt.sequence && entry.event == event;
            assert!(entries.iter().flatten().any(is_it), "{context}: {receipt:?} is not in {entries:?}");
        }
        if calls.load(SeqCst) < nth {
            assert_eq!(promised, 3, "{context}");
            assert!(nth > 10, "the loop has failed many calls: {nth}");
            return;
        }
        assert!(!for_ever || promised < 3, "{context}");
    }
}

#[test]
fn whichever_call_fails_no_record_is_promised_that_is_not_there() {
    for errno in [Errno::NOSPC, Errno::IO, Errno::ROFS] {
        for for_ever in [false, true] {
            for urgency in [Urgency::Ordinary, Urgency::Rollback] {
                fail_each_call(errno, for_ever, urgency);
            }
        }
    }
}

/// Where the really full disk is mounted, for the test that runs itself again on it.
const FULL_DISK: &str = "MIDWATCH_TEST_FULL_DISK";

#[test]
fn on_a_really_full_disk_a_rollback_is_recorded() {
    if let Some(disk) = std::env::var_os(FULL_DISK) {
        return rollback_on_full_disk(Path::new(&disk));
    }
    let mount = TempDir::new().unwrap();
    let script = "mount -t tmpfs -o size=1200k tmpfs \"$0\" || exit 77; exec \"$@\"";
    let test = format!("{}::on_a_really_full_disk_a_rollback_is_recorded", module_path!().split_once("::").unwrap().1);
    let again = std::process::Command::new("unshare")
        .args(["-Urm", "sh", "-c", script])
        .args([mount.path(), &std::env::current_exe().unwrap(), Path::new("--exact"), Path::new(&test)])
        .env(FULL_DISK, mount.path())
        .output();
    // Where a user may not mount, the system says so with 1 or 77; a test that fails ends with 101.
    let Ok(output) = again else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    assert_ne!(output.status.code(), Some(101), "{said}");
    assert!(!output.status.success() || said.contains("1 passed"), "{said}");
}

fn rollback_on_full_disk(disk: &Path) {
    let journal = Journal::open(&disk.join("audit"), this_process(at())).unwrap();
    let append = |event, urgency| journal.append(at(), &action("a-1"), event, urgency);
    let mut filled = Vec::new();
    let refused = loop {
        match append(intent(1, 1), Urgency::Ordinary) {
            Ok(receipt) => filled.push(receipt),
            Err(error) => break error,
        }
    };
    assert!(refused.is_disk_full() && filled.len() > 20, "{refused:?} after {}", filled.len());
    let hog = fs::write(disk.join("hog"), vec![0; 64 << 10]);
    assert!(hog.is_err(), "the disk is full");
    for event in [intent(1, 1), outcome(1, StepResult::Applied), verdict()] {
        assert_eq!(append(event, Urgency::Rollback).unwrap().segment, 2);
    }
    assert!(append(intent(1, 1), Urgency::Ordinary).unwrap_err().is_disk_full());
    let report = verify(&disk.join("audit")).unwrap();
    assert!(report.is_intact() && report.entries == filled.len() + 3, "{report:?}");
}
