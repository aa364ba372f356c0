//! Lists and refusals, as a real kube-apiserver sent them and as a proxy may.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::tests::sample;
use super::*;

#[test]
fn a_page_tells_how_to_go_on() {
    let (protobuf, json) = sample("pod");
    for (format, bytes) in [(Format::Protobuf, protobuf), (Format::Json, json)] {
        let list = decode_list(format, bytes).unwrap();
        assert_eq!((&*list.resource_version, list.remaining, list.items.len()), ("714", Some(6), 3));
        assert!(!list.continue_token.is_empty());
    }
}

#[test]
fn an_empty_list_may_be_null() {
    let list =
        decode_list(Format::Json, Bytes::from_static(br#"{"metadata": {"resourceVersion": "7"}, "items": null}"#));
    assert_eq!(list.unwrap(), List { resource_version: "7".to_owned(), ..List::default() });
}

#[test]
fn a_refusal_is_read_by_its_content_type() {
    let (protobuf, json) = sample("not-found");
    let status = decode_status("application/vnd.kubernetes.protobuf", &protobuf);
    assert_eq!(status, decode_status("application/json; charset=utf-8", &json));
    assert_eq!((status.code, &*status.reason), (404, "NotFound"));
    assert_eq!(status.message, "pods \"absent\" not found");
}

#[test]
fn what_is_no_status_is_quoted_harmlessly() {
    let page = Bytes::from(format!("\u{1b}[31m<html>Bad Gateway{}", "x".repeat(5000)));
    for content_type in ["text/html", "application/json", "application/vnd.kubernetes.protobuf", ""] {
        let status = decode_status(content_type, &page);
        assert_eq!((status.code, &*status.reason), (0, ""));
        assert!(
            status.message.contains("Bad Gateway")
                && status.message.len() <= QUOTE
                && !status.message.contains('\u{1b}')
        );
    }
}

#[test]
fn bytes_without_the_envelope_are_refused() {
    assert_eq!(decode_list(Format::Protobuf, Bytes::from_static(b"{}")), Err(DecodeError::NoEnvelope));
}
