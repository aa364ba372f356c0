#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body as Sent;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::test_support::load;
use super::*;

/// What a server saw: method, path with query, headers and body of each request.
type Seen = Arc<Mutex<Vec<Request<String>>>>;

/// A server on loopback that answers every request by one function of the request and its number from 1.
async fn serve(answer: impl Fn(&Request<String>, usize) -> Response + Clone + Send + Sync + 'static) -> (String, Seen) {
    let seen = Seen::default();
    let record = Arc::clone(&seen);
    let handler = move |request: Request| async move {
        let (parts, body) = request.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let mut seen = record.lock().unwrap();
        seen.push(Request::from_parts(parts, body));
        answer(seen.last().unwrap(), seen.len())
    };
    (test_support::serve(Router::new().fallback(handler)).await, seen)
}

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

/// The address of a server that accepts connections and never says a word.
async fn silent() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (format!("http://{}", listener.local_addr().unwrap()), listener)
}

fn refusal(code: u16, reason: &str, message: &str) -> Response {
    let body = json!({"kind": "Status", "code": code, "reason": reason, "message": message});
    (StatusCode::from_u16(code).unwrap(), axum::Json(body)).into_response()
}

fn options() -> ConnectOptions {
    ConnectOptions {
        allowed_exec: vec!["/bin/sh".into()],
        ..ConnectOptions::new("s1", Arc::new(|name| (name == "HTTPS_PROXY").then(|| "http://nowhere:1".to_owned())))
    }
}

fn connect_as(server: &str, user: &Value, options: &ConnectOptions) -> Connection {
    connect(&load(&json!({"server": server}), user), &"it".into(), options).unwrap()
}

fn refused(cluster: &Value, user: &Value) -> String {
    connect(&load(cluster, user), &"it".into(), &options()).unwrap_err().problem().to_string()
}

fn patch() -> WriteRequest {
    WriteRequest {
        verb: Verb::Patch,
        path: "/apis/apps/v1/namespaces/shop/deployments/web".to_owned(),
        content_type: "application/json-patch+json".to_owned(),
        body: json!([{"op": "test"}, {}]),
        dry_run: false,
        audit_id: "a1".to_owned(),
        may_be_silent: false,
    }
}

/// A user whose plugin gives `token-1`, `token-2` and so on, and writes down how often it ran.
fn plugin_user(folder: &tempfile::TempDir) -> Value {
    let count = folder.path().join("count").display().to_string();
    let script = "echo x >> \"$COUNT\"; echo visit https://login >&2; \
        echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"token-'$(wc -l < \"$COUNT\" | tr -d ' ')'\"}}'";
    json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/sh", "args": ["-c", script],
        "env": [{"name": "COUNT", "value": count}],
    }})
}

fn runs(folder: &tempfile::TempDir) -> usize {
    std::fs::read_to_string(folder.path().join("count")).unwrap_or_default().lines().count()
}

fn header<'a>(request: &'a Request<String>, name: &str) -> &'a str {
    request.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

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

