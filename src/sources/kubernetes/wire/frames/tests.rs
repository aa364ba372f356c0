//! Watches, as a real kube-apiserver sent them, in pieces of every size.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::tests::sample;
use super::super::{Decoder, Interner};
use super::*;
use crate::domain::kind::Kind;

/// Everything that whole bytes tell.
fn whole(format: Format, bytes: &[u8]) -> Vec<WatchEvent> {
    let mut frames = Frames::new(format);
    frames.push(bytes);
    frames.by_ref().map(Result::unwrap).collect()
}

/// A frame of protobuf with an object of the given message.
fn frame(class: &str, object: &[u8]) -> Vec<u8> {
    let mut raw = b"k8s\0".to_vec();
    // Field 2 of the envelope, as bytes.
    raw.extend([0x12, u8::try_from(object.len()).unwrap()]);
    raw.extend(object);
    let event = ProtobufEvent { class: class.to_owned(), object: Some(RawExtension { raw: raw.into() }) };
    let event = event.encode_to_vec();
    [&u32::try_from(event.len()).unwrap().to_be_bytes()[..], &event].concat()
}

#[test]
fn both_wires_tell_the_same() {
    let (protobuf, json) = sample("watch");
    let mut interner = Interner::default();
    let mut told = |format, bytes: &Bytes| -> Vec<_> {
        let rows = whole(format, bytes).into_iter().map(|event| match event {
            WatchEvent::Added(object) => {
                let version = object.resource_version().unwrap();
                (version, Some(Decoder::of(Kind::ConfigMap).row(object, &mut interner)))
            }
            WatchEvent::Bookmark { resource_version, initial_events_end } => {
                assert!(initial_events_end);
                (resource_version, None)
            }
            other => panic!("{other:?}"),
        });
        rows.collect()
    };
    let (one, two) = (told(Format::Protobuf, &protobuf), told(Format::Json, &json));
    // The bookmarks of two watches may differ in version.
    assert_eq!(one[..2], two[..2]);
    assert_eq!((one.len(), two.len()), (3, 3));
    assert!(one[2].1.is_none() && !one[2].0.is_empty());
    assert!(one.iter().flat_map(|(_, row)| row).any(|row| row.meta().name == "settings"));
}

#[test]
fn pieces_of_any_size_tell_the_same_as_the_whole() {
    let (protobuf, json) = sample("watch");
    for (format, bytes) in [(Format::Protobuf, protobuf), (Format::Json, json)] {
        let expected = whole(format, &bytes);
        for cut in 0..=bytes.len() {
            let mut frames = Frames::new(format);
            frames.push(&bytes[..cut]);
            let mut events: Vec<_> = frames.by_ref().map(Result::unwrap).collect();
            frames.push(&bytes[cut..]);
            events.extend(frames.by_ref().map(Result::unwrap));
            assert_eq!(events, expected, "{format:?} cut at {cut}");
        }
        let mut frames = Frames::new(format);
        let mut events = Vec::new();
        for byte in &bytes {
            frames.push(&[*byte]);
            events.extend(frames.by_ref().map(Result::unwrap));
        }
        assert_eq!(events, expected, "{format:?} byte by byte");
    }
}

#[test]
fn the_end_of_a_watch_tells_why() {
    let (protobuf, _) = sample("not-found");
    let object = open(protobuf).unwrap();
    let [WatchEvent::Error(status)] = &whole(Format::Protobuf, &frame("ERROR", &object))[..] else { panic!() };
    assert_eq!((status.code, &*status.reason), (404, "NotFound"));
    let json = br#"{"type":"ERROR","object":{"kind":"Status","message":"too old","reason":"Expired","code":410,"details":null}}"#;
    let [WatchEvent::Error(status)] = &whole(Format::Json, &[json.as_slice(), b"\n\n"].concat())[..] else { panic!() };
    assert_eq!((status.code, &*status.reason, &*status.message), (410, "Expired", "too old"));
}

#[test]
fn changes_and_ends_of_objects_are_told_apart() {
    let bytes = [frame("MODIFIED", b""), frame("DELETED", b"")].concat();
    let nothing = || Payload::Protobuf(Bytes::new());
    assert_eq!(whole(Format::Protobuf, &bytes), [WatchEvent::Modified(nothing()), WatchEvent::Deleted(nothing())]);
}

#[test]
fn an_ordinary_bookmark_ends_no_list() {
    let json = b"{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\",\"annotations\":null}}}\n";
    let expected = WatchEvent::Bookmark { resource_version: "9".to_owned(), initial_events_end: false };
    assert_eq!(whole(Format::Json, json), [expected]);
}

#[test]
fn a_frame_larger_than_any_object_is_refused_before_it_arrives() {
    let mut frames = Frames::new(Format::Protobuf);
    frames.push(&[0xff; 4]);
    assert_eq!(frames.next(), Some(Err(DecodeError::TooLarge(0xffff_ffff))));
}

#[test]
fn an_unknown_event_is_an_error_without_its_escape_sequences() {
    let mut frames = Frames::new(Format::Protobuf);
    frames.push(&frame("\u{1b}[2J", b""));
    let error = frames.next().unwrap().unwrap_err();
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}
