//! Who we are: logins that are renewed, and what a kubeconfig may not ask for.

use super::*;
use crate::domain::update::LoginStage;

fn refused(cluster: &Value, user: &Value) -> String {
    connect(&load(cluster, user), &"it".into(), &options()).unwrap_err().problem().to_string()
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

#[tokio::test]
async fn ten_requests_at_once_share_one_login() {
    let (server, seen) = serve(|_, _| axum::Json(json!({})).into_response()).await;
    let folder = tempfile::tempdir().unwrap();
    let connection = connect_as(&server, &plugin_user(&folder), &options());
    let login = connection.login.unwrap();
    assert_eq!(*login.borrow(), Login { said: vec!["/bin/sh runs".into()], stage: LoginStage::Running });
    assert_eq!(runs(&folder), 0);
    let all = futures::future::join_all((0..10).map(|_| connection.reader.get_json("/"))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(runs(&folder), 1);
    let said = Login { said: vec!["visit https://login".into()], stage: LoginStage::Ready };
    assert_eq!(*login.borrow(), said, "what was said is known after it is done");
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
    let login = connection.login.as_ref().unwrap().borrow().clone();
    assert!(matches!(login.stage, LoginStage::Failed(_)) && login.said == ["no session"], "{login:?}");
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
