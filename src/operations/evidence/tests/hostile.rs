//! Archives that somebody else made: whatever is in them, there is an answer, and it is a bounded one.

use proptest::prelude::*;

use super::*;

/// One entry as nobody of ours would write it; the name goes in as it is.
fn entry(name: &str, kind: tar::EntryType, claimed: u64, content: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    let field = &mut header.as_old_mut().name;
    let bytes = &name.as_bytes()[..name.len().min(field.len())];
    field[..bytes.len()].copy_from_slice(bytes);
    header.set_entry_type(kind);
    header.set_size(claimed);
    header.set_mode(0o644);
    header.set_cksum();
    let mut raw = header.as_bytes().to_vec();
    raw.extend_from_slice(content);
    raw.resize(raw.len().next_multiple_of(512), 0);
    raw
}

/// A whole archive of ours with one entry before its end.
fn with(entry: &[u8]) -> Vec<u8> {
    let mut raw = unzipped(&pack(&manifest("a-1"), &pieces(), LIMIT).unwrap());
    let end = raw.len() - 1_024;
    raw.splice(end..end, entry.iter().copied());
    zipped(&raw)
}

#[test]
fn what_no_archive_of_ours_has_is_refused_and_named() {
    use tar::EntryType;
    let long = "x".repeat(5_000);
    for (name, kind, says) in [
        ("../../etc/passwd", EntryType::Regular, "holds ../../etc/passwd"),
        ("/etc/passwd", EntryType::Regular, "holds /etc/passwd"),
        ("a-1/../../x", EntryType::Regular, "holds a-1/../../x"),
        ("a-2/before/pods.ndjson", EntryType::Regular, "holds a-2/before/pods.ndjson"),
        ("a-1/before/pods.ndjson", EntryType::Regular, "holds a-1/before/pods.ndjson twice"),
        ("a-1/now/pods.ndjson", EntryType::Symlink, "no regular file"),
        ("a-1/now/pods.ndjson", EntryType::Link, "no regular file"),
        ("a-1/now/pods.ndjson", EntryType::Directory, "no regular file"),
        ("a-1/now/pods.ndjson", EntryType::Fifo, "no regular file"),
        ("a-1/now/pods.ndjson", EntryType::GNUSparse, "no regular file"),
        ("././@LongLink", EntryType::GNULongName, "no regular file"),
        ("a-1/PaxHeaders/x", EntryType::XHeader, "no regular file"),
        ("a-1/now/\u{1b}[2Jpods", EntryType::Regular, "holds a-1/now/"),
    ] {
        let why = read(with(&entry(name, kind, 5_000, long.as_bytes())).as_slice()).unwrap_err();
        assert!(why.contains(says), "{name}: {why}");
        assert!(!why.contains('\u{1b}'), "{why:?}");
    }
}

#[test]
fn a_size_that_nobody_writes_is_refused_before_anything_is_read() {
    for claimed in [LARGEST + 1, u64::MAX / 2] {
        let entry = entry("a-1/now/pods.ndjson", tar::EntryType::Regular, claimed, b"");
        let why = read(with(&entry).as_slice()).unwrap_err();
        assert!(why.contains("larger than anything"), "{why}");
    }
    let manifest = entry("a-1/manifest.json", tar::EntryType::Regular, 100 * 1024 * 1024, b"");
    assert!(read(zipped(&manifest).as_slice()).unwrap_err().contains("larger than anything"));
}

#[test]
fn a_bomb_ends_where_the_largest_archive_would() {
    const MOST: u64 = 1024 * 1024;
    // Of zeros a thousand times as many come out as went in; they look like the end of an archive that is well.
    let mut raw = unzipped(&pack(&manifest("a-1"), &pieces(), LIMIT).unwrap());
    raw.resize(raw.len() + 4 * usize::try_from(MOST).unwrap(), 0);
    let bundle = unpack::read_within(zipped(&raw).as_slice(), MOST).unwrap();
    assert_eq!(bundle.faults, [Text::from("something stands behind its end")]);
    let full = entry("a-1/now/pods.ndjson", tar::EntryType::Regular, MOST, &raw);
    let why = unpack::read_within(zipped(&full).as_slice(), MOST - 1).unwrap_err();
    assert!(why.contains("larger than anything"), "{why}");
}

#[test]
fn what_is_no_archive_at_all_is_told() {
    for bytes in [&b""[..], b"hello", &[0x1f, 0x8b, 8, 0, 0], &zipped(b""), &zipped(b"hello"), &zipped(&[0; 10_240])] {
        assert!(read(bytes).is_err());
    }
    let other = pack(&Manifest { api_version: "midwatch/v2".to_owned(), ..manifest("a-1") }, &pieces(), LIMIT).unwrap();
    assert!(read(other.as_slice()).unwrap_err().contains("midwatch/v2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is done to the bytes, there is an answer, and one that says that all is well only where all is.
    #[test]
    fn no_change_of_a_byte_goes_unnoticed(at in 10_usize..4_000, bit in 0_u8..8) {
        let archive = pack(&manifest("a-1"), &pieces(), LIMIT).unwrap();
        let mut changed = archive.clone();
        let at = at % archive.len();
        changed[at] ^= 1 << bit;
        if let Ok(bundle) = read(changed.as_slice())
            && bundle.is_whole()
        {
            // The head of gzip and the fields of tar that say nothing about the content may differ.
            let same = read(archive.as_slice()).unwrap();
            prop_assert_eq!(&bundle.manifest, &same.manifest);
            for part in Part::ALL {
                for moment in same.moments(part) {
                    let lines = |bundle: &Bundle| bundle.lines(moment, part).unwrap().collect::<Vec<_>>();
                    prop_assert_eq!(lines(&read(changed.as_slice()).unwrap()), lines(&same));
                }
            }
        }
    }

    /// The same inside of the compression, where no sum of gzip helps.
    #[test]
    fn no_change_of_a_byte_within_goes_unnoticed(at in 0_usize..20_000, byte: u8) {
        let mut raw = unzipped(&pack(&manifest("a-1"), &pieces(), LIMIT).unwrap());
        let at = at % raw.len();
        raw[at] = byte;
        if let Ok(bundle) = read(zipped(&raw).as_slice())
            && bundle.is_whole()
        {
            let same = read(pack(&manifest("a-1"), &pieces(), LIMIT).unwrap().as_slice()).unwrap();
            prop_assert_eq!(bundle.manifest, same.manifest);
        }
    }

    /// Anything at all.
    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..4_096)) {
        drop(read(bytes.as_slice()));
        drop(read(zipped(&bytes).as_slice()));
    }
}
