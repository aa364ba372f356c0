//! What is read: with whose name, how refusals are told, and when a server is given up.

use super::*;

#[tokio::test]
async fn a_read_carries_who_we_are_and_a_stream_is_not_compressed() {
    let (server, seen) = serve(|_, _| axum::Json(json!({"items": []})).into_response()).await;
    let user = json!({"token": "t0ken", "as": "root", "as-groups": ["a", "b"]});
    let connection = connect_as(&server, &user, &options());
    assert_eq!(connection.reader.get_json("/api/v1/pods?limit=1").await.unwrap(), json!({"items": []}));
    connection.reader.get("/api/v1/pods?watch=1", "application/json").await.unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0].uri(), "/api/v1/pods?limit=1");
    assert_eq!(header(&seen[0], "authorization"), "Bearer t0ken");
    assert_eq!(header(&seen[0], "impersonate-user"), "root");
    assert_eq!(seen[0].headers().get_all("impersonate-group").iter().count(), 2);
    assert_eq!(header(&seen[0], "user-agent"), concat!("midwatch/", env!("CARGO_PKG_VERSION"), " (session s1)"));
    assert_eq!(header(&seen[0], "accept-encoding"), "gzip");
    assert_eq!(header(&seen[1], "accept-encoding"), "identity");
    let facts = connection.facts;
    assert_eq!((&*facts.context, &*facts.namespace, facts.plain_http, facts.proxy), ("it", "shop", true, None));
    assert_eq!(facts.impersonating, Some(Text::from("root")));
}

#[tokio::test]
async fn refusals_are_told_in_the_servers_words_by_either_wire() {
    // k8s magic, then the envelope's field 2 holding a status with message (3) and reason (4).
    let protobuf = b"k8s\0\x12\x0f\x1a\x04gone\x22\x07Expired";
    let answer = |request: &Request<String>, _| match request.uri().path() {
        "/forbidden" => refusal(403, "Forbidden", "nobody may not list pods"),
        "/protobuf" => {
            let content_type = [("content-type", "application/vnd.kubernetes.protobuf")];
            (StatusCode::GONE, content_type, protobuf.to_vec()).into_response()
        }
        "/busy" => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "2")], "slow down\u{1b}[2J").into_response(),
        _ => (StatusCode::BAD_GATEWAY, [("content-type", "text/html")], "<html>").into_response(),
    };
    let (server, _) = serve(answer).await;
    let reader = connect_as(&server, &json!({}), &options()).reader;
    let forbidden = reader.get_json("/forbidden").await.unwrap_err();
    assert!(matches!(&forbidden, ClientError::Forbidden { message } if *message == "nobody may not list pods"));
    let gone = reader.get("/protobuf", "application/vnd.kubernetes.protobuf").await.unwrap_err();
    assert_eq!(gone.to_string(), "the server answered 410 Expired: gone");
    let busy = reader.get_bytes("/busy", "*/*").await.unwrap_err();
    assert!(matches!(&busy, ClientError::Status { code: 429, retry_after: Some(after), message, .. }
        if after.as_secs() == 2 && message.starts_with("slow down") && !message.contains('\u{1b}')));
    let gateway = reader.get_json("/").await.unwrap_err();
    assert!(gateway.to_string().contains("not an answer of the Kubernetes API (text/html)"), "{gateway}");
}

#[tokio::test]
async fn a_silent_server_is_given_up_at_the_deadline() {
    let (server, _listener) = silent().await;
    let limit = Duration::from_millis(50);
    let limits = Limits { read: limit, write: limit, ..Limits::default() };
    let connection = connect_as(&server, &json!({}), &ConnectOptions { limits, ..options() });
    assert!(matches!(connection.reader.get_json("/").await, Err(ClientError::Timeout { after, .. }) if after == limit));
    assert!(matches!(connection.reader.get("/", "*/*").await, Err(ClientError::Timeout { .. })));
    assert!(matches!(connection.writer.unwrap().send(patch()).await, WriteAnswer::Unknown(_)));
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up_at_the_cap_or_the_deadline() {
    let endless = |request: &Request<String>, _| {
        let chunk = Ok::<_, std::io::Error>(vec![b' '; 4096]);
        if request.uri().path() == "/fast" {
            Sent::from_stream(futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 4096])))
                .into_response()
        } else {
            let then_silence = futures::StreamExt::chain(futures::stream::iter([chunk]), futures::stream::pending());
            Sent::from_stream(then_silence).into_response()
        }
    };
    let (server, _) = serve(endless).await;
    let limits = Limits { body: 64 * 1024, ..Limits::default() };
    let reader = connect_as(&server, &json!({}), &ConnectOptions { limits, ..options() }).reader;
    assert!(matches!(reader.get_json("/fast").await, Err(ClientError::TooLarge { limit: 65536 })));
    let limits = Limits { read: Duration::from_millis(200), ..Limits::default() };
    let reader = connect_as(&server, &json!({}), &ConnectOptions { limits, ..options() }).reader;
    assert!(matches!(reader.get_json("/slow").await, Err(ClientError::Timeout { .. })));
    // A stream has no deadline for its body.
    assert!(reader.get("/slow", "*/*").await.unwrap().into_body().frame().await.unwrap().is_ok());
}

#[tokio::test]
async fn a_review_goes_to_its_own_path_only() {
    let (server, seen) = serve(|_, _| (StatusCode::CREATED, axum::Json(json!({"status": {}}))).into_response()).await;
    let reader = connect_as(&server, &json!({}), &options()).reader;
    reader.create_review(Review::SelfSubjectAccess, &json!({"spec": {}})).await.unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0].uri(), "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
    assert_eq!((seen[0].method().as_str(), seen[0].body().as_str()), ("POST", r#"{"spec":{}}"#));
}

#[test]
fn certificates_are_explained_and_skipping_is_never_the_cure() {
    for (certificate, says) in [
        (rustls::CertificateError::Expired, "has expired"),
        (rustls::CertificateError::NotValidForName, "for another name"),
        (rustls::CertificateError::UnknownIssuer, "signed by an authority"),
    ] {
        let wrapped = std::io::Error::other(rustls::Error::InvalidCertificate(certificate));
        let problem = failure::explain(&Text::from("https://a"), &wrapped).error.problem().to_string();
        assert!(problem.contains(says) && !problem.contains("skip"), "{problem}");
    }
}