#[tokio::test]
async fn ten_requests_at_once_share_one_login() {
    let (server, seen) = serve(|_, _| axum::Json(json!({})).into_response()).await;
    let folder = tempfile::tempdir().unwrap();
    let connection = connect_as(&server, &plugin_user(&folder), &options());
    assert_eq!(*connection.login.borrow(), LoginState::Idle);
    assert_eq!(runs(&folder), 0);
    let all = futures::future::join_all((0..10).map(|_| connection.reader.get_json("/"))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(runs(&folder), 1);
    assert_eq!(*connection.login.borrow(), LoginState::Ready);
    assert!(seen.lock().unwrap().iter().all(|request| header(request, "authorization") == "Bearer token-1"));
}

#[tokio::test]
async fn a_401_renews_the_login_once_and_repeats_the_request_once() {
    let answer = |request: &Request<String>, _| match header(request, "authorization") {
        "Bearer token-2" => axum::Json(json!({})).into_response(),
        _ => refusal(401, "Unauthorized", "expired"),
    };
    let (server, seen) = serve(answer).await;
    let folder = tempfile::tempdir().unwrap();
    let connection = connect_as(&server, &plugin_user(&folder), &options());
    assert_eq!(connection.writer.unwrap().send(patch()).await, WriteAnswer::Accepted(json!({})));
    assert_eq!((seen.lock().unwrap().len(), runs(&folder)), (2, 2));
    connection.reader.get_json("/").await.unwrap();
    assert_eq!((seen.lock().unwrap().len(), runs(&folder)), (3, 2));
}

#[tokio::test]
async fn a_login_that_is_refused_again_is_not_renewed_for_every_request() {
    let (server, seen) = serve(|_, _| refusal(401, "Unauthorized", "no")).await;
    let folder = tempfile::tempdir().unwrap();
    let connection = connect_as(&server, &plugin_user(&folder), &options());
    for _ in 0..3 {
        assert!(matches!(connection.reader.get_json("/").await, Err(ClientError::Unauthorized { .. })));
    }
    assert!(matches!(connection.writer.unwrap().send(patch()).await, WriteAnswer::Rejected { code: 401, .. }));
    assert_eq!((seen.lock().unwrap().len(), runs(&folder)), (5, 2));
}

#[tokio::test]
async fn a_failed_login_is_told_and_nothing_is_sent() {
    let (server, seen) = serve(|_, _| axum::Json(json!({})).into_response()).await;
    let user = json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/sh",
        "args": ["-c", "echo s3cret; echo 'no session' >&2; exit 1"],
        "env": [{"name": "PASSWORD", "value": "s3cret"}],
    }});
    let connection = connect_as(&server, &user, &options());
    let error = connection.reader.get_json("/").await.unwrap_err();
    assert!(matches!(&error, ClientError::Login(problem) if problem.why.ends_with("no session")), "{error}");
    assert!(matches!(&*connection.login.borrow(), LoginState::Failed(_)));
    assert!(matches!(connection.writer.as_ref().unwrap().send(patch()).await, WriteAnswer::NotSent(_)));
    assert!(!format!("{error} {error:?} {connection:?}").contains("s3cret"));
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_token_file_is_read_again_after_a_401() {
    let answer = |request: &Request<String>, _| match header(request, "authorization") {
        "Bearer new" => axum::Json(json!({})).into_response(),
        _ => refusal(401, "Unauthorized", "expired"),
    };
    let (server, seen) = serve(answer).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "old\n").unwrap();
    let reader = connect_as(&server, &json!({"tokenFile": path}), &options()).reader;
    assert!(matches!(reader.get_json("/").await, Err(ClientError::Unauthorized { .. })));
    assert_eq!(seen.lock().unwrap().len(), 2);
    let reader = connect_as(&server, &json!({"tokenFile": path}), &options()).reader;
    std::fs::write(&path, "new\n").unwrap();
    reader.get_json("/").await.unwrap();
}

#[tokio::test]
async fn what_a_kubeconfig_may_not_ask_for_is_refused_with_the_cure() {
    let https = json!({"server": "https://127.0.0.1:1"});
    let exec = |exec: Value| json!({"exec": exec});
    let v1 = "client.authentication.k8s.io/v1";
    for (cluster, user, says) in [
        (json!({"server": "http://10.0.0.1:8080"}), json!({}), "plain http to another machine"),
        (json!({"server": "cluster:6443"}), json!({}), "write it like https://"),
        (json!({}), json!({}), "write it like https://"),
        (json!({"server": "https://me:s3cret@a"}), json!({}), "holds a name or a password"),
        (https.clone(), json!({"as": "a\nb"}), "impersonates somebody"),
        (https.clone(), json!({"auth-provider": {"name": "gcp"}}), "auth-provider 'gcp'"),
        (
            https.clone(),
            exec(json!({"command": "/bin/rm", "apiVersion": v1})),
            "add its absolute path to `exec-plugins`",
        ),
        (https.clone(), exec(json!({"command": "aws", "apiVersion": v1, "installHint": "get aws"})), "get aws"),
        (https.clone(), exec(json!({"command": "/bin/sh", "apiVersion": "v0"})), "apiVersion"),
        (https.clone(), exec(json!({"command": "/bin/sh", "apiVersion": v1, "interactiveMode": "Always"})), "terminal"),
        (
            https.clone(),
            json!({"client-certificate-data": "bm8=", "client-key-data": "bm8="}),
            "user 'u', certificate has no",
        ),
        (https, json!({"client-certificate": "/nonexistent/crt"}), "names /nonexistent/crt, which cannot be read"),
        (json!({"server": "https://a", "certificate-authority-data": "bm8="}), json!({}), "no certificate in PEM"),
        (json!({"server": "https://a", "proxy-url": "ftp://p"}), json!({}), "proxy-url"),
    ] {
        let told = refused(&cluster, &user);
        assert!(!told.contains("s3cret"), "{told}");
        assert!(told.contains(says) && told.contains("config") && told.contains("context 'it'"), "{told}");
    }
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
