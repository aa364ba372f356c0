//! What is written: once, and what is known of it afterwards.

use super::*;

/// A server that answers its requests with these bytes in turn, and hangs up after an answer that is not whole. Counts
/// its requests, each of which has a JSON object as its body.
async fn recite(answers: &'static [&'static str]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            loop {
                let mut request = Vec::new();
                while !request.ends_with(b"}") && stream.read_buf(&mut request).await.unwrap() > 0 {}
                let answer = answers.get(counter.fetch_add(1, Ordering::SeqCst)).copied().unwrap_or_default();
                stream.write_all(answer.as_bytes()).await.unwrap();
                if !answer.ends_with("{}") {
                    break;
                }
            }
        }
    });
    (server, count)
}

#[tokio::test]
async fn a_write_says_who_writes_and_how() {
    let (server, seen) = serve(|_, _| axum::Json(json!({"kind": "Deployment"})).into_response()).await;
    let writer = connect_as(&server, &json!({}), &options()).writer.unwrap();
    assert_eq!(writer.send(patch()).await, WriteAnswer::Accepted(json!({"kind": "Deployment"})));
    writer.send(WriteRequest { dry_run: true, ..patch() }).await;
    let delete = WriteRequest { verb: Verb::Delete, path: "/pod?x=1".to_owned(), dry_run: true, ..patch() };
    writer.send(WriteRequest { body: json!({"preconditions": {"uid": "u"}}), ..delete.clone() }).await;
    assert!(matches!(writer.send(delete).await, WriteAnswer::NotSent(_)));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[0].uri().query(), Some("fieldManager=midwatch&fieldValidation=Strict"));
    assert_eq!(seen[1].uri().query(), Some("fieldManager=midwatch&fieldValidation=Strict&dryRun=All"));
    assert_eq!((header(&seen[0], "audit-id"), seen[0].method().as_str()), ("a1", "PATCH"));
    assert_eq!(header(&seen[0], "content-type"), "application/json-patch+json");
    assert_eq!((seen[2].uri().query(), seen[2].method().as_str()), (Some("x=1&dryRun=All"), "DELETE"));
    let body: Value = serde_json::from_str(seen[2].body()).unwrap();
    assert_eq!(body, json!({"preconditions": {"uid": "u"}, "dryRun": ["All"]}));
}

#[tokio::test]
async fn a_write_has_the_escapes_of_the_server_which_compares_text() {
    let (server, seen) = serve(|_, _| axum::Json(json!({})).into_response()).await;
    let writer = connect_as(&server, &json!({}), &options()).writer.unwrap();
    let value = json!([{"op": "test", "value": "a && b > c < \u{2028}é\u{1b}"}]);
    writer.send(WriteRequest { body: value.clone(), ..patch() }).await;
    let seen = seen.lock().unwrap();
    let told = r#""a \u0026\u0026 b \u003e c \u003c \u2028é\u001b""#;
    assert!(seen[0].body().contains(told), "{}", seen[0].body());
    assert_eq!(serde_json::from_str::<Value>(seen[0].body()).unwrap(), value, "it means the same");
}

#[tokio::test]
async fn a_write_is_sent_once_whatever_comes_back() {
    for (code, is_known) in
        [(409, true), (422, true), (429, true), (408, false), (500, false), (503, false), (504, false)]
    {
        let (server, seen) = serve(move |_, _| refusal(code, "Why", "because")).await;
        let answer = connect_as(&server, &json!({}), &options()).writer.unwrap().send(patch()).await;
        match answer {
            WriteAnswer::Rejected { code: rejected, reason, message, body } => {
                assert!(is_known, "{code}");
                assert_eq!((rejected, &*reason, &*message, &body["code"]), (code, "Why", "because", &json!(code)));
            }
            WriteAnswer::Unknown(why) => assert!(!is_known && why.contains("because"), "{code}: {why}"),
            other => panic!("{code}: {other:?}"),
        }
        assert_eq!(seen.lock().unwrap().len(), 1, "{code}");
    }
    let (server, _) = serve(|_, _| "done".into_response()).await;
    let answer = connect_as(&server, &json!({}), &options()).writer.unwrap().send(patch()).await;
    assert!(matches!(answer, WriteAnswer::Unknown(_)));
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_write_is_not_repeated() {
    const WHOLE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    const BROKEN: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    let cases: [&'static [&'static str]; 3] = [&[WHOLE, ""], &[""], &[BROKEN]];
    for answers in cases {
        let (server, count) = recite(answers).await;
        let writer = connect_as(&server, &json!({}), &options()).writer.unwrap();
        for answer in answers {
            let said = writer.send(WriteRequest { body: json!({"a": 1}), ..patch() }).await;
            assert_eq!(matches!(said, WriteAnswer::Accepted(_)), *answer == WHOLE, "{said:?}");
            assert_eq!(matches!(said, WriteAnswer::Unknown(_)), *answer != WHOLE, "{said:?}");
        }
        assert_eq!(count.load(Ordering::SeqCst), answers.len());
    }
}

#[tokio::test]
async fn without_a_connection_a_write_is_known_not_to_be_sent() {
    let (server, listener) = silent().await;
    drop(listener);
    let connection = connect_as(&server, &json!({}), &options());
    let answer = connection.writer.unwrap().send(patch()).await;
    assert!(matches!(&answer, WriteAnswer::NotSent(why) if why.contains("connection refused")), "{answer:?}");
    let error = connection.reader.get_json("/").await.unwrap_err();
    assert!(matches!(&error, ClientError::Unreachable { why, .. } if *why == "connection refused"), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_explained_and_gets_no_request() {
    let (server, seen) = serve(|_, _| "plain".into_response()).await;
    let cluster = json!({"server": server.replace("http:", "https:"), "insecure-skip-tls-verify": true});
    let options = ConnectOptions { insecure_writes: vec!["it".into()], ..options() };
    let connection = connect(&load(&cluster, &json!({})), &"it".into(), &options).unwrap();
    let error = connection.reader.get_json("/").await.unwrap_err();
    assert!(matches!(&error, ClientError::Tls { why, .. } if *why == "it does not speak TLS"), "{error:?}");
    assert!(matches!(connection.writer.unwrap().send(patch()).await, WriteAnswer::NotSent(_)));
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_unverified_cluster_is_read_only_unless_allowed() {
    let cluster = json!({"server": "https://127.0.0.1:1", "insecure-skip-tls-verify": true});
    let connection = connect(&load(&cluster, &json!({})), &"it".into(), &options()).unwrap();
    assert!(connection.writer.is_none() && connection.facts.insecure);
    let another = ConnectOptions { insecure_writes: vec!["dev".into()], ..options() };
    let connection = connect(&load(&cluster, &json!({})), &"it".into(), &another).unwrap();
    assert!(connection.writer.is_none(), "another context was allowed");
    let this = ConnectOptions { insecure_writes: vec!["it".into()], ..options() };
    assert!(connect(&load(&cluster, &json!({})), &"it".into(), &this).unwrap().writer.is_some());
}
